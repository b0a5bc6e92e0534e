"""The questions: each as a GraphQL document, as one SQL statement, and the least work it can take.

`ideal` is SQL on the database with all tables that computes how many rows any method must move, given that
customers, orders and products stand in three databases. `why` is the reasoning in a line.
"""

from dataclasses import dataclass, field
from typing import Any

from bench.scale.rows import ABSENT, COMMON, MIDDLE, RARE

PAGE = 50
CATEGORY = "Category 7"


@dataclass(frozen=True)
class Case:
    """One question. `sql` answers with ids in order, one count, or groups in any order.

    `page`: the one that is measured; the cursor of the one before it is taken first. `member` is the member
    of `OrderConnection` that the schema must have for the question to be asked.
    """

    name: str
    title: str
    document: str
    sql: str
    ideal: str
    why: str
    variables: dict[str, Any] = field(default_factory=dict)
    page: int = 1
    member: str | None = None


_ORDERS = """query Page($where: OrderWhere, $order: [OrderOrderBy!], $after: String) {
  orders(first: 50, where: $where, orderBy: $order, after: $after) {
    nodes { rowId } pageInfo { endCursor }
  }
}"""
_CUSTOMERS = """query Page($order: [CustomerOrderBy!], $after: String) {
  customers(first: 50, orderBy: $order, after: $after) {
    nodes { rowId } pageInfo { endCursor }
  }
}"""
_COUNT = "query Count($where: OrderWhere) { orders(where: $where) { totalCount } }"
_GROUPS = """query Revenue {
  orders {
    groups(by: [{ customer: { field: country } }, { date: { field: placedAt, unit: MONTH } }]) {
      key { customer { field { country } } date { placedAt } }
      aggregate { count sum { total } }
    }
  }
}"""

_JOINED = "FROM orders o JOIN customers c ON c.id = o.customer_id"
_LEFT = "FROM orders o LEFT JOIN customers c ON c.id = o.customer_id"


def _by_date(name: str, title: str, country: str, *, other: bool = False) -> Case:
    """A page of orders by date, of the customers of a country; `other`: of all other countries."""
    condition = f"c.country {'<>' if other else '='} '{country}'"
    return Case(
        name,
        title,
        _ORDERS,
        f"SELECT o.id {_JOINED} WHERE {condition} ORDER BY o.placed_at DESC, o.id LIMIT {PAGE}",
        _least_of_keys_and_walk(condition),
        "either the keys of all such customers and the page; or the orders from the newest down to the 50th "
        "that passes, and the customers that pass",
        {
            "where": {"customer": {"country": {"neq" if other else "eq": country}}},
            "order": [{"placedAt": "DESC"}],
        },
    )


def _least_of_keys_and_walk(condition: str, candidates: str = "TRUE", more: str = "0") -> str:
    """The smaller of: all matching customers and the page; the walked orders and the customers that pass."""
    return f"""
WITH walked AS (
  SELECT row_number() OVER newest AS place, o.customer_id, coalesce({condition}, FALSE) AS passes,
    sum(CASE WHEN {condition} THEN 1 ELSE 0 END) OVER newest AS found
  {_LEFT} WHERE {candidates}
  WINDOW newest AS (ORDER BY o.placed_at DESC, o.id)
), until AS (
  SELECT coalesce(min(place) FILTER (WHERE found = {PAGE}), count(*)) AS last, max(found) AS found FROM walked
)
SELECT {more} + least(
  (SELECT count(*) FROM customers c WHERE {condition}) + least({PAGE}, (SELECT found FROM until)),
  (SELECT count(*) + count(DISTINCT customer_id) FILTER (WHERE passes) FROM walked, until WHERE place <= last)
)"""


def _by_name(name: str, title: str, *, page: int = 1, status: str | None = None) -> Case:
    """A page of orders by the name of their customers."""
    skipped = PAGE * (page - 1)
    where = f"o.status = '{status}'" if status else "TRUE"
    given = {"where": {"status": {"eq": status}}} if status else {}
    order = f"ORDER BY c.name NULLS LAST, o.id LIMIT {PAGE} OFFSET {skipped}"
    first = (
        f"(SELECT c.name {_LEFT} WHERE {where} ORDER BY c.name, o.id LIMIT 1 OFFSET {max(skipped - 1, 0)})"
    )
    ideal = f"""
WITH page AS (SELECT c.name {_LEFT} WHERE {where} {order})
SELECT {PAGE} + count(*) FROM customers
WHERE name <= (SELECT max(name) FROM page) AND ({skipped} = 0 OR name >= {first})"""
    return Case(
        name,
        title,
        _ORDERS,
        f"SELECT o.id {_LEFT} WHERE {where} {order}",
        ideal,
        "the customers in the order of their names until 50 orders are found, and the page",
        {"order": [{"customer": {"name": "ASC"}}], **given},
        page,
    )


