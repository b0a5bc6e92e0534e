"""A database per tenant: who sees what, what is refused, and how many connections that takes."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Depends
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from gateway import (
    BlendedSession,
    Caller,
    Forbidden,
    Gateway,
    Link,
    Settings,
    Source,
    TenantClaim,
    TenantHeader,
    TenantPath,
    UnknownTenant,
)
from gateway.check.check import check
from gateway.check.findings import Weight
from gateway.schema.answer import Answer
from gateway.sources.tenants import Tenants
from tests.library import ask, assert_refused
from tests.servers import connected, database
from tests.setups import closing


class CrmBase(DeclarativeBase):
    pass


class Customer(CrmBase):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    product_id: Mapped[int]


class ShopBase(DeclarativeBase):
    pass


class Product(ShopBase):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(40))


TENANTS = {"acme": ["Ann", "Abe"], "globex": ["Gus", "Gia"]}
LINK = Link("crm.customers.product_id", "shop.products.id", name="product", back="customers")
QUERY = "{ customers { nodes { id name product { id title } } pageInfo { endCursor } } }"
SETUPS = {"sqlite": "sqlite", "mariadb": "postgresql", "mysql": "postgresql", "postgresql": "mysql"}

Urls = dict[str, sa.URL]


@pytest.fixture(params=SETUPS, scope="module")
def urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """The databases of two tenants, of one kind, and a shared one of another."""
    folder = tmp_path_factory.mktemp("tenants")
    with ExitStack() as stack:
        made: Urls = {}
        for name in (*TENANTS, "shop"):
            dialect = SETUPS[request.param] if name == "shop" else request.param
            made[name] = stack.enter_context(database(dialect, f"gw_tenants_{name}", folder))
            with connected(made[name]) as engine:
                (ShopBase if name == "shop" else CrmBase).metadata.create_all(engine)
                with Session(engine) as session:
                    session.add_all(Product(id=n, title=f"P{n}") for n in (1, 2) if name == "shop")
                    session.add_all(
                        Customer(id=n, name=customer, product_id=n)
                        for n, customer in enumerate(TENANTS.get(name, ()), 1)
                    )
                    session.commit()
        yield made


def gateway_on(
    urls: Urls, tenant: Any = None, caller: Any = None, mutations: bool = False, **settings: Any
) -> Gateway:
    tenants = {name: urls[name] for name in TENANTS}
    crm = Source.from_models("crm", tenants=tenants, models=CrmBase, mutations=mutations)
    shop = Source.from_models("shop", urls["shop"], models=ShopBase)
    way = tenant if tenant is not None else TenantHeader()
    return Gateway([crm, shop], [LINK], tenant=way, caller=caller, settings=Settings(**settings))


@pytest.fixture
def gateway(urls: Urls) -> Iterator[Gateway]:
    with closing(gateway_on(urls)) as made:
        yield made


def run(gateway: Gateway, tenant: str, query: str = QUERY, **variables: Any) -> Answer:
    return asyncio.run(gateway.execute(query, variables, tenant=tenant))


def answered(gateway: Gateway, tenant: str, query: str = QUERY, **variables: Any) -> Any:
    answer = run(gateway, tenant, query, **variables)
    assert not answer.errors
    return answer.data


def decoded(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def names(found: Any) -> list[str]:
    return [node["name"] for node in found["customers"]["nodes"]]


def opened(gateway: Gateway) -> list[str]:
    crm = gateway.databases["crm"]
    assert isinstance(crm, Tenants)
    return list(crm.opened)


# Who sees what


def test_each_tenant_sees_its_own_rows_beside_the_shared_ones(gateway: Gateway) -> None:
    for tenant, expected in TENANTS.items():
        nodes = answered(gateway, tenant)["customers"]["nodes"]
        assert [(node["name"], node["product"]["title"]) for node in nodes] == [
            (name, f"P{number}") for number, name in enumerate(expected, 1)
        ]
        query = """{ products(orderBy: [{ customers: { count: DESC } }, { rowId: DESC }]) {
          nodes { title customers { nodes { name } } }
        } }"""
        found = answered(gateway, tenant, query)["products"]["nodes"]
        assert [node["customers"]["nodes"][0]["name"] for node in found] == expected[::-1]


def test_one_plan_serves_all_tenants(gateway: Gateway) -> None:
    for tenant in (*TENANTS, *TENANTS):
        answered(gateway, tenant)
    assert gateway.schema.caches()["plan"].entries == 1


def test_the_tenant_is_in_ids_of_its_own_rows_only(gateway: Gateway) -> None:
    node = answered(gateway, "acme")["customers"]["nodes"][0]
    assert decoded(node["id"]) == ["Customer", "acme", 1]
    assert decoded(node["product"]["id"]) == ["Product", 1]


def test_ids_of_long_lists_have_the_tenant_too(gateway: Gateway) -> None:
    """Some databases write long lists as JSON themselves."""
    for tenant in TENANTS:
        nodes = answered(gateway, tenant, "{ customers(first: 1000) { nodes { id } } }")["customers"]["nodes"]
        assert [decoded(node["id"]) for node in nodes] == [["Customer", tenant, 1], ["Customer", tenant, 2]]


def test_an_id_of_one_tenant_finds_nothing_under_another(gateway: Gateway) -> None:
    found = answered(gateway, "acme")["customers"]["nodes"][0]
    query = """query ($id: ID!, $shared: ID!) {
      node(id: $id) { id } nodes(ids: [$id, $shared]) { id }
      customer(id: $id) { name } product(id: $shared) { title }
    }"""
    ids = {"id": found["id"], "shared": found["product"]["id"]}
    assert answered(gateway, "acme", query, **ids) == {
        "node": {"id": ids["id"]},
        "nodes": [{"id": ids["id"]}, {"id": ids["shared"]}],
        "customer": {"name": "Ann"},
        "product": {"title": "P1"},
    }
    assert answered(gateway, "globex", query, **ids) == {
        "node": None,
        "nodes": [None, {"id": ids["shared"]}],
        "customer": None,
        "product": {"title": "P1"},
    }


@pytest.mark.parametrize("operator", ["eq", "neq", "in", "nin"])
def test_a_filter_by_an_id_of_another_tenant_is_refused(gateway: Gateway, operator: str) -> None:
    given = answered(gateway, "acme")["customers"]["nodes"][0]["id"]
    value = [given] if operator.endswith("in") else given
    query = "query ($where: CustomerWhere) { customers(where: $where) { nodes { name } } }"
    where = {"id": {operator: value}}
    assert names(answered(gateway, "acme", query, where=where)) == (
        ["Ann"] if operator in ("eq", "in") else ["Abe"]
    )
    answer = run(gateway, "globex", query, where=where)
    assert answer.shaped is None
    assert answer.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("root", ["customers", "products"])
def test_a_cursor_of_one_tenant_is_refused_under_another(gateway: Gateway, root: str) -> None:
    page = "nodes { rowId } pageInfo { endCursor }"
    query = f"query ($after: String) {{ {root}(first: 1, after: $after) {{ {page} }} }}"
    after = answered(gateway, "acme", query)[root]["pageInfo"]["endCursor"]
    assert answered(gateway, "acme", query, after=after)[root]["nodes"] == [{"rowId": 2}]
    answer = run(gateway, "globex", query, after=after)
    assert answer.shaped is None
    assert answer.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_operations_of_two_tenants_at_once_do_not_meet(gateway: Gateway) -> None:
    async def main() -> None:
        await gateway.execute(QUERY, tenant="acme")  # so that none waits for the plan
        asked = [*TENANTS] * 40
        answers = await asyncio.gather(*(gateway.execute(QUERY, tenant=tenant) for tenant in asked))
        for tenant, answer in zip(asked, answers, strict=True):
            assert answer.data is not None
            assert names(answer.data) == TENANTS[tenant]
            assert decoded(answer.data["customers"]["nodes"][0]["id"])[1] == tenant

    asyncio.run(main())


# Where a request names its tenant


def post(gateway: Gateway, path: str = "/graphql", **headers: str) -> httpx.Response:
    return ask(gateway.app(), "POST", path, json={"query": QUERY}, headers=headers)


def signed_in(request: Any) -> Caller:
    return Caller(
        "member", {"tenant": request.headers["authorization"]} if "authorization" in request.headers else {}
    )


async def by_host(request: Any) -> str | None:
    return str(request.headers["host"]).partition(".")[0]


@pytest.mark.parametrize(
    ("way", "path", "headers"),
    [
        (TenantHeader(), "/graphql", {"x-tenant": "globex"}),
        (TenantHeader("X-Customer"), "/graphql", {"x-customer": "globex"}),
        (TenantPath(), "/globex/graphql", {}),
        (TenantClaim(), "/graphql", {"authorization": "globex"}),
        (lambda request: request.query_params.get("t"), "/graphql?t=globex", {}),
        (by_host, "/graphql", {"host": "globex.example.com"}),
    ],
    ids=["header", "other header", "path", "claim", "function", "async function"],
)
@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_ways_to_name_a_tenant(urls: Urls, way: Any, path: str, headers: dict[str, str]) -> None:
    with closing(gateway_on(urls, way, signed_in)) as gateway:
        answer = post(gateway, path, **headers).json()
        assert names(answer["data"]) == TENANTS["globex"]


@pytest.mark.parametrize(
    ("way", "path", "hint"),
    [
        (TenantHeader(), "/graphql", "Send the header X-Tenant."),
        (TenantPath(), "/graphql", "Begin the path with the tenant: /acme/graphql."),
        (TenantClaim(), "/graphql", "Sign in as somebody who belongs to a tenant."),
        (lambda request: None, "/graphql", "Say which tenant the request is for."),
    ],
    ids=["header", "path", "claim", "function"],
)
@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_a_request_without_a_tenant_is_refused(urls: Urls, way: Any, path: str, hint: str) -> None:
    with closing(gateway_on(urls, way, signed_in)) as gateway:
        error = assert_refused(post(gateway, path), 404, "UNKNOWN_TENANT")
        assert error["message"] == "The request names no tenant."
        assert error["extensions"]["hint"] == hint
        assert opened(gateway) == []


def test_an_unknown_tenant_is_refused_and_nothing_connects(tmp_path: Path) -> None:
    """The databases do not even exist."""
    urls = {name: sa.make_url(f"sqlite:///{tmp_path / name}") for name in (*TENANTS, "shop")}
    with closing(gateway_on(urls)) as gateway:
        error = assert_refused(post(gateway, **{"x-tenant": "initech"}), 404, "UNKNOWN_TENANT")
        assert error["message"] == "There is no tenant 'initech'."
        assert opened(gateway) == []
        with pytest.raises(UnknownTenant):
            run(gateway, "initech")
        with pytest.raises(UnknownTenant):
            asyncio.run(gateway.execute(QUERY))


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_a_caller_is_asked_before_the_tenant_is_looked_up(urls: Urls) -> None:
    def refuse(_request: Any) -> Caller:
        raise Forbidden("Not you.")

    with closing(gateway_on(urls, caller=refuse)) as gateway:
        assert_refused(post(gateway, **{"x-tenant": "initech"}), 403, "FORBIDDEN")


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_graphiql_works_below_a_tenants_path(urls: Urls) -> None:
    with closing(gateway_on(urls, TenantPath(), graphiql=True)) as gateway:
        page = ask(gateway.app(), "GET", "/acme/graphql", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "graphql/static" in page.text
        script = next(part for part in page.text.split('"') if part.startswith("graphql/static/"))
        assert ask(gateway.app(), "GET", f"/acme/{script}").status_code == 200


# Tenants given by a function


def with_function(urls: Urls, url_of: Any) -> Gateway:
    kind = f"{urls['acme'].drivername}://"
    crm = Source.from_models("crm", kind, tenants=url_of, models=CrmBase)
    shop = Source.from_models("shop", urls["shop"], models=ShopBase)
    return Gateway([crm, shop], [LINK], tenant=TenantHeader(), settings=Settings())


def test_a_function_may_give_the_urls(urls: Urls) -> None:
    with closing(with_function(urls, {name: urls[name] for name in TENANTS}.__getitem__)) as gateway:
        for tenant, expected in TENANTS.items():
            assert names(answered(gateway, tenant)) == expected
        with pytest.raises(UnknownTenant):
            run(gateway, "initech")


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["../acme", "a/b", "a?b", "a:b@c", "", ".acme", "a%2fb", "x" * 101, "a\nb"])
def test_a_function_is_asked_for_plain_names_only(urls: Urls, name: str) -> None:
    asked: list[str] = []
    with closing(with_function(urls, lambda tenant: asked.append(tenant))) as gateway:
        with pytest.raises(UnknownTenant):
            run(gateway, name)
        assert asked == []


# Connections


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_only_so_many_tenants_are_open_at_once(urls: Urls) -> None:
    with closing(gateway_on(urls, tenants_open=1)) as gateway:
        for tenant in (*TENANTS, *TENANTS):
            assert names(answered(gateway, tenant)) == TENANTS[tenant]
            assert opened(gateway) == [tenant]

        async def main() -> None:
            held = await gateway.databases.hold("acme")
            answer = post_async(gateway, "globex")
            assert_refused(await answer, 503, "SOURCE_BUSY")
            held.release()
            assert names((await post_async(gateway, "globex")).json()["data"]) == TENANTS["globex"]

        asyncio.run(main())


async def post_async(gateway: Gateway, tenant: str) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(gateway.app()), base_url="http://gateway"
    ) as client:
        return await client.post("/graphql", json={"query": QUERY}, headers={"x-tenant": tenant})


def gateway_threads(besides: set[threading.Thread]) -> set[threading.Thread]:
    """Threads of sources called crm that were started since."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("gateway-crm")} - besides


