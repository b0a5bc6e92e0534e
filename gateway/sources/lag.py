"""How far a read replica is behind its primary, in seconds, as the replica itself tells it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection

LagOf = Callable[[Connection], float | None]
"""Seconds behind the primary; None when that cannot be told."""

# Where the primary writes nothing, the last transaction grows old though none is missing: then what was
# received decides, as long as something is being received.
_POSTGRESQL = """
SELECT CASE
  WHEN NOT pg_is_in_recovery() THEN NULL
  WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
    AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
END
"""
_MYSQL = ("Seconds_Behind_Source", "Seconds_Behind_Master")


def _postgresql_lag(connection: Connection) -> float | None:
    found = connection.exec_driver_sql(_POSTGRESQL).scalar()
    return None if found is None else float(found)


def _mysql_lag(connection: Connection) -> float | None:
    """None where nothing is replicated, and while the source's log cannot be fetched."""
    status = connection.exec_driver_sql("SHOW REPLICA STATUS").mappings().first()
    behind = next((status[name] for name in _MYSQL if name in status), None) if status else None
    return None if behind is None else float(behind)


LAGS: Mapping[str, LagOf] = MappingProxyType({"postgresql": _postgresql_lag, "mysql": _mysql_lag})
"""By the database's name in `Features`; of others only an app knows."""
