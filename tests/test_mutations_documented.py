"""What the documents say about mutations, typed in: the examples, and what does not run beside them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates

from gateway import Gateway, Source
from tests.servers import connected
from tests.setups import SETUPS, closing, demo_gateway, seeded
from tests.test_promises import ROOT, section

API = (ROOT / "docs" / "api.md").read_text("utf-8")


def example(heading: str, language: str) -> str:
    """The block of a language below a heading."""
    _, _, rest = section(API, heading).partition(f"```{language}\n")
    return rest.partition("\n```")[0]


def run(gateway: Gateway, query: str, variables: Any = None) -> Any:
    answer = asyncio.run(gateway.execute(query, variables))
    assert not answer.errors
    return answer.data


@pytest.mark.parametrize("setup", SETUPS)
def test_the_examples_run_as_they_are_shown(setup: str, tmp_path: Path) -> None:
    log = f"file:{tmp_path / 'log'}"
    with (
        seeded(setup, tmp_path, "documented") as urls,
        closing(demo_gateway(urls, decision_log=log)) as gateway,
    ):
        create = example("Mutations", "graphql")
        assert run(gateway, create) == json.loads(example("Mutations", "json"))
        order = example("Related rows", "graphql")
        made = run(gateway, order, {"key": {"email": "ada@example.org"}})["createOrder"]
        assert made["errors"] == []
        assert made["order"]["customer"] == {"name": "Ada Lovelace"}
        (item,) = made["order"]["items"]["nodes"]
        assert (item["quantity"], bool(item["product"]["title"])) == (2, True)
        select = "errors { __typename code message path ... on ValidationError { fields } }"
        wrong = create.replace('"GB"', '"GBRX"').replace("errors { __typename code message path }", select)
        (error,) = run(gateway, wrong)["createCustomer"]["errors"]
        assert error == json.loads(example("Expected errors", "json"))


class Base(DeclarativeBase): ...


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(20))
    made: Mapped[str] = mapped_column(sa.String(20), default=lambda: "default")
    changed: Mapped[str | None] = mapped_column(sa.String(20), onupdate=lambda: "onupdate")

    @validates("text")
    def _refuse(self, _name: str, _value: str) -> str:
        raise ValueError("validates")


def test_events_and_validators_of_models_do_not_run(tmp_path: Path) -> None:
    ran: list[str] = []
    for name in ("before_insert", "before_update", "before_delete"):
        sa.event.listen(Note, name, lambda *_, name=name: ran.append(name))
    url = sa.URL.create("sqlite", database=str(tmp_path / "notes"))
    with connected(url) as engine:
        Base.metadata.create_all(engine)
    query = """mutation {
      a: createNote(input: { text: "a" }) { note { made changed } errors { message } }
      b: updateNote(key: { rowId: 1 }, set: { text: "b" }) { note { made changed } errors { message } }
      c: deleteNote(key: { rowId: 1 }) { errors { message } }
    }"""
    with closing(Gateway([Source.from_models("notes", url, models=Base, mutations=True)])) as gateway:
        assert run(gateway, query) == {
            "a": {"note": {"made": "default", "changed": None}, "errors": []},
            "b": {"note": {"made": "default", "changed": "onupdate"}, "errors": []},
            "c": {"errors": []},
        }
    assert ran == []
