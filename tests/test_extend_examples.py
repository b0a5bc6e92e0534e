"""The examples of docs/extending.md about own resolvers are run as they stand there, over HTTP."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import strawberry
from fastapi import FastAPI, Request
from sqlalchemy.orm import Session

from gateway import Caller, Gateway, Link, Source, computed, extend
from tests.library import ask
from tests.servers import connected, database
from tests.setups import closing
from tests.test_sessions_stories import blocks

MODULES = ("crm", "sales", "fields", "roots", "changes")


@pytest.fixture
def shopfront(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the package that the document builds."""
    (tmp_path / "shopfront").mkdir()
    for name in MODULES:
        (code,) = [block for block in blocks("python") if block.startswith(f"# shopfront/{name}.py\n")]
        (tmp_path / "shopfront" / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield {name: importlib.import_module(f"shopfront.{name}") for name in MODULES}
    for name in [name for name in sys.modules if name.partition(".")[0] == "shopfront"]:
        del sys.modules[name]


@pytest.fixture(params=[("sqlite", "sqlite"), ("mariadb", "postgresql"), ("postgresql", "mariadb")], ids=str)
def gateway(request: pytest.FixtureRequest, shopfront: dict[str, Any], tmp_path: Path) -> Iterator[Gateway]:
    """The package's graph with its own resolvers, over three customers."""
    crm, sales = shopfront["crm"], shopfront["sales"]
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(database(dialect, f"gw_shopfront_{name}", tmp_path))
            for name, dialect in zip(("crm", "sales"), request.param, strict=True)
        }
        with connected(urls["crm"]) as engine, Session(engine) as session:
            crm.CrmBase.metadata.create_all(engine)
            for number, tenant, name in ((1, "north", "Ann"), (2, "south", "Bob"), (3, "north", "Cid")):
                email = f"{name}@example.com"
                session.add(crm.Customer(id=number, tenant=tenant, name=name, email=email, password_hash="x"))
            session.commit()
        with connected(urls["sales"]) as engine, Session(engine) as session:
            sales.SalesBase.metadata.create_all(engine)
            for number, tenant, customer in ((1, "north", 1), (2, "south", 2), (3, "north", 1)):
                total, placed_at = Decimal(number) + Decimal("0.50"), datetime(2026, 1, number)
                order = sales.Order(tenant=tenant, customer_id=customer, number=f"N{number}")
                order.total, order.placed_at = total, placed_at
                session.add(order)
            session.commit()

        @extend("Customer")
        class Greeting:
            @computed()
            def language(self, info: strawberry.Info) -> str:
                request: Request = info.context.request
                return f"{request.headers['accept-language']} {request.state.user}"

        def caller(request: Request) -> Caller:
            request.state.user = request.headers.get("x-user", "nobody")
            return Caller("staff")

        gateway = Gateway(
            [
                Source.from_models("crm", urls["crm"], models=crm.CrmBase),
                Source.from_models("sales", urls["sales"], models=sales.SalesBase),
            ],
            [Link("sales.orders.customer_id", "crm.customers.id", name="buyer", back="purchases")],
            caller=caller,
            extensions=[shopfront["fields"].CustomerFields, Greeting],
            query=shopfront["roots"].Query,
            mutation=shopfront["changes"].Mutation,
        )
        yield stack.enter_context(closing(gateway))


def post(app: FastAPI, query: str) -> Any:
    headers = {"accept-language": "de", "x-user": "zoe"}
    return ask(app, "POST", json={"query": query}, headers=headers).json()


def test_fields_roots_and_mutations_of_the_document(gateway: Gateway) -> None:
    app = gateway.app()
    found = post(app, "{ customers { nodes { label loud: label(capitals: true) spent language } } }")
    assert found == {
        "data": {
            "customers": {
                "nodes": [
                    {"label": "Ann (north)", "loud": "ANN (NORTH)", "spent": "5.00", "language": "de zoe"},
                    {"label": "Bob (south)", "loud": "BOB (SOUTH)", "spent": "2.50", "language": "de zoe"},
                    {"label": "Cid (north)", "loud": "CID (NORTH)", "spent": "0.00", "language": "de zoe"},
                ]
            }
        }
    }
    query = """{
      tenant(name: "north") { lastPurchase { total } customers { name spent purchases { totalCount } } }
      newest { name }
    }"""
    assert post(app, query) == {
        "data": {
            "tenant": {
                "lastPurchase": {"total": "3.50"},
                "customers": [
                    {"name": "Ann", "spent": "5.00", "purchases": {"totalCount": 2}},
                    {"name": "Cid", "spent": "0.00", "purchases": {"totalCount": 0}},
                ],
            },
            "newest": [{"name": "Cid"}, {"name": "Bob"}, {"name": "Ann"}],
        }
    }
    query = 'mutation { rename(number: 2, name: "Eve") { name label spent } }'
    assert post(app, query) == {"data": {"rename": {"name": "Eve", "label": "Eve (south)", "spent": "2.50"}}}
    (error,) = post(app, 'mutation { rename(number: 9, name: "Eve") { name } }')["errors"]
    assert error["message"] == "There is no customer 9."
    assert post(app, "{ customers(first: 2) { nodes { name } } }")["data"]["customers"]["nodes"][1] == {
        "name": "Eve"
    }
