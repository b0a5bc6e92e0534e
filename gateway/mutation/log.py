"""The coordinator's log: where it says that a unit is committed, before any database carries it out.

A file log serves the instances of one host, a table those of several. An instance is one process; as long as
it lives it holds a lock, so that nobody else touches what it is doing.
"""

import fcntl
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import IO, Any, Protocol

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.errors import UnitRolledBack
from gateway.mutation.decisions import Decision, Decisions
from gateway.sources.twophase import PREFIX, UnitId

LARGE = 1_000_000
"""Bytes after which a log whose units are all finished is begun anew."""


class Standing(Enum):
    """What a log knows about an instance. A stranger has another log, on another host perhaps."""

    LIVE = "live"
    DEAD = "dead"
    STRANGER = "stranger"


class Log(Protocol):
    """All methods block. They raise OSError or SQLAlchemyError when the log cannot be reached."""

    instance: str

    def open(self) -> None:
        """Take part in the log under the name `instance` and show that it lives; again, see to it."""

    def commit(self, unit: UnitId) -> None:
        """Decide that a unit is committed; it is durable when this returns. Raises UnitRolledBack."""

    def settle(self, unit: UnitId) -> bool:
        """Whether a unit of a dead instance or of this one is committed; if not, it cannot be any more."""

    def is_committed(self, unit: UnitId) -> bool:
        """What `settle` would answer, without deciding anything."""

    def standing(self, instance: str) -> Standing: ...

    def forget(self, units: Iterable[UnitId]) -> None:
        """These units are finished in every database."""

    def bury(self, instances: Iterable[str]) -> None:
        """Of these dead instances nothing is left in any database."""

    def dead(self) -> list[str]:
        """The instances that took part and live no more."""

    def close(self) -> None:
        """Leave; the lock is released. What is not finished stays in the log."""


def new_instance() -> str:
    """A name for this process, that no other one has."""
    return secrets.token_hex(8)


class FileLog:
    """A folder with one file per instance, a line per committed unit; the lock is on the file."""

    def __init__(self, folder: Path) -> None:
        self.instance = new_instance()
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._unfinished: set[UnitId] = set()
        self._lock = Lock()

    def open(self) -> None:
        with self._lock:
            if self._file is not None:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._path(self.instance)
            while self._file is None:
                file = path.open("ab", buffering=0)
                fcntl.flock(file, fcntl.LOCK_EX)
                if _is_at(file, path):  # nobody has buried it before it was locked
                    self._file = file
            _sync_folder(self._folder)

    def commit(self, unit: UnitId) -> None:
        self.open()
        with self._lock:
            assert self._file is not None
            size = os.fstat(self._file.fileno()).st_size
            if not self._unfinished and size > LARGE:
                os.ftruncate(self._file.fileno(), size := 0)
            try:
                os.write(self._file.fileno(), f"{unit}\n".encode())
                os.fsync(self._file.fileno())
            except OSError as error:  # a full disk, say
                os.ftruncate(self._file.fileno(), size)
                os.fsync(self._file.fileno())
                raise UnitRolledBack("Nothing was written: the log of decisions has no room.") from error
            self._unfinished.add(unit)

    def settle(self, unit: UnitId) -> bool:
        """Nobody appends to the file of a dead instance, and this one knows what it has decided."""
        return self.is_committed(unit)

    def is_committed(self, unit: UnitId) -> bool:
        with suppress(FileNotFoundError):
            lines = self._path(unit.instance).read_text("ascii").split("\n")
            return str(unit) in lines[:-1]  # the last one was not written to its end
        return False

    def standing(self, instance: str) -> Standing:
        if instance == self.instance:
            return Standing.LIVE
        try:
            with self._path(instance).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return Standing.STRANGER
        except BlockingIOError:
            return Standing.LIVE
        return Standing.DEAD

    def forget(self, units: Iterable[UnitId]) -> None:
        with self._lock:
            self._unfinished.difference_update(units)

    def bury(self, instances: Iterable[str]) -> None:
        for instance in instances:
            with suppress(FileNotFoundError, BlockingIOError), self._path(instance).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._path(instance).unlink(missing_ok=True)

    def dead(self) -> list[str]:
        names = [path.stem for path in self._folder.glob("*.log")]
        return [name for name in names if self.standing(name) is Standing.DEAD]

    def close(self) -> None:
        with self._lock:
            file, self._file = self._file, None
            if file is None:
                return
            if not self._unfinished:
                self._path(self.instance).unlink(missing_ok=True)
            file.close()

    def _path(self, instance: str) -> Path:
        return self._folder / f"{instance}.log"


