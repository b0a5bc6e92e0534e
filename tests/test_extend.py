"""Fields that an app's own code adds to entities: pure, awaited, in a thread, batched; wherever rows are."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import pytest
import sqlalchemy as sa
import strawberry
from graphql import GraphQLError, print_type
from strawberry.permission import BasePermission

from gateway import (
    BadUserInput,
    Caller,
    Context,
    EntityOptions,
    FieldOptions,
    Gateway,
    Settings,
    claim,
    computed,
    extend,
)
from gateway.demo.crm import Customer, Tier
from gateway.demo.sales import Order, OrderItem
from gateway.schema.build import graphql_schema
from gateway.schema.export import sdl
from tests.setups import Urls, closing, own_gateway, tables

CUSTOMERS = tables()["crm"]["customers"]
ORDERS = tables()["sales"]["orders"]


@strawberry.enum
class Style(Enum):
    PLAIN = "plain"
    LOUD = "loud"


@strawberry.input
class Decoration:
    before: str = ""
    after: str | None = None

    def __post_init__(self) -> None:
        if self.before == "!":
            raise ValueError("secret")


class StaffOnly(BasePermission):
    message = "Only staff may read this."

    def has_permission(self, source: Any, info: strawberry.Info, **_: Any) -> bool:
        assert source.id > 0
        return bool(info.context.caller.role == "staff")


CALLS: list[tuple[str, int]] = []


@extend("Customer")
class CustomerFields:
    id: int
    name: str
    country: str
    tier: Tier
    created_at: datetime

    @computed(needs=("name", Customer.country))
    def label(
        self,
        style: Annotated[Style, strawberry.argument(description="How loud.")] = Style.PLAIN,
        max_length: int | None = None,
        decoration: Decoration | None = None,
    ) -> str:
        """The name with the country."""
        text = f"{self.name} ({self.country})"
        text = text.upper() if style is Style.LOUD else text
        if decoration is not None:
            text = f"{decoration.before}{text}{decoration.after or ''}"
        return text if max_length is None else text[:max_length]

    @computed(needs=("created_at", "tier"))
    def since(self) -> list[datetime | None]:
        assert isinstance(self.created_at, datetime)
        return [self.created_at, None]

    @computed(needs=("tier", "id"))
    def paying(self) -> bool | None:
        return None if self.id == 2 else self.tier is not Tier.FREE

    @computed(needs=("id",))
    def fails(self) -> int:
        if self.id % 2:
            raise BadUserInput("Odd ones fail.", hint="Ask for even ones.")
        return 2**40 if self.id % 4 else self.id

    @computed(needs=("id",))
    def explodes(self) -> str | None:
        raise RuntimeError("secret")

    @computed(needs=("id",))
    async def later(self, plus: int = 0) -> int:
        await asyncio.sleep(0)
        if self.id == 3:
            raise GraphQLError("Not this one.", extensions={"code": "NOT_THIS_ONE"})
        return self.id + plus

    @computed(needs=("id",), permission_classes=[StaffOnly])
    def secret(self, info: strawberry.Info[Context]) -> str | None:
        assert threading.current_thread() is not threading.main_thread()
        return f"{info.context.caller.role} {info.field_name} {self.id}"

    @computed(needs=("id",), batch=True)
    def spent(customers: Sequence["CustomerFields"], info: strawberry.Info) -> list[Decimal | None]:
        """What the customer's orders add up to."""
        CALLS.append(("spent", len(customers)))
        query = sa.select(Order.customer_id, sa.func.sum(Order.total)).group_by(Order.customer_id)
        ids = [customer.id for customer in customers]
        rows = info.context.sessions["sales"].execute(query.where(Order.customer_id.in_(ids)))
        totals: Mapping[int, Decimal] = dict(rows.all())
        return [totals.get(one) for one in ids]

    @computed(needs=("id",), batch=True)
    @staticmethod
    async def position(customers: Sequence["CustomerFields"]) -> list[int]:
        CALLS.append(("position", len(customers)))
        return list(range(len(customers)))


@extend(OrderItem)
class ItemFields:
    quantity: int
    unit_price: Decimal

    @computed(needs=("quantity", "unit_price"))
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    own = {"extensions": [CustomerFields, ItemFields]}
    with closing(own_gateway(demo_urls, own=own)) as made:
        yield made


def ask(
    gateway: Gateway, query: str, variables: Mapping[str, Any] | None = None, caller: Caller | None = None
) -> Any:
    answer = asyncio.run(gateway.execute(query, variables, caller=caller))
    assert answer.errors == []
    answer.encode()
    return answer.data


def label(row: Mapping[str, Any]) -> str:
    return f"{row['name']} ({row['country']})"


