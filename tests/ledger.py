"""Three small sources to write to, each an account book whose balances and entries have to agree."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Settings, Source, TenantHeader
from gateway.mutation.decisions import decisions_table
from tests.servers import connected

ACCOUNTS = 8
OPENING = 1_000


class NorthBase(DeclarativeBase): ...


class SouthBase(DeclarativeBase): ...


class WestBase(DeclarativeBase): ...


class NorthAccount(NorthBase):
    __tablename__ = "north_accounts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    balance: Mapped[int]


class NorthEntry(NorthBase):
    __tablename__ = "north_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    transfer: Mapped[str] = mapped_column(sa.String(40), unique=True)
    amount: Mapped[int]


class SouthAccount(SouthBase):
    __tablename__ = "south_accounts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    balance: Mapped[int]


class SouthEntry(SouthBase):
    __tablename__ = "south_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    transfer: Mapped[str] = mapped_column(sa.String(40), unique=True)
    amount: Mapped[int]


class WestAccount(WestBase):
    __tablename__ = "west_accounts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    balance: Mapped[int]


class WestEntry(WestBase):
    __tablename__ = "west_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    transfer: Mapped[str] = mapped_column(sa.String(40), unique=True)
    amount: Mapped[int]


BASES: Mapping[str, type[DeclarativeBase]] = {"north": NorthBase, "south": SouthBase, "west": WestBase}
for _name, _base in BASES.items():
    decisions_table(_base.metadata, _name)

ACCOUNT: Mapping[str, type[Any]] = {"north": NorthAccount, "south": SouthAccount, "west": WestAccount}
ENTRY: Mapping[str, type[Any]] = {"north": NorthEntry, "south": SouthEntry, "west": WestEntry}

Urls = Mapping[str, sa.URL]


def fill(urls: Urls) -> None:
    """Make the tables and open the accounts of every source."""
    for name, url in urls.items():
        with connected(url) as engine:
            BASES[name].metadata.create_all(engine)
            rows = [{"id": number, "balance": OPENING} for number in range(1, ACCOUNTS + 1)]
            with engine.begin() as connection:
                connection.execute(sa.insert(ACCOUNT[name]), rows)


def ledger(
    urls: Urls, mutation: type[Any] | None = None, tenants: Urls | None = None, **settings: Any
) -> Gateway:
    """A gateway over these sources that may write to all of them; north is the tenants' if there are any."""
    options: dict[str, Any] = {"mutations": True, "deadline": 5}
    sources = [Source.from_models(name, urls[name], models=BASES[name], **options) for name in urls]
    if tenants:
        sources.insert(0, Source.from_models("north", tenants=tenants, models=NorthBase, **options))
    way = TenantHeader() if tenants else None
    return Gateway(sources, mutation=mutation, tenant=way, settings=Settings(**settings))


def balances(urls: Urls) -> dict[str, int]:
    """Source -> sum of its accounts, read by nobody's session."""
    return {name: _scalar(url, sa.select(sa.func.sum(ACCOUNT[name].balance))) for name, url in urls.items()}


def transfers(urls: Urls) -> dict[str, dict[str, int]]:
    """Source -> transfer -> amount entered."""
    found = {}
    for name, url in urls.items():
        entry = ENTRY[name]
        with connected(url) as engine, engine.connect() as connection:
            rows = connection.execute(sa.select(entry.transfer, entry.amount)).all()
            found[name] = dict(map(tuple, rows))
    return found


def _scalar(url: sa.URL, statement: Any) -> int:
    with connected(url) as engine, engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())
