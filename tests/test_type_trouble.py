"""Types of the app that raise, or give what nobody expects: one error at the field, nothing else lost."""

import asyncio
import enum
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydantic
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import ConfigurationError, Context, Gateway, Link, Source
from gateway.schema.answer import Asked
from tests.decorated import Guid, IntEnum, Level
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Raises(sa.TypeDecorator):
    """Knows three words, and stops at all others."""

    impl = sa.String(20)
    cache_ok = True
    words = {"one": "1", "two": "2", "three": "3"}

    def process_bind_param(self, value, dialect):
        return None if value is None else self.words[value]

    def process_result_value(self, value, dialect):
        return None if value is None else {number: word for word, number in self.words.items()}[value]


class Choice:
    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text

    def __str__(self) -> str:
        return self.text


class ChoiceType(sa.TypeDecorator):
    """As that of a package many use: an object that says another text than is stored."""

    impl = sa.Unicode(20)
    cache_ok = True

    @property
    def python_type(self):
        return self.impl.python_type

    def process_bind_param(self, value, dialect):
        return value.code if value and isinstance(value, Choice) else value

    def process_result_value(self, value, dialect):
        return Choice(value, {"a": "Admin", "u": "User"}[value]) if value else value


class Url:
    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class UrlType(sa.TypeDecorator):
    impl = sa.UnicodeText
    cache_ok = True
    python_type = Url

    def process_bind_param(self, value, dialect):
        return None if value is None else str(value)

    def process_result_value(self, value, dialect):
        return None if value is None else Url(value)


