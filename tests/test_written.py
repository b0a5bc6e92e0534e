"""Long lists on PostgreSQL, whose rows the database writes as JSON: every value as plain Python says it is.

A row with something unusual has no text, and the list is read once more, plain.
"""

import asyncio
import enum
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Gateway, Source
from gateway.context import Context
from gateway.schema.answer import Asked
from tests.cases.truth import node_id
from tests.servers import connected, database

COUNT = 300


class Base(DeclarativeBase):
    pass


class Tier(enum.Enum):
    FREE = "free"
    PRO = "pro"


class Maker(Base):
    __tablename__ = "makers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    things: Mapped[list["Thing"]] = relationship(back_populates="maker")


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    maker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("makers.id"), index=True)
    title: Mapped[str]
    note: Mapped[str | None]
    tier: Mapped[Tier]
    kind: Mapped[str | None] = mapped_column(sa.Enum("NEW", "USED", name="kind", native_enum=False))
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    made: Mapped[datetime]
    zoned: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    day: Mapped[date]
    sold: Mapped[bool | None]
    stock: Mapped[int] = mapped_column(sa.BigInteger)
    token: Mapped[UUID]
    maker: Mapped[Maker | None] = relationship(back_populates="things")


MAKERS = [{"id": n, "name": f"Maker {n}"} for n in range(1, 6)]
TEXTS = [*(chr(n) for n in range(1, 128)), '"\\/', "äöü ß", "日本 🎈", "", " ", "{}", "null", "%s %(x)s", "'"]
FRACTIONS = (0, 120_000, 1, 999_999, 500_000, 0)
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)


def thing(n: int) -> dict[str, Any]:
    """A row; its values go through everything that is written in a way of its own."""
    made = FIRST if n == 1 else LAST if n == 2 else datetime(2024, 2, 29, 1, 2, 3) + timedelta(hours=n)
    return {
        "id": n,
        "maker_id": None if n % 7 == 0 else n % 5 + 1,
        "title": TEXTS[n % len(TEXTS)],
        "note": None if n % 3 == 0 else f"{TEXTS[-n % len(TEXTS)]}{n}",
        "tier": Tier.PRO if n % 2 else Tier.FREE,
        "kind": (None, "NEW", "USED")[n % 3],
        "price": (Decimal(n * (-1) ** n) / 8).quantize(Decimal("0.01")),
        "made": made if n < 3 else made.replace(microsecond=FRACTIONS[n % 6]),
        "zoned": None if n % 4 == 0 else datetime(2023, 1, 1, n % 24, microsecond=n % 2, tzinfo=UTC),
        "day": date(1, 1, 1) if n == 3 else date(9999, 12, 31) if n == 4 else date(2000, 1, 1 + n % 31),
        "sold": (None, True, False)[n % 3],
        "stock": (-1) ** n * (2**62 + n),
        "token": UUID(int=n * 2**100 + 0xABCDEF),
    }


THINGS = [thing(n) for n in range(1, COUNT + 1)]


def moment(value: datetime | None) -> str | None:
    return None if value is None else f"{value.replace(tzinfo=None).isoformat()}Z"


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as FIELDS asks for it."""
    maker = row["maker_id"]
    return {
        "__typename": "Thing",
        "id": node_id("Thing", row["id"]),
        "rowId": row["id"],
        "title": row["title"],
        "alias_1": row["note"],
        "tier": row["tier"].name,
        "kind": row["kind"],
        "price": str(row["price"]),
        "made": moment(row["made"]),
        "zoned": moment(row["zoned"]),
        "day": row["day"].isoformat(),
        "sold": row["sold"],
        "stock": str(row["stock"]),
        "token": str(row["token"]),
        "maker": None if maker is None else {"id": node_id("Maker", maker), "name": f"Maker {maker}"},
    }


FIELDS = """{ __typename id rowId title alias_1: note tier kind price made zoned day sold stock token
              maker { id name } }"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database("postgresql", "gw_written", tmp_path_factory.mktemp("written")) as found:
        with connected(found) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Maker), MAKERS)
            connection.execute(sa.insert(Thing), THINGS)
        yield found


@pytest.fixture
def spoiled(url: sa.URL) -> Iterator[Any]:
    """Executes statements, whose effect is undone at the end but for constraints."""

    def spoil(*statements: str) -> None:
        with connected(url) as engine, engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    yield spoil
    with connected(url) as engine, engine.begin() as connection:
        connection.execute(sa.delete(Thing))
        connection.execute(sa.insert(Thing), THINGS)


def ask(url: sa.URL, query: str, *, in_session: bool = False) -> tuple[dict[str, Any], int]:
    """The answer as it is sent, which its `payload` equals, and how many statements it took."""

    async def main() -> tuple[dict[str, Any], int]:
        graph = Gateway([Source.from_models("shop", url, models=Base)])
        context = Context(graph.databases)
        try:
            if in_session:
                await context.run(lambda sessions: sessions["shop"].execute(sa.text("SELECT 1")))
            answer = await graph.schema.answer(Asked(query), context)
            sent = json.loads(b"".join(answer.encode()))
            assert answer.payload() == sent
            return sent, len(context.trace.statements)
        finally:
            await context.close()
            await graph.close()

    return asyncio.run(main())


