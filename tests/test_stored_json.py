"""JSON with numbers and texts that Python's usual readers round or refuse: exact, or one coded error."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Settings, Source
from tests.servers import DIALECTS, connected, database
from tests.stored import Stored, shelf

BIG, HUGE, HALF, LONG = (
    '{"a": 18446744073709551616}',
    "[1e400, -1e400]",
    '"\\ud800"',
    '{"n": 0.12345678901234567890}',
)
EXACT = {
    "sqlite": (BIG, HUGE, HALF, LONG),
    "mariadb": (BIG, HUGE, LONG),
    "mysql": ('{"a": 18446744073709551615}', "[1e308]"),
    "postgresql": (BIG, HUGE, HALF, LONG),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_database_keeps_goes_into_the_answer_to_the_digit(dialect: str, tmp_path: Path) -> None:
    texts = EXACT[dialect]
    rows = [(f"'{text}'", None) for text in texts]
    kind = "TEXT" if dialect == "sqlite" else "JSON"
    with shelf(Stored("json", dialect, kind, sa.JSON(), rows, order=False), tmp_path) as found:
        document = "{ things { nodes { f } } others { nodes { rowId } } }"
        answer = found.text(document)
        for text in texts:
            assert text.replace(" ", "") in answer.replace(" ", "")
        assert "errors" not in json.loads(answer)
        assert found.text("{ things { edges { node { f } } } }").count('"f"') == len(texts)


@pytest.mark.parametrize("kind", [sa.JSON(), JSONB()], ids=["JSON", "JSONB"])
def test_long_lists_have_it_too(kind: sa.JSON, tmp_path: Path) -> None:
    """Those that PostgreSQL writes itself."""
    rows = [(f"'{BIG}'", None)] * 300
    ddl = "JSONB" if isinstance(kind, JSONB) else "JSON"
    with shelf(Stored("json", "postgresql", ddl, kind, rows, order=False), tmp_path) as found:
        assert found.text("{ things(first: 300) { nodes { f } } }").count("18446744073709551616") == 300


@pytest.fixture(params=DIALECTS)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.AsyncClient]:
    class Base(DeclarativeBase): ...

    class Paper(Base):
        __tablename__ = "papers"
        id: Mapped[int] = mapped_column(primary_key=True)
        doc: Mapped[Any] = mapped_column(sa.JSON, nullable=True)

    with database(request.param, "gw_json", tmp_path) as url:
        with connected(url) as engine:
            Base.metadata.create_all(engine)
        source = Source.from_models("desk", url, models=[Paper], mutations=True)
        gateway = Gateway([source], settings=Settings(profile="debug", decision_log=f"file:{tmp_path}"))
        yield httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app()), base_url="http://test")


CREATE = "mutation($doc: JSON) { createPaper(input: {doc: $doc}) { paper { doc } errors { message } } }"


def _created(client: httpx.AsyncClient, doc: str) -> Any:
    """The answer when a row with this JSON is made."""
    body = f'{{"query": {json.dumps(CREATE)}, "variables": {{"doc": {doc}}}}}'

    async def main() -> Any:
        async with client:
            headers = {"content-type": "application/json"}
            return (await client.post("/graphql", content=body, headers=headers)).json()

    return asyncio.run(main())


@pytest.mark.parametrize(
    "doc",
    [
        "9223372036854775808",
        "[18446744073709551616]",
        "[-9223372036854775809]",
        '{"a": [1e400]}',
        '"\\ud800"',
    ],
)
def test_what_some_database_would_change_is_refused(client: httpx.AsyncClient, doc: str) -> None:
    answer = _created(client, doc)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "doc",
    ["9223372036854775807", "[18446744073709551615]", "-9223372036854775808", "1e308", '{"a": [null, "😀"]}'],
)
def test_what_all_keep_comes_back(client: httpx.AsyncClient, doc: str) -> None:
    answer = _created(client, doc)
    assert "errors" not in answer
    assert answer["data"]["createPaper"] == {"paper": {"doc": json.loads(doc)}, "errors": []}
