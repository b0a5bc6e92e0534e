"""The servers of a test run's own keep what a commit protocol relies on."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from tests.private import Server, Servers, create_database


@pytest.mark.parametrize("dialect", ["mariadb", "mysql"])
def test_a_prepared_branch_survives_its_server(own_servers: Servers, dialect: str) -> None:
    server = own_servers(dialect)
    url = create_database(server, "survivors")
    engine = sa.create_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, pool_reset_on_return=None
    )
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        for statement in (
            "CREATE TABLE t (n int)",
            "XA START 'x'",
            "INSERT INTO t VALUES (1)",
            "XA END 'x'",
            "XA PREPARE 'x'",
        ):
            cursor.execute(statement)
    server.kill()
    server.start()
    with engine.connect() as again:
        assert again.exec_driver_sql("XA RECOVER").all()[0][3] in ("x", b"x")
        again.exec_driver_sql("XA COMMIT 'x'")
        assert again.exec_driver_sql("SELECT n FROM t").scalars().all() == [1]


def test_a_prepared_transaction_survives_its_server(prepared_postgresql: Server) -> None:
    url = create_database(prepared_postgresql, "survivors")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in (
            "CREATE TABLE t (n int)",
            "BEGIN",
            "INSERT INTO t VALUES (1)",
            "PREPARE TRANSACTION 'x'",
        ):
            connection.exec_driver_sql(statement)
    prepared_postgresql.kill()
    prepared_postgresql.start()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT gid FROM pg_prepared_xacts").scalars().all() == ["x"]
        connection.exec_driver_sql("COMMIT PREPARED 'x'")
        assert connection.exec_driver_sql("SELECT n FROM t").scalars().all() == [1]
