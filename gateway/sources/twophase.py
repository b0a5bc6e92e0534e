"""How each database ends transactions: in one phase, or in two.

A branch is one database's part of a unit, named by a `BranchId`. For two phases MySQL and MariaDB want to
know the name before the first statement (XA), PostgreSQL when preparing. SQLite has none of it.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from time import time
from typing import Any, Protocol

from gateway.errors import Problem, UnitRolledBack

PREFIX = "gateway"
_LABEL = re.compile(r"[A-Za-z0-9_.@-]{1,48}")
"""What stands in a branch as it is; MySQL allows 64 bytes."""
_UNIT = re.compile(rf"{PREFIX}:([0-9a-f]{{16}}):(\d+):(\d+)")
GONE = frozenset({1397, "42704"})
"""XAER_NOTA and undefined_object: somebody else has finished the branch."""
DENIED = frozenset({1045, 1142, 1227, 1401})
"""Access denied, and XAER_RMERR, which MySQL says to those who may not see branches."""

UNSEEN = "its user may not see prepared transactions (XA RECOVER), so it takes no part in two-phase commits"
SEE = "GRANT XA_RECOVER_ADMIN ON *.* to the user, or write to it alone per operation"


@dataclass(frozen=True, slots=True, order=True)
class UnitId:
    """The name of a unit in every database: its instance (a process), when it began (ms), its number."""

    instance: str
    began: int
    number: int

    def __str__(self) -> str:
        return f"{PREFIX}:{self.instance}:{self.began}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> "UnitId | None":
        """The id that was written so, None for anything else."""
        found = _UNIT.fullmatch(text)
        return None if found is None else cls(found[1], int(found[2]), int(found[3]))

    @property
    def age(self) -> float:
        """Seconds since it began, by this machine's clock."""
        return max(0.0, time() - self.began / 1000)


@dataclass(frozen=True, slots=True, order=True)
class BranchId:
    """A unit's part in one database; `label` is as `label_of` says."""

    unit: UnitId
    label: str


def label_of(source: str, tenant: str | None = None) -> str:
    """What a database is called in branches: source and tenant, or a digest of what may not stand there."""
    name = source if tenant is None else f"{source}@{tenant}"
    return name if _LABEL.fullmatch(name) else sha256(name.encode()).hexdigest()[:32]


class Control(Protocol):
    """One way to end transactions. `connection` is a DBAPI connection; all raise the driver's errors."""

    two_phase: bool

    def begin(self, connection: Any, branch: BranchId) -> None:
        """Ahead of the first statement."""

    def undo(self, connection: Any, branch: BranchId) -> None:
        """Ahead of the driver's own rollback, of a branch that is not prepared."""

    def commit(self, connection: Any, branch: BranchId) -> None:
        """Commit in one phase. Raises UnitRolledBack when there is nothing left to commit."""

    def prepare(self, connection: Any, branch: BranchId) -> None:
        """From now on the branch survives everything. Raises as `commit` does."""

    def finish(self, connection: Any, branch: BranchId, commit: bool) -> None:
        """Commit or roll back a prepared branch; the connection must be outside of any transaction."""

    def prepared(self, connection: Any) -> list[BranchId]:
        """The prepared branches in this database that a gateway made; in autocommit."""

    def obstacle(self, connection: Any, place: str) -> Problem | None:
        """Why two-phase commit cannot be used, None when it can; leaves no transaction open."""


class OnePhase:
    """What every driver does by itself."""

    two_phase = False

    def begin(self, connection: Any, branch: BranchId) -> None:
        """The driver does it with the first statement."""

    def undo(self, connection: Any, branch: BranchId) -> None:
        """The driver's rollback will do."""

    def commit(self, connection: Any, branch: BranchId) -> None:  # noqa: ARG002
        connection.commit()

    def prepare(self, connection: Any, branch: BranchId) -> None:
        raise NotImplementedError

    def finish(self, connection: Any, branch: BranchId, commit: bool) -> None:
        raise NotImplementedError

    def prepared(self, connection: Any) -> list[BranchId]:  # noqa: ARG002
        return []

    def obstacle(self, connection: Any, place: str) -> Problem | None:  # noqa: ARG002
        return None


