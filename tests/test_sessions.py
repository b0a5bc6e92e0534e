"""The blended session: each call finds its database, and commits go source by source."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import pytest
import sqlalchemy as sa
from fastapi import Depends, FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship
from sqlalchemy.orm.exc import UnmappedInstanceError

from gateway import Context, Gateway, PartiallyCommitted, Settings, Source
from gateway.sources.blended import BlendedSession
from gateway.sources.routes import Unroutable
from tests.library import ask, served, wait_until
from tests.proxy import proxied
from tests.servers import connected, database
from tests.setups import closing

SETUPS = {
    "sqlite": ("sqlite", "sqlite"),
    "mariadb and postgresql": ("mariadb", "postgresql"),
    "mysql and mariadb": ("mysql", "mariadb"),
    "postgresql and sqlite": ("postgresql", "sqlite"),
}
SERVED = [name for name, (crm, _) in SETUPS.items() if crm != "sqlite"]


class CrmBase(DeclarativeBase):
    pass


tags = sa.Table(
    "customer_tags",
    CrmBase.metadata,
    sa.Column("customer_id", sa.ForeignKey("customers.id"), primary_key=True),
    sa.Column("tag", sa.String(20), primary_key=True),
)


class Customer(CrmBase):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    notes: Mapped[list["Note"]] = relationship(back_populates="customer")


class Note(CrmBase):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="notes")


class SalesBase(DeclarativeBase):
    pass


class Order(SalesBase):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)


class ElsewhereBase(DeclarativeBase):
    pass


class Stranger(ElsewhereBase):
    __tablename__ = "strangers"
    id: Mapped[int] = mapped_column(primary_key=True)


Urls = dict[str, sa.URL]


@pytest.fixture(params=SETUPS)
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    with ExitStack() as stack:
        made: Urls = {}
        for name, dialect in zip(("crm", "sales"), SETUPS[request.param], strict=True):
            made[name] = stack.enter_context(database(dialect, f"gw_sessions_{name}", tmp_path))
        for name, base in (("crm", CrmBase), ("sales", SalesBase)):
            with connected(made[name]) as engine:
                base.metadata.create_all(engine)
                with Session(engine) as session:
                    session.add(
                        Customer(id=1, name="Ann")
                        if name == "crm"
                        else Order(id=1, customer_id=1, number="N1")
                    )
                    session.commit()
        yield made


@pytest.fixture
def gateway(urls: Urls) -> Iterator[Gateway]:
    with closing(gateway_on(urls)) as made:
        yield made


def gateway_on(urls: Urls, deadline: float = 10.0, **settings: Any) -> Gateway:
    crm = Source.from_models("crm", urls["crm"], models=CrmBase, deadline=deadline)
    sales = Source.from_models("sales", urls["sales"], models=SalesBase)
    return Gateway([crm, sales], settings=Settings(**settings))


@pytest.fixture
def sessions(gateway: Gateway) -> Iterator[BlendedSession]:
    factories = {name: database.new_session for name, database in gateway.databases.items()}
    blended = BlendedSession(factories, gateway.databases)
    yield blended
    blended.close()


def stored(url: sa.URL, column: Any) -> list[Any]:
    with connected(url) as engine, engine.connect() as connection:
        return list(connection.scalars(select(column).order_by(column)))


def test_each_call_finds_its_database(sessions: BlendedSession, urls: Urls) -> None:
    ann, order = sessions.get(Customer, 1), sessions.get(Order, 1)
    assert ann is not None
    assert order is not None
    assert (ann.name, order.number) == ("Ann", "N1")
    sessions.add(Customer(id=2, name="Bob"))
    sessions.add_all(
        [Order(id=2, customer_id=2, number="N2"), Customer(id=3, name="Cleo"), Note(id=1, customer=ann)]
    )
    sessions.delete(order)
    sessions.flush()
    assert sessions.scalar(select(func.count()).select_from(Customer)) == 3
    assert sessions.scalars(select(Order.number)).all() == ["N2"]
    assert sessions.execute(sa.update(Order).values(number="N3")).rowcount == 1  # type: ignore[attr-defined]
    assert sessions.execute(select(Note.id, Customer.name).join(Note.customer)).all() == [(1, "Ann")]
    assert stored(urls["crm"], Customer.name) == ["Ann"]
    sessions.commit()
    assert stored(urls["crm"], Customer.name) == ["Ann", "Bob", "Cleo"]
    assert stored(urls["sales"], Order.number) == ["N3"]


def test_statements_of_every_form_are_routed(sessions: BlendedSession) -> None:
    other, inner = aliased(Customer), select(Customer.id).cte()
    for statement in (
        select(other.id),
        select(inner.c.id),
        select(Customer.id).union_all(select(Note.id)),
        select(Customer.id).where(Customer.id.not_in(select(Note.customer_id))),
        select(Customer.id).from_statement(text("SELECT id FROM customers")),
        select(Customer.__table__.c.id),
    ):
        assert sessions.scalars(statement).all() == [1], statement
    sessions.execute(tags.insert(), {"customer_id": 1, "tag": "new"})
    assert sessions.execute(select(tags)).all() == [(1, "new")]
    assert list(sessions.opened) == ["crm"]


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT 1"),
        select(1),
        select(func.now()),
        select(Customer.id, Order.id),
        select(Customer.id).where(Customer.id.in_(select(Order.customer_id))),
        select(Customer.id).union(select(Order.id)),
        sa.insert(Order).from_select(["customer_id"], select(Customer.id)),
        text("SELECT id FROM customers").columns(Customer.id),
    ],
    ids=str,
)
def test_what_cannot_be_routed_is_refused_with_a_hint(sessions: BlendedSession, statement: Any) -> None:
    for run in (sessions.execute, sessions.scalars, sessions.scalar):
        with pytest.raises(Unroutable, match=r'Use sessions\["crm"\] or sessions\["sales"\]'):
            run(statement)
    assert not sessions.opened


def test_classes_of_no_source_are_refused(sessions: BlendedSession) -> None:
    with pytest.raises(Unroutable, match="Stranger belongs to no source"):
        sessions.get(Stranger, 1)
    with pytest.raises(Unroutable, match="Stranger belongs to no source"):
        sessions.add_all([Customer(name="Bob"), Stranger()])
    with pytest.raises(Unroutable, match="no mapped class"):
        sessions.get(int, 1)
    with pytest.raises(UnmappedInstanceError):
        sessions.add("Bob")
    with pytest.raises(Unroutable):
        sessions.scalars(select(Stranger))
    assert not sessions.opened


def test_a_class_of_two_sources_needs_its_source_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite3'}"
    from gateway.sources.routes import Routes

    routes = Routes([Source.from_models(name, url, models=CrmBase) for name in ("north", "south")])
    for route, argument in ((routes.of_class, Customer), (routes.of_statement, select(Customer))):
        with pytest.raises(
            Unroutable, match=r'north and south. Use sessions\["north"\] or sessions\["south"\]'
        ):
            route(argument)


def test_rollback_is_of_all_sources(sessions: BlendedSession, urls: Urls) -> None:
    sessions.add_all([Customer(id=2, name="Bob"), Order(id=2, customer_id=2, number="N2")])
    sessions.flush()
    sessions.rollback()
    sessions.commit()
    assert stored(urls["crm"], Customer.id) == stored(urls["sales"], Order.id) == [1]


def test_nothing_is_committed_when_a_flush_fails(sessions: BlendedSession, urls: Urls) -> None:
    sessions.add(Customer(id=2, name="Bob"))
    sessions.add(Order(id=2, customer_id=2, number="N1"))
    with pytest.raises(sa.exc.IntegrityError):
        sessions.commit()
    assert stored(urls["crm"], Customer.id) == stored(urls["sales"], Order.id) == [1]


def failing_commit(session: Session) -> None:
    """Have the next commit of this session fail on the way to its database."""

    @sa.event.listens_for(session, "before_commit", once=True)
    def fail(_session: Session) -> None:
        raise sa.exc.OperationalError("COMMIT", None, Exception("gone"))


def test_a_partial_commit_names_the_sources_on_each_side(sessions: BlendedSession, urls: Urls) -> None:
    sessions.add_all([Customer(id=2, name="Bob"), Order(id=2, customer_id=2, number="N2")])
    failing_commit(sessions["sales"])
    with pytest.raises(PartiallyCommitted) as caught:
        sessions.commit()
    assert (caught.value.committed, caught.value.failed) == (("crm",), ("sales",))
    assert caught.value.extensions == {
        "code": "PARTIALLY_COMMITTED",
        "hint": "Look at what is there before trying again.",
        "retryable": False,
        "committed": ["crm"],
        "failed": ["sales"],
    }
    assert stored(urls["crm"], Customer.id) == [1, 2]
    assert stored(urls["sales"], Order.id) == [1]


def test_a_source_that_was_only_read_is_on_no_side(sessions: BlendedSession, urls: Urls) -> None:
    assert sessions.get(Customer, 1) is not None
    sessions.add(Order(id=2, customer_id=2, number="N2"))
    failing_commit(sessions["sales"])
    with pytest.raises(sa.exc.OperationalError):
        sessions.commit()
    assert stored(urls["sales"], Order.id) == [1]


# Routes of an app


def app_over(gateway: Gateway) -> FastAPI:
    app = gateway.app()
    Crm = Annotated[Session, Depends(gateway.session("crm"))]
    Sales = Annotated[Session, Depends(gateway.session("sales"))]
    Both = Annotated[BlendedSession, Depends(gateway.sessions)]

    @app.post("/each")
    def each(name: str, number: str, crm: Crm, sales: Sales) -> list[str]:
        crm.add(Customer(id=2, name=name))
        sales.add(Order(id=2, customer_id=2, number=number))
        crm.commit()
        sales.commit()
        return [name, number]

    @app.post("/both")
    def both(name: str, number: str, sessions: Both, crm: Crm) -> bool:
        sessions.add_all([Customer(id=2, name=name), Order(id=2, customer_id=2, number=number)])
        sessions.commit()
        return sessions["crm"] is crm

    @app.post("/forgotten")
    def forgotten(name: str, crm: Crm) -> None:
        crm.add(Customer(id=2, name=name))
        crm.flush()

    @app.post("/stumbles")
    def stumbles(name: str, crm: Crm) -> None:
        crm.add(Customer(id=2, name=name))
        crm.flush()
        raise ValueError(name)

    @app.get("/lazy")
    def lazy(crm: Crm, sales: Sales) -> list[bool]:
        return [session.in_transaction() for session in (crm, sales)]

    return app


def at_work(gateway: Gateway) -> int:
    """Connections of sessions that were not given back."""
    return sum(one._engines.sessions.pool.checkedout() for one in gateway.databases.values())  # type: ignore[attr-defined]


def test_a_session_dependency_per_database(gateway: Gateway, urls: Urls) -> None:
    response = ask(app_over(gateway), "POST", "/each?name=Bob&number=N2")
    assert (response.status_code, response.json()) == (200, ["Bob", "N2"])
    assert stored(urls["crm"], Customer.name) == ["Ann", "Bob"]
    assert stored(urls["sales"], Order.number) == ["N1", "N2"]
    assert at_work(gateway) == 0


def test_one_dependency_for_all_databases_shares_their_sessions(gateway: Gateway, urls: Urls) -> None:
    assert ask(app_over(gateway), "POST", "/both?name=Bob&number=N2").json() is True
    assert stored(urls["crm"], Customer.name) == ["Ann", "Bob"]
    assert stored(urls["sales"], Order.number) == ["N1", "N2"]


def test_a_session_connects_when_first_used(gateway: Gateway) -> None:
    assert ask(app_over(gateway), "GET", "/lazy").json() == [False, False]


def test_a_partial_commit_of_a_route_is_reported(gateway: Gateway, urls: Urls) -> None:
    response = ask(app_over(gateway), "POST", "/each?name=Bob&number=N1")
    assert response.status_code == 500
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "PARTIALLY_COMMITTED"
    assert (error["extensions"]["committed"], error["extensions"]["failed"]) == (["crm"], ["sales"])
    assert stored(urls["crm"], Customer.name) == ["Ann", "Bob"]
    assert stored(urls["sales"], Order.number) == ["N1"]
    assert at_work(gateway) == 0


def test_what_a_route_did_not_commit_is_rolled_back(gateway: Gateway, urls: Urls) -> None:
    app = app_over(gateway)
    assert ask(app, "POST", "/forgotten?name=Bob").status_code == 200
    with pytest.raises(ValueError, match="Bob"):
        ask(app, "POST", "/stumbles?name=Bob")
    assert stored(urls["crm"], Customer.name) == ["Ann"]
    assert at_work(gateway) == 0


def test_a_dependency_on_no_source_fails_when_the_app_is_made(gateway: Gateway) -> None:
    with pytest.raises(KeyError, match="no source 'crn'; there are: crm, sales"):
        gateway.session("crn")


# Closed, whatever happens

# A SLEEP that is alone in a statement ends well on MySQL when it is interrupted.
SLOW = {"mysql": "SELECT SLEEP(30) FROM customers", "postgresql": "SELECT pg_sleep(30)"}


def in_transactions(url: sa.URL) -> int | None:
    """Transactions that connections to a server's database hold open, None for SQLite."""
    counting = {
        "mysql": "SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
        " ON p.id = t.trx_mysql_thread_id WHERE p.db = :name",
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = :name"
        " AND state LIKE 'idle in transaction%'",
    }.get(url.get_backend_name())
    if counting is None:
        return None
    with connected(url) as engine, engine.connect() as connection:
        return int(connection.scalar(sa.text(counting), {"name": url.database}) or 0)


