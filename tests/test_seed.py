"""The demo's rows are believable, always the same, and arrive in every database as they are."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import migrate
from gateway.demo.crm import Customer, Tier
from gateway.demo.histories import METADATA, demo_history
from gateway.demo.sales import Order
from gateway.demo.seed.draws import NOW, Draws
from gateway.demo.seed.load import is_seeded, seed
from gateway.demo.seed.rows import rows
from gateway.demo.shop import Category, Product
from gateway.mutation.decisions import table_name
from tests.servers import DIALECTS, connected, database

CONTENT = cast(dict[str, dict[str, list[dict[str, Any]]]], rows())
CUSTOMERS = {row["id"]: row for row in CONTENT["crm"]["customers"]}
ORDERS = CONTENT["sales"]["orders"]
PRODUCTS = {row["id"]: row for row in CONTENT["shop"]["products"]}
REVIEWS = CONTENT["shop"]["reviews"]


def column(table: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in table]


def test_two_calls_are_equal_and_independent() -> None:
    again = rows()
    assert again == CONTENT
    again["crm"]["customers"][0]["name"] = "changed"
    assert rows() == CONTENT


def test_draws_repeat_on_every_version_of_python() -> None:
    draws = Draws("a topic")
    assert [draws.below(1000) for _ in range(6)] == [94, 378, 448, 974, 953, 781]


def own_tables(source: str) -> dict[str, sa.Table]:
    """The tables of a source but that of decisions, which begins empty."""
    return {name: table for name, table in METADATA[source].tables.items() if name != table_name(source)}


def test_rows_have_every_table_and_column_of_the_models() -> None:
    assert list(CONTENT) == list(METADATA)
    for source, metadata in METADATA.items():
        assert set(CONTENT[source]) == set(metadata.tables) - {table_name(source)}
        for name, table in own_tables(source).items():
            assert {tuple(row) for row in CONTENT[source][name]} == {tuple(table.columns.keys())}


def test_there_is_enough_of_everything() -> None:
    counts = {name: len(table) for tables in CONTENT.values() for name, table in tables.items()}
    assert counts["customers"] == 300
    assert counts["orders"] == 4000
    assert counts["products"] == 200
    assert counts["reviews"] == 900
    assert counts["categories"] == 24
    assert counts["order_items"] > 8000
    assert counts["payments"] > 3500
    assert min(counts.values()) > 15


def test_every_total_is_the_sum_of_its_items() -> None:
    totals: Counter[object] = Counter()
    for item in CONTENT["sales"]["order_items"]:
        totals[item["order_id"]] += item["quantity"] * item["unit_price"]
    assert {order["id"]: order["total"] for order in ORDERS} == totals
    assert min(totals.values()) > 0


def test_an_order_has_one_to_five_items_of_different_products() -> None:
    items: dict[object, list[Any]] = {}
    for item in CONTENT["sales"]["order_items"]:
        items.setdefault(item["order_id"], []).append(item["product_id"])
    assert {len(products) for products in items.values()} == {1, 2, 3, 4, 5}
    assert all(len(set(products)) == len(products) for products in items.values())


def test_payments_never_exceed_the_order() -> None:
    paid: Counter[object] = Counter()
    for payment in CONTENT["sales"]["payments"]:
        paid[payment["order_id"]] += payment["amount"]
    assert all(0 <= paid[order["id"]] <= order["total"] for order in ORDERS)
    assert any(payment["amount"] < 0 for payment in CONTENT["sales"]["payments"])


def test_some_references_do_not_fit_a_double() -> None:
    references = column(CONTENT["sales"]["payments"], "reference")
    assert any(int(float(reference)) != reference for reference in references)
    assert all(0 < reference < 2**63 for reference in references)


def test_nothing_happens_before_its_cause() -> None:
    for order in ORDERS:
        if order["customer_id"] is not None:
            assert order["placed_at"] >= CUSTOMERS[order["customer_id"]]["created_at"]
    placed = {order["id"]: order["placed_at"] for order in ORDERS}
    for item in CONTENT["sales"]["order_items"]:
        at = placed[item["order_id"]]
        assert isinstance(at, datetime)
        assert PRODUCTS[item["product_id"]]["released"] <= at.date()
    for ticket in CONTENT["crm"]["tickets"]:
        assert ticket["closed_at"] is None or ticket["closed_at"] > ticket["opened_at"]


def test_the_story_stops_at_noon_of_one_day() -> None:
    moments = [
        value
        for tables in CONTENT.values()
        for table in tables.values()
        for row in table
        for value in row.values()
        if isinstance(value, datetime)
    ]
    assert max(moments) < NOW == datetime(2026, 6, 30, 12)
    assert all(moment.microsecond == 0 and moment.tzinfo is None for moment in moments)


def test_guests_dangling_reviews_and_customers_without_orders_exist() -> None:
    buyers = column(ORDERS, "customer_id")
    dangling = [review for review in REVIEWS if review["customer_id"] not in CUSTOMERS]
    assert buyers.count(None) > 100
    assert len(dangling) == 18
    assert set(CUSTOMERS) - set(buyers)
    assert set(buyers) <= {None, *CUSTOMERS}
    assert set(PRODUCTS) - set(column(REVIEWS, "product_id"))


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (CONTENT["crm"]["customers"], "email"),
        (CONTENT["crm"]["tickets"], "uuid"),
        (ORDERS, "number"),
        (list(PRODUCTS.values()), "sku"),
        (list(PRODUCTS.values()), "title"),
        (CONTENT["shop"]["tags"], "name"),
    ],
)
def test_what_should_be_unique_is(table: list[dict[str, Any]], name: str) -> None:
    assert len(set(column(table, name))) == len(table)


def test_emails_are_plain_and_of_reserved_domains() -> None:
    for email in column(CONTENT["crm"]["customers"], "email"):
        local, _, domain = email.partition("@")
        assert domain in ("example.com", "example.org")
        assert local.isascii()
        assert local.replace(".", "").isalnum()


def test_categories_nest_three_deep() -> None:
    parents = {row["id"]: row["parent_id"] for row in CONTENT["shop"]["categories"]}

    def depth(category: object) -> int:
        return 1 if parents[category] is None else 1 + depth(parents[category])

    assert Counter(map(depth, parents)) == {1: 4, 2: 8, 3: 12}
    assert {depth(product["category_id"]) for product in PRODUCTS.values()} == {3}


def test_text_is_hard_on_purpose() -> None:
    titles = " ".join(column(list(PRODUCTS.values()), "title"))
    assert all(character in titles for character in "%_\\'\"“«&Åō南")
    bodies = " ".join(column(REVIEWS, "body"))
    assert any(ord(character) > 0xFFFF for character in bodies)
    assert "\n" in bodies


def test_optional_columns_have_both_values_and_nulls() -> None:
    for source in METADATA:
        for name, table in own_tables(source).items():
            for optional in table.columns:
                if optional.nullable:
                    found = {value is None for value in column(CONTENT[source][name], optional.name)}
                    assert found == {True, False}, f"{source}.{name}.{optional.name}"


@pytest.fixture(scope="module", params=DIALECTS)
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, sa.Engine]]:
    """The three sources, each in a database of its own, migrated and seeded."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("seed")
        found = {}
        for source in METADATA:
            url = stack.enter_context(database(request.param, f"gw_seed_{source}", folder))
            migrate.upgrade(demo_history(source, url))
            found[source] = stack.enter_context(connected(url))
        assert not any(is_seeded(source, engine) for source, engine in found.items())
        assert seed(found) == list(METADATA)
        yield found


