"""What a caller may see: hidden and renamed parts, roles, and rows limited by claims."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gateway import Caller, EntityOptions, Gateway
from gateway.demo.crm import Customer, Ticket
from gateway.demo.sales import Order, Payment
from gateway.demo.shop import Product, Tag
from gateway.sources.declare import FieldOptions
from tests.cases.truth import node_id, ordered
from tests.setups import Urls, closing, own_gateway, tables

GUEST, STAFF = Caller("guest"), Caller("staff")
Entities = dict[type[Any], EntityOptions]


@pytest.fixture
def graph(demo_urls: Urls) -> Iterator[Callable[[Entities], Gateway]]:
    """Makes a gateway over the demo's databases with options per entity."""
    made: list[Gateway] = []

    def make(entities: Entities) -> Gateway:
        made.append(own_gateway(demo_urls, entities))
        return made[-1]

    yield make
    for gateway in made:
        with closing(gateway):
            pass


def ask(gateway: Gateway, query: str, caller: Caller | None = None, **variables: Any) -> dict[str, Any]:
    return asyncio.run(gateway.execute(query, variables, caller=caller)).payload()


def data(gateway: Gateway, query: str, caller: Caller | None = None, **variables: Any) -> Any:
    """The data of an answer without errors."""
    payload = ask(gateway, query, caller, **variables)
    assert "errors" not in payload
    return payload["data"]


