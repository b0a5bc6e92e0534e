"""What can be committed by itself: a database, or several SQLite files on one connection."""

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from gateway.errors import Problem
from gateway.mutation.decisions import Decisions, declared_table
from gateway.sources.attached import ATTACHED, MOST, TOGETHER, attach, file_of, journal, table_names
from gateway.sources.database import Database
from gateway.sources.databases import Databases
from gateway.sources.leases import unavailable
from gateway.sources.twophase import ONE_PHASE, TWO_PHASE, Control, label_of


@dataclass(frozen=True, eq=False)
class Resource:
    """One thing to commit. `sources` are its members; the first of them, `database`, has the engine.

    `decisions` is the table in which its commit can decide a unit, None when the app declares none. `tenant`
    is whose it is, None when it is everybody's.
    """

    sources: tuple[str, ...]
    database: Database
    control: Control
    decisions: Decisions | None = None
    problem: Problem | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    tenant: str | None = None

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return " and ".join(self.sources)

    @property
    def label(self) -> str:
        """What it is called in branches."""
        return label_of(self.database.name, self.tenant)

    def connect(self, source: str) -> Connection:
        """A connection outside of any transaction. Raises SourceUnavailable when a file is not attached."""
        connection = self.database.units.connect()
        wanted = self.files.get(source)
        if wanted is not None and wanted not in connection.info[ATTACHED]:
            connection.invalidate()
            connection.close()
            raise unavailable(self.database.source)
        return connection


class Resources:
    """The resources among the databases of a graph, looked at when first written to.

    Only `shared` sources may decide units: the recovery has to find what they decided without a tenant.
    """

    def __init__(self, databases: Databases, shared: Collection[str]) -> None:
        self._databases = dict(databases)
        self._tenant = databases.tenant
        self._shared = shared
        self._lock = Lock()
        self._known: dict[str, Resource] = {}

    def of(self, source: str) -> Resource:
        """The resource of a source. May connect, so call it in a thread; raises what connecting raises."""
        found = self._known.get(source)
        if found is None:
            with self._lock:
                found = self._known.get(source) or self._found(self._databases[source])
        return found

    def are_of(self, databases: Mapping[str, Database]) -> bool:
        """Whether these are the very same databases, and not a tenant's opened anew."""
        return all(each is self._databases[name] for name, each in databases.items())

    def _found(self, database: Database) -> Resource:
        if database.features.name != "sqlite":
            self._known[database.name] = self._server(database)
        else:
            self._look_at_files(database)
        return self._known[database.name]

    def _server(self, database: Database) -> Resource:
        alone = len(self._databases) == 1
        problem = None if alone else obstacle(database)
        ways = ONE_PHASE if alone or problem is not None else TWO_PHASE
        control = ways[database.features.name]
        name, tenant = database.name, None if database.name in self._shared else self._tenant
        return Resource((name,), database, control, self._decisions(name), problem, tenant=tenant)

    def _decisions(self, name: str) -> Decisions | None:
        return decisions_in(self._databases[name]) if name in self._shared else None

    def _look_at_files(self, wanted: Database) -> None:
        """Put the SQLite files together that can be committed as one. Those that are missing stay unknown."""
        groups: list[_Files] = []
        for name, database in self._databases.items():
            if database.features.name != "sqlite" or name in self._known:
                continue
            file = file_of(database.source.url)
            try:
                together, tables = journal(file) in TOGETHER, table_names(file)
            except sqlite3.OperationalError as error:
                if database is wanted:
                    raise unavailable(database.source) from error
                continue
            for group in groups:
                if group.take(name, file, tables, together):
                    break
            else:
                groups.append(_Files({name: file}, set(tables), together))
        for group in groups:
            self._known.update(dict.fromkeys(group.files, self._attached(group)))

    def _attached(self, group: "_Files") -> Resource:
        sources = tuple(sorted(group.files, key=self._shared.__contains__))  # a tenant's own connections
        database = self._databases[sources[0]]
        others = {name: file for name, file in group.files.items() if file != group.files[sources[0]]}
        distinct = {file: name for name, file in others.items()}
        attach(database.units, {f"source_{name}": file for file, name in distinct.items()})
        decisions = map(self._decisions, sources)
        found = next((one for one in decisions if one is not None), None)
        return Resource(sources, database, ONE_PHASE["sqlite"], found, files=others)


@dataclass
class _Files:
    """Sources whose SQLite files share a connection, as long as every table's name means one table."""

    files: dict[str, Path]
    tables: set[str]
    together: bool

    def take(self, name: str, file: Path, tables: frozenset[str], together: bool) -> bool:
        """Add a source if it fits."""
        same = file in self.files.values()
        room = len(set(self.files.values())) < MOST
        if not same and not (together and self.together and room and tables.isdisjoint(self.tables)):
            return False
        self.files[name] = file
        self.tables |= tables
        return True


def obstacle(database: Database) -> Problem | None:
    """Why a database takes no part in two-phase commits, None when it does; asks it."""
    pooled = database.units.raw_connection()
    try:
        return TWO_PHASE[database.features.name].obstacle(pooled, f"source {database.name!r}")
    finally:
        pooled.close()


def decisions_in(database: Database) -> Decisions | None:
    """The table of decisions of a source, None when it declares none."""
    table = declared_table(database.source)
    return None if table is None else Decisions(database, table)
