"""SQLite files on one connection: several sources that SQLite commits as one."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, event

ATTACHED = "attached"
"""Where `Connection.info` has the files that are attached."""
TOGETHER = frozenset({"delete", "truncate", "persist"})
"""The journals with which SQLite commits several files as one."""
MOST = 11
"""Files of one connection, the main one included."""
_UNHEEDED = frozenset({"alembic_version"})


def file_of(url: URL) -> Path:
    """The file of a SQLite URL."""
    return Path(url.database or "").absolute()


def journal(file: Path) -> str:
    """The file's way to roll back, such as "delete" or "wal". Raises OperationalError without a file."""
    with _opened(file) as connection:
        (found,) = connection.execute("PRAGMA journal_mode").fetchone()
    return str(found)


def table_names(file: Path) -> frozenset[str]:
    """The names of its tables and views, in lower case as SQLite compares them. Raises as `journal` does."""
    with _opened(file) as connection:
        rows = connection.execute("SELECT lower(name) FROM sqlite_master WHERE type IN ('table', 'view')")
        found = frozenset(name for (name,) in rows)
    return frozenset(name for name in found if not name.startswith("sqlite_")) - _UNHEEDED


def attach(engine: Engine, files: Mapping[str, Path]) -> None:
    """Attach files to every new connection of the engine, under these names.

    One that is missing is left out, and so is one that would not be committed together with the others.
    """

    def connected(connection: Any, record: Any) -> None:
        record.info[ATTACHED] = {file for name, file in files.items() if _attached(connection, name, file)}

    event.listen(engine, "connect", connected)


def _attached(connection: Any, name: str, file: Path) -> bool:
    quoted = name.replace('"', '""')
    if name in {row[1] for row in connection.execute("PRAGMA database_list")}:
        return True
    try:
        connection.execute(f'ATTACH ? AS "{quoted}"', (f"file:{quote(str(file))}?mode=rw",))
        (journal,) = connection.execute(f'PRAGMA "{quoted}".journal_mode').fetchone()
    except sqlite3.OperationalError:
        return False
    if journal in TOGETHER:
        return True
    connection.execute(f'DETACH "{quoted}"')
    return False


def _opened(file: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True))