def test_every_value_comes_back_as_it_was(engines: dict[str, sa.Engine]) -> None:
    for source in METADATA:
        with engines[source].connect() as connection:
            for name, table in own_tables(source).items():
                stored = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
                expected = sorted(CONTENT[source][name], key=by_key(table))
                # repr, since 1 == 1.0 == True and Decimal("5") == Decimal("5.00")
                assert list(map(repr, in_order(stored))) == list(map(repr, in_order(expected)))


def by_key(table: sa.Table) -> Callable[[dict[str, Any]], list[int]]:
    names = [column.name for column in table.primary_key.columns]
    return lambda row: [row[name] for name in names]


def in_order(found: sa.CursorResult[tuple[object, ...]] | list[dict[str, Any]]) -> Iterator[list[Any]]:
    """The values of each row; documents with their keys sorted, whose order databases may change."""
    rows = (dict(row) for row in (found.mappings() if isinstance(found, sa.CursorResult) else found))
    for row in rows:
        yield [sorted_keys(value) for value in row.values()]


def sorted_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(entry) for entry in value] if isinstance(value, list) else value


def test_a_filled_source_is_left_alone(engines: dict[str, sa.Engine]) -> None:
    assert all(is_seeded(source, engine) for source, engine in engines.items())
    assert seed(engines) == []
    with engines["crm"].connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Customer)) == 300


