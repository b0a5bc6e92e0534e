"""Claims that are lists: `in_` and `not_in` with none, one or many elements, on every database."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from gateway import EntityOptions, Gateway, Source, claim
from gateway.errors import ConfigurationError
from tests.servers import DIALECTS, connected, database
from tests.setups import closing
from tests.test_claims import ROWS, Base, Note, ask, ids

Meets = Callable[[dict[str, Any], Any], bool]
LISTS: dict[str, tuple[sa.ColumnElement[bool], Meets]] = {
    "in": (Note.text.in_(claim("value")), lambda row, value: row["text"] in value),
    "not": (Note.text.not_in(claim("value")), lambda row, value: row["text"] not in value),
    "nor": (sa.not_(Note.text.in_(claim("value"))), lambda row, value: row["text"] not in value),
    "or": (
        sa.or_(Note.id == 4, Note.text.in_(claim("value"))),
        lambda row, value: row["id"] == 4 or row["text"] in value,
    ),
    "both": (
        sa.and_(Note.text.in_(claim("value")), sa.or_(Note.text.not_in(claim("value")), Note.id < 3)),
        lambda row, value: row["text"] in value and row["id"] < 3,
    ),
    "lowered": (
        sa.func.lower(Note.text).in_(claim("value")),
        lambda row, value: row["text"].lower() in value,
    ),
}
PAIRS = sa.tuple_(Note.id, Note.text).in_(claim("value"))
NUMBERS = Note.number.in_(claim("value"))
CONSTANT = sa.or_(Note.text.in_([]), Note.number.not_in([]))


def rows(role: str) -> sa.ColumnElement[bool] | None:
    others = {
        "pairs": PAIRS,
        "numbers": NUMBERS,
        "constant": CONSTANT,
        "any": Note.text == sa.any_(claim("value")),
    }
    if role in LISTS:
        return LISTS[role][0]
    return others.get(role)


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("lists")
    with database(request.param, "gw_claim_lists", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Note), ROWS)
        options = {Note: EntityOptions(rows=rows)}
        source = Source.from_models("notes", url, models=Base, entities=options, mutations=True)
        with closing(Gateway([source])) as opened:
            yield opened


MANY = [f"x{number}" for number in range(9_998)]


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_any_length(gateway: Gateway, name: str) -> None:
    for value in (
        [],
        ["north"],
        ["north", "7", "7"],
        ("0",),
        {"0", "north"},
        frozenset(),
        (),
        [*MANY, "7", "0"],
    ):
        assert ids(gateway, name, value) == [row["id"] for row in ROWS if LISTS[name][1](row, value)], value


def test_what_is_no_list_of_the_column_s_values_is_refused(gateway: Gateway) -> None:
    for name in LISTS:
        for value in (
            "north",
            "",
            0,
            None,
            {},
            {"north": 1},
            [None],
            ["north", None],
            [0],
            [["north"]],
            b"7",
            [*MANY, "a", "b", "c"],
        ):
            assert ids(gateway, name, value) == ["FORBIDDEN"], (name, value)
    for value in (["north"], [True], [7.5], "7", 7, [None]):
        assert ids(gateway, "numbers", value) == ["FORBIDDEN"], value


def test_numbers_and_pairs(gateway: Gateway) -> None:
    assert ids(gateway, "numbers", [7, "0", 1.0]) == [1, 2, 3]
    assert ids(gateway, "numbers", ["7"]) == [1]
    assert ids(gateway, "numbers", []) == []
    assert ids(gateway, "pairs", []) == []
    assert ids(gateway, "pairs", [[1, "north"], ("2", "7"), (3, "north")]) == [1, 2]
    for value in ([1, "north"], [[1]], [["north", 1]], [[1, "north", 2]], [[1, None]], ["1n"], None, {}):
        assert ids(gateway, "pairs", value) == ["FORBIDDEN"], value


def test_empty_lists_of_constants(gateway: Gateway) -> None:
    assert ids(gateway, "constant", None) == [1, 2, 3, 4]


def test_relations_numbers_and_orders(gateway: Gateway) -> None:
    """Where the condition stands on the far side of a relation."""
    for value in ([], ["north"], ["north", "7", "0", ""]):
        seen = [row for row in ROWS if row["text"] in value]
        query = """{
          notes(orderBy: [{ rowId: ASC }]) {
            totalCount
            aggregate { max { rowId } }
            nodes { rowId parent { rowId } notes { totalCount nodes { rowId } } }
          }
          with: notes(where: { notes: { some: { rowId: { gt: 0 } } } }) { totalCount }
          sorted: notes(orderBy: [{ parent: { text: ASC } }]) { totalCount }
        }"""
        found = ask(gateway, query, "in", value)
        known = {row["id"] for row in seen}
        below = {row["id"]: [each["id"] for each in seen if each["parent_id"] == row["id"]] for row in seen}
        assert found["notes"] == {
            "totalCount": len(seen),
            "aggregate": {"max": {"rowId": max(known, default=None)}},
            "nodes": [
                {
                    "rowId": row["id"],
                    "parent": {"rowId": row["parent_id"]} if row["parent_id"] in known else None,
                    "notes": {
                        "totalCount": len(below[row["id"]]),
                        "nodes": [{"rowId": each} for each in below[row["id"]]],
                    },
                }
                for row in seen
            ],
        }
        assert found["with"]["totalCount"] == sum(bool(each) for each in below.values())
        assert found["sorted"]["totalCount"] == len(seen)


def test_writes(gateway: Gateway) -> None:
    write = "mutation { updateNotes(where: { rowId: { gt: 0 } }, set: { small: %d }) { affectedCount } }"
    for number, value in enumerate(([], ["7"], ["7", "0"], [*MANY, "7"], ("north",))):
        expected = sum(row["text"] in value for row in ROWS)
        assert ask(gateway, write % number, "in", value) == {"updateNotes": {"affectedCount": expected}}
    assert ask(gateway, write % 9, "not", []) == {"updateNotes": {"affectedCount": 4}}
    lone = "mutation { updateNote(key: { rowId: 2 }, set: { small: 3 }) { note { rowId } errors { code } } }"
    assert ask(gateway, lone, "in", [])["updateNote"]["errors"] == [{"code": "NOT_FOUND"}]
    for value in ("7", 7, None, [7], {"7": 1}):
        assert ask(gateway, write % 8, "in", value) == ["FORBIDDEN"]
        assert ask(gateway, lone, "in", value) == ["FORBIDDEN"]


def test_any_of_an_array(gateway: Gateway) -> None:
    if gateway.databases["notes"].dialect.name != "postgresql":
        return
    assert ids(gateway, "any", []) == []
    assert ids(gateway, "any", ["north", "0"]) == [1, 3]
    for value in ("north", [0], None, [None]):
        assert ids(gateway, "any", value) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (sa.func.anything(Note.text) == claim("value"), "nothing says the type of the claim 'value'"),
        (claim("value") == claim("other"), "nothing says the type of the claim"),
        (
            Note.text == claim("value", sa.Integer),
            "a claim of type Int is compared with a value of type String",
        ),
        (
            Note.number == claim("value", sa.String),
            "a claim of type String is compared with a value of type Int",
        ),
        (claim("value") == sa.null(), "nothing says the type of the claim 'value'"),
    ],
)
def test_a_claim_of_an_unknown_or_another_type_is_refused_at_the_start(condition: Any, fault: str) -> None:
    entities = {Note: EntityOptions(rows=condition)}
    with pytest.raises(ConfigurationError, match=fault):
        Gateway([Source.from_models("notes", "sqlite:///notes.sqlite3", models=Base, entities=entities)])


@pytest.mark.parametrize(
    "condition",
    [
        sa.func.anything(Note.text) == claim("value", sa.String),
        sa.func.length(Note.text) > claim("value"),
        sa.cast(claim("value"), sa.String) == Note.text,
        sa.or_(Note.flag, claim("value")),
        sa.case((Note.number == claim("value"), True), else_=False),
        Note.text == sa.func.concat(claim("value"), "x"),
        sa.any_(sa.cast(Note.text, postgresql.ARRAY(sa.String))) == claim("value"),
        claim("value").is_(True),
    ],
)
def test_a_claim_whose_type_is_known(condition: Any) -> None:
    entities = {Note: EntityOptions(rows=condition)}
    asyncio.run(
        Gateway(
            [Source.from_models("notes", "sqlite:///notes.sqlite3", models=Base, entities=entities)]
        ).close()
    )
