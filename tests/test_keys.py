"""Keys of several columns, and more keys than one statement takes, on every database."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Context, Gateway, Link, Source
from gateway.schema.answer import Answer, Asked
from tests.cases.truth import node_id
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

BINS, SLOTS = 1000, 11


class Store(DeclarativeBase):
    pass


class Bin(Store):
    __tablename__ = "bins"
    __table_args__ = (sa.UniqueConstraint("label", "floor"),)

    hall: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(sa.String(20))
    floor: Mapped[int]
    slots: Mapped[list["Slot"]] = relationship(back_populates="bin")


class Slot(Store):
    __tablename__ = "slots"
    __table_args__ = (sa.ForeignKeyConstraint(["hall", "bin_number"], ["bins.hall", "bins.number"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hall: Mapped[str | None] = mapped_column(sa.String(4))
    bin_number: Mapped[int | None]
    article_id: Mapped[int]
    bin: Mapped[Bin | None] = relationship(back_populates="slots")


class Trade(DeclarativeBase):
    pass


class Article(Trade):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))


class Visit(Trade):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    hall: Mapped[str | None] = mapped_column(sa.String(4))
    bin_number: Mapped[int | None]


LINKS = (
    Link("store.slots.article_id", "trade.articles.id", name="article", back="slots"),
    Link(
        ("trade.visits.hall", "trade.visits.bin_number"),
        ("store.bins.hall", "store.bins.number"),
        name="bin",
        back="visits",
    ),
)


def bins() -> list[dict[str, Any]]:
    """Halls A and B, with the same numbers in both."""
    return [
        {"hall": "AB"[at % 2], "number": at // 2 + 1, "label": f"bin {at // 4}", "floor": at % 4}
        for at in range(BINS)
    ]


def slots() -> list[dict[str, Any]]:
    places = [(row["hall"], row["number"]) for row in bins() for _ in range(SLOTS)]
    rows = [
        {"id": at, "hall": hall, "bin_number": number, "article_id": at}
        for at, (hall, number) in enumerate(places, 1)
    ]
    half: list[dict[str, Any]] = [{"hall": "A", "bin_number": None}, {"hall": None, "bin_number": 1}]
    return [*rows, *({"id": len(rows) + at, "article_id": 1, **key} for at, key in enumerate(half, 1))]


VISITS = [("A", 1), ("B", 1), ("A", 2), ("A", 1), ("A", None), (None, 2), ("C", 1), ("B", 7)]


def fill(store: sa.URL, trade: sa.URL) -> None:
    articles = [{"id": number, "name": f"article {number}"} for number in range(1, BINS * SLOTS + 1)]
    visits = [{"id": at, "hall": hall, "bin_number": number} for at, (hall, number) in enumerate(VISITS, 1)]
    contents: dict[sa.URL, dict[type[Any], list[dict[str, Any]]]] = {
        store: {Bin: bins(), Slot: slots()},
        trade: {Article: articles, Visit: visits},
    }
    for url, rows in contents.items():
        with connected(url) as engine, engine.begin() as connection:
            next(iter(rows)).metadata.create_all(connection)
            for mapped, content in rows.items():
                for start in range(0, len(content), 1000):
                    connection.execute(sa.insert(mapped), content[start : start + 1000])


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("keys")
    with ExitStack() as stack:
        store, trade = (
            stack.enter_context(database(request.param, f"gw_keys_{name}", folder))
            for name in ("store", "trade")
        )
        fill(store, trade)
        sources = [
            Source.from_models("store", store, models=Store),
            Source.from_models("trade", trade, models=Trade),
        ]
        yield stack.enter_context(closing(Gateway(sources, LINKS)))


def run(gateway: Gateway, query: str, **variables: Any) -> tuple[Answer, list[str]]:
    """The answer, and the source of each statement that ran."""

    async def main() -> tuple[Answer, list[str]]:
        context = Context(gateway.databases)
        try:
            answer = await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()
        return answer, [event.source for event in context.trace.statements]

    answer, sources = asyncio.run(main())
    assert not answer.errors
    return answer, sources


def test_by_a_key_of_several_columns(gateway: Gateway) -> None:
    known = node_id("Bin", "B", 3)
    query = f"""{{
      bin(id: "{known}") {{ id hall number label floor }}
      byKey: binBy(key: {{ hallAndNumber: {{ hall: "B", number: 3 }} }}) {{ id }}
      byUnique: binBy(key: {{ labelAndFloor: {{ label: "bin 1", floor: 1 }} }}) {{ id }}
      nobody: binBy(key: {{ hallAndNumber: {{ hall: "C", number: 3 }} }}) {{ id }}
      nodes(ids: ["{known}", "{node_id("Bin", "C", 3)}", "{node_id("Bin", "A", 3)}"]) {{ id }}
      bins(where: {{ id: {{ in: ["{known}", "{node_id("Bin", "A", 3)}"] }} }}) {{ nodes {{ hall number }} }}
      others: bins(where: {{ id: {{ nin: ["{known}"] }} }}) {{ totalCount }}
    }}"""
    own = next(row for row in bins() if (row["hall"], row["number"]) == ("B", 3))
    assert (own["label"], own["floor"]) == ("bin 1", 1)
    assert run(gateway, query)[0].data == {
        "bin": {"id": known, **own},
        "byKey": {"id": known},
        "byUnique": {"id": known},
        "nobody": None,
        "nodes": [{"id": known}, None, {"id": node_id("Bin", "A", 3)}],
        "bins": {"nodes": [{"hall": "A", "number": 3}, {"hall": "B", "number": 3}]},
        "others": {"totalCount": BINS - 1},
    }


def test_paging_by_a_key_of_several_columns(gateway: Gateway) -> None:
    seen: list[tuple[str, int]] = []
    after = ""
    while True:
        page = "nodes { hall number } pageInfo { hasNextPage endCursor }"
        query = f"{{ bins(first: 300{after}) {{ {page} }} }}"
        answer, _ = run(gateway, query)
        assert answer.data is not None
        found = answer.data["bins"]
        seen += [(row["hall"], row["number"]) for row in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{found["pageInfo"]["endCursor"]}"'
    assert seen == sorted((row["hall"], row["number"]) for row in bins())


def test_relations_by_a_key_of_several_columns(gateway: Gateway) -> None:
    """A key with a NULL in it meets nothing, and half a key is no key."""
    query = """{
      visits { nodes { bin { label slots(first: 2) { nodes { rowId } totalCount } } } }
      slots(last: 3) { nodes { hall binNumber bin { number } } }
      bins(first: 2) { nodes { number visits { nodes { rowId } totalCount } } }
    }"""
    places = {(row["hall"], row["number"]): row for row in bins()}

    def visited(hall: str | None, number: int | None) -> Any:
        row = places.get((hall, number))
        if row is None:
            return None
        own = [slot["id"] for slot in slots() if (slot["hall"], slot["bin_number"]) == (hall, number)]
        return {
            "label": row["label"],
            "slots": {"nodes": [{"rowId": at} for at in own[:2]], "totalCount": len(own)},
        }

    answer, sources = run(gateway, query)
    assert answer.data == {
        "visits": {"nodes": [{"bin": visited(*place)} for place in VISITS]},
        "slots": {
            "nodes": [
                {"hall": "B", "binNumber": BINS // 2, "bin": {"number": BINS // 2}},
                {"hall": "A", "binNumber": None, "bin": None},
                {"hall": None, "binNumber": 1, "bin": None},
            ]
        },
        "bins": {
            "nodes": [
                {"number": 1, "visits": {"nodes": [{"rowId": 1}, {"rowId": 4}], "totalCount": 2}},
                {"number": 2, "visits": {"nodes": [{"rowId": 3}], "totalCount": 1}},
            ]
        },
    }
    assert sorted(sources) == ["store"] * 5 + ["trade"] * 3


def test_keys_beyond_what_one_statement_takes(gateway: Gateway) -> None:
    query = "{ bins(first: 1000) { nodes { slots(first: 11) { nodes { rowId article { rowId name } } } } } }"
    answer, sources = run(gateway, query)
    assert answer.data is not None
    found = [slot for one in answer.data["bins"]["nodes"] for slot in one["slots"]["nodes"]]
    assert len(found) == BINS * SLOTS
    assert all(
        slot["article"] == {"rowId": slot["rowId"], "name": f"article {slot['rowId']}"} for slot in found
    )
    largest = gateway.databases["trade"].features.max_list
    assert sources.count("trade") == ceil(BINS * SLOTS / largest)
    assert sources.count("store") == 2


def test_statements_are_constant_however_many_rows(gateway: Gateway) -> None:
    query = """query Bins($first: Int!) {
      bins(first: $first) {
        nodes { slots(first: 3) { nodes { article { name } bin { label } } totalCount } }
      }
    }"""
    assert {len(run(gateway, query, first=first)[1]) for first in (1, 10, 300)} == {4}
