"""Reading long texts from PostgreSQL as the bytes they are sent as, a portion at a time."""

from collections.abc import Callable
from typing import Any

FIRST = 500
"""Rows in the first portion."""

Take = Callable[[list[tuple[Any, ...]]], int]
"""Is given the rows of one portion, and says how many the next one may have; 0 for no more."""


def take_texts(cursor: Any, sql: str, parameters: Any, take: Take) -> int:
    """Give the rows of a statement with one column of text, in UTF-8, to `take`; how many there were.

    Takes a cursor of its own and closes it: a cursor that is kept holds its result until it has another.
    """
    from psycopg.types.string import ByteaBinaryLoader

    connection = cursor.connection
    with connection.cursor() as own:
        is_utf8 = connection.info.encoding == "utf-8"
        if is_utf8:
            own.adapters.register_loader("text", ByteaBinaryLoader)
        own.execute(sql, parameters, binary=True)
        count, size = 0, FIRST
        while size and (rows := own.fetchmany(size)):
            count += len(rows)
            size = take(rows if is_utf8 else [(text and text.encode(),) for (text,) in rows])
    return count