class TableLog:
    """The table of decisions of one source; the lock is one of its server's, held by a connection.

    An instance that loses the connection may be taken for dead. Its units can then be settled by another one
    while it works on them, which their rows in the table decide: whoever writes first.
    """

    def __init__(self, decisions: Decisions) -> None:
        self.instance = new_instance()
        self._decisions = decisions
        self._locks: ServerLocks = LOCKS[decisions.database.features.name]
        self._holder: Any = None
        self._lock = Lock()

    @property
    def decisions(self) -> Decisions:
        return self._decisions

    def open(self) -> None:
        with self._lock:
            if self._holder is not None:
                if self._locks.is_held_by(self._holder, self.instance):
                    return
                self._holder.invalidate()
                self._holder = None
            with suppress(IntegrityError):
                self._decisions.record(_member(self.instance), Decision.MEMBER)
            holder = self._decisions.database.units.raw_connection()
            self._locks.take(holder, self.instance)
            holder.detach()
            self._holder = holder

    def commit(self, unit: UnitId) -> None:
        try:
            self._decisions.record(str(unit))
        except IntegrityError as error:
            raise UnitRolledBack("Nothing was written: the operation was taken for lost.") from error

    def settle(self, unit: UnitId) -> bool:
        return self._decisions.settle(unit)

    def is_committed(self, unit: UnitId) -> bool:
        return self._decisions.read(str(unit)) is Decision.COMMIT

    def standing(self, instance: str) -> Standing:
        if instance == self.instance:
            return Standing.LIVE
        if self._decisions.read(_member(instance)) is None:
            return Standing.STRANGER
        with self._decisions.database.units.connect() as connection:
            live = self._locks.is_held(connection.connection, instance)
        return Standing.LIVE if live else Standing.DEAD

    def forget(self, units: Iterable[UnitId]) -> None:
        self._decisions.forget(map(str, units))

    def bury(self, instances: Iterable[str]) -> None:
        self._decisions.forget(map(_member, instances))

    def dead(self) -> list[str]:
        names = [member.removeprefix(f"{PREFIX}:") for member in self._decisions.members()]
        return [name for name in names if self.standing(name) is Standing.DEAD]

    def close(self) -> None:
        with self._lock:
            holder, self._holder = self._holder, None
        if holder is not None:
            with suppress(SQLAlchemyError, *self._decisions.database.failures):
                holder.close()


def _member(instance: str) -> str:
    return f"{PREFIX}:{instance}"


class ServerLocks(Protocol):
    """Locks that a server keeps as long as a connection lives. `connection` is a pooled DBAPI connection."""

    def take(self, connection: Any, instance: str) -> None: ...

    def is_held(self, connection: Any, instance: str) -> bool:
        """By anybody."""

    def is_held_by(self, connection: Any, instance: str) -> bool:
        """By this connection, which may be dead."""


class MysqlLocks:
    """GET_LOCK."""

    def take(self, connection: Any, instance: str) -> None:
        _value(connection, f"SELECT GET_LOCK('{_member(instance)}', 0)")

    def is_held(self, connection: Any, instance: str) -> bool:
        return _value(connection, f"SELECT IS_USED_LOCK('{_member(instance)}')") is not None

    def is_held_by(self, connection: Any, instance: str) -> bool:
        try:
            own = f"SELECT IS_USED_LOCK('{_member(instance)}') = CONNECTION_ID()"
            return bool(_value(connection, own))
        except Exception:
            return False


class PostgresqlLocks:
    """Advisory locks of a session."""

    def take(self, connection: Any, instance: str) -> None:
        _value(connection, f"SELECT pg_try_advisory_lock({_key(instance)})")
        connection.commit()

    def is_held(self, connection: Any, instance: str) -> bool:
        return not _value(connection, f"SELECT pg_try_advisory_xact_lock({_key(instance)})")

    def is_held_by(self, connection: Any, instance: str) -> bool:  # noqa: ARG002
        """Its locks are the session's, so they are there as long as it answers."""
        try:
            _value(connection, "SELECT 1")
            connection.commit()
        except Exception:
            return False
        return True


LOCKS: dict[str, ServerLocks] = {"mysql": MysqlLocks(), "postgresql": PostgresqlLocks()}


def _key(instance: str) -> int:
    return int.from_bytes(bytes.fromhex(instance), "big", signed=True)


def _value(connection: Any, sql: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        return cursor.fetchone()[0]
    finally:
        cursor.close()


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make the new file's name durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
