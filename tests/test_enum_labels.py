"""Labels of enums that GraphQL does not allow are shown under names of their own, and stored as they are."""

import enum
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Link, Source
from gateway.catalog.naming import enum_value
from gateway.errors import ConfigurationError
from tests.cases.truth import node_id
from tests.servers import DIALECTS, connected, database
from tests.setups import ask, closing

NAMES = {"in progress": "in_progress", "PG-13": "PG_13", "2XL": "_2XL", "true": "_true", "done": "done"}
"""Label -> name."""


class Mood(enum.Enum):
    GOOD = "very good"
    BAD = "bad!"
    fair = "fair"


class Shop(DeclarativeBase):
    pass


class Film(Shop):
    __tablename__ = "films"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str | None] = mapped_column(sa.Enum(*NAMES, name="state"))
    mood: Mapped[Mood | None] = mapped_column(
        sa.Enum(Mood, values_callable=lambda kind: [member.value for member in kind], name="mood")
    )


class Desk(DeclarativeBase):
    pass


class State(Desk):
    __tablename__ = "states"

    label: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    place: Mapped[int]


class Note(Desk):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    film_id: Mapped[int]


STATES = ["done", "PG-13", None, "2XL", "in progress", "true", "PG-13"]
MOODS = [Mood.GOOD, Mood.BAD, None, Mood.fair, Mood.GOOD, Mood.BAD, Mood.fair]
IN_ORDER = sorted(range(1, 8), key=lambda at: (STATES[at - 1] is None, STATES[at - 1] or "", at))
LINKS = (
    Link("shop.films.state", "desk.states.label", name="about", back="films"),
    Link("desk.notes.film_id", "shop.films.id", name="film"),
)


def shown(label: str | None) -> str | None:
    return None if label is None else NAMES[label]


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("labels")
    with ExitStack() as stack:
        shop = stack.enter_context(database(request.param, "gw_labels", folder))
        desk = stack.enter_context(database("sqlite", "gw_labels_desk", folder))
        with connected(shop) as engine, engine.begin() as connection:
            Shop.metadata.create_all(connection)
            rows = [{"id": at, "state": STATES[at - 1], "mood": MOODS[at - 1]} for at in range(1, 8)]
            connection.execute(sa.insert(Film), rows)
        with connected(desk) as engine, engine.begin() as connection:
            Desk.metadata.create_all(connection)
            connection.execute(
                sa.insert(State), [{"label": label, "place": at} for at, label in enumerate(NAMES)]
            )
            connection.execute(sa.insert(Note), [{"id": at, "film_id": at} for at in range(1, 8)])
        sources = [
            Source.from_models("shop", shop, models=Shop, mutations=True),
            Source.from_models("desk", desk, models=Desk),
        ]
        yield stack.enter_context(closing(Gateway(sources, LINKS)))


def asked(gateway: Gateway, query: str) -> Any:
    answer, _ = ask(gateway, query)
    assert not answer.errors, answer.errors
    return answer.data


def films(gateway: Gateway, arguments: str) -> list[int]:
    found = asked(gateway, f"{{ films({arguments}) {{ nodes {{ rowId }} }} }}")
    return [row["rowId"] for row in found["films"]["nodes"]]


def test_values_and_filters(gateway: Gateway) -> None:
    for first in (10, 500):  # PostgreSQL writes the rows of long lists itself
        query = f"{{ films(first: {first}) {{ nodes {{ rowId state mood }} }} }}"
        assert asked(gateway, query)["films"]["nodes"] == [
            {"rowId": at, "state": shown(STATES[at - 1]), "mood": mood and mood.name}
            for at, mood in enumerate(MOODS, 1)
        ]
    assert films(gateway, "where: { state: { eq: PG_13 } }") == [2, 7]
    assert films(gateway, "where: { state: { in: [_2XL, _true] } }") == [4, 6]
    assert films(gateway, "where: { state: { nin: [PG_13, in_progress] } }") == [1, 4, 6]
    assert films(gateway, "where: { mood: { neq: GOOD } }") == [2, 4, 6, 7]