def told(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    """Code and path of each error."""
    return [(error["extensions"]["code"], error.get("path")) for error in payload.get("errors", [])]


def field_names(gateway: Gateway, type_: str) -> list[str]:
    found = gateway.schema.core.type_map[type_]
    return list(found.fields)  # type: ignore[attr-defined]


@contextmanager
def unchanged(gateway: Gateway) -> Iterator[None]:
    """No new plan is made inside."""
    before = gateway.schema.plans.state()["plan"].misses
    yield
    assert gateway.schema.plans.state()["plan"].misses == before


# Parts of the graph


def test_a_hidden_part_is_not_in_the_graph(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(
        {
            Customer: EntityOptions(fields={"email": FieldOptions(hide=True)}),
            Payment: EntityOptions(hide=True),
            Order: EntityOptions(fields={"customer_id": FieldOptions(hide=True)}),
        }
    )
    assert "email" not in field_names(gateway, "Customer")
    for input_type in ("CustomerWhere", "CustomerOrderBy", "CustomerUniqueKey"):
        assert "email" not in field_names(gateway, input_type)
    assert not {name for name in gateway.schema.core.type_map if name.startswith("Payment")}
    assert "payments" not in field_names(gateway, "Order")
    assert "customerId" not in field_names(gateway, "Order")
    order = tables()["sales"]["orders"][1]
    name = tables()["crm"]["customers"][order["customer_id"] - 1]["name"]
    query = f'{{ order(id: "{node_id("Order", 2)}") {{ customer {{ name }} }} }}'
    assert data(gateway, query) == {"order": {"customer": {"name": name}}}
    assert told(ask(gateway, "{ payments { totalCount } }")) == [("GRAPHQL_VALIDATION_FAILED", None)]


def test_renamed_and_described_parts(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(
        {
            Customer: EntityOptions(
                rename="Buyer",
                describe="Whoever buys.",
                fields={
                    "created_at": FieldOptions(rename="since", describe="First seen."),
                    "addresses": FieldOptions(rename="places", describe="Where to send to."),
                    "orders": FieldOptions(rename="purchases"),
                },
            )
        }
    )
    buyer = gateway.schema.core.type_map["Buyer"]
    assert buyer.description == "Whoever buys."
    assert buyer.fields["since"].description == "First seen."  # type: ignore[attr-defined]
    assert buyer.fields["places"].description == "Where to send to."  # type: ignore[attr-defined]
    customers, orders = tables()["crm"]["customers"], tables()["sales"]["orders"]
    last = ordered(customers, created_at="DESC")[0]
    query = """{
      buyers(first: 1, orderBy: [{ since: DESC }], where: { since: { isNull: false } }) {
        nodes { __typename id since places { totalCount } purchases { totalCount } }
      }
    }"""
    assert data(gateway, query)["buyers"]["nodes"] == [
        {
            "__typename": "Buyer",
            "id": node_id("Buyer", last["id"]),
            "since": last["created_at"].isoformat() + "Z",
            "places": {
                "totalCount": sum(row["customer_id"] == last["id"] for row in tables()["crm"]["addresses"])
            },
            "purchases": {"totalCount": sum(row["customer_id"] == last["id"] for row in orders)},
        }
    ]
    by_mail = data(gateway, '{ buyerBy(key: { email: "lucia.nunez@example.org" }) { rowId } }')
    assert by_mail == {"buyerBy": {"rowId": 1}}


def test_read_only_parts_are_read_as_ever(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(
        {
            Tag: EntityOptions(read_only=True),
            Product: EntityOptions(fields={"sku": FieldOptions(read_only=True)}),
        }
    )
    query = (
        '{ tags(first: 1) { nodes { name } } products(where: { sku: { eq: "COO-1002" } }) { totalCount } }'
    )
    assert data(gateway, query) == {
        "tags": {"nodes": [{"name": tables()["shop"]["tags"][0]["name"]}]},
        "products": {"totalCount": 1},
    }


# Roles

FOR_STAFF: Entities = {
    Customer: EntityOptions(fields={"email": FieldOptions(hide_from={"guest"})}),
    Ticket: EntityOptions(
        fields={
            "closed_at": FieldOptions(hide_from={"guest"}),
            "customer": FieldOptions(hide_from={"guest"}),
            "uuid": FieldOptions(hide_from={"guest"}),
        }
    ),
    Payment: EntityOptions(hide_from={"guest"}),
    Product: EntityOptions(fields={"reviews": FieldOptions(hide_from={"guest"})}),
}


def test_a_nullable_field_hidden_from_a_role_is_null(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(FOR_STAFF)
    query = "{ tickets(first: 2) { nodes { rowId closedAt } } }"
    payload = ask(gateway, query, GUEST)
    assert payload["data"] == {
        "tickets": {"nodes": [{"rowId": 1, "closedAt": None}, {"rowId": 2, "closedAt": None}]}
    }
    assert told(payload) == [("FORBIDDEN", ["tickets", "nodes", 0, "closedAt"])]
    assert payload["errors"][0]["extensions"]["affected"] == 2
    assert data(gateway, query, STAFF)["tickets"]["nodes"][0]["closedAt"] == "2021-07-14T10:32:43Z"


def test_a_non_null_field_hidden_from_a_role_takes_its_place_along(
    graph: Callable[[Entities], Gateway],
) -> None:
    gateway = graph(FOR_STAFF)
    query = f"""{{
      customer(id: "{node_id("Customer", 1)}") {{ name email }}
      tickets(first: 1) {{ nodes {{ customer {{ name }} }} }}
      tags(first: 1) {{ totalCount }}
    }}"""
    payload = ask(gateway, query, GUEST)
    assert payload["data"] == {"customer": None, "tickets": None, "tags": {"totalCount": 21}}
    assert told(payload) == [
        ("FORBIDDEN", ["customer", "email"]),
        ("FORBIDDEN", ["tickets", "nodes", 0, "customer"]),
    ]
    assert data(gateway, query, STAFF)["customer"]["email"] == "lucia.nunez@example.org"


@pytest.mark.parametrize(
    "arguments",
    [
        'where: { email: { startsWith: "a" } }',
        "where: { email: { isNull: false } }",
        'where: { or: [{ name: { eq: "x" } }, { not: { and: [{ email: { in: ["a"] } }] } }] }',
        "orderBy: [{ name: ASC }, { email: ASC }]",
    ],
)
def test_what_is_hidden_does_not_leak_by_filter_or_order(
    graph: Callable[[Entities], Gateway], arguments: str
) -> None:
    gateway = graph(FOR_STAFF)
    query = f"{{ customers(first: 1, {arguments}) {{ nodes {{ rowId }} totalCount }} }}"
    payload = ask(gateway, query, GUEST)
    assert payload["data"] == {"customers": None}
    assert told(payload) == [("FORBIDDEN", ["customers"])]
    assert data(gateway, query, STAFF)["customers"]


def test_what_is_hidden_does_not_leak_by_a_filter_sent_as_variable(
    graph: Callable[[Entities], Gateway],
) -> None:
    gateway = graph(FOR_STAFF)
    query = "query Q($w: CustomerWhere) { customers(where: $w) { totalCount } }"
    assert data(gateway, query, GUEST, w={"rowId": {"lt": 4}}) == {"customers": {"totalCount": 3}}
    payload = ask(gateway, query, GUEST, w={"email": {"iContains": "EXAMPLE"}})
    assert (payload["data"], told(payload)) == ({"customers": None}, [("FORBIDDEN", ["customers"])])


def test_what_is_hidden_does_not_leak_by_a_unique_key(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(FOR_STAFF)
    query = '{ customerBy(key: { email: "lucia.nunez@example.org" }) { rowId } }'
    payload = ask(gateway, query, GUEST)
    assert (payload["data"], told(payload)) == ({"customerBy": None}, [("FORBIDDEN", ["customerBy"])])
    assert data(gateway, query, STAFF) == {"customerBy": {"rowId": 1}}


def test_what_is_hidden_does_not_leak_by_a_cursor_or_a_nested_list(
    graph: Callable[[Entities], Gateway],
) -> None:
    gateway = graph(FOR_STAFF)
    query = """{
      customers(first: 3) {
        nodes { rowId tickets(orderBy: [{ closedAt: DESC }]) { pageInfo { endCursor } totalCount } }
      }
    }"""
    payload = ask(gateway, query, GUEST)
    assert payload["data"]["customers"]["nodes"] == [{"rowId": at, "tickets": None} for at in (1, 2, 3)]
    assert told(payload) == [("FORBIDDEN", ["customers", "nodes", 0, "tickets"])]


def test_an_entity_hidden_from_a_role_is_refused_wherever_it_is_reached(
    graph: Callable[[Entities], Gateway],
) -> None:
    gateway = graph(FOR_STAFF)
    query = f"""{{
      payment(id: "{node_id("Payment", 1)}") {{ id }}
      payments {{ totalCount }}
      node(id: "{node_id("Payment", 1)}") {{ id }}
      nodes(ids: ["{node_id("Payment", 1)}", "{node_id("Tag", 1)}"]) {{ id }}
      order(id: "{node_id("Order", 1)}") {{ number payments {{ totalCount }} }}
      product(id: "{node_id("Product", 1)}") {{ rowId reviews {{ totalCount }} }}
      paymentBy(key: {{ rowId: 1 }}) {{ id }}
    }}"""
    payload = ask(gateway, query, GUEST)
    assert payload["data"] == {
        "payment": None,
        "payments": None,
        "node": None,
        "nodes": [None, {"id": node_id("Tag", 1)}],
        "order": {"number": "SO-2022-000001", "payments": None},
        "product": {"rowId": 1, "reviews": None},
        "paymentBy": None,
    }
    assert told(payload) == [
        ("FORBIDDEN", path)
        for path in (
            ["payment"],
            ["payments"],
            ["node"],
            ["nodes", 0],
            ["order", "payments"],
            ["product", "reviews"],
            ["paymentBy"],
        )
    ]
    assert data(gateway, query, STAFF)["node"] == {"id": node_id("Payment", 1)}


def test_roles_do_not_share_plans(graph: Callable[[Entities], Gateway]) -> None:
    gateway = graph(FOR_STAFF)
    query = "{ customers(first: 1) { nodes { email } } }"
    for _ in range(2):
        assert told(ask(gateway, query, GUEST)) == [("FORBIDDEN", ["customers", "nodes", 0, "email"])]
        assert data(gateway, query, STAFF)["customers"]["nodes"][0]["email"] == "lucia.nunez@example.org"