def connections(url: sa.URL) -> int | None:
    """Connections to a server's database, None for SQLite."""
    counting = {
        "mysql": "SELECT count(*) - 1 FROM information_schema.processlist WHERE db = :name",
        "postgresql": "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = :name",
    }.get(url.get_backend_name())
    if counting is None:
        return None
    with connected(url) as engine, engine.connect() as connection:
        found = connection.scalar(sa.text(counting), {"name": url.database})
    return int(found or 0)


def test_connections_and_threads_of_idle_tenants_are_closed(urls: Urls) -> None:
    gateway = gateway_on(urls, tenant_idle=1.5)
    others = set(threading.enumerate())

    async def main() -> None:
        for tenant in TENANTS:
            await gateway.execute(QUERY, tenant=tenant)
        assert opened(gateway) == [*TENANTS]
        assert await asyncio.to_thread(connections, urls["acme"]) in (None, 1)
        held = await gateway.databases.hold("acme")
        for _ in range(300):
            await asyncio.sleep(0.05)
            if opened(gateway) == ["acme"]:
                break
        assert opened(gateway) == ["acme"], "it is held"
        held.release()
        for _ in range(300):
            await asyncio.sleep(0.05)
            if not opened(gateway) and not gateway_threads(others):
                break
        assert opened(gateway) == []
        assert gateway_threads(others) == set()
        assert await asyncio.to_thread(connections, urls["acme"]) in (None, 0)
        answer = await gateway.execute(QUERY, tenant="acme")
        assert answer.data is not None
        assert names(answer.data) == TENANTS["acme"]
        await gateway.close()

    asyncio.run(main())


