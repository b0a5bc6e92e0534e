"""Spaces at the end of a text in a filter count as the column's collation says; of keys they always do."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Source
from tests.servers import connected, database
from tests.setups import ask, closing

PLACES = [
    ("sqlite", None, True),
    ("postgresql", None, True),
    ("mysql", None, True),
    ("mysql", "utf8mb4_0900_bin", True),
    ("mysql", "utf8mb4_bin", False),
    ("mysql", "utf8mb4_general_ci", False),
    ("mariadb", None, False),
    ("mariadb", "utf8mb4_bin", False),
    ("mariadb", "utf8mb4_nopad_bin", True),
    ("mariadb", "utf8mb4_general_nopad_ci", True),
]
"""Dialect, collation (None: the server's default), whether spaces at the end count."""


@pytest.mark.parametrize(("dialect", "collation", "count"), PLACES)
def test_filters_pages_and_ids(dialect: str, collation: str | None, count: bool, tmp_path: Path) -> None:
    class Base(DeclarativeBase):
        pass

    class Word(Base):
        __tablename__ = "words"
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        text: Mapped[str] = mapped_column(sa.String(10, collation=collation))

    texts = ["x", "x ", "y", "x  "]
    with database(dialect, "gw_spaces", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(
                sa.insert(Word), [{"id": at, "text": text} for at, text in enumerate(texts, 1)]
            )
        with closing(Gateway([Source.from_models("one", url, models=Base)])) as gateway:

            def found(condition: str) -> list[int]:
                query = f"{{ words(where: {{ text: {{ {condition} }} }}) {{ nodes {{ rowId }} }} }}"
                answer, _ = ask(gateway, query)
                assert answer.data is not None, answer.errors
                return [row["rowId"] for row in answer.data["words"]["nodes"]]

            assert found('eq: "x"') == ([1] if count else [1, 2, 4])
            assert found('in: ["x ", "y"]') == ([2, 3] if count else [1, 2, 3, 4])
            assert found('neq: "x"') == ([2, 3, 4] if count else [3])
            assert found('endsWith: " "') == [2, 4]
            seen, after = [], ""
            for _ in texts:
                page = "nodes { rowId text } pageInfo { endCursor }"
                answer, _ = ask(
                    gateway, f"{{ words(first: 1, orderBy: [{{ text: ASC }}]{after}) {{ {page} }} }}"
                )
                assert answer.data is not None, answer.errors
                seen += [row["text"] for row in answer.data["words"]["nodes"]]
                after = f', after: "{answer.data["words"]["pageInfo"]["endCursor"]}"'
            assert sorted(seen) == sorted(texts)