def _by_orders(name: str, title: str, order: dict[str, Any], value: str) -> Case:
    """The first customers by an aggregate of their orders."""
    joined = "FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    return Case(
        name,
        title,
        _CUSTOMERS,
        f"SELECT c.id {joined} ORDER BY {value} DESC NULLS LAST, c.id LIMIT {PAGE}",
        f"SELECT {2 * PAGE}",
        "sales sorts its own numbers: the first 50 keys from there, and their 50 customers",
        {"order": [{"orders": order}]},
    )


_IN_CATEGORY = (
    "EXISTS (SELECT FROM order_items i JOIN products p ON p.id = i.product_id "
    f"WHERE i.order_id = o.id AND p.category = '{CATEGORY}')"
)


def _three(name: str, title: str, country: str) -> Case:
    """A page of orders with a product of a category, of the customers of a country."""
    condition = f"c.country = '{country}'"
    ofs = f"SELECT o.id {_JOINED} WHERE {condition} AND {_IN_CATEGORY}"
    where = {
        "customer": {"country": {"eq": country}},
        "items": {"some": {"product": {"category": {"eq": CATEGORY}}}},
    }
    products = f"(SELECT count(*) FROM products WHERE category = '{CATEGORY}')"
    return Case(
        name,
        title,
        _ORDERS,
        f"{ofs} ORDER BY o.placed_at DESC, o.id LIMIT {PAGE}",
        _least_of_keys_and_walk(condition, _IN_CATEGORY, products),
        "the category's products; then as date-common, among the orders that have one of them",
        {"where": where, "order": [{"placedAt": "DESC"}]},
    )


_MONTHLY = "SELECT c.country, date_trunc('month', o.placed_at)::date::text, count(*), sum(o.total)::text"

CASES: dict[str, Case] = {
    case.name: case
    for case in (
        _by_date("date-common", f"50 newest orders, customer in {COMMON} (30 % of the customers)", COMMON),
        _by_date("date-most", "50 newest orders, customer not in SE (96 %)", "SE", other=True),
        _by_date("date-rare", f"50 newest orders, customer in {RARE} (3 customers)", RARE),
        _by_date("date-absent", f"50 newest orders, customer in {ABSENT} (no customer)", ABSENT),
        _by_name("name", "50 orders by customer.name"),
        _by_name("name-next", "the next page of it, by cursor", page=2),
        _by_name("name-where", "50 cancelled orders (5 %) by customer.name", status="CANCELLED"),
        _by_orders(
            "by-sum", "50 customers by sum of order totals", {"sum": {"total": "DESC"}}, "sum(o.total)"
        ),
        _by_orders("by-count", "50 customers by number of orders", {"count": "DESC"}, "count(o.id)"),
        Case(
            "count",
            f"number of orders, customer in {COMMON}",
            _COUNT,
            f"SELECT count(*) {_JOINED} WHERE c.country = '{COMMON}'",
            f"SELECT count(*) + 1 FROM customers WHERE country = '{COMMON}'",
            "the country's keys and one number; counts per customer would be three times as many",
            {"where": {"customer": {"country": {"eq": COMMON}}}},
        ),
        Case(
            "count-most",
            "number of orders, customer not in SE (96 %)",
            _COUNT,
            f"SELECT count(*) {_JOINED} WHERE c.country <> 'SE'",
            "SELECT count(*) + 1 FROM customers WHERE country <> 'SE'",
            "the keys of these countries and one number; who is gone can only be told from all of them",
            {"where": {"customer": {"country": {"neq": "SE"}}}},
        ),
        _three("three-middle", f"50 newest orders with a {CATEGORY}, customer in {MIDDLE} (2 %)", MIDDLE),
        _three("three-common", f"50 newest orders with a {CATEGORY}, customer in {COMMON} (30 %)", COMMON),
        Case(
            "groups",
            "revenue by customer.country and month",
            _GROUPS,
            f"{_MONTHLY} {_LEFT} GROUP BY 1, 2",
            f"SELECT count(*) + (SELECT count(*) FROM customers) FROM ({_MONTHLY} {_LEFT} GROUP BY 1, 2) m",
            "the country of each customer, sent to the orders, and the groups; sums per customer and month "
            "would be several times as many",
            member="groups",
        ),
    )
}
