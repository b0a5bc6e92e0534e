"""FLOOR: what a good engineer writes by hand for each query, without GraphQL.

FastAPI with SQLAlchemy Core: statements built once, as few as possible, rows as tuples, plain dicts, orjson,
autocommit connections, and one thread hop per request.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Response
from sqlalchemy import Connection, Engine

from bench.servers import statements as sql
from bench.servers.count import count_statements
from bench.servers.engines import THREADS, read_engine

crm, sales, shop = read_engine("crm"), read_engine("sales"), read_engine("shop")
pool = ThreadPoolExecutor(THREADS)
app = FastAPI(openapi_url=None)
count_statements(app, (crm, sales, shop))

JSON = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z

Json = dict[str, Any]


async def answer(work: Callable[..., Any], *arguments: Any) -> Response:
    """Do the work in a thread and encode what it returns there."""
    # run_in_executor costs less than a sync endpoint or asyncio.to_thread, which copy the context too.
    body = await asyncio.get_running_loop().run_in_executor(pool, _encoded, work, arguments)
    if body is None:
        raise HTTPException(404)
    return Response(body, media_type="application/json")


def _encoded(work: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes | None:
    found = work(*arguments)
    return None if found is None else orjson.dumps(found, option=JSON)


def _all(engine: Engine, statement: Any, **values: Any) -> list[Any]:
    with engine.connect() as connection:
        return _rows(connection, statement, **values)


def _rows(connection: Connection, statement: Any, **values: Any) -> list[Any]:
    return connection.execute(statement, values).all()  # type: ignore[return-value]


@app.get("/q1/{key}")
async def q1(key: int) -> Response:
    return await answer(one_order, key)


def one_order(key: int) -> Json | None:
    found = _all(sales, sql.ORDER_BY_ID, key=key)
    if not found:
        return None
    order, customer_id, number, status, placed_at, total, currency = found[0]
    customers = _all(crm, sql.CUSTOMER_BY_ID, key=customer_id)
    return {
        "id": order,
        "number": number,
        "status": status,
        "placedAt": placed_at,
        "total": str(total),
        "currency": currency,
        "customer": next(
            ({"id": id, "name": name, "email": email, "country": c} for id, name, email, c in customers), None
        ),
    }


@app.get("/q2")
async def q2() -> Response:
    return await answer(newest_orders)


def newest_orders() -> list[Json]:
    with sales.connect() as connection:
        orders = _rows(connection, sql.NEWEST_ORDERS)
        lines = _rows(connection, sql.ITEMS_OF_ORDERS, keys=[row[0] for row in orders])
    found = _all(crm, sql.CUSTOMERS, keys=list({row[1] for row in orders}))
    customers = {id: {"id": id, "name": name, "country": country} for id, name, country in found}
    products = {
        id: {"id": id, "title": title, "price": str(price), "category": {"id": category, "name": name}}
        for id, title, price, category, name in _all(shop, sql.PRODUCTS, keys=list({row[2] for row in lines}))
    }
    items = _items(lines, products)
    return [
        {
            "id": id,
            "number": number,
            "status": status,
            "placedAt": placed_at,
            "total": str(total),
            "customer": customers.get(customer),
            "items": items.get(id, []),
        }
        for id, customer, number, status, placed_at, total in orders
    ]


def _items(lines: list[Any], products: dict[int, Json]) -> dict[int, list[Json]]:
    items: dict[int, list[Json]] = {}
    for order, id, product, quantity, unit_price in lines:
        item = {
            "id": id,
            "quantity": quantity,
            "unitPrice": str(unit_price),
            "product": products.get(product),
        }
        if order in items:
            items[order].append(item)
        else:
            items[order] = [item]
    return items


@app.get("/q3")
async def q3() -> Response:
    return await answer(first_orders)


def first_orders() -> list[Json]:
    return [
        {
            "id": id,
            "number": number,
            "status": status,
            "placedAt": placed_at,
            "total": str(total),
            "currency": currency,
        }
        for id, number, status, placed_at, total, currency in _all(sales, sql.FIRST_ORDERS)
    ]


@app.get("/q4")
async def q4() -> Response:
    return await answer(orders_from_germany)


def orders_from_germany() -> list[Json]:
    with crm.connect() as connection:
        keys = [key for (key,) in _rows(connection, sql.CUSTOMERS_IN_GERMANY)]
        orders = _all(sales, sql.FIRST_ORDERS_OF_CUSTOMERS, keys=keys)
        found = _rows(connection, sql.CUSTOMERS, keys=list({row[1] for row in orders}))
    customers = {id: {"id": id, "name": name, "country": country} for id, name, country in found}
    return [
        {
            "id": id,
            "number": number,
            "placedAt": placed_at,
            "total": str(total),
            "customer": customers.get(customer),
        }
        for id, customer, number, placed_at, total in orders
    ]


@app.get("/q5")
async def q5() -> Response:
    return await answer(latest_orders)


def latest_orders() -> list[Json]:
    customers = _all(crm, sql.FIRST_CUSTOMERS)
    orders: dict[int, list[Json]] = {id: [] for id, _ in customers}
    for customer, id, placed_at, total, count in _all(sales, sql.LATEST_ORDERS, keys=list(orders)):
        orders[customer].append({"id": id, "placedAt": placed_at, "total": str(total), "itemCount": count})
    return [{"id": id, "name": name, "orders": orders[id]} for id, name in customers]


@app.get("/q6")
async def q6() -> Response:
    return await answer(newest_orders_whole)


def newest_orders_whole() -> list[Json]:
    with sales.connect() as connection:
        orders = _rows(connection, sql.NEWEST_ORDERS_WHOLE)
        lines = _rows(connection, sql.ITEMS_OF_ORDERS, keys=[row[0] for row in orders])
    customers = {
        id: {"id": id, "name": name, "email": email, "country": country, "tier": tier, "createdAt": created}
        for id, name, email, country, tier, created in _all(
            crm, sql.CUSTOMERS_WHOLE, keys=list({row[1] for row in orders})
        )
    }
    return [
        {
            "id": id,
            "customerId": customer,
            "number": number,
            "status": status,
            "placedAt": placed_at,
            "total": str(total),
            "shipping": str(shipping),
            "currency": currency,
            "customer": customers.get(customer),
            "items": items,
        }
        for (id, customer, number, status, placed_at, total, shipping, currency), items in zip(
            orders, _whole_items(orders, lines), strict=True
        )
    ]


def _whole_items(orders: list[Any], lines: list[Any]) -> list[list[Json]]:
    products = {
        id: {
            "id": id,
            "sku": sku,
            "title": title,
            "price": str(price),
            "active": active,
            "categoryId": category,
            "category": {"id": category, "name": name},
        }
        for id, sku, title, price, active, category, name in _all(
            shop, sql.PRODUCTS_WHOLE, keys=list({row[2] for row in lines})
        )
    }
    items: dict[int, list[Json]] = {row[0]: [] for row in orders}
    for order, id, product, quantity, unit_price in lines:
        items[order].append(
            {
                "id": id,
                "orderId": order,
                "productId": product,
                "quantity": quantity,
                "unitPrice": str(unit_price),
                "product": products.get(product),
            }
        )
    return list(items.values())


@app.get("/q7")
async def q7(category: str) -> Response:
    return await answer(orders_of_category, category)


def orders_of_category(category: str) -> list[Json]:
    products = [key for (key,) in _all(shop, sql.PRODUCTS_OF_CATEGORY, category=category)]
    customers = _all(crm, sql.FIRST_CUSTOMERS)
    orders: dict[int, list[Json]] = {id: [] for id, _ in customers}
    found = _all(sales, sql.ORDERS_HAVING_PRODUCT, keys=list(orders), products=products)
    for customer, id, placed_at, total in found:
        orders[customer].append({"id": id, "placedAt": placed_at, "total": str(total)})
    return [{"id": id, "name": name, "orders": orders[id]} for id, name in customers]


@app.get("/q9")
async def q9() -> Response:
    return await answer(many_orders)


def many_orders() -> list[Json]:
    return [
        {
            "id": id,
            "customerId": customer,
            "number": number,
            "status": status,
            "placedAt": placed_at,
            "total": str(total),
            "shipping": str(shipping),
            "currency": currency,
        }
        for id, customer, number, status, placed_at, total, shipping, currency in _all(sales, sql.MANY_ORDERS)
    ]
