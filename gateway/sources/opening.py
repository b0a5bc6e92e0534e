"""What every new connection is told first, so that no default of a server or a user decides an answer.

What is left as the server has it: where tables are looked for (`search_path`), the isolation of sessions,
time limits, and whether a user may write at all.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Engine, event

from gateway.sources.features import CONCATENATED, Features
from gateway.sources.words import learn

learn()

SQL_MODE = ",".join(
    (
        "STRICT_TRANS_TABLES",
        "STRICT_ALL_TABLES",
        "ERROR_FOR_DIVISION_BY_ZERO",
        "NO_AUTO_VALUE_ON_ZERO",  # a row that is given the key 0 has it, as on the other databases
        "NO_ENGINE_SUBSTITUTION",
    )
)
"""In place of the server's, whose modes change what quotes, backslashes, `||` and NOT mean, pad CHAR, take
empty text for NULL, or refuse to group."""
MYSQL_SESSION = (
    f"SET SESSION time_zone = '+00:00', sql_mode = '{SQL_MODE}'"
    ", character_set_client = utf8mb4, character_set_results = utf8mb4, character_set_connection = utf8mb4"
    ", collation_connection = utf8mb4_bin"
    f", group_concat_max_len = CAST(GREATEST(@@group_concat_max_len, {CONCATENATED}) AS UNSIGNED)"
    ", max_sort_length = CAST(GREATEST(@@max_sort_length, 1024) AS UNSIGNED)"
    ", sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0"
    ", sql_auto_is_null = 0, foreign_key_checks = 1, unique_checks = 1, completion_type = 0"
    ", sql_quote_show_create = 1, lc_messages = 'en_US'"  # SQLAlchemy and the gateway read both
    " /*M!100304 , optimizer_switch = 'subquery_cache=off', check_constraint_checks = 1"
    ", system_versioning_asof = DEFAULT */"
)
"""MariaDB's cache of subqueries takes a text for another one that its collation calls equal."""
POSTGRESQL_START = (
    "-c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres -c standard_conforming_strings=on"
)
"""Told while connecting: what poolers such as PgBouncer know and keep apart for their clients."""
POSTGRESQL_SESSION = (
    "SET extra_float_digits = 1; SET bytea_output = hex;"
    " SET transform_null_equals = off; SET array_nulls = on"
)
"""Told after that, since poolers refuse to connect with it."""


def open_with(engine: Engine, features: Features) -> None:
    """Have all connections of an engine opened by `opened`."""

    def connect(dialect: Dialect, _record: Any, arguments: Any, options: Any) -> Any:
        return opened(dialect, features, arguments, options)

    event.listen(engine, "do_connect", connect)


def opened(dialect: Dialect, features: Features, arguments: Any, options: Any) -> Any:
    """A driver's connection that was told how to behave. Raises the driver's errors."""
    connection = dialect.connect(*arguments, **options)
    try:
        _TELL[features.name](connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _tell_sqlite(connection: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def _tell_mysql(connection: Any) -> None:
    connection.cmd_query(MYSQL_SESSION)


def _tell_postgresql(connection: Any) -> None:
    before, connection.autocommit = connection.autocommit, True
    connection.execute(POSTGRESQL_SESSION)
    connection.autocommit = before


_TELL: dict[str, Callable[[Any], None]] = {
    "sqlite": _tell_sqlite,
    "mysql": _tell_mysql,
    "postgresql": _tell_postgresql,
}
"""By the database's name in `Features`."""