def test_a_pure_field_has_what_it_needs_though_it_is_not_selected(gateway: Gateway) -> None:
    found = ask(gateway, "{ customers(first: 5) { nodes { label since paying } } }")
    for row, node in zip(CUSTOMERS, found["customers"]["nodes"], strict=False):
        assert node["label"] == label(row)
        assert node["since"] == [row["created_at"].strftime("%Y-%m-%dT%H:%M:%SZ"), None]
        assert node["paying"] is (None if row["id"] == 2 else row["tier"] is not Tier.FREE)


def test_arguments_defaults_inputs_and_variables(gateway: Gateway) -> None:
    query = """query Labels($style: Style! = PLAIN, $long: Int, $deco: Decoration, $skip: Boolean!) {
      customers(first: 1) { nodes {
        plain: label
        loud: label(style: LOUD)
        chosen: label(style: $style, maxLength: $long, decoration: $deco)
        both: label(decoration: {before: "<", after: ">"}, maxLength: null)
        label @skip(if: $skip)
        ...More @include(if: $skip)
      } }
    }
    fragment More on Customer { short: label(maxLength: 3) }"""
    first = label(CUSTOMERS[0])
    expected = {"plain": first, "loud": first.upper(), "chosen": first, "both": f"<{first}>"}
    found = ask(gateway, query, {"skip": True})
    assert found["customers"]["nodes"] == [{**expected, "short": first[:3]}]
    given = {"style": "LOUD", "long": 4, "deco": {"before": "*"}, "skip": False}
    found = ask(gateway, query, given)
    expected["chosen"] = f"*{first.upper()}"[:4]
    assert found["customers"]["nodes"] == [{**expected, "label": first}]


def test_own_fields_stand_wherever_rows_are(gateway: Gateway) -> None:
    query = """query Everywhere($id: ID!) {
      node(id: $id) { ... on Customer { label position } }
      customer(id: $id) {
        label
        later(plus: 10)
        orders(first: 1) { edges { node { customer { label position } } } }
      }
      orders(first: 60, orderBy: [{rowId: ASC}]) {
        nodes { customer { label position } items { nodes { amount } } }
      }
      tickets(first: 3) { nodes { customer { label spent } } }
    }"""
    ada = ask(gateway, "{ customers(first: 1) { nodes { id } } }")["customers"]["nodes"][0]["id"]
    found = ask(gateway, query, {"id": ada})
    by_id = {row["id"]: row for row in CUSTOMERS}
    assert found["node"] == {"label": label(CUSTOMERS[0]), "position": 0}
    assert found["customer"]["label"] == label(CUSTOMERS[0])
    assert found["customer"]["later"] == 11
    for edge in found["customer"]["orders"]["edges"]:
        assert edge["node"]["customer"] == {"label": label(CUSTOMERS[0]), "position": 0}
    orders = sorted(ORDERS, key=lambda row: row["id"])[:60]
    for row, node in zip(orders, found["orders"]["nodes"], strict=True):
        if row["customer_id"] is None:
            assert node["customer"] is None
        else:
            assert node["customer"]["label"] == label(by_id[row["customer_id"]])
        lines = [line for line in tables()["sales"]["order_items"] if line["order_id"] == row["id"]]
        assert sorted(item["amount"] for item in node["items"]["nodes"]) == sorted(
            f"{line['quantity'] * line['unit_price']:.2f}" for line in lines
        )
    assert len(found["tickets"]["nodes"]) == 3


def test_a_batched_field_is_called_once_with_each_row_once(gateway: Gateway) -> None:
    CALLS.clear()
    found = ask(gateway, "{ orders(first: 100) { nodes { customer { rowId spent position } } } }")
    customers = [node["customer"] for node in found["orders"]["nodes"] if node["customer"]]
    distinct = {customer["rowId"] for customer in customers}
    assert sorted(CALLS) == [("position", len(distinct)), ("spent", len(distinct))]
    assert {customer["position"] for customer in customers} == set(range(len(distinct)))
    for customer in customers:
        spent = sum((row["total"] for row in ORDERS if row["customer_id"] == customer["rowId"]), Decimal(0))
        assert Decimal(customer["spent"]) == spent


def test_joined_rows_that_are_absent_have_no_own_fields(gateway: Gateway) -> None:
    CALLS.clear()
    found = ask(gateway, "{ customers(first: 0) { nodes { spent position later } } }")
    assert found == {"customers": {"nodes": []}}
    assert CALLS == []