class Arrow:
    """A moment that is no datetime."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment


class ArrowType(sa.TypeDecorator):
    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        moment = value.moment if isinstance(value, Arrow) else value
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

    def process_result_value(self, value, dialect):
        return None if value is None else Arrow(value.replace(tzinfo=UTC))


class Settings(pydantic.BaseModel):
    colour: str
    size: int = 1


class SettingsType(sa.TypeDecorator):
    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.model_dump_json()

    def process_result_value(self, value, dialect) -> Settings | None:
        return None if value is None else Settings.model_validate_json(value)


@dataclass
class Point:
    x: int
    y: int


class PointType(sa.TypeDecorator):
    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else {"x": value.x, "y": value.y}

    def process_result_value(self, value, dialect):
        return None if value is None else Point(**value)


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str | None] = mapped_column(Raises)
    surely: Mapped[str] = mapped_column(Raises)
    level: Mapped[Level | None] = mapped_column(IntEnum(Level))
    guid: Mapped[uuid.UUID | None] = mapped_column(Guid().with_variant(sa.Uuid(), "postgresql"))
    role = mapped_column(ChoiceType)
    url = mapped_column(UrlType)
    arrow = mapped_column(ArrowType)
    settings: Mapped[Settings | None] = mapped_column(SettingsType)
    point: Mapped[Point | None] = mapped_column(PointType)


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("trouble")
    with database(request.param, "gw_trouble", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            names = ("id", "word", "surely", "level", "role", "url", "settings")
            plain = sa.table(
                "things",
                *map(sa.column, names),
                sa.column("arrow", sa.DateTime()),
                sa.column("point", sa.JSON()),
            )
            good = {"word": "1", "surely": "2", "level": 1, "role": "a", "url": "http://x/"}
            good |= {"settings": '{"colour":"red","size":2}', "point": {"x": 1, "y": 2}}
            good |= {"arrow": datetime(2024, 5, 1, 10)}
            bad = {"word": "9", "level": 77, "role": "?", "settings": "no", "point": {"z": 1}}
            for number, row in enumerate([good, good | bad, good | {"surely": "9"}, good], 1):
                connection.execute(sa.insert(plain).values(id=number, **row))
        with closing(Gateway([Source.from_models("app", url, models=Base, mutations=True)])) as opened:
            yield opened


def ask(gateway: Gateway, query: str, **variables: Any) -> Any:
    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()

    return json.loads(b"".join(asyncio.run(main()).encode()))


GOOD = {
    "word": "one",
    "level": "LOW",
    "role": "a",
    "url": "http://x/",
    "arrow": "2024-05-01T10:00:00Z",
    "settings": {"colour": "red", "size": 2},
    "point": {"x": 1, "y": 2},
}
BAD = dict.fromkeys(("word", "level", "role", "settings", "point"))


def test_only_what_cannot_be_shown_is_null(gateway: Gateway) -> None:
    query = f"{{ things(orderBy: [{{ rowId: ASC }}]) {{ edges {{ node {{ {' '.join(GOOD)} }} }} }} }}"
    answer = ask(gateway, query)
    shown = [each["node"] for each in answer["data"]["things"]["edges"]]
    assert shown == [GOOD, {**GOOD, **BAD}, GOOD, GOOD]
    assert {error["path"][-1] for error in answer["errors"]} == set(BAD)
    for error in answer["errors"]:
        assert error["extensions"]["code"] == "VALUE_NOT_REPRESENTABLE"
        assert error["extensions"]["hint"]


def test_a_field_that_is_never_null_takes_its_row_along(gateway: Gateway) -> None:
    answer = ask(
        gateway, "{ node3: thingBy(key: { rowId: 3 }) { surely } thingBy(key: { rowId: 1 }) { surely } }"
    )
    assert answer["data"] == {"node3": None, "thingBy": {"surely": "two"}}
    assert answer["errors"][0]["extensions"]["code"] == "VALUE_NOT_REPRESENTABLE"


@pytest.mark.parametrize("name", ["word", "surely", "role", "url", "arrow", "level"])
def test_pages_go_on_over_it(gateway: Gateway, name: str) -> None:
    query = f"""query Page($after: String) {{
      things(first: 1, after: $after, orderBy: [{{ {name}: ASC }}]) {{
        nodes {{ rowId }} pageInfo {{ endCursor hasNextPage }}
      }}
    }}"""
    if name in ("word", "surely"):
        return  # it has no order, since only the app knows its words
    seen: list[int] = []
    page: Any = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"] and len(seen) < 10:
        answer = ask(gateway, query, after=page["pageInfo"]["endCursor"])
        if name == "level" and answer.get("errors"):
            assert answer["errors"][0]["extensions"]["code"] == "VALUE_NOT_REPRESENTABLE"
            return
        page = answer["data"]["things"]
        seen += [each["rowId"] for each in page["nodes"]]
    assert sorted(seen) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ('word: { eq: "one" }', [1, 3, 4]),
        ('role: { eq: "a" }', [1, 3, 4]),
        ('url: { in: ["http://x/"] }', [1, 2, 3, 4]),
        ('arrow: { eq: "2024-05-01T12:00:00+02:00" }', [1, 2, 3, 4]),
        ("level: { eq: LOW }", [1, 3, 4]),
        ("word: { isNull: true }", []),
    ],
)
def test_what_is_shown_is_found(gateway: Gateway, condition: str, numbers: list[int]) -> None:
    query = f"{{ things(where: {{ {condition} }}, orderBy: [{{ rowId: ASC }}]) {{ nodes {{ rowId }} }} }}"
    assert [each["rowId"] for each in ask(gateway, query)["data"]["things"]["nodes"]] == numbers


def test_an_argument_that_a_type_refuses(gateway: Gateway) -> None:
    for condition in ('word: { eq: "nine" }', 'surely: { in: ["one", "nine"] }'):
        answer = ask(gateway, f"{{ things(where: {{ {condition} }}) {{ totalCount }} }}")
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_a_value_that_a_type_refuses_is_not_written(gateway: Gateway) -> None:
    query = """mutation Make($input: CreateThingInput!) { createThing(input: $input) {
      thing { word settings point } errors { code path }
    } }"""
    good = {"rowId": 50, "surely": "one"}
    for name, value in (("word", "nine"), ("settings", {"size": "x"}), ("point", {"z": 1}), ("point", [1])):
        made = ask(gateway, query, input={**good, name: value})["data"]["createThing"]
        assert made["errors"] == [{"code": "VALIDATION_ERROR", "path": ["createThing", "input", name]}]
    sent = {"word": "two", "settings": {"colour": "blue", "size": 3}, "point": {"x": 3, "y": 4}}
    made = ask(gateway, query, input={**good, **sent})["data"]["createThing"]
    assert made == {"thing": sent, "errors": []}
    ask(gateway, "mutation { deleteThing(key: { rowId: 50 }) { errors { code } } }")


def table_of(**columns: sa.Column[Any]) -> type[Any]:
    class Own(DeclarativeBase):
        pass

    table = sa.Table("odd", Own.metadata, sa.Column("id", sa.Integer, primary_key=True), *columns.values())
    made: type[Any] = type("Odd", (Own,), {"__table__": table})
    return made


class Encrypted(sa.TypeDecorator):
    impl = sa.LargeBinary

    def bind_expression(self, bindvalue):
        return sa.func.pgp_sym_encrypt(bindvalue, "key")

    def column_expression(self, column):
        return sa.func.pgp_sym_decrypt(column, "key")


class Geometry(sa.types.UserDefinedType):
    def get_col_spec(self, **kw):
        return "GEOMETRY"


class Span(sa.TypeDecorator):
    impl = sa.Interval


class Nonce(sa.TypeDecorator):
    """No key: it is never stored twice in the same way."""

    impl = sa.String(60)

    def process_bind_param(self, value, dialect):
        return f"{uuid.uuid4().hex}{value}"

    def process_result_value(self, value, dialect):
        return value[32:]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (sa.Column("odd", Encrypted), "Encrypted"),
        (sa.Column("odd", Geometry), "Geometry"),
        (sa.Column("odd", Span), "Span"),
        (sa.Column("odd", Nonce, primary_key=True), "Nonce"),
    ],
    ids=["expressions", "user-defined", "interval", "nonce"],
)
def test_types_without_a_place_are_refused_by_name(column: sa.Column[Any], says: str) -> None:
    source = Source.from_models("app", "sqlite:///no.sqlite3", models=[table_of(odd=column)])
    with pytest.raises(ConfigurationError) as caught:
        Gateway([source])
    (problem,) = caught.value.problems
    assert says in problem.message
    assert problem.hint


def test_a_link_between_keys_of_other_kinds_is_refused() -> None:
    class Shade(enum.Enum):
        DARK = 1

    odd = table_of(odd=sa.Column("odd", IntEnum(Shade)))
    other = table_of(odd=sa.Column("odd", sa.Integer, unique=True))
    sources = [
        Source.from_models(name, f"sqlite:///{name}.sqlite3", models=[each])
        for name, each in (("one", odd), ("two", other))
    ]
    with pytest.raises(ConfigurationError, match="can never exactly equal"):
        Gateway(sources, [Link("one.odd.odd", "two.odd.odd", name="other")])
