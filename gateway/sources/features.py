"""Differences between the supported databases, as data: one row each, known without asking the server."""

from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from sqlalchemy import URL, Dialect

from gateway.errors import ConfigurationError, Problem

CONCATENATED = 4_194_304
"""Characters that MySQL and MariaDB join to one text, at most, unless their own limit is higher."""
KeyList = Literal["array", "json", "expand"]


@dataclass(frozen=True, slots=True)
class Features:
    """What the planner and the SQL writers need to know about a database.

    `key_list` says how many keys travel in one statement: as one array parameter, as one JSON text, or as
    a list of parameters; `max_list` bounds their number. `placeholder` stands for one positional parameter,
    None where parameters have names. `nulls_clause`: NULLS FIRST and NULLS LAST are understood.
    `native_enum_sorts_by_label`: False where an enum column sorts by the position of its label.
    `exact_text`: equal text is equal byte by byte under every ordinary collation.
    `exact_decimals`: NUMERIC columns are summed exactly.
    `decimals_as_text`: a decimal cast to text reads as it is shown, which spares making a number of it.
    `packs_rows`: many rows come cheaper as one JSON text, since the driver locks and unlocks for each.
    `writes_json`: a row's part of the answer can be written there, as JSON text.
    `keeps_collation`: functions of a text are compared as the text itself is.
    `holds_nul`: text may have the character U+0000.
    `exact_moments`: a moment equals no other one that a column without fractions would round it to.
    `fails_whole`: after a statement that failed, nothing more of its transaction can be had.
    """

    name: Literal["sqlite", "mysql", "postgresql"]
    drivername: str
    key_list: KeyList
    max_list: int
    placeholder: str | None
    nulls_clause: bool
    native_enum_sorts_by_label: bool
    exact_text: bool = False
    exact_decimals: bool = True
    decimals_as_text: bool = False
    packs_rows: bool = False
    writes_json: bool = False
    exact_moments: bool = True
    holds_nul: bool = True
    keeps_collation: bool = True
    fails_whole: bool = False


SQLITE = Features(
    name="sqlite",
    drivername="sqlite+pysqlite",
    key_list="json",
    max_list=10_000,
    placeholder="?",
    nulls_clause=True,
    native_enum_sorts_by_label=True,
    exact_decimals=False,
    packs_rows=True,
    keeps_collation=False,
)
MYSQL = Features(
    name="mysql",
    drivername="mysql+mysqlconnector",
    key_list="expand",
    max_list=2_000,
    placeholder="%s",
    nulls_clause=False,
    native_enum_sorts_by_label=False,
    exact_moments=False,
)
MARIADB = replace(MYSQL, drivername="mariadb+mysqlconnector")
"""What a URL says to be MariaDB: `with_variant(…, "mariadb")` counts there."""
POSTGRESQL = Features(
    name="postgresql",
    drivername="postgresql+psycopg",
    key_list="array",
    max_list=10_000,
    placeholder=None,
    nulls_clause=True,
    native_enum_sorts_by_label=False,
    exact_text=True,
    decimals_as_text=True,
    writes_json=True,
    holds_nul=False,
    fails_whole=True,
)

BY_DRIVERNAME = MappingProxyType(
    {
        "sqlite": SQLITE,
        "sqlite+pysqlite": SQLITE,
        "mysql": MYSQL,
        "mariadb": MARIADB,
        "mysql+mysqlconnector": MYSQL,
        "mariadb+mysqlconnector": MARIADB,
        "postgres": POSTGRESQL,
        "postgresql": POSTGRESQL,
        "postgresql+psycopg": POSTGRESQL,
    }
)
"""The part of a URL before `://`, in all accepted spellings."""


def features_of(url: URL) -> Features:
    """The features of the database behind `url`; nothing is connected.

    Raises ConfigurationError when the database or its driver is not supported.
    """
    found = BY_DRIVERNAME.get(url.drivername)
    if found is None:
        raise ConfigurationError([unsupported(url)])
    return found


@lru_cache(maxsize=16)
def _dialect(drivername: str) -> Dialect:
    return URL.create(drivername).get_dialect()()


def dialect_of(url: URL) -> Dialect:
    """A dialect that has met no server, for what is known of a database without one."""
    return _dialect(url.drivername)


def unsupported(url: URL) -> Problem:
    """What to say about a URL of a database, or with a driver, that the gateway does not know."""
    return Problem(
        place=url.render_as_string(hide_password=True),
        message=f"{url.drivername!r} is not a supported database",
        hint="use sqlite:///file, mysql+mysqlconnector://… (also for MariaDB) or postgresql+psycopg://…",
    )