def test_errors_cost_their_own_field(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    query = (
        "{ customers(first: 4) { nodes { rowId explodes } } one: customers(first: 2) { nodes { fails } } }"
    )
    answer = asyncio.run(gateway.execute(query))
    assert answer.data is not None
    assert answer.data["customers"]["nodes"] == [{"rowId": n, "explodes": None} for n in range(1, 5)]
    assert answer.data["one"] is None  # `fails` is non-null, and so are `nodes`
    exploded, failed, large = answer.errors
    assert exploded["path"] == ["customers", "nodes", 0, "explodes"]
    assert exploded["extensions"] == {"code": "RESOLVER_ERROR", "retryable": False, "affected": 4}
    assert "secret" not in str(answer.errors)
    assert sum("CustomerFields.explodes" in record.message for record in caplog.records) == 1
    assert failed["extensions"]["code"] == "BAD_USER_INPUT"
    assert failed["extensions"]["hint"] == "Ask for even ones."
    assert failed["path"] == ["one", "nodes", 0, "fails"]
    assert large["extensions"]["code"] == "RESOLVER_ERROR"


def test_an_input_that_raises_is_an_error_of_the_operation(gateway: Gateway) -> None:
    query = '{ customers { nodes { label(decoration: {before: "!"}) } } }'
    answer = asyncio.run(gateway.execute(query))
    assert not answer.executed
    (error,) = answer.errors
    assert error["extensions"]["code"] == "RESOLVER_ERROR"
    assert "secret" not in error["message"]


def test_errors_of_graphql_go_to_the_client(gateway: Gateway) -> None:
    answer = asyncio.run(gateway.execute("{ customers(first: 3) { edges { node { later } } } }"))
    assert answer.data == {"customers": None}
    (error,) = answer.errors
    assert error["message"] == "Not this one."
    assert error["path"] == ["customers", "edges", 2, "node", "later"]
    assert error["extensions"]["code"] == "NOT_THIS_ONE"


def test_permissions(gateway: Gateway) -> None:
    query = "{ customers(first: 2) { nodes { secret } } }"
    found = ask(gateway, query, caller=Caller("staff"))
    assert [node["secret"] for node in found["customers"]["nodes"]] == ["staff secret 1", "staff secret 2"]
    answer = asyncio.run(gateway.execute(query))
    assert answer.data == {"customers": {"nodes": [{"secret": None}, {"secret": None}]}}
    (error,) = answer.errors
    assert error["message"] == "Only staff may read this."
    assert error["extensions"]["code"] == "FORBIDDEN"


def test_a_field_is_hidden_from_those_who_may_not_see_what_it_needs(demo_urls: Urls) -> None:
    @extend(Customer)
    class Fields:
        @computed(needs=("country",))
        def abroad(self) -> bool:
            return bool(self.country != "CH")  # type: ignore[attr-defined]

        @computed(needs=("country",), hide_from=())
        def swiss(self) -> bool:
            return bool(self.country == "CH")  # type: ignore[attr-defined]

        @computed(needs=("email",))
        def domain(self) -> str:
            return str(self.email).partition("@")[2]  # type: ignore[attr-defined]

    options = EntityOptions(
        rows=lambda role: None if role == "staff" else Customer.id == claim("number"),
        fields={"country": FieldOptions(hide_from={"guest"}), "email": FieldOptions(hide=True)},
    )
    gateway = own_gateway(demo_urls, {Customer: options}, own={"extensions": [Fields]})
    with closing(gateway):
        guest = Caller("guest", {"number": 2})
        found = ask(gateway, "{ customers { nodes { swiss domain } } }", caller=guest)
        row = CUSTOMERS[1]
        swiss = row["country"] == "CH"
        assert found["customers"]["nodes"] == [{"swiss": swiss, "domain": row["email"].partition("@")[2]}]
        answer = asyncio.run(gateway.execute("{ customers { nodes { abroad } } }", caller=guest))
        assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"
        assert (
            len(ask(gateway, "{ customers { nodes { abroad } } }", caller=Caller("staff"))["customers"]) == 1
        )


def test_the_schema_shows_them(gateway: Gateway) -> None:
    text = print_type(graphql_schema(gateway.schema).type_map["Customer"])
    assert '"""The name with the country."""' in text
    assert "style: Style! = PLAIN" in text
    assert "maxLength: Int = null" in text
    assert "decoration: Decoration = null" in text
    assert "spent: Decimal" in text
    assert "position: Int!" in text
    assert "enum Style" in sdl(gateway.schema)
    found = ask(gateway, '{ __type(name: "Customer") { fields { name } } }')
    assert {"label", "spent"} <= {field["name"] for field in found["__type"]["fields"]}


def test_the_same_extension_serves_two_gateways(demo_urls: Urls) -> None:
    own = {"extensions": [CustomerFields]}
    with closing(own_gateway(demo_urls, own=own)) as one, closing(own_gateway(demo_urls, own=own)) as two:
        query = "{ customers(first: 1) { nodes { label } } }"
        assert ask(one, query) == ask(two, query)


def test_settings_of_an_app_apply(demo_urls: Urls) -> None:
    @extend(Customer)
    class Slow:
        @computed(batch=True)
        def slow(customers: list[Any], info: strawberry.Info) -> list[int]:
            threading.Event().wait(1.5)
            return [1 for _ in customers]

    settings = Settings(resolver_deadline=0.5)
    with closing(own_gateway(demo_urls, settings=settings, own={"extensions": [Slow]})) as gateway:
        answer = asyncio.run(gateway.execute("{ customers(first: 3) { nodes { slow } } }"))
        (error,) = answer.errors
        assert error["extensions"]["code"] == "RESOLVER_TIMEOUT"