def test_every_kind_of_value_is_written_as_it_would_be_shown(url: sa.URL) -> None:
    answer, statements = ask(url, f"{{ things(first: {COUNT}) {{ nodes {FIELDS} }} }}")
    assert answer == {"data": {"things": {"nodes": [shown(row) for row in THINGS]}}}
    assert statements == 1


def test_texts_arrive_in_utf8_whatever_the_connection_speaks(url: sa.URL) -> None:
    query = (
        f'{{ things(first: {COUNT}, where: {{ title: {{ eq: "äöü ß" }} }}) {{ nodes {{ rowId title }} }} }}'
    )
    expected = [{"rowId": row["id"], "title": row["title"]} for row in THINGS if row["title"] == "äöü ß"]
    assert expected
    for encoding in ("utf8", "latin1"):
        answer, statements = ask(url.update_query_dict({"client_encoding": encoding}), query)
        assert answer == {"data": {"things": {"nodes": expected}}}
        assert statements == 1


def test_written_rows_have_cursors_and_pages(url: sa.URL) -> None:
    query = """{ things(first: 200, orderBy: [{ title: ASC }]) {
        edges { cursor node { rowId title } } pageInfo { hasNextPage endCursor } } }"""
    answer, _ = ask(url, query)
    page = answer["data"]["things"]
    assert len(page["edges"]) == 200
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": page["edges"][-1]["cursor"]}
    rest, _ = ask(url, query.replace("first: 200", f'first: 200, after: "{page["pageInfo"]["endCursor"]}"'))
    ids = [edge["node"]["rowId"] for edge in page["edges"] + rest["data"]["things"]["edges"]]
    assert sorted(ids) == [row["id"] for row in THINGS]


def test_written_rows_meet_their_parents(url: sa.URL) -> None:
    answer, statements = ask(
        url, "{ makers { nodes { rowId things(first: 40) { totalCount nodes { rowId } } } } }"
    )
    ids = {maker["id"]: [row["id"] for row in THINGS if row["maker_id"] == maker["id"]] for maker in MAKERS}
    expected = [
        {"rowId": maker, "things": {"totalCount": len(own), "nodes": [{"rowId": id} for id in own[:40]]}}
        for maker, own in ids.items()
    ]
    assert answer == {"data": {"makers": {"nodes": expected}}}
    assert statements == 2


@pytest.mark.parametrize(
    ("statements", "field", "code"),
    [
        (
            ("ALTER TABLE things ALTER title DROP NOT NULL", "UPDATE things SET title = NULL WHERE id = 7"),
            "title",
            "NULL_IN_NON_NULL",
        ),
        (("UPDATE things SET made = 'infinity' WHERE id = 7",), "made", None),
        (("UPDATE things SET day = '0044-03-15 BC' WHERE id = 7",), "day", None),
        (("UPDATE things SET zoned = '12024-01-01' WHERE id = 7",), "zoned", None),
        (
            ("ALTER TABLE things ALTER kind TYPE text", "UPDATE things SET kind = 'OLD' WHERE id = 7"),
            "kind",
            "VALUE_NOT_REPRESENTABLE",
        ),
        (
            (
                "ALTER TABLE things ALTER price TYPE numeric(12, 3)",
                "UPDATE things SET price = 'NaN' WHERE id = 7",
            ),
            "price",
            "VALUE_NOT_REPRESENTABLE",
        ),
    ],
)
def test_an_unusual_value_has_its_error_and_no_other_row_is_lost(
    url: sa.URL, spoiled: Any, statements: tuple[str, ...], field: str, code: str | None
) -> None:
    spoiled(*statements)
    answer, sent = ask(url, f"{{ things(first: {COUNT}) {{ nodes {{ rowId {field} }} }} }}")
    few, _ = ask(url, f"{{ things(first: 10) {{ nodes {{ rowId {field} }} }} }}")
    assert sent == 2 or code is None
    assert answer.get("errors") == few.get("errors")
    if code is not None:
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    if few["data"]["things"] is not None:
        assert answer["data"]["things"]["nodes"][:10] == few["data"]["things"]["nodes"]


def test_a_column_of_another_type_is_read_plain(url: sa.URL, spoiled: Any) -> None:
    """The model says UUID, the database holds any text: it cannot be cast, so the rows are read plain."""
    spoiled("ALTER TABLE things ALTER token TYPE text", "UPDATE things SET token = 'x' WHERE id = 7")
    try:
        query = f"{{ things(first: {COUNT}) {{ nodes {{ rowId token }} }} }}"
        answer, sent = ask(url, query)
        assert sent == 2
        assert ask(url, query, in_session=True) == (answer, 1)  # there it would spoil the transaction
        assert answer["data"]["things"]["nodes"][6] == {"rowId": 7, "token": "x"}
    finally:
        spoiled("DELETE FROM things", "ALTER TABLE things ALTER token TYPE uuid USING token::uuid")
