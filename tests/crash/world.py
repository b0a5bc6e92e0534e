"""The databases that are killed, and what has to be true of them afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.ledger import ACCOUNTS, OPENING, balances, fill, transfers
from tests.private import PRIVATE, Server, create_database

Books = Mapping[str, Mapping[str, int]]
"""Source -> transfer or order -> amount."""
ORDER = "order"
"""How the names of orders begin."""


@dataclass
class World:
    """Private servers by source, the URLs of the three sources, and what clients were told."""

    servers: Mapping[str, Server]
    urls: Mapping[str, sa.URL]
    folder: Path
    acknowledged: set[str] = field(default_factory=set)

    def prepared(self) -> int:
        """How many prepared transactions the servers hold."""
        queries = {"mysql": "XA RECOVER", "postgresql": "SELECT gid FROM pg_prepared_xacts"}
        urls = [server.url for server in self.servers.values()]
        return sum(len(_rows(url, queries[url.get_backend_name()])) for url in urls)

    def torn(self) -> list[str]:
        """Whatever is there in part only."""
        books = transfers(self.urls)
        sums = balances(self.urls)
        found = [name for name in _names(books) if not _is_whole(name, books)]
        for source, book in books.items():
            entered = sum(amount for name, amount in book.items() if not name.startswith(ORDER))
            if sums[source] != ACCOUNTS * OPENING + entered:
                found.append(f"the balances of {source}")
        if sum(sums.values()) != len(self.urls) * ACCOUNTS * OPENING:
            found.append("the sum of all balances")
        return found

    def lost(self) -> set[str]:
        """What was acknowledged and is not there."""
        return self.acknowledged - _names(transfers(self.urls))

    def written(self) -> int:
        """How many units are there."""
        return len(_names(transfers(self.urls)))


@contextmanager
def world(folder: Path, north: str) -> Iterator[World]:
    """A server of the dialect `north`, PostgreSQL and a SQLite file of its own."""
    with PRIVATE[north]() as first, PRIVATE["postgresql"]() as second:
        urls = {
            "north": create_database(first, "north"),
            "south": create_database(second, "south"),
            "west": sa.URL.create("sqlite", database=str(folder / "west.sqlite3")),
        }
        fill(urls)
        yield World({"north": first, "south": second}, urls, folder)


def _names(books: Books) -> set[str]:
    return {name.partition("/")[0] for book in books.values() for name in book}


def _is_whole(name: str, books: Books) -> bool:
    """Whether a transfer has two sides, and an order its items and the row in the third source."""
    if not name.startswith(ORDER):
        amounts = [book[name] for book in books.values() if name in book]
        return len(amounts) == 2 and sum(amounts) == 0
    first, second, third = books.values()
    items = sum(item.partition("/")[0] == name for item in second)
    return name in third and first.get(name) == items


def _rows(url: sa.URL, statement: str) -> list[object]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(statement).all())
