"""Keys meet by their letters under every collation of MySQL and MariaDB, declared in the model or not."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Link, Source
from gateway.check.check import check
from tests.servers import connected, database
from tests.setups import ask, closing

COLLATIONS = {
    "mysql": (
        "utf8mb4_0900_bin",
        "utf8mb4_0900_as_cs",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_bin",
        "utf8mb4_general_ci",
        "utf8mb3_general_ci",
        "latin1_swedish_ci",
    ),
    "mariadb": (
        "utf8mb4_nopad_bin",
        "utf8mb4_general_nopad_ci",
        "utf8mb4_uca1400_as_cs",
        "utf8mb4_uca1400_nopad_ai_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_bin",
        "latin1_bin",
    ),
}
CODES = ["a", "A", "á", "a ", "b", "Bo", "bo"]
ITEMS = ["A", "a", "a ", "á", "à", "BO", "bo", None, "b ", "a", "zz"]


class Hall(DeclarativeBase):
    pass


class Shelf(Hall):
    __tablename__ = "shelves"

    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    height: Mapped[int]


HEIGHTS = {code: at for at, code in enumerate(CODES)}


def items_under(collation: str | None) -> tuple[type[DeclarativeBase], type[Any]]:
    """A model whose key declares a collation, or none."""

    class Depot(DeclarativeBase):
        pass

    class Item(Depot):
        __tablename__ = "items"

        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        shelf_code: Mapped[str | None] = mapped_column(sa.String(10, collation=collation), index=True)

    return Depot, Item


@pytest.fixture(
    scope="module",
    params=[
        (dialect, collation, declared)
        for dialect, names in COLLATIONS.items()
        for collation in names
        for declared in (True, False)
    ],
    ids=lambda param: f"{param[0]}-{param[1]}-{'declared' if param[2] else 'undeclared'}",
)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    dialect, collation, declared = request.param
    folder: Path = tmp_path_factory.mktemp("collations")
    with ExitStack() as stack:
        hall = stack.enter_context(database("sqlite", "gw_hall", folder))
        depot = stack.enter_context(database(dialect, "gw_depot", folder))
        with connected(hall) as engine, engine.begin() as connection:
            Hall.metadata.create_all(connection)
            shelves = [{"code": code, "height": height} for code, height in HEIGHTS.items()]
            connection.execute(sa.insert(Shelf), shelves)
        made, item = items_under(collation)
        with connected(depot) as engine, engine.begin() as connection:
            made.metadata.create_all(connection)
            rows = [{"id": at, "shelf_code": code} for at, code in enumerate(ITEMS, 1)]
            connection.execute(sa.insert(item), rows)
        base = made if declared else items_under(None)[0]
        sources = [
            Source.from_models("hall", hall, models=Hall),
            Source.from_models("depot", depot, models=base),
        ]
        links = [Link("depot.items.shelf_code", "hall.shelves.code", name="shelf", back="items")]
        yield stack.enter_context(closing(Gateway(sources, links)))


def asked(gateway: Gateway, query: str) -> Any:
    answer, _ = ask(gateway, query)
    assert not answer.errors, answer.errors
    return answer.data


def test_relations(gateway: Gateway) -> None:
    found = asked(gateway, "{ items { nodes { shelfCode shelf { code } } } }")["items"]["nodes"]
    assert [(row["shelfCode"], row["shelf"] and row["shelf"]["code"]) for row in found] == [
        (code, code if code in HEIGHTS else None) for code in ITEMS
    ]
    query = "{ shelves { nodes { code items { totalCount nodes { rowId } } } } }"
    for row in asked(gateway, query)["shelves"]["nodes"]:
        own = [at for at, code in enumerate(ITEMS, 1) if code == row["code"]]
        assert row["items"] == {"totalCount": len(own), "nodes": [{"rowId": at} for at in own]}


def test_orders_and_groups(gateway: Gateway) -> None:
    def place(at: int) -> tuple[bool, int, int]:
        height = HEIGHTS.get(ITEMS[at - 1] or "")
        return height is None, -(height or 0), at

    order = sorted(range(1, len(ITEMS) + 1), key=place)
    for page in ("", "first: 4, ", "last: 20, "):
        query = f"{{ items({page}orderBy: [{{ shelf: {{ height: DESC }} }}]) {{ nodes {{ rowId }} }} }}"
        found = [row["rowId"] for row in asked(gateway, query)["items"]["nodes"]]
        assert found == (order[:4] if "first" in page else order)
    by = "by: [{ shelf: { field: height } }]"
    query = (
        f"{{ items {{ groups({by}) {{ key {{ shelf {{ field {{ height }} }} }} aggregate {{ count }} }} }} }}"
    )
    counts: dict[int | None, int] = {}
    for code in ITEMS:
        height = HEIGHTS.get(code or "")
        counts[height] = counts.get(height, 0) + 1
    assert {
        row["key"]["shelf"]["field"]["height"]: row["aggregate"]["count"]
        for row in asked(gateway, query)["items"]["groups"]
    } == counts


def test_conditions(gateway: Gateway) -> None:
    query = "{ items(where: { shelf: { height: { lte: 1 } } }) { nodes { shelfCode } } }"
    assert [row["shelfCode"] for row in asked(gateway, query)["items"]["nodes"]] == ["A", "a", "a"]
    query = "{ shelves(where: { items: { some: { rowId: { gt: 1 } } } }) { nodes { code } } }"
    found = {row["code"] for row in asked(gateway, query)["shelves"]["nodes"]}
    assert found == {code for code in ITEMS[1:] if code in HEIGHTS}


@pytest.mark.parametrize("dialect", ["mariadb", "mysql"])
def test_thousands_of_texts_are_ranked_in_good_time(dialect: str, tmp_path: Path) -> None:
    """Each row was once held against each rank: 8,000 took ten seconds."""
    size = 8_000
    with ExitStack() as stack:
        hall = stack.enter_context(database("sqlite", "gw_ranked_hall", tmp_path))
        depot = stack.enter_context(database(dialect, "gw_ranked", tmp_path))
        made, item = items_under(None)
        with connected(hall) as engine, engine.begin() as connection:
            Hall.metadata.create_all(connection)
            shelves = [{"code": f"C{at}", "height": size - at} for at in range(size)]
            connection.execute(sa.insert(Shelf), shelves)
        with connected(depot) as engine, engine.begin() as connection:
            made.metadata.create_all(connection)
            connection.execute(
                sa.insert(item), [{"id": at + 1, "shelf_code": f"C{at}"} for at in range(size)]
            )
        sources = [
            Source.from_models("hall", hall, models=Hall),
            Source.from_models("depot", depot, models=made, deadline=4),
        ]
        links = [Link("depot.items.shelf_code", "hall.shelves.code", name="shelf")]
        with closing(Gateway(sources, links)) as opened:
            query = "{ items(last: 2, orderBy: [{ shelf: { height: ASC } }]) { nodes { shelfCode } } }"
            found = asked(opened, query)["items"]["nodes"]
    assert [row["shelfCode"] for row in found] == ["C1", "C0"]


def two_collations(one: str | None, other: str | None) -> tuple[type[DeclarativeBase], type[Any], type[Any]]:
    class Base(DeclarativeBase):
        pass

    class Box(Base):
        __tablename__ = "boxes"

        code: Mapped[str] = mapped_column(sa.String(10, collation=one), primary_key=True)
        size: Mapped[int]

    class Thing(Base):
        __tablename__ = "things"

        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        box_code: Mapped[str] = mapped_column(sa.String(10, collation=other))

    return Base, Box, Thing


MIXED = [
    ("mysql", "utf8mb4_0900_ai_ci", "utf8mb4_general_ci"),
    ("mysql", "utf8mb4_0900_bin", "utf8mb4_bin"),
    ("mysql", "latin1_swedish_ci", "utf8mb4_bin"),
    ("mariadb", "utf8mb4_unicode_ci", "utf8mb4_general_ci"),
    ("mariadb", "utf8mb4_nopad_bin", "utf8mb4_bin"),
    ("mariadb", "utf8mb4_unicode_ci", "utf8mb3_general_ci"),
]


@pytest.mark.parametrize(("dialect", "one", "other"), MIXED)
def test_two_collations_in_one_database(dialect: str, one: str, other: str, tmp_path: Path) -> None:
    """MySQL and MariaDB refuse to compare two; declared, they meet, and undeclared, the check names them."""
    base, box, thing = two_collations(one, other)
    link = Link("depot.things.box_code", "depot.boxes.code", name="box", back="things")
    with database(dialect, "gw_mixed", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            base.metadata.create_all(connection)
            connection.execute(sa.insert(box), [{"code": "a", "size": 1}, {"code": "b", "size": 2}])
            codes = ["b", "A", "a", "a "]
            connection.execute(
                sa.insert(thing), [{"id": at, "box_code": code} for at, code in enumerate(codes, 1)]
            )
        source = Source.from_models("depot", url, models=base)
        with closing(Gateway([source], [link])) as opened:
            query = "{ things(orderBy: [{ box: { size: DESC } }]) { nodes { rowId box { code } } } }"
            found = asked(opened, query)["things"]["nodes"]
            assert [row["rowId"] for row in found] == [1, 3, 2, 4]
            assert [row["box"] and row["box"]["code"] for row in found] == ["b", "a", None, None]
            query = "{ boxes(where: { things: { some: { rowId: { gt: 1 } } } }) { nodes { code } } }"
            assert [row["code"] for row in asked(opened, query)["boxes"]["nodes"]] == ["a"]
            assert not mixed(source, opened)
        plain = Source.from_models("depot", url, models=two_collations(None, None)[0])
        with closing(Gateway([plain], [link])) as opened:
            refused = one.partition("_")[0] == other.partition("_")[0]
            assert mixed(plain, opened) == (["things.box_code"] if refused else [])


def mixed(source: Source, gateway: Gateway) -> list[str]:
    return [each.place for each in check([source], gateway.catalog) if "refuses to compare" in each.message]