def test_text_sorts_by_code_point(engines: dict[str, sa.Engine]) -> None:
    with engines["shop"].connect() as connection:
        titles = connection.scalars(sa.select(Product.title).order_by(Product.title)).all()
        assert list(titles) == sorted(titles)
        lower = sa.select(Category.id).where(Category.name == "outdoor")
        assert connection.scalars(lower).all() == []


def test_enums_sort_and_store_as_their_label(engines: dict[str, sa.Engine]) -> None:
    with engines["crm"].connect() as connection:
        tiers = connection.scalars(sa.select(Customer.tier).distinct().order_by(Customer.tier)).all()
        stored = connection.exec_driver_sql("SELECT DISTINCT tier FROM customers").scalars().all()
    assert tiers == [Tier.ENTERPRISE, Tier.FREE, Tier.PRO]
    assert set(stored) == {"ENTERPRISE", "FREE", "PRO"}


def test_new_rows_get_the_next_number(engines: dict[str, sa.Engine]) -> None:
    with Session(engines["crm"]) as session:
        customer = Customer(name="Ana", email="ana@example.com", country="PT")
        session.add(customer)
        session.flush()
        assert customer.id == 301
        assert customer.tier is Tier.FREE
        assert customer.created_at.microsecond == 0
        session.rollback()


def test_local_relations_are_loaded_by_the_models(engines: dict[str, sa.Engine]) -> None:
    with Session(engines["sales"]) as session:
        order = session.get_one(Order, 3)
        assert order.total == sum((item.quantity * item.unit_price for item in order.items), Decimal())
        assert all(payment.order is order for payment in order.payments)
    with Session(engines["shop"]) as session:
        product = session.get_one(Product, 1)
        assert product in product.category.products
        assert product.category.parent is not None
        assert product.category in product.category.parent.children
        assert all(product in tag.products for tag in product.tags)
        assert all(review.product is product for review in product.reviews)
    with Session(engines["crm"]) as session:
        customer = session.get_one(Customer, 2)
        assert all(address.customer is customer for address in customer.addresses)
        assert all(ticket.customer is customer for ticket in customer.tickets)


def test_a_failed_seed_leaves_the_source_empty(tmp_path: Path) -> None:
    with database("sqlite", "gw_seed_broken", tmp_path) as url, connected(url) as engine:
        migrate.upgrade(demo_history("crm", url))
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE TRIGGER full BEFORE INSERT ON tickets WHEN NEW.id = 200"
                    " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                )
            )
        with pytest.raises(sa.exc.IntegrityError, match="disk full"):
            seed({"crm": engine})
        assert not is_seeded("crm", engine)


def test_progress_names_the_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database("sqlite", "gw_seed_progress", tmp_path) as url, connected(url) as engine:
        migrate.upgrade(demo_history("crm", url))
        assert seed({"crm": engine}, progress=True) == ["crm"]
    assert "Filling crm" in capsys.readouterr().out
