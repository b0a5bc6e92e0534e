"""An app's own mutation roots: in order, in one unit of work that the gateway commits."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import Session

from gateway import BadUserInput, Context, Gateway, computed, extend
from gateway.demo.crm import Customer
from gateway.schema.export import sdl
from tests.setups import SETUPS, Urls, closing, own_gateway, seeded

Info = strawberry.Info[Context]
RAN: list[str] = []


@strawberry.type
class Renamed:
    customer: Customer
    before: str


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self, number: int, name: str, info: Info) -> Renamed | None:
        RAN.append(name)
        customer = info.context.sessions["crm"].get(Customer, number)
        if customer is None:
            raise BadUserInput(f"There is no customer {number}.")
        before, customer.name = customer.name, name
        return Renamed(customer=customer, before=before)

    @strawberry.mutation
    async def rename_later(self, number: int, name: str, info: Info) -> Customer | None:
        RAN.append(name)

        def write(sessions: Any) -> Customer:
            customer: Customer = sessions["crm"].get_one(Customer, number)
            customer.name = name
            return customer

        return await info.context.run(write)

    @strawberry.mutation
    def register(self, name: str, info: Info) -> Customer | None:
        customer = Customer(name=name, email=f"{name}@example.net", country="CH")
        info.context.sessions["crm"].add(customer)
        return customer

    @strawberry.mutation
    def count(self, info: Info) -> int:
        found = info.context.sessions["crm"].scalar(sa.select(sa.func.count()).select_from(Customer))
        return int(found or 0)

    @strawberry.mutation
    def commits(self, info: Info) -> bool | None:
        session: Session = info.context.sessions["crm"]
        session.execute(sa.text("UPDATE customers SET name = 'Committed' WHERE id = 1"))
        session.commit()
        return True


@extend(Customer)
class CustomerFields:
    name: str

    @computed(needs=("name",))
    def shouted(self) -> str:
        if self.name == "Quiet":
            raise BadUserInput("No shouting.")
        return self.name.upper()


@strawberry.type
class Query:
    @strawberry.field
    def writes(self, info: Info) -> str | None:
        customer = info.context.sessions["crm"].get_one(Customer, 1)
        customer.name = "Written by a query"
        return customer.name


@pytest.fixture(scope="module", params=[*SETUPS, "turned-again"])
def own_urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """Databases whose rows these tests may change: crm on each database."""
    with seeded(request.param, tmp_path_factory.mktemp("own"), "own") as urls:
        yield urls


@pytest.fixture
def gateway(own_urls: Urls) -> Iterator[Gateway]:
    RAN.clear()
    own = {"query": Query, "mutation": Mutation, "extensions": [CustomerFields]}
    with closing(own_gateway(own_urls, own=own, mutations=True)) as made:
        yield made


def answer(gateway: Gateway, query: str) -> Any:
    return asyncio.run(gateway.execute(query))


def names(gateway: Gateway, *numbers: int) -> list[str]:
    found = answer(gateway, "{ customers(first: 20, orderBy: [{rowId: ASC}]) { nodes { rowId name } } }")
    by_number = {node["rowId"]: node["name"] for node in found.data["customers"]["nodes"]}
    return [by_number[number] for number in numbers]


def test_writes_are_committed_and_seen_by_what_is_selected_below(gateway: Gateway) -> None:
    (before,) = names(gateway, 1)
    found = answer(
        gateway,
        """mutation Both {
          __typename
          rename(number: 1, name: "Ada") { before customer { rowId name shouted orders { totalCount } } }
          again: renameLater(number: 1, name: "Grace") { name shouted }
        }""",
    )
    assert found.errors == []
    renamed = found.data["rename"]
    assert renamed["before"] == before
    assert {**renamed["customer"], "orders": None} == {
        "rowId": 1,
        "name": "Ada",
        "shouted": "ADA",
        "orders": None,
    }
    assert found.data["again"] == {"name": "Grace", "shouted": "GRACE"}
    assert found.data["__typename"] == "Mutation"
    assert list(found.data) == ["__typename", "rename", "again"]
    assert RAN == ["Ada", "Grace"]
    assert names(gateway, 1) == ["Grace"]


def test_a_failed_root_undoes_the_operation(gateway: Gateway) -> None:
    before = names(gateway, 2, 3)
    found = answer(
        gateway,
        """mutation { one: rename(number: 2, name: "A") { before }
             two: rename(number: 999999, name: "B") { before }
             three: renameLater(number: 3, name: "C") { name } }""",
    )
    assert found.data == {"one": None, "two": None, "three": None}
    codes = {tuple(error["path"]): error["extensions"]["code"] for error in found.errors}
    assert codes == {
        ("one",): "ROLLED_BACK",
        ("two",): "BAD_USER_INPUT",
        ("three",): "ROLLED_BACK",
    }
    assert RAN == ["A", "B"]
    assert names(gateway, 2, 3) == before


def test_a_failed_read_of_the_answer_undoes_nothing(gateway: Gateway) -> None:
    found = answer(gateway, 'mutation { renameLater(number: 4, name: "Quiet") { rowId shouted } }')
    assert found.data == {"renameLater": None}
    (error,) = found.errors
    assert (error["message"], error["path"]) == ("No shouting.", ["renameLater", "shouted"])
    assert names(gateway, 4) == ["Quiet"]


def test_new_rows_have_keys(gateway: Gateway) -> None:
    name = f"new-{id(gateway)}"
    found = answer(gateway, f'mutation {{ register(name: "{name}") {{ rowId name country shouted }} }}')
    assert found.errors == []
    assert found.data["register"]["rowId"] > 300
    assert found.data["register"]["shouted"] == name.upper()


CREATE = """createCustomer(input: {name: "Generated", email: "%s", country: "CH", tier: FREE}) {
  customer { rowId name shouted } errors { __typename }
}"""


def test_generated_and_own_mutations_are_one_unit(gateway: Gateway) -> None:
    email = f"{id(gateway)}@example.org"
    query = (
        f'mutation {{ count {CREATE % email} after: count renameLater(number: 6, name: "Six") {{ name }} }}'
    )
    found = answer(gateway, query)
    assert found.errors == []
    assert found.data["after"] == found.data["count"] + 1
    assert found.data["createCustomer"]["errors"] == []
    assert found.data["createCustomer"]["customer"]["shouted"] == "GENERATED"
    assert found.data["renameLater"] == {"name": "Six"}

    taken = f'mutation {{ renameLater(number: 6, name: "Seven") {{ name }} {CREATE % email} }}'
    found = answer(gateway, taken)
    assert found.data["renameLater"] is None
    assert found.data["createCustomer"] == {"customer": None, "errors": [{"__typename": "UniqueViolation"}]}
    assert [error["extensions"]["code"] for error in found.errors] == ["ROLLED_BACK"]
    assert names(gateway, 6) == ["Six"]

    other = CREATE % f"other-{email}"
    found = answer(gateway, f'mutation {{ {other} rename(number: 999999, name: "B") {{ before }} }}')
    assert found.data["rename"] is None
    assert found.data["createCustomer"] == {"customer": None, "errors": [{"__typename": "RolledBack"}]}
    found = answer(gateway, 'mutation { count rename(number: 999999, name: "B") { before } }')
    assert found.data is None  # `count` is non-null


def test_a_resolver_cannot_commit(gateway: Gateway) -> None:
    before = names(gateway, 1)
    found = answer(gateway, "mutation { commits }")
    assert found.data == {"commits": None}
    assert "commit" in found.errors[0]["message"] + found.errors[0]["extensions"].get("hint", "")
    assert names(gateway, 1) == before


def test_a_query_writes_nothing(gateway: Gateway) -> None:
    before = names(gateway, 1)
    assert answer(gateway, "{ writes }").data == {"writes": "Written by a query"}
    assert names(gateway, 1) == before


def test_the_schema_shows_own_mutations(gateway: Gateway) -> None:
    text = sdl(gateway.schema)
    assert "rename(name: String!, number: Int!): Renamed" in text
    assert "register(name: String!): Customer" in text


BESIDE = """mutation {{
  generated: updateCustomer(key: {{rowId: 1}}, set: {{name: "Generated"}}) {{
    customer {{ name shouted }}
    errors {{ __typename }}
  }}
  own: rename(number: {number}, name: "Own") {{ before customer {{ name }} }}
  last: updateCustomer(key: {{rowId: {last}}}, set: {{country: "SE"}}) {{
    customer {{ name country }}
    errors {{ __typename path }}
  }}
}}"""


def test_own_and_generated_mutations_are_one_unit_in_the_order_of_the_document(gateway: Gateway) -> None:
    found = answer(gateway, BESIDE.format(number=1, last=1))
    assert found.errors == []
    assert found.data == {
        "generated": {"customer": {"name": "Generated", "shouted": "GENERATED"}, "errors": []},
        "own": {"before": "Generated", "customer": {"name": "Own"}},
        "last": {"customer": {"name": "Own", "country": "SE"}, "errors": []},
    }
    assert names(gateway, 1) == ["Own"]


def test_own_and_generated_mutations_undo_each_other(gateway: Gateway) -> None:
    (before,) = names(gateway, 1)
    found = answer(gateway, BESIDE.format(number=1, last=999_999))
    assert found.data["generated"] == {"customer": None, "errors": [{"__typename": "RolledBack"}]}
    assert found.data["own"] is None
    assert found.data["last"]["errors"] == [{"__typename": "NotFound", "path": ["last", "key"]}]
    assert [error["extensions"]["code"] for error in found.errors] == ["ROLLED_BACK"]
    found = answer(gateway, BESIDE.format(number=999_999, last=1))
    assert found.data["generated"]["errors"] == [{"__typename": "RolledBack"}]
    assert found.data["last"]["errors"] == [{"__typename": "RolledBack", "path": ["last"]}]
    assert [error["extensions"]["code"] for error in found.errors] == ["BAD_USER_INPUT"]
    assert names(gateway, 1) == [before]
