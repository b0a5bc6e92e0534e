"""A foreign key may hold where two texts are not the same: its relation is null then, and the list stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Gateway, Source
from tests.differential.odd import FOLDING, folded_string
from tests.servers import DIALECTS, connected, database
from tests.setups import ask, closing


class Base(DeclarativeBase):
    pass


sa.event.listen(
    Base.metadata,
    "before_create",
    sa.DDL(
        f"CREATE COLLATION IF NOT EXISTS {FOLDING} "
        "(provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    ).execute_if(dialect="postgresql"),
)


class Shade(Base):
    __tablename__ = "shades"

    name: Mapped[str] = mapped_column(folded_string(10), primary_key=True)


class Pot(Base):
    __tablename__ = "pots"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shade_name: Mapped[str] = mapped_column(folded_string(10), sa.ForeignKey("shades.name"))
    shade: Mapped[Shade] = relationship()


class Land(Base):
    __tablename__ = "lands"

    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)


class Town(Base):
    __tablename__ = "towns"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    land_code: Mapped[str] = mapped_column(sa.String(10), sa.ForeignKey("lands.code"))
    land: Mapped[Land] = relationship()


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("references")
    with database(request.param, "gw_references", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Shade), [{"name": "red"}, {"name": "Blue"}])
            names = ["red", "RED", "Blue", "blue"]
            connection.execute(
                sa.insert(Pot), [{"id": at, "shade_name": name} for at, name in enumerate(names, 1)]
            )
            connection.execute(sa.insert(Land), [{"code": "gr"}])
            connection.execute(sa.insert(Town), [{"id": 1, "land_code": "gr"}])
        with closing(Gateway([Source.from_models("one", url, models=Base)])) as opened:
            yield opened


def test_a_reference_that_ignores_case_leads_nowhere_and_loses_no_list(gateway: Gateway) -> None:
    answer, _ = ask(gateway, "{ pots { nodes { rowId shade { name } } } }")
    assert not answer.errors
    assert answer.data == {
        "pots": {
            "nodes": [
                {"rowId": 1, "shade": {"name": "red"}},
                {"rowId": 2, "shade": None},
                {"rowId": 3, "shade": {"name": "Blue"}},
                {"rowId": 4, "shade": None},
            ]
        }
    }


def test_a_relation_is_not_null_where_equal_means_the_same(gateway: Gateway) -> None:
    """MySQL's and MariaDB's own collations ignore case, or blanks at least."""
    loose = gateway.databases["one"].features.name == "mysql"
    assert gateway.catalog.entities["Town"].relations["land"].nullable is loose


@pytest.mark.parametrize(
    ("collation", "exact"),
    [
        ("utf8mb4_0900_bin", True),
        ("utf8mb4_nopad_bin", True),
        ("utf8mb4_bin", False),
        ("utf8mb4_0900_as_cs", False),
        ("utf8mb4_general_ci", False),
    ],
)
def test_collations_of_mysql(collation: str, exact: bool) -> None:
    class Own(DeclarativeBase):
        pass

    class One(Own):
        __tablename__ = "ones"
        code: Mapped[str] = mapped_column(VARCHAR(10, collation=collation), primary_key=True)

    class Two(Own):
        __tablename__ = "twos"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str] = mapped_column(VARCHAR(10, collation=collation), sa.ForeignKey("ones.code"))
        one: Mapped[One] = relationship()

    url = "mysql+mysqlconnector://root@127.0.0.1:1/none"
    with closing(Gateway([Source.from_models("one", url, models=Own)])) as gateway:
        assert gateway.catalog.entities["Two"].relations["one"].nullable is not exact