def test_orders_and_cursors(gateway: Gateway) -> None:
    assert films(gateway, "orderBy: [{ state: ASC }]") == IN_ORDER
    for root, order in (("films", "{ state: ASC }"), ("notes", "{ film: { state: ASC } }")):
        seen: list[int] = []
        after = ""
        for _ in IN_ORDER:
            page = "nodes { rowId } pageInfo { endCursor }"
            found = asked(gateway, f"{{ {root}(first: 1, orderBy: [{order}]{after}) {{ {page} }} }}")[root]
            seen += [row["rowId"] for row in found["nodes"]]
            after = f', after: "{found["pageInfo"]["endCursor"]}"'
        assert seen == IN_ORDER


def test_groups(gateway: Gateway) -> None:
    query = "{ films { groups(by: [{ field: state }]) { key { field { state } } aggregate { count } } } }"
    counts = {shown(label): STATES.count(label) for label in STATES}
    found = asked(gateway, query)["films"]["groups"]
    assert {row["key"]["field"]["state"]: row["aggregate"]["count"] for row in found} == counts
    key = "key { film { field { state } } }"
    query = (
        f"{{ notes {{ groups(by: [{{ film: {{ field: state }} }}]) {{ {key} aggregate {{ count }} }} }} }}"
    )
    found = asked(gateway, query)["notes"]["groups"]
    assert {row["key"]["film"]["field"]["state"]: row["aggregate"]["count"] for row in found} == counts


def test_links_meet_by_the_stored_label(gateway: Gateway) -> None:
    found = asked(gateway, "{ films { nodes { state about { label } } } }")["films"]["nodes"]
    assert [row["about"] and row["about"]["label"] for row in found] == STATES
    found = asked(gateway, "{ states { nodes { label films { nodes { rowId } } } } }")["states"]["nodes"]
    for row in found:
        own = [at for at, label in enumerate(STATES, 1) if label == row["label"]]
        assert [film["rowId"] for film in row["films"]["nodes"]] == own


def test_mutations(gateway: Gateway) -> None:
    query = """mutation {
      createFilm(input: { rowId: 8, state: in_progress, mood: BAD }) {
        film { id state mood }
        errors { code }
      }
      updateFilm(key: { rowId: 8 }, set: { state: _2XL }) { film { state about { label } } errors { code } }
      deleteFilm(key: { rowId: 8 }) { film { state } errors { code } }
    }"""
    assert asked(gateway, query) == {
        "createFilm": {
            "film": {"id": node_id("Film", 8), "state": "in_progress", "mood": "BAD"},
            "errors": [],
        },
        "updateFilm": {"film": {"state": "_2XL", "about": {"label": "2XL"}}, "errors": []},
        "deleteFilm": {"film": {"state": "_2XL"}, "errors": []},
    }


def test_two_labels_of_one_name_are_refused() -> None:
    class Base(DeclarativeBase):
        pass

    class Film(Base):
        __tablename__ = "films"
        id: Mapped[int] = mapped_column(primary_key=True)
        state: Mapped[str] = mapped_column(sa.Enum("PG-13", "PG 13", "PG_13", "G"))

    with pytest.raises(ConfigurationError) as caught:
        Gateway([Source.from_models("shop", "sqlite:///none", models=Base)])
    (problem,) = caught.value.problems
    assert problem.message == "its enum values 'PG-13', 'PG 13', 'PG_13' would all be shown as PG_13"
    assert "values_callable" in problem.hint


@pytest.mark.parametrize(
    ("label", "name"),
    [("", "_"), ("a b", "a_b"), ("__x", "_x"), ("null", "_null"), ("é", "_"), ("1", "_1"), ("-", "_")],
)
def test_names(label: str, name: str) -> None:
    assert enum_value(label) == name
