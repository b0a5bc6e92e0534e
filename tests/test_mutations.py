"""Generated mutations, on every database: what they write and what they answer."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Caller, EntityOptions, FieldOptions, Gateway, Link, OnWrite, Settings, Source, claim
from gateway.context import Context
from gateway.schema.answer import Asked
from gateway.schema.explain import explain
from tests.servers import DIALECTS, connected, database


class Base(DeclarativeBase):
    pass


on_members = sa.Table(
    "clubs",
    Base.metadata,
    sa.Column("member_id", sa.ForeignKey("members.id"), primary_key=True),
    sa.Column("group_id", sa.ForeignKey("groups_.id"), primary_key=True),
)


class Member(Base):
    __tablename__ = "members"
    __table_args__ = (
        sa.UniqueConstraint("first", "last", name="uq_members_names"),
        sa.CheckConstraint("age > 0", name="ck_members_age"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(40), unique=True)
    first: Mapped[str | None] = mapped_column(sa.String(20))
    last: Mapped[str | None] = mapped_column(sa.String(20))
    age: Mapped[int | None]
    small: Mapped[int | None] = mapped_column(sa.SmallInteger)
    fee: Mapped[Any | None] = mapped_column(sa.Numeric(6, 2))
    team: Mapped[str] = mapped_column(sa.String(10), default="red")
    status: Mapped[str] = mapped_column(sa.String(10), server_default="new")
    twice: Mapped[int | None] = mapped_column(sa.Computed("age * 2", persisted=True))
    details: Mapped[Any | None] = mapped_column(sa.JSON)
    version: Mapped[int] = mapped_column(default=1)

    loans: Mapped[list["Loan"]] = relationship(back_populates="member")
    groups: Mapped[list["Group"]] = relationship(secondary=on_members)


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(20))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("members.id", name="fk_loans_member"))
    patron_id: Mapped[int | None]

    member: Mapped[Member | None] = relationship(back_populates="loans")


class Group(Base):
    __tablename__ = "groups_"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)


class Secret(Base):
    __tablename__ = "secrets"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(20))


def _is_team(value: str) -> None:
    if value not in ("red", "blue", "green"):
        raise ValueError("There is no such team.")


OPTIONS = {
    Member: EntityOptions(
        version="version",
        rows=lambda role: Member.team == claim("team") if role == "player" else None,
        fields={
            "team": FieldOptions(validate=_is_team),
            "status": FieldOptions(read_only=True),
            "fee": FieldOptions(hide_from={"player"}),
        },
    ),
    Secret: EntityOptions(read_only=True),
}
PLAYER = Caller("player", {"team": "red"})
ERRORS = (
    "errors { __typename code message path ... on UniqueViolation { fields }"
    " ... on NotNullViolation { fields } ... on ForeignKeyViolation { fields }"
    " ... on CheckViolation { constraint }"
    " ... on ValidationError { fields } ... on Forbidden { fields } }"
)


@dataclass
class Club:
    """A gateway over one empty database, and a look into its tables past the gateway."""

    gateway: Gateway
    url: sa.URL
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def run(
        self, query: str, variables: Mapping[str, Any] | None = None, caller: Caller | None = None
    ) -> Any:
        """The payload of the whole operation."""
        answer = self.loop.run_until_complete(self.gateway.execute(query, variables, caller=caller))
        return answer.payload()

    def do(self, mutation: str, select: str, caller: Caller | None = None, **variables: Any) -> Any:
        """The payload of one mutation, which must have no errors beside its own."""
        shown = self.run(f"mutation {{ it: {mutation} {{ {select} {ERRORS} }} }}", variables, caller)
        assert "errors" not in shown, shown
        return shown["data"]["it"]

    def refused(self, mutation: str, caller: Caller | None = None) -> list[dict[str, Any]]:
        """The errors of one mutation, none of which is about a message; nothing was written."""
        before = self.tables()
        errors = self.do(mutation, "__typename", caller)["errors"]
        assert errors
        assert self.tables() == before
        assert all(error.pop("message") for error in errors)
        return errors

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        with connected(self.url) as engine, engine.connect() as connection:
            return [
                tuple(row) for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY 1"))
            ]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table.name: self.rows(table.name) for table in Base.metadata.sorted_tables}


@pytest.fixture(scope="module", params=DIALECTS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("club")
        url = stack.enter_context(database(request.param, "gw_mutations", folder))
        with connected(url) as engine:
            Base.metadata.create_all(engine)
        link = Link("club.loans.patron_id", "club.members.id", name="patron", on_write=OnWrite.CHECK)
        source = Source.from_models("club", url, models=Base, entities=OPTIONS, mutations=True)
        club = Club(Gateway([source], [link], settings=Settings(rows_max=1_000)), url)
        yield club
        club.loop.run_until_complete(club.gateway.close())
        club.loop.close()


@pytest.fixture
def club(place: Club) -> Club:
    """The club with two members, a loan of the first and a group, and nothing else."""
    with connected(place.url) as engine, engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        people = [("ada@x", "Ada", "Lovelace", 36), ("bob@x", "Bob", "Baker", 20)]
        for number, (email, first, last, age) in enumerate(people, 1):
            values = {"id": number, "email": email, "first": first, "last": last, "age": age}
            connection.execute(sa.insert(Member).values(**values))
        connection.execute(sa.insert(Loan).values(id=1, title="Emma", member_id=1))
        connection.execute(sa.insert(Group).values(id=1, name="chess"))
        if engine.dialect.name == "postgresql":
            for table in ("members", "loans", "groups_"):
                connection.execute(sa.text(f"SELECT setval('{table}_id_seq', 10)"))
    return place


# What is written ---------------------------------------------------------------------------------------


def test_create_brings_back_what_the_database_made(club: Club) -> None:
    fields = "member { email team status twice version details loans { totalCount } }"
    made = club.do('createMember(input: {email: "c@x", age: 4, details: {a: [1, null]}})', fields)
    expected = {"email": "c@x", "team": "red", "status": "new", "twice": 8, "version": 1}
    assert made["member"] == {**expected, "details": {"a": [1, None]}, "loans": {"totalCount": 0}}
    assert made["errors"] == []
    assert club.rows("members", "email, team")[-1] == ("c@x", "red")


def test_null_and_absent_differ(club: Club) -> None:
    changed = club.do(
        "updateMember(key: {rowId: 1}, version: 1, set: {first: null})", "member { first last }"
    )
    assert changed["member"] == {"first": None, "last": "Lovelace"}
    change = "updateMember(key: {rowId: 1}, version: 2, set: {first: $f, last: $l}) { member { first last } }"
    shown = club.run(f"mutation ($f: String, $l: String) {{ {change} }}", {"l": None})
    assert shown["data"]["updateMember"]["member"] == {"first": None, "last": None}


def test_create_many_keeps_the_order(club: Club) -> None:
    many = club.do('createGroups(input: [{name: "b"}, {name: "a"}])', "groups { name } affectedCount")
    assert many == {"groups": [{"name": "b"}, {"name": "a"}], "affectedCount": 2, "errors": []}


def test_update_many_by_a_condition_through_a_relation(club: Club) -> None:
    where = '{loans: {some: {title: {eq: "Emma"}}}}'
    many = club.do(
        f'updateMembers(where: {where}, set: {{team: "blue"}})', "affectedCount members { email team }"
    )
    assert many["members"] == [{"email": "ada@x", "team": "blue"}]
    assert club.rows("members", "id, team, version") == [(1, "blue", 2), (2, "red", 1)]


def test_many_mutations_refuse_an_empty_condition(club: Club) -> None:
    for where in ("", "where: {}, ", "where: null, ", "where: {and: []}, "):
        shown = club.run(f'mutation {{ updateMembers({where}set: {{team: "blue"}}) {{ affectedCount }} }}')
        assert shown["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "data" not in shown
    assert club.do("deleteLoans(all: true)", "affectedCount loans { title }") == {
        "affectedCount": 1,
        "loans": [{"title": "Emma"}],
        "errors": [],
    }
    assert club.rows("loans") == []


def test_upsert_finds_the_row_by_its_key_alone(club: Club) -> None:
    upsert = 'upsertMember(key: {%s}, create: {email: "d@x", first: "Ada", last: "Other"}, update: {age: 9})'
    made = club.do(upsert % 'email: "d@x"', "created member { email age }")
    assert (made["created"], made["member"]) == (True, {"email": "d@x", "age": None})
    again = club.do(upsert % 'email: "d@x"', "created member { email age }")
    assert (again["created"], again["member"]) == (False, {"email": "d@x", "age": 9})
    # Another unique key is taken: the row that has it is not touched.
    create = '{email: "e@x", first: "Bob", last: "Baker"}'
    other = f'upsertMember(key: {{email: "e@x"}}, create: {create}, update: {{age: 1}})'
    (error,) = club.refused(other)
    assert (error["__typename"], error["fields"]) == ("UniqueViolation", ["first", "last"])


def test_delete_shows_the_row_as_it_was(club: Club) -> None:
    gone = club.do("deleteMember(key: {rowId: 2}, version: 1)", "deletedMemberId member { id email }")
    assert gone["member"] == {"id": gone["deletedMemberId"], "email": "bob@x"}
    assert club.rows("members", "email") == [("ada@x",)]


def test_mutations_of_one_operation_see_each_other_and_stand_together(club: Club) -> None:
    query = """mutation {
      a: updateMember(key: {rowId: 1}, version: 1, set: {age: 50}) { member { age } errors { __typename } }
      b: updateMembers(where: {age: {eq: 50}}, set: {age: 51}) { members { age } errors { __typename } }
      c: deleteMember(key: {rowId: %d}, version: 1) { member { age } errors { __typename path } }
    }"""
    shown = club.run(query % 99)["data"]
    assert shown["a"] == {"member": None, "errors": [{"__typename": "RolledBack"}]}
    assert shown["b"] == {"members": None, "errors": [{"__typename": "RolledBack"}]}
    assert shown["c"] == {"member": None, "errors": [{"__typename": "NotFound", "path": ["c", "key"]}]}
    assert club.rows("members", "id, age") == [(1, 36), (2, 20)]
    shown = club.run(query % 2)["data"]
    assert shown["a"]["member"] == {"age": 50}
    assert shown["b"]["members"] == [{"age": 51}]
    assert club.rows("members", "id, age") == [(1, 51)]


def test_related_rows_are_written_along(club: Club) -> None:
    nested = (
        'createLoan(input: {title: "Ulysses", patron: {connect: {email: "bob@x"}}, member: {create: {'
        'email: "n@x", groups: {create: [{name: "go"}], connect: [{name: "chess"}]},'
        ' loans: {create: [{title: "Second"}]}}}})'
    )
    select = (
        "loan { title patron { email } member { email groups { nodes { name } } loans { nodes { title } } } }"
    )
    loan = club.do(nested, select)["loan"]
    assert loan["patron"] == {"email": "bob@x"}
    assert sorted(each["name"] for each in loan["member"]["groups"]["nodes"]) == ["chess", "go"]
    assert sorted(each["title"] for each in loan["member"]["loans"]["nodes"]) == ["Second", "Ulysses"]


def test_related_rows_are_let_go_and_deleted(club: Club) -> None:
    change = "updateMember(key: {rowId: 1}, version: %d, set: {loans: {%s}})"
    select = "member { loans { nodes { title } } }"
    more = club.do(change % (1, 'create: [{title: "A"}, {title: "B"}], disconnect: [{rowId: 1}]'), select)
    assert [each["title"] for each in more["member"]["loans"]["nodes"]] == ["A", "B"]
    assert club.rows("loans", "id, member_id")[0] == (1, None)
    number = club.rows("loans", "id")[1][0]
    less = club.do(change % (1, f"delete: [{{rowId: {number}}}], connect: [{{rowId: 1}}]"), select)
    assert [each["title"] for each in less["member"]["loans"]["nodes"]] == ["Emma", "B"]
    (error,) = club.refused("updateMember(key: {rowId: 2}, version: 1, set: {loans: {delete: [{rowId: 1}]}})")
    assert error["code"] == "NOT_FOUND"
    assert error["path"] == ["it", "set", "loans", "delete", "0"]


# What is refused ---------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "unique": (
        'createMember(input: {email: "ada@x"})',
        {"code": "UNIQUE_VIOLATION", "path": ["it", "input", "email"], "fields": ["email"]},
    ),
    "unique, of two fields": (
        'updateMember(key: {rowId: 2}, version: 1, set: {first: "Ada", last: "Lovelace"})',
        {"code": "UNIQUE_VIOLATION", "path": ["it", "set", "first"], "fields": ["first", "last"]},
    ),
    "unique, the primary key": (
        'createGroup(input: {rowId: 1, name: "x"})',
        {"code": "UNIQUE_VIOLATION", "path": ["it", "input", "rowId"], "fields": ["rowId"]},
    ),
    "foreign key": (
        'createLoan(input: {title: "x", memberId: 77})',
        {"code": "FOREIGN_KEY_VIOLATION", "path": ["it", "input", "memberId"], "fields": ["memberId"]},
    ),
    "foreign key of a link": (
        'createLoan(input: {title: "x", patronId: 77})',
        {"code": "FOREIGN_KEY_VIOLATION", "path": ["it", "input", "patronId"], "fields": ["patronId"]},
    ),
    "referred to": (
        "deleteMember(key: {rowId: 1}, version: 1)",
        {"code": "FOREIGN_KEY_VIOLATION", "path": ["it", "key"], "fields": []},
    ),
    "not null": (
        "updateMember(key: {rowId: 1}, version: 1, set: {email: null})",
        {"code": "NOT_NULL_VIOLATION", "path": ["it", "set", "email"], "fields": ["email"]},
    ),
    "check": (
        "updateMember(key: {rowId: 1}, version: 1, set: {age: -1})",
        {"code": "CHECK_VIOLATION", "path": ["it", "set"], "constraint": "ck_members_age"},
    ),
    "too long": (
        'createGroup(input: {name: "123456789012345678901"})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "name"], "fields": ["name"]},
    ),
    "out of range": (
        'createMember(input: {email: "x", small: 32768})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "small"], "fields": ["small"]},
    ),
    "too many places": (
        'createMember(input: {email: "x", fee: "1.005"})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "fee"], "fields": ["fee"]},
    ),
    "too many digits": (
        'createMember(input: {email: "x", fee: "10000"})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "fee"], "fields": ["fee"]},
    ),
    "no text": (
        'createGroup(input: {name: "a\\u0000b"})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "name"], "fields": ["name"]},
    ),
    "validator": (
        'createMember(input: {email: "x", team: "pink"})',
        {"code": "VALIDATION_ERROR", "path": ["it", "input", "team"], "fields": ["team"]},
    ),
    "not found": (
        'updateGroup(key: {name: "nobody"}, set: {name: "x"})',
        {"code": "NOT_FOUND", "path": ["it", "key"]},
    ),
    "not found to connect": (
        'createLoan(input: {title: "x", member: {connect: {email: "nobody"}}})',
        {"code": "NOT_FOUND", "path": ["it", "input", "member", "connect"]},
    ),
    "conflict": (
        "updateMember(key: {rowId: 1}, version: 7, set: {age: 1})",
        {"code": "CONFLICT", "path": ["it", "key"]},
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_expected_errors_are_equal_on_every_database(club: Club, kind: str) -> None:
    mutation, expected = REFUSED[kind]
    (error,) = club.refused(mutation)
    words = expected["code"].split("_")
    assert error == {"__typename": "".join(word.capitalize() for word in words), **expected}


def test_all_mistakes_of_an_input_are_told_at_once(club: Club) -> None:
    errors = club.refused('createMember(input: {email: "x", team: "pink", small: 99999})')
    assert [error["path"][-1] for error in errors] == ["small", "team"]


def test_rows_of_others_are_neither_found_nor_written(club: Club) -> None:
    club.do('updateMember(key: {rowId: 2}, version: 1, set: {team: "blue"})', "__typename")
    (error,) = club.refused("updateMember(key: {rowId: 2}, version: 2, set: {age: 1})", PLAYER)
    assert error["code"] == "NOT_FOUND"
    for mutation in (
        'createMember(input: {email: "x", team: "blue"})',
        'updateMember(key: {rowId: 1}, version: 1, set: {team: "blue"})',
        'upsertMember(key: {rowId: 2}, create: {email: "x"}, update: {age: 1})',
        'updateMember(key: {rowId: 1}, version: 1, set: {fee: "1.00"})',
    ):
        (error,) = club.refused(mutation, PLAYER)
        assert error["code"] == "FORBIDDEN", mutation
    mine = club.do("updateMembers(all: true, set: {age: 1})", "members { email }", PLAYER)
    assert mine["members"] == [{"email": "ada@x"}]


def test_what_is_read_only_is_in_no_input(club: Club) -> None:
    graph = club.gateway.schema.as_str()
    assert "createSecret(" not in graph
    made = graph[graph.index("input CreateMemberInput") :]
    made = made[: made.index("}")]
    assert "status" not in made
    assert "version" not in made
    assert "twice" not in made


def test_impossible_inputs_are_refused_before_anything_is_written(club: Club) -> None:
    before = club.tables()
    for mutation in (
        'createMember(input: {email: "x", loans: {create: [{title: "y", member: {connect: {rowId: 1}}}]}})',
        'createMember(input: {email: "x", loans: {create: [{title: "y", memberId: 1}]}})',
        'createLoan(input: {title: "x", memberId: 1, member: {connect: {rowId: 1}}})',
        'updateMembers(all: true, set: {loans: {create: [{title: "x"}]}})',
        'upsertMember(key: {email: "a"}, create: {email: "b"}, update: {})',
        "updateLoan(key: {rowId: 1}, set: {member: {disconnect: false}})",
    ):
        shown = club.run(f"mutation {{ {mutation} {{ __typename }} }}")
        assert shown["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", mutation
        assert "data" not in shown
    assert club.tables() == before


def test_values_are_never_text_of_a_statement(club: Club) -> None:
    nasty = "x'); DROP TABLE--"
    made = club.do("createGroup(input: {name: $name})".replace("$name", f'"{nasty}"'), "group { name }")
    assert made["group"] == {"name": nasty}
    gone = club.do(f'deleteGroup(key: {{name: "{nasty}"}})', "group { name }")
    assert gone["group"] == {"name": nasty}
    (error,) = club.refused(f'deleteGroup(key: {{name: "{nasty}"}})')
    assert error["code"] == "NOT_FOUND"
    assert club.rows("groups_", "name") == [("chess",)]


def test_a_payload_that_cannot_be_read_undoes_nothing(club: Club) -> None:
    club.do('createMember(input: {email: "z@x", details: 1})', "__typename")
    query = (
        'mutation { updateMember(key: {email: "z@x"}, version: 1, set: {age: 3})'
        " { member { email loans(first: 5000) { totalCount } } errors { message } } }"
    )
    shown = club.run(query)
    assert shown["data"]["updateMember"] == {"member": None, "errors": []}
    assert shown["errors"][0]["path"] == ["updateMember", "member"]
    assert club.rows("members", "email, age")[-1] == ("z@x", 3)


def test_a_payload_whose_table_is_gone_undoes_nothing(club: Club) -> None:
    change = "updateMember(key: {rowId: 1}, version: 1, set: {age: 37})"
    query = (
        f"mutation {{ {change} {{ member {{ age loans {{ nodes {{ title }} }} }} errors {{ message }} }} }}"
    )
    with connected(club.url) as engine, engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE loans RENAME TO lent"))
    try:
        shown = club.run(query)
    finally:
        with connected(club.url) as engine, engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE lent RENAME TO loans"))
    assert shown["data"]["updateMember"] == {"member": {"age": 37, "loans": None}, "errors": []}
    (error,) = shown["errors"]
    assert error["path"] == ["updateMember", "member", "loans"]
    assert error["extensions"]["code"] == "SOURCE_ERROR"
    assert club.rows("members", "id, age")[0] == (1, 37)


def test_a_statement_that_cannot_run_is_a_coded_error(club: Club) -> None:
    with connected(club.url) as engine, engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE loans RENAME TO lent"))
    try:
        shown = club.run('mutation { createLoan(input: {title: "x"}) { errors { message } } }')
    finally:
        with connected(club.url) as engine, engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE lent RENAME TO loans"))
    (error,) = shown["errors"]
    assert shown["data"] is None
    assert (error["path"], error["extensions"]["code"]) == (["createLoan"], "SOURCE_ERROR")
    assert "lent" not in str(shown)


def test_a_get_never_runs_a_mutation(club: Club) -> None:
    async def main() -> Any:
        context = Context(club.gateway.databases)
        asked = Asked("mutation { deleteLoans(all: true) { affectedCount } }", kinds=frozenset({"query"}))
        try:
            return await club.gateway.schema.answer(asked, context)
        finally:
            await context.close()

    answer = club.loop.run_until_complete(main())
    assert not answer.executed
    assert len(club.rows("loans")) == 1


def test_explain_shows_the_writes_in_their_order(club: Club) -> None:
    mutation = (
        'mutation { made: createLoan(input: {title: "x", patron: {connect: {email: "bob@x"}},'
        ' member: {create: {email: "n@x", loans: {create: [{title: "y"}]}}}}) { loan { title } } }'
    )
    lines = [line.strip() for line in explain(club.gateway.schema, Asked(mutation)).splitlines()]
    assert lines[:6] == [
        "Plan:",
        "made: createLoan",
        "Insert club.members (email) for member",
        "Insert club.loans (title) for loans",
        "Find club.members where email is 'bob@x' for patron",
        "Insert club.loans (title)",
    ]
    assert lines[6] == "then read loan:"
    assert lines[7].startswith("0. Fetch club.loans (title")