def test_sessions_are_closed_when_the_client_leaves(gateway: Gateway, urls: Urls) -> None:
    app, begun, over = gateway.app(), threading.Event(), threading.Event()
    Both = Annotated[BlendedSession, Depends(gateway.sessions)]

    @app.post("/slow")
    def slow(sessions: Both) -> None:
        sessions.add_all([Customer(id=2, name="Bob"), Order(id=2, customer_id=2, number="N2")])
        sessions.flush()
        begun.set()
        over.wait(10)

    @app.post("/slow-async")
    async def slow_async(context: Annotated[Context, Depends(gateway.opened)]) -> None:
        def work(sessions: BlendedSession) -> None:
            sessions.add_all([Customer(id=2, name="Bob"), Order(id=2, customer_id=2, number="N2")])
            sessions.flush()
            begun.set()

        await context.run(work)
        while not over.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    with served(app) as port:
        for path in ("/slow", "/slow-async"):
            begun.clear()
            over.clear()
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(f"POST {path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: 0\r\n\r\n".encode())
                assert begun.wait(10)
                assert at_work(gateway) == 2
            over.set()
            wait_until(lambda: at_work(gateway) == 0)
        assert stored(urls["crm"], Customer.id) == stored(urls["sales"], Order.id) == [1]
        for url in urls.values():
            assert in_transactions(url) in (0, None)


