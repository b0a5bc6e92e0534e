"""An app's own roots and types beside the generated ones, and the rows its resolvers give."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from graphql import GraphQLError
from strawberry.permission import BasePermission

from gateway import (
    BadUserInput,
    Caller,
    Context,
    EntityOptions,
    FieldOptions,
    Gateway,
    claim,
    computed,
    extend,
)
from gateway.demo.crm import Customer
from gateway.demo.sales import Order
from gateway.demo.shop import Product
from gateway.schema.answer import Asked
from gateway.schema.export import sdl
from tests.setups import Urls, closing, own_gateway, tables

Info = strawberry.Info[Context]
CUSTOMERS = tables()["crm"]["customers"]
ORDERS = tables()["sales"]["orders"]
PRODUCTS = tables()["shop"]["products"]


class StaffOnly(BasePermission):
    message = "Only staff may do this."

    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        return info.context.caller.role == "staff"


@strawberry.type(description="What is known of a country.")
class Country:
    code: str
    customers: list[Customer]
    best: Customer | None = None

    @strawberry.field
    def greeting(self, word: str = "Hello") -> str:
        return f"{word}, {self.code}"

    @strawberry.field
    def orders(self, info: Info, first: int = 3) -> list[Order]:
        assert threading.current_thread() is not threading.main_thread()
        ids = [customer.id for customer in self.customers]
        query = sa.select(Order).where(Order.customer_id.in_(ids)).order_by(Order.id).limit(first)
        return list(info.context.sessions["sales"].scalars(query))


@strawberry.type
class Spending:
    amount: Decimal
    largest: Order | None

    @strawberry.field
    def label(self, unit: str = "EUR") -> str:
        if unit == "?":
            raise GraphQLError("Which unit?")
        return f"{self.amount} {unit}"


@strawberry.type
class Query:
    @strawberry.field
    def now(self, info: Info) -> str:
        assert threading.current_thread() is not threading.main_thread()
        return info.context.caller.role

    @strawberry.field
    async def add(self, left: int, right: int = 2) -> int:
        return left + right

    @strawberry.field
    def country(self, code: str, info: Info) -> Country:
        query = sa.select(Customer).where(Customer.country == code).order_by(Customer.id)
        found = list(info.context.sessions["crm"].scalars(query))
        return Country(code=code, customers=found, best=found[0] if found else None)

    @strawberry.field
    async def first_customers(self, info: Info, count: int = 2) -> list[Customer]:
        query = sa.select(Customer).order_by(Customer.id).limit(count)
        return await info.context.run(lambda sessions: list(sessions["crm"].scalars(query)))

    @strawberry.field
    def by_keys(self, keys: list[int]) -> list[Product | None]:
        return [key if key > 0 else None for key in keys]  # type: ignore[misc]

    @strawberry.field
    def customer_number(self, number: int) -> Customer | None:
        return number if number else None  # type: ignore[return-value]

    @strawberry.field
    def compare(
        self, info: Info, left: Customer, others: list[Customer], right: Customer | None = None
    ) -> str:
        assert all(info.context.sessions["crm"].get(Customer, one.id) is one for one in [left, *others])
        return " ".join(one.name if one else "nobody" for one in (left, right, *others))

    @strawberry.field
    async def name_of(self, customer: Customer) -> str | None:
        return customer.name

    @strawberry.field
    async def blocks(self, info: Info) -> str | None:
        return info.context.sessions["crm"].scalars(sa.select(Customer.name)).first()

    @strawberry.field
    def explodes(self) -> str | None:
        raise RuntimeError("secret")

    @strawberry.field
    def refuses(self) -> str | None:
        raise BadUserInput("No.", hint="Never.")

    @strawberry.field
    def needed(self) -> str:
        raise GraphQLError("Gone.", extensions={"code": "GONE"})

    @strawberry.field(permission_classes=[StaffOnly])
    def secret(self) -> str | None:
        return "secret"


@extend(Customer)
class CustomerFields:
    id: int
    country: str

    @computed(needs=("id",), batch=True)
    def spending(customers: list["CustomerFields"], info: Info) -> list[Spending | None]:
        session, found = info.context.sessions["sales"], []
        for customer in customers:
            orders = session.scalars(sa.select(Order).where(Order.customer_id == customer.id)).all()
            largest = max(orders, key=lambda order: (order.total, order.id), default=None)
            total = sum((order.total for order in orders), Decimal(0))
            found.append(Spending(amount=total, largest=largest) if orders else None)
        return found

    @computed(needs=("id", "country"), batch=True)
    def neighbours(customers: list["CustomerFields"], info: Info, first: int = 2) -> list[list[Customer]]:
        query = sa.select(Customer.id, Customer.country).order_by(Customer.id)
        rows = info.context.sessions["crm"].execute(query).all()
        return [
            [id_ for id_, country in rows if country == one.country and id_ != one.id][:first]  # type: ignore[misc]
            for one in customers
        ]

    @computed(needs=("id",))
    def next_one(self) -> Customer | None:
        return self.id + 1  # type: ignore[return-value]


OWN = {"query": Query, "extensions": [CustomerFields]}


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    with closing(own_gateway(demo_urls, own=OWN)) as made:
        yield made


def answer(
    gateway: Gateway, query: str, variables: Mapping[str, Any] | None = None, caller: Caller | None = None
) -> Any:
    found = asyncio.run(gateway.execute(query, variables, caller=caller))
    found.encode()
    return found


def ask(gateway: Gateway, query: str, variables: Mapping[str, Any] | None = None) -> Any:
    found = answer(gateway, query, variables)
    assert found.errors == []
    return found.data


def test_own_roots_stand_beside_generated_ones_in_the_order_of_the_document(gateway: Gateway) -> None:
    query = """query All($left: Int!, $skip: Boolean!) {
      now
      customers(first: 1) { nodes { name } }
      sum: add(left: $left)
      __typename
      other: add(left: $left, right: 40) @skip(if: $skip)
      ... on Query { again: add(left: 1, right: 1) ...More }
      __schema { queryType { name } }
    }
    fragment More on Query { now }"""
    found = ask(gateway, query, {"left": 1, "skip": True})
    assert found == {
        "now": "anonymous",
        "customers": {"nodes": [{"name": CUSTOMERS[0]["name"]}]},
        "sum": 3,
        "__typename": "Query",
        "again": 2,
        "__schema": {"queryType": {"name": "Query"}},
    }
    assert list(found) == ["now", "customers", "sum", "__typename", "again", "__schema"]


def test_rows_of_a_resolver_are_read_through_the_graph(gateway: Gateway) -> None:
    query = """query Rows($count: Int!, $first: Int) {
      few: firstCustomers { name orders(first: $first) { nodes { number customer { rowId } } } }
      many: firstCustomers(count: $count) { id __typename nextOne { rowId } ...C }
      products: byKeys(keys: [3, 0, 1, 99999, 3]) { title category { name } }
      customerNumber(number: 5) { name }
      none: customerNumber(number: 0) { name }
    }
    fragment C on Customer { email ... on Node { id } }"""
    found = ask(gateway, query, {"count": 40, "first": 1})
    assert [one["name"] for one in found["few"]] == [row["name"] for row in CUSTOMERS[:2]]
    for number, one in enumerate(found["few"], 1):
        assert all(node["customer"]["rowId"] == number for node in one["orders"]["nodes"])
    assert [one["email"] for one in found["many"]] == [row["email"] for row in CUSTOMERS[:40]]
    assert [one["nextOne"]["rowId"] for one in found["many"]] == list(range(2, 42))
    titles = {row["id"]: row["title"] for row in PRODUCTS}
    assert [one and one["title"] for one in found["products"]] == [
        titles[3],
        None,
        titles[1],
        None,
        titles[3],
    ]
    assert found["customerNumber"]["name"] == CUSTOMERS[4]["name"]
    assert found["none"] is None


def test_rows_inside_own_types_are_read_in_one_batch(gateway: Gateway) -> None:
    query = """{
      a: country(code: "GR") { ...Known }
      b: country(code: "FR") { ...Known }
      empty: country(code: "XX") { code customers { name } best { name } orders { number } }
    }
    fragment Known on Country {
      code __typename hello: greeting greeting(word: "Bye")
      customers { rowId country }
      best { name spending { amount } }
      orders(first: 2) { number items { totalCount } }
    }"""
    found = ask(gateway, query)
    for key, code in (("a", "GR"), ("b", "FR")):
        rows = [row for row in CUSTOMERS if row["country"] == code]
        ids = {row["id"] for row in rows}
        orders = sorted((row for row in ORDERS if row["customer_id"] in ids), key=lambda row: row["id"])
        known = found[key]
        assert (known["code"], known["__typename"], known["hello"]) == (code, "Country", f"Hello, {code}")
        assert known["greeting"] == f"Bye, {code}"
        assert known["customers"] == [{"rowId": row["id"], "country": code} for row in rows]
        assert known["best"]["name"] == rows[0]["name"]
        assert [order["number"] for order in known["orders"]] == [row["number"] for row in orders[:2]]
    assert found["empty"] == {"code": "XX", "customers": [], "best": None, "orders": []}


def test_own_types_and_rows_below_fields_of_entities(gateway: Gateway) -> None:
    query = """query Below($unit: String!) {
      customers(first: 30) { nodes {
        rowId
        spending { amount label(unit: $unit) largest { number customer { rowId } } }
        neighbours { rowId country nextOne { rowId } }
        one: neighbours(first: 1) { rowId }
      } }
    }"""
    found = ask(gateway, query, {"unit": "CHF"})
    for row, node in zip(CUSTOMERS, found["customers"]["nodes"], strict=False):
        orders = [order for order in ORDERS if order["customer_id"] == row["id"]]
        if orders:
            largest = max(orders, key=lambda order: (order["total"], order["id"]))
            amount = sum(order["total"] for order in orders)
            assert node["spending"] == {
                "amount": f"{amount:f}",
                "label": f"{amount} CHF",
                "largest": {"number": largest["number"], "customer": {"rowId": row["id"]}},
            }
        else:
            assert node["spending"] is None
        others = [
            each["id"] for each in CUSTOMERS if each["country"] == row["country"] and each["id"] != row["id"]
        ]
        assert [one["rowId"] for one in node["neighbours"]] == others[:2]
        assert [one["rowId"] for one in node["one"]] == others[:1]


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(gateway: Gateway) -> None:
    async def statements(count: int) -> int:

        query = (
            "query Q($n: Int!) { firstCustomers(count: $n) { name orders(first: 1) { nodes { number } } } }"
        )
        context = Context(gateway.databases)
        found = await gateway.schema.answer(Asked(query, {"n": count}), context)
        await context.close()
        assert found.errors == []
        return len(context.trace.statements)

    assert asyncio.run(statements(1)) == asyncio.run(statements(200)) == 2


def test_errors_of_own_roots(gateway: Gateway) -> None:
    found = answer(gateway, "{ explodes refuses blocks secret add(left: 1) customers { totalCount } }")
    assert found.data == {
        **dict.fromkeys(("explodes", "refuses", "blocks", "secret")),
        "add": 3,
        "customers": {"totalCount": len(CUSTOMERS)},
    }
    errors = {error["path"][0]: error for error in found.errors}
    assert errors["explodes"]["extensions"]["code"] == "RESOLVER_ERROR"
    assert "secret" not in errors["explodes"]["message"]
    assert errors["refuses"]["message"] == "No."
    assert errors["refuses"]["extensions"] == {"code": "BAD_USER_INPUT", "hint": "Never.", "retryable": False}
    assert errors["blocks"]["extensions"]["code"] == "BLOCKING_CALL"
    assert "context.run" in errors["blocks"]["extensions"]["hint"]
    assert errors["secret"]["message"] == "Only staff may do this."
    assert errors["secret"]["extensions"]["code"] == "FORBIDDEN"
    staff = answer(gateway, "{ secret now }", caller=Caller("staff"))
    assert staff.data == {"secret": "secret", "now": "staff"}


def test_an_error_in_a_non_null_root_leaves_no_data(gateway: Gateway) -> None:
    found = answer(gateway, "{ needed customers { totalCount } }")
    assert found.data is None
    (error,) = found.errors
    assert (error["message"], error["path"]) == ("Gone.", ["needed"])
    assert error["extensions"]["code"] == "GONE"


def test_errors_below_own_types_and_rows_have_their_paths(gateway: Gateway) -> None:
    query = '{ customers(first: 3) { nodes { rowId spending { label(unit: "?") } } } }'
    found = answer(gateway, query)
    spenders = {order["customer_id"] for order in ORDERS}
    first = next(number for number in range(3) if number + 1 in spenders)
    error = found.errors[0]
    assert error["message"] == "Which unit?"
    assert error["path"] == ["customers", "nodes", first, "spending", "label"]


def test_access_applies_to_rows_of_resolvers(demo_urls: Urls) -> None:
    options = EntityOptions(
        rows=lambda role: None if role == "staff" else Customer.id < claim("below"),
        fields={"email": FieldOptions(hide_from={"guest"})},
    )
    with closing(own_gateway(demo_urls, {Customer: options}, own=OWN)) as gateway:
        guest = Caller("guest", {"below": 4})
        query = "{ firstCustomers(count: 6) { rowId } customerNumber(number: 5) { rowId } }"
        found = answer(gateway, query, caller=guest)
        assert found.errors == []
        assert found.data == {
            "firstCustomers": [{"rowId": 1}, {"rowId": 2}, {"rowId": 3}],
            "customerNumber": None,
        }
        refused = answer(gateway, "{ firstCustomers { rowId email } }", caller=guest)
        assert refused.data == {"firstCustomers": None}
        (error,) = refused.errors
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["path"] == ["firstCustomers", 0, "email"]
        nested = answer(gateway, "{ customers { nodes { rowId nextOne { rowId email } } } }", caller=guest)
        assert [node["nextOne"] for node in nested.data["customers"]["nodes"]] == [None, None, None]
        (error,) = nested.errors
        assert error["path"] == ["customers", "nodes", 0, "nextOne", "email"]
        assert error["extensions"]["affected"] == 2


def test_rows_as_arguments_are_ids_for_clients_and_objects_for_resolvers(demo_urls: Urls) -> None:
    options = EntityOptions(rows=lambda role: None if role == "staff" else Customer.id < 3)
    with closing(own_gateway(demo_urls, {Customer: options}, own=OWN)) as gateway:
        staff = Caller("staff")
        listed = answer(
            gateway,
            "{ customers(first: 3) { nodes { id name } } orders(first: 1) { nodes { id } } }",
            caller=staff,
        )
        (one, two, three), order = listed.data["customers"]["nodes"], listed.data["orders"]["nodes"][0]
        query = """query Names($one: ID!, $ids: [ID!]!, $none: ID) {
          compare(left: $one, others: $ids) again: compare(left: $one, right: $none, others: [$one])
          nameOf(customer: $one)
        }"""
        given = {"one": one["id"], "ids": [two["id"], one["id"]], "none": None}
        found = answer(gateway, query, given)
        assert found.errors == []
        assert found.data == {
            "compare": f"{one['name']} nobody {two['name']} {one['name']}",
            "again": f"{one['name']} nobody {one['name']}",
            "nameOf": one["name"],
        }
        query = "query Name($id: ID!) { nameOf(customer: $id) }"
        assert answer(gateway, query, {"id": three["id"]}, staff).data == {"nameOf": three["name"]}
        for wrong in (three["id"], order["id"], "nonsense"):
            refused = answer(gateway, query, {"id": wrong})
            assert refused.data == {"nameOf": None}
            assert refused.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
            assert refused.errors[0]["path"] == ["nameOf"]


def test_the_schema_shows_own_roots_and_types(gateway: Gateway) -> None:
    text = sdl(gateway.schema)
    assert "firstCustomers(count: Int! = 2): [Customer!]" in text
    assert "byKeys(keys: [Int!]!): [Product]" in text
    assert "customerNumber(number: Int!): Customer" in text
    assert "country(code: String!): Country!" in text
    assert '"""What is known of a country."""' in text
    assert "best: Customer\n" in text
    assert "compare(left: ID!, others: [ID!]!, right: ID = null): String!" in text
    assert "OwnRows" not in text


def test_resolvers_with_sessions_at_the_same_time_are_safe(gateway: Gateway) -> None:
    fields = " ".join(
        f'c{n}: country(code: "{CUSTOMERS[n]["country"]}") {{ customers {{ rowId }} orders {{ number }} }} '
        f"f{n}: firstCustomers(count: {n + 1}) {{ rowId spending {{ amount }} neighbours {{ rowId }} }}"
        for n in range(12)
    )
    query = (
        f"{{ {fields} customers(first: 20) {{ nodes {{ spending {{ amount }} neighbours {{ rowId }} }} }} }}"
    )

    async def storm() -> list[Any]:
        return await asyncio.gather(*(gateway.execute(query) for _ in range(6)))

    answers = asyncio.run(storm())
    assert [found.errors for found in answers] == [[]] * 6
    assert all(found.data == answers[0].data for found in answers)
    for n in range(12):
        assert [one["rowId"] for one in answers[0].data[f"f{n}"]] == list(range(1, n + 2))
