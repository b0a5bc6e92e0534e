"""Words that databases reserve and SQLAlchemy does not know of: as names they are quoted like those it knows.

A connection to MariaDB may not be there yet when a statement is compiled, so that MySQL's words and MariaDB's
are quoted on both. They are added to SQLAlchemy's own sets, since migrations compile with their own dialects.
"""

from sqlalchemy.dialects.mysql.reserved_words import RESERVED_WORDS_MARIADB, RESERVED_WORDS_MYSQL
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

MYSQL = frozenset(
    {
        "delete_domain_id",
        "external",
        "library",
        "manual",
        "master_demote_to_replica",
        "master_demote_to_slave",
        "parallel",
        "portion",
        "qualify",
        "sql_buffer_result",
        "sql_cache",
        "sql_no_cache",
        "tablesample",
        "value",
    }
)
"""Of MySQL 9.7 and MariaDB 10.11."""
POSTGRESQL = frozenset(
    {
        "collation",
        "concurrently",
        "lateral",
        "system_user",
        "tablesample",
    }
)
SQLITE = frozenset(
    {
        "nothing",
        "returning",
    }
)


def learn() -> None:
    """Have SQLAlchemy quote them from now on."""
    both = MYSQL | RESERVED_WORDS_MYSQL | RESERVED_WORDS_MARIADB
    RESERVED_WORDS_MYSQL.update(both)
    RESERVED_WORDS_MARIADB.update(both)
    PGIdentifierPreparer.reserved_words.update(POSTGRESQL)
    SQLiteIdentifierPreparer.reserved_words.update(SQLITE)