class Xa:
    """MySQL and MariaDB."""

    two_phase = True

    def begin(self, connection: Any, branch: BranchId) -> None:
        _order(connection, f"XA START {_xid(branch)}")

    def undo(self, connection: Any, branch: BranchId) -> None:
        with suppress(Exception):  # after a deadlock the server says so once more
            _order(connection, f"XA END {_xid(branch)}")
        _order(connection, f"XA ROLLBACK {_xid(branch)}")

    def commit(self, connection: Any, branch: BranchId) -> None:
        _order(connection, f"XA END {_xid(branch)}")
        _order(connection, f"XA COMMIT {_xid(branch)} ONE PHASE")

    def prepare(self, connection: Any, branch: BranchId) -> None:
        _order(connection, f"XA END {_xid(branch)}")
        _order(connection, f"XA PREPARE {_xid(branch)}")

    def finish(self, connection: Any, branch: BranchId, commit: bool) -> None:
        _order(connection, f"XA {'COMMIT' if commit else 'ROLLBACK'} {_xid(branch)}")

    def prepared(self, connection: Any) -> list[BranchId]:
        return list(_xa_branches(_run(connection, "XA RECOVER")))

    def obstacle(self, connection: Any, place: str) -> Problem | None:
        try:
            _run(connection, "XA RECOVER")
        except Exception as error:
            if not is_denied(error):
                raise
            return Problem(place, UNSEEN, SEE)
        return None


class PostgresqlOnePhase(OnePhase):
    """PostgreSQL without prepared transactions."""

    def commit(self, connection: Any, branch: BranchId) -> None:  # noqa: ARG002
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
            _confirm(cursor.statusmessage, "COMMIT")


class PrepareTransaction(PostgresqlOnePhase):
    """PostgreSQL."""

    two_phase = True

    def prepare(self, connection: Any, branch: BranchId) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PREPARE TRANSACTION {_gid(branch)}")
            _confirm(cursor.statusmessage, "PREPARE TRANSACTION")

    def finish(self, connection: Any, branch: BranchId, commit: bool) -> None:
        connection.rollback()  # of what could not be prepared
        connection.autocommit = True
        _run(connection, f"{'COMMIT' if commit else 'ROLLBACK'} PREPARED {_gid(branch)}")
        connection.autocommit = False

    def prepared(self, connection: Any) -> list[BranchId]:
        sql = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
        found = []
        for (gid,) in _run(connection, sql):
            unit, _, label = gid.rpartition(":")
            parsed = UnitId.parse(unit)
            if parsed is not None:
                found.append(BranchId(parsed, label))
        return found

    def obstacle(self, connection: Any, place: str) -> Problem | None:
        ((setting,),) = _run(connection, "SHOW max_prepared_transactions")
        connection.rollback()
        if int(setting):
            return None
        return Problem(
            place,
            "its server takes no part in two-phase commits (max_prepared_transactions = 0)",
            "set max_prepared_transactions to 8 per gateway process or more and restart the server",
        )


ONE_PHASE: dict[str, Control] = {
    "sqlite": OnePhase(),
    "mysql": OnePhase(),
    "postgresql": PostgresqlOnePhase(),
}
TWO_PHASE: dict[str, Control] = {"mysql": Xa(), "postgresql": PrepareTransaction()}
"""Both by the name in `Features`."""


def is_gone(error: BaseException) -> bool:
    """Whether a branch could not be finished because it is already."""
    return getattr(error, "errno", None) in GONE or getattr(error, "sqlstate", None) in GONE


def is_denied(error: BaseException) -> bool:
    """Whether a user may not see prepared transactions."""
    return getattr(error, "errno", None) in DENIED


def _confirm(answer: str | None, wanted: str) -> None:
    """PostgreSQL rolls a failed transaction back whatever it is told, and calls that success."""
    if answer != wanted:
        raise UnitRolledBack("Nothing was written, since a statement had failed.")


def _xid(branch: BranchId) -> str:
    return f"'{branch.unit}','{branch.label}'"


def _gid(branch: BranchId) -> str:
    return f"'{branch.unit}:{branch.label}'"


def _xa_branches(rows: list[Any]) -> Iterator[BranchId]:
    for _format, first, second, name in rows:
        text = name if isinstance(name, str) else bytes(name).decode("utf-8", "replace")
        unit = UnitId.parse(text[: int(first)])
        if unit is not None:
            yield BranchId(unit, text[int(first) : int(first) + int(second)])


def _order(connection: Any, sql: str) -> None:
    """A statement without rows; MySQL's driver would ask the server for each new cursor."""
    if hasattr(connection, "cmd_query"):
        connection.cmd_query(sql)
    else:
        _run(connection, sql)


def _run(connection: Any, sql: str) -> list[Any]:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()
