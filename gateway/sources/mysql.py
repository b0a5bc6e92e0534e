"""Reading rows of mysql-connector-python straight from its C extension.

The driver's own `fetchall` looks at every column of every row again, in Python, which takes more time than
the extension needs to make the row.
"""

from typing import Any

from mysql.connector.errors import get_mysql_exception


class DirectCursor:
    """What a reader needs of a cursor, on a connection that has the C extension."""

    __slots__ = ("_connection", "_cursor", "_extension", "_failure")

    def __init__(self, connection: Any, extension: Any) -> None:
        from _mysql_connector import MySQLInterfaceError  # type: ignore[import-not-found]
        from mysql.connector.cursor_cext import CMySQLCursor  # both are missing without the extension

        self._connection = connection
        self._extension = extension
        self._failure: type[Exception] = MySQLInterfaceError
        self._cursor = connection.cursor(cursor_class=CMySQLCursor)

    def execute(self, sql: str, parameters: Any) -> None:
        self._cursor.execute(sql, parameters)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows. Raises the driver's own errors."""
        try:
            rows = list(iter(self._extension.fetch_row, None))
            self._connection.free_result()
        except self._failure as error:
            if not hasattr(error, "errno"):
                raise
            raise get_mysql_exception(
                error.errno, msg=getattr(error, "msg", None), sqlstate=getattr(error, "sqlstate", None)
            ) from error
        return rows


def cursor_on(connection: Any) -> Any:
    """A cursor for reads that may be used again and again: a direct one where the driver allows it."""
    extension = getattr(connection, "_cmysql", None)
    if not hasattr(extension, "fetch_row") or getattr(connection, "converter", None) is not None:
        return connection.cursor()
    return DirectCursor(connection, extension)
