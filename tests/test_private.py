"""The servers of a test run's own keep what a commit protocol relies on."""

import sqlalchemy as sa

from tests.private import Server, create_database


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
