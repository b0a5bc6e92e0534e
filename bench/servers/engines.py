"""Engines of the hand-written servers: autocommit, so that a read is one round trip."""

import os

import sqlalchemy as sa

from bench.places import url_of

THREADS = int(os.environ.get("BENCH_THREADS", "4"))


def read_engine(source: str) -> sa.Engine:
    """An engine for reads only: nothing to begin, to roll back or to ping."""
    url = url_of(source)
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({"options": "-c TimeZone=UTC"})
    return sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_reset_on_return=None,
        poolclass=sa.QueuePool,
        pool_size=THREADS,
    )
