"""Reading with mysql-connector-python straight through its C extension.

The driver's own cursor replaces parameters one by one, asks for a description of every column and looks at
every value again, all in Python, which takes several times as long as the extension itself.
"""

from typing import Any


class DirectCursor:
    """What a reader needs of a cursor, on a connection that has the C extension.

    The extension writes parameters as literals, as it does for the driver's cursors.
    """

    __slots__ = ("_charset", "_extension", "_failure", "_unread")

    def __init__(self, connection: Any, extension: Any) -> None:
        from _mysql_connector import MySQLInterfaceError  # type: ignore[import-not-found]

        self._charset: str = connection.python_charset
        self._extension = extension
        self._failure: type[Exception] = MySQLInterfaceError
        self._unread = False

    def execute(self, sql: str, parameters: tuple[Any, ...]) -> None:
        """Send a statement with `%s` for each parameter. Raises the driver's own errors."""
        extension = self._extension
        text = sql.encode(self._charset)
        try:
            if parameters:
                text = _filled(text, extension.convert_to_mysql(*parameters))
            if self._unread:
                extension.consume_result()
            self._unread = True
            extension.query(text, raw=False, buffered=False, raw_as_string=False)
        except self._failure as error:
            if not hasattr(error, "errno"):
                raise
            raise _known(error) from error

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows. Raises the driver's own errors."""
        try:
            rows = list(iter(self._extension.fetch_row, None))
            self._extension.free_result()
        except self._failure as error:
            if not hasattr(error, "errno"):
                raise
            raise _known(error) from error
        self._unread = False
        return rows


def _known(error: Any) -> Exception:
    """The driver's error for one of the extension's."""
    from mysql.connector.errors import get_mysql_exception

    known: Exception = get_mysql_exception(
        error.errno, msg=getattr(error, "msg", None), sqlstate=getattr(error, "sqlstate", None)
    )
    return known


def _filled(text: bytes, values: list[bytes]) -> bytes:
    """The statement with its values in the places of `%s`. Raises ValueError when their numbers differ."""
    parts = text.split(b"%s")
    filled = [b""] * (2 * len(parts) - 1)
    filled[::2] = parts
    filled[1::2] = values
    return b"".join(filled)


def cursor_on(connection: Any) -> Any:
    """A cursor for reads that may be used again and again: a direct one where the driver allows it."""
    extension = getattr(connection, "_cmysql", None)
    if not hasattr(extension, "fetch_row") or getattr(connection, "converter", None) is not None:
        return connection.cursor()
    return DirectCursor(connection, extension)