def test_a_tenant_whose_database_is_down_costs_nobody_else(urls: Urls) -> None:
    down = urls["globex"].set(database="not_there" if urls["globex"].host else "/not/there")
    with closing(gateway_on({**urls, "globex": down})) as gateway:
        answer = run(gateway, "globex")
        assert answer.data == {"customers": None}
        assert answer.errors[0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
        assert names(answered(gateway, "acme")) == TENANTS["acme"]
        health = ask(gateway.app(), "GET", "/health/ready").json()
        assert health["sources"]["crm"]["state"] == "up"
        assert health["sources"]["crm"]["tenants"] == {"open": 2, "down": 1}
        assert "globex" not in json.dumps(health)


def test_health_of_a_source_nobody_used_yet(gateway: Gateway) -> None:
    response = ask(gateway.app(), "GET", "/health/ready")
    assert response.status_code == 200
    assert response.json()["sources"]["crm"]["tenants"] == {"open": 0, "down": 0}
    assert response.json()["status"] == "ready"


def test_check_looks_at_every_tenant(urls: Urls) -> None:
    missing = urls["globex"].set(database="not_there")
    with closing(gateway_on({**urls, "globex": missing})) as gateway:
        sources = [database.source for database in gateway.databases.values()]
        wrong = [each for each in check(sources, gateway.catalog) if each.weight is Weight.ERROR]
        assert wrong
        assert {each.source for each in wrong} == {"crm"}
        assert all(each.place.endswith(" of globex") for each in wrong)


# Writes


def test_mutations_are_the_tenants(urls: Urls) -> None:
    create = """mutation { createCustomer(input: { rowId: 9, name: "New", productId: 1 }) {
      customer { id name product { title } } errors { message }
    } }"""
    delete = "mutation ($id: ID!) { deleteCustomer(key: { id: $id }) { deletedCustomerId errors { code } } }"
    with closing(gateway_on(urls, mutations=True)) as gateway:
        made = answered(gateway, "acme", create)["createCustomer"]
        assert made["errors"] == []
        assert decoded(made["customer"]["id"]) == ["Customer", "acme", 9]
        assert made["customer"]["product"] == {"title": "P1"}
        assert names(answered(gateway, "acme")) == [*TENANTS["acme"], "New"]
        assert names(answered(gateway, "globex")) == TENANTS["globex"]
        theirs = run(gateway, "globex", delete, id=made["customer"]["id"])
        assert theirs.errors or theirs.data["deleteCustomer"]["errors"]  # type: ignore[index]
        assert names(answered(gateway, "acme")) == [*TENANTS["acme"], "New"]
        own = answered(gateway, "acme", delete, id=made["customer"]["id"])["deleteCustomer"]
        assert own == {"deletedCustomerId": made["customer"]["id"], "errors": []}
        assert names(answered(gateway, "acme")) == TENANTS["acme"]


def test_files_of_tenants_that_share_a_file_are_kept_apart(tmp_path: Path) -> None:
    """Several SQLite files are one connection: that of the tenant, not of the file all of them share."""
    places = {
        name: sa.URL.create("sqlite", database=str(tmp_path / f"{name}.db")) for name in (*TENANTS, "shop")
    }
    for name, url in places.items():
        with connected(url) as engine:
            (ShopBase if name == "shop" else CrmBase).metadata.create_all(engine)
    shop = Source.from_models("shop", places.pop("shop"), models=ShopBase, mutations=True)
    crm = Source.from_models("crm", tenants=places, models=CrmBase, mutations=True)
    write = """mutation ($n: Int!, $name: String!) {
      createProduct(input: { rowId: $n, title: $name }) { errors { message } }
      createCustomer(input: { name: $name, productId: $n }) { errors { message } }
    }"""
    with closing(Gateway([shop, crm], [LINK], tenant=TenantHeader())) as gateway:
        for number, tenant in enumerate(TENANTS):
            answered(gateway, tenant, write, n=number, name=tenant)
        assert {tenant: names(answered(gateway, tenant)) for tenant in TENANTS} == {
            tenant: [tenant] for tenant in TENANTS
        }


def test_what_is_known_of_tenants_that_are_closed_is_forgotten(urls: Urls) -> None:
    create = 'mutation { createCustomer(input: { name: "New", productId: 1 }) { errors { message } } }'
    with closing(gateway_on(urls, mutations=True, tenants_open=1)) as gateway:
        for tenant in (*TENANTS, *TENANTS):
            answered(gateway, tenant, create)
        assert set(gateway.coordinator._resources) == {"globex"}
    for tenant in TENANTS:
        with connected(urls[tenant]) as engine, engine.begin() as connection:
            connection.execute(sa.delete(Customer).where(Customer.name == "New"))


# Sessions


def test_sessions_of_routes_are_the_tenants(gateway: Gateway, urls: Urls) -> None:
    app = gateway.app()

    @app.post("/rename")
    def rename(
        name: str,
        crm: Annotated[Session, Depends(gateway.session("crm"))],
        sessions: Annotated[BlendedSession, Depends(gateway.sessions)],
    ) -> str:
        customer = sessions.get(Customer, 1)
        assert customer is not None
        customer.name = name
        crm.commit()
        return name

    assert ask(app, "POST", "/rename?name=New", headers={"x-tenant": "acme"}).json() == "New"
    assert names(answered(gateway, "acme")) == ["New", "Abe"]
    assert names(answered(gateway, "globex")) == TENANTS["globex"]
    ask(app, "POST", "/rename?name=Ann", headers={"x-tenant": "acme"})
    assert_refused(
        ask(app, "POST", "/rename?name=New", headers={"x-tenant": "initech"}), 404, "UNKNOWN_TENANT"
    )
    assert_refused(ask(app, "POST", "/rename?name=New"), 404, "UNKNOWN_TENANT")
