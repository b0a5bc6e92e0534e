"""DataLoader: what Strawberry's documentation recommends, with care.

ORM objects, one DataLoader per relation and request, parse and validation caches, orjson, and as few
statements as loaders allow, each in a thread.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

import orjson
import strawberry
from fastapi import FastAPI
from sqlalchemy import ARRAY, Engine, Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import BaseContext, GraphQLRouter
from strawberry.types import Info

from bench import models
from bench.servers.count import count_statements
from bench.servers.engines import THREADS, read_engine

T = TypeVar("T")

crm, sales, shop = read_engine("crm"), read_engine("sales"), read_engine("shop")
pool = ThreadPoolExecutor(THREADS)

strawberry.enum(models.Tier)
strawberry.enum(models.OrderStatus)


async def fetch(engine: Engine, work: Callable[[Session], T]) -> T:
    """Do the work in a thread, with a session of its own."""

    def in_thread() -> T:
        with Session(engine, expire_on_commit=False) as session:
            return work(session)

    return await asyncio.get_running_loop().run_in_executor(pool, in_thread)


async def fetch_all(engine: Engine, statement: Any, **values: Any) -> list[Any]:
    return await fetch(engine, lambda session: list(session.scalars(statement, values)))


class Loaders(BaseContext):
    """The context of one request: its DataLoaders, made when first used."""

    @cached_property
    def customers(self) -> DataLoader[int, models.Customer | None]:
        return DataLoader(load_customers)

    @cached_property
    def products(self) -> DataLoader[int, models.Product | None]:
        return DataLoader(load_products)

    @cached_property
    def items(self) -> DataLoader[int, list[models.OrderItem]]:
        return DataLoader(load_items)

    @cached_property
    def item_counts(self) -> DataLoader[int, int]:
        return DataLoader(load_item_counts)

    @cached_property
    def latest_orders(self) -> DataLoader[tuple[int, int], list[models.Order]]:
        return DataLoader(load_latest_orders)

    @cached_property
    def orders_of_category(self) -> DataLoader[tuple[int, int, str], list[models.Order]]:
        return DataLoader(load_orders_of_category)


async def load_customers(keys: Sequence[int]) -> list[models.Customer | None]:
    found = await fetch_all(crm, select(models.Customer).where(models.Customer.id.in_(keys)))
    by_key = {customer.id: customer for customer in found}
    return [by_key.get(key) for key in keys]


async def load_products(keys: Sequence[int]) -> list[models.Product | None]:
    statement = select(models.Product).where(models.Product.id.in_(keys))
    found = await fetch_all(shop, statement.options(joinedload(models.Product.category)))
    by_key = {product.id: product for product in found}
    return [by_key.get(key) for key in keys]


def _any(column: Any) -> Any:
    return column == func.any(bindparam("keys", type_=ARRAY(Integer)))


async def load_items(keys: Sequence[int]) -> list[list[models.OrderItem]]:
    statement = select(models.OrderItem).where(_any(models.OrderItem.order_id)).order_by(models.OrderItem.id)
    by_key = defaultdict(list)
    for item in await fetch_all(sales, statement, keys=list(keys)):
        by_key[item.order_id].append(item)
    return [by_key[key] for key in keys]


async def load_item_counts(keys: Sequence[int]) -> list[int]:
    order = models.OrderItem.order_id
    statement = select(order, func.count()).where(_any(order)).group_by(order)

    found = await fetch(sales, lambda session: session.execute(statement, {"keys": list(keys)}).all())
    by_key = {key: count for key, count in found}  # noqa: C416
    return [by_key.get(key, 0) for key in keys]


async def load_latest_orders(keys: Sequence[tuple[int, int]]) -> list[list[models.Order]]:
    first = keys[0][1]
    place = func.row_number().over(
        partition_by=models.Order.customer_id, order_by=models.Order.placed_at.desc()
    )
    ranked = select(models.Order, place.label("place")).where(_any(models.Order.customer_id)).subquery()
    order = aliased(models.Order, ranked)
    statement = select(order).where(ranked.c.place <= first).order_by(ranked.c.place)
    by_key = defaultdict(list)
    for found in await fetch_all(sales, statement, keys=[customer for customer, _ in keys]):
        by_key[found.customer_id].append(found)
    return [by_key[customer] for customer, _ in keys]


async def load_orders_of_category(keys: Sequence[tuple[int, int, str]]) -> list[list[models.Order]]:
    _, first, category = keys[0]
    products = await fetch_all(
        shop, select(models.Product.id).join(models.Product.category).where(models.Category.name == category)
    )
    place = func.row_number().over(partition_by=models.Order.customer_id, order_by=models.Order.placed_at)
    wanted = models.Order.items.any(
        models.OrderItem.product_id == func.any(bindparam("products", type_=ARRAY(Integer)))
    )
    ranked = (
        select(models.Order, place.label("place")).where(_any(models.Order.customer_id), wanted).subquery()
    )
    order = aliased(models.Order, ranked)
    statement = select(order).where(ranked.c.place <= first).order_by(ranked.c.place)
    by_key = defaultdict(list)
    customers = [customer for customer, _, _ in keys]
    for found in await fetch_all(sales, statement, keys=customers, products=products):
        by_key[found.customer_id].append(found)
    return [by_key[customer] for customer in customers]


@strawberry.type
class Category:
    id: int
    name: str


@strawberry.type
class Product:
    id: int
    sku: str
    title: str
    price: Decimal
    active: bool
    category_id: int
    category: Category


@strawberry.type
class Item:
    id: int
    order_id: int
    product_id: int
    quantity: int
    unit_price: Decimal

    @strawberry.field
    async def product(self, info: Info[Loaders, None]) -> Product | None:
        return await info.context.products.load(self.product_id)  # type: ignore[return-value]


@strawberry.type
class Order:
    id: int
    customer_id: int
    number: str
    status: models.OrderStatus
    placed_at: datetime
    total: Decimal
    shipping: Decimal
    currency: str

    @strawberry.field
    async def customer(self, info: Info[Loaders, None]) -> "Customer | None":
        return await info.context.customers.load(self.customer_id)  # type: ignore[return-value]

    @strawberry.field
    async def items(self, info: Info[Loaders, None]) -> list[Item]:
        return await info.context.items.load(self.id)  # type: ignore[return-value]

    @strawberry.field
    async def item_count(self, info: Info[Loaders, None]) -> int:
        return await info.context.item_counts.load(self.id)


@strawberry.type
class Customer:
    id: int
    name: str
    email: str
    country: str
    tier: models.Tier
    created_at: datetime

    @strawberry.field
    async def latest_orders(self, info: Info[Loaders, None], first: int) -> list[Order]:
        return await info.context.latest_orders.load((self.id, first))  # type: ignore[return-value]

    @strawberry.field
    async def orders_of_category(self, info: Info[Loaders, None], name: str, first: int) -> list[Order]:
        return await info.context.orders_of_category.load((self.id, first, name))  # type: ignore[return-value]


@strawberry.type
class Query:
    @strawberry.field
    async def order(self, id: int) -> Order | None:
        found = await fetch_all(sales, select(models.Order).where(models.Order.id == id))
        return found[0] if found else None

    @strawberry.field
    async def newest_orders(self, first: int) -> list[Order]:
        return await fetch_all(
            sales, select(models.Order).order_by(models.Order.placed_at.desc()).limit(first)
        )

    @strawberry.field
    async def orders(self, first: int) -> list[Order]:
        return await fetch_all(sales, select(models.Order).order_by(models.Order.id).limit(first))

    @strawberry.field
    async def orders_of_country(self, country: str, first: int) -> list[Order]:
        customers = await fetch_all(crm, select(models.Customer.id).where(models.Customer.country == country))
        statement = select(models.Order).where(_any(models.Order.customer_id))
        return await fetch_all(sales, statement.order_by(models.Order.placed_at).limit(first), keys=customers)

    @strawberry.field
    async def customers(self, first: int) -> list[Customer]:
        return await fetch_all(crm, select(models.Customer).order_by(models.Customer.id).limit(first))


class OrjsonRouter(GraphQLRouter[Loaders, None]):
    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


async def loaders() -> Loaders:
    # Async, or FastAPI would call it in a thread.
    return Loaders()


schema = strawberry.Schema(
    Query, extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)]
)
app = FastAPI(openapi_url=None)
app.include_router(OrjsonRouter(schema, context_getter=loaders, graphql_ide=None), prefix="/graphql")
count_statements(app, (crm, sales, shop))