@pytest.mark.parametrize("urls", SERVED, indirect=True)
def test_sessions_are_closed_at_the_deadline(urls: Urls) -> None:
    slow = SLOW[urls["crm"].get_backend_name()]
    with closing(gateway_on(urls, resolver_deadline=0.5)) as gateway:
        app = gateway.app()

        @app.post("/slow")
        async def late(context: Annotated[Context, Depends(gateway.opened)]) -> None:
            def work(sessions: BlendedSession) -> None:
                sessions.add(Customer(id=2, name="Bob"))
                sessions.flush()
                sessions["crm"].execute(text(slow))

            await context.run(work)

        response = ask(app, "POST", "/slow")
        assert response.json()["errors"][0]["extensions"]["code"] == "RESOLVER_TIMEOUT"
        wait_until(lambda: at_work(gateway) == 0)
        assert in_transactions(urls["crm"]) == 0
        assert stored(urls["crm"], Customer.id) == [1]


@pytest.mark.parametrize("urls", SERVED, indirect=True)
@pytest.mark.parametrize("way", ["statement", "commit"])
def test_a_route_on_a_database_that_hangs_is_freed(urls: Urls, way: str) -> None:
    with (
        proxied(urls["crm"]) as (proxy, url),
        closing(gateway_on({**urls, "crm": url}, deadline=1.0)) as gateway,
    ):
        app = gateway.app()

        @app.post("/hangs")
        def hangs(sessions: Annotated[BlendedSession, Depends(gateway.sessions)]) -> None:
            sessions["sales"].add(Order(id=2, customer_id=2, number="N2"))
            sessions.add(Customer(id=2, name="Bob"))
            sessions.flush()
            proxy.hang()
            sessions.get(Customer, 1) if way == "statement" else sessions.commit()

        started = time.monotonic()
        if way == "statement":
            with pytest.raises(sa.exc.DBAPIError):
                ask(app, "POST", "/hangs")
        else:
            error = ask(app, "POST", "/hangs").json()["errors"][0]["extensions"]
            assert (error["committed"], error["failed"]) == (["sales"], ["crm"])
        taken = time.monotonic() - started
        print(f"a {way} on a hanging {url.get_backend_name()} ended after {taken:.2f} s, deadline 1 s")
        assert taken < 15
        proxy.heal()
        wait_until(lambda: at_work(gateway) == 0)
        assert stored(urls["sales"], Order.id) == ([1] if way == "statement" else [1, 2])


@pytest.mark.parametrize("urls", SERVED, indirect=True)
def test_a_slow_statement_of_a_route_is_cancelled_at_the_deadline(urls: Urls) -> None:
    slow = SLOW[urls["crm"].get_backend_name()]
    with closing(gateway_on(urls, deadline=0.5)) as gateway:
        app = gateway.app()

        @app.post("/slow")
        def late(crm: Annotated[Session, Depends(gateway.session("crm"))]) -> Any:
            return crm.execute(text(slow)).scalar()

        started = time.monotonic()
        with pytest.raises(sa.exc.DBAPIError):
            ask(app, "POST", "/slow")
        assert time.monotonic() - started < 15
        wait_until(lambda: at_work(gateway) == 0)
