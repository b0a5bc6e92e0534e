"""Options of a URL mean what they say; what cannot be read, or spoils answers, is refused at start-up."""

import asyncio
import warnings
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Source
from gateway.errors import ConfigurationError
from gateway.migrate import current
from gateway.sources.database import Database
from gateway.sources.statement import Statement
from tests.servers import connected, database


class Base(DeclarativeBase): ...


class Town(Base):
    __tablename__ = "towns"
    id: Mapped[int] = mapped_column(primary_key=True)


def told(url: sa.URL, sql: str) -> Any:
    """The first row of a statement, over a connection for reads."""

    async def main() -> Any:
        one = Database(Source.from_models("towns", url, models=Base))
        try:
            return (await one.run(lambda reader: reader.rows(Statement(sql), {})))[0]
        finally:
            await one.close()

    return asyncio.run(main())


CIPHER = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"


@pytest.mark.parametrize("said", ["false", "False", "0", "no", "off"])
def test_tls_is_not_turned_off_by_saying_that_it_is_not(said: str, tmp_path: Path) -> None:
    with database("mysql", "gw_options", tmp_path) as url:
        assert told(url, CIPHER)[1] != ""
        assert told(url.update_query_dict({"ssl_disabled": said}), CIPHER)[1] != ""
        assert told(url.update_query_dict({"ssl_disabled": "true"}), CIPHER)[1] == ""
        assert told(url.update_query_dict({"ssl_verify_identity": said}), CIPHER)[1] != ""


def test_lists_and_numbers_are_read(tmp_path: Path) -> None:
    with database("mysql", "gw_options", tmp_path) as url:
        chosen = {"tls_versions": "TLSv1.2", "read_timeout": "7", "compress": "no", "connect_timeout": "3"}
        assert told(url.update_query_dict(chosen), "SHOW SESSION STATUS LIKE 'Ssl_version'")[1] == "TLSv1.2"
        assert told(url.update_query_dict(chosen), "SHOW SESSION STATUS LIKE 'Compression'")[1] == "OFF"
        assert (
            told(url.update_query_dict({"compress": "on"}), "SHOW SESSION STATUS LIKE 'Compression'")[1]
            == "ON"
        )


@pytest.mark.parametrize("dialect", ["mariadb", "mysql"])
def test_an_own_first_command_is_run_and_displaces_nothing(dialect: str, tmp_path: Path) -> None:
    with database(dialect, "gw_options", tmp_path) as url:
        chosen = {"init_command": "SET @mine = 7, time_zone = '+05:00', sql_mode = ''"}
        mine, zone, mode = told(url.update_query_dict(chosen), "SELECT @mine, @@time_zone, @@sql_mode")
        assert (mine, zone) == (7, "+00:00")
        assert "STRICT_ALL_TABLES" in mode


def test_a_sqlite_file_is_opened_as_its_options_say(tmp_path: Path) -> None:
    with database("sqlite", "gw_options", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
        with warnings.catch_warnings(action="error"):
            for chosen in ({"uri": "false"}, {"timeout": "3", "cached_statements": "7"}, {"mode": "ro"}):
                assert told(url.update_query_dict(chosen), "SELECT count(*) FROM towns") == (0,)
        missing = url.set(database=str(tmp_path / "missing.sqlite3"))
        for chosen in ({}, {"uri": "false"}, {"uri": "0"}):
            with pytest.raises(Exception, match="cannot be reached"):
                told(missing.update_query_dict(chosen), "SELECT 1")
        uri = missing.set(database=f"file:{missing.database}").update_query_dict({"uri": "true"})
        with pytest.raises(Exception, match="cannot be reached"):
            told(uri, "SELECT 1")
        assert not (tmp_path / "missing.sqlite3").exists()


M, P, S = "mysql://u:secret@h/x?", "postgresql://u:secret@h/x?", "sqlite:///x?"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"{M}ssl_disabled=perhaps", "write ssl_disabled=true or false"),
        (f"{M}ssl_verify_cert=2", "write ssl_verify_cert=true or false"),
        (f"{M}connection_timeout=soon", "write connection_timeout=a whole number"),
        (f"{M}read_timeout=-1", "write read_timeout=a whole number"),
        (f"{M}read_timeout=1.5", "write read_timeout=a whole number"),
        (f"{M}ssl_disable=true", "did you mean ssl_disabled?"),
        (f"{M}SSL_CA=x", "did you mean ssl_ca?"),
        (f"{M}zzz=1", "known ones: "),
        (f"{M}compress=true&compress=false", "write compress=one value"),
        (f"{M}tls_versions=TLSv1.9", "TLSv1.9"),
        (f"{M}ssl_key=x", "ssl_key and ssl_cert"),
        (f"{M}autocommit=true", "the gateway sets it"),
        (f"{M}raw=true", "the gateway sets it"),
        (f"{M}sql_mode=ANSI", "the gateway sets it"),
        (f"{M}time_zone=%2B02:00", "the gateway sets it"),
        (f"{M}converter_class=x", "the gateway sets it"),
        (f"{M}charset=latin1", "write charset=utf8mb4"),
        (f"{M}user=root", "in front of the ?"),
        (f"{P}sslmod=require", "did you mean sslmode?"),
        (f"{P}sslmode=on", "verify-full"),
        (f"{P}connect_timeout=soon", "write connect_timeout=a whole number"),
        (f"{P}keepalives=yes", "write keepalives=a whole number"),
        (f"{P}autocommit=true", "the gateway sets it"),
        (f"{P}prepare_threshold=often", "write prepare_threshold=5, or none"),
        (f"{P}target_session_attrs=master", "primary"),
        (f"{S}timeout=soon", "write timeout=a number of seconds"),
        (f"{S}timeout=nan", "write timeout=a number of seconds"),
        (f"{S}uri=perhaps", "write uri=true or false"),
        (f"{S}cached_statements=many", "write cached_statements=a whole number"),
        (f"{S}check_same_thread=true", "the gateway sets it"),
        (f"{S}isolation_level=IMMEDIATE", "the gateway sets it"),
        (f"{S}time_out=3", "did you mean timeout?"),
        (f"{S}mode=rwc", "write mode=rw or ro"),
    ],
)
def test_what_cannot_work_is_refused_with_a_hint(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Source.from_models("towns", url, models=Base)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_all_mistakes_of_a_url_are_told_at_once_without_values() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Source.from_models("towns", f"{M}ssl_verify_cert=hush&compres=1&raw=1", models=Base)
    said = str(caught.value)
    assert all(word in said for word in ("ssl_verify_cert", "compres", "raw"))
    assert "hush" not in said


@pytest.mark.parametrize(
    "url",
    [
        f"{P}host=/var/run/postgresql&sslmode=verify-full&sslrootcert=/ca.pem&application_name=x",
        f"{P}options=-c%20statement_timeout%3D5s&keepalives_idle=30&prepare_threshold=none",
        f"{M}unix_socket=/run/mysqld.sock&ssl_ca=/ca.pem&ssl_verify_cert=true&charset=utf8mb4",
        f"{M}tls_versions=TLSv1.2&tls_versions=TLSv1.3&use_pure=false&allow_local_infile=0",
        "sqlite:///file:x?uri=true&mode=ro&immutable=1",
    ],
)
def test_what_can_work_is_taken(url: str) -> None:
    Source.from_models("towns", url, models=Base)


def test_migrations_read_options_alike(tmp_path: Path) -> None:
    class History:
        name, metadata, directory = "towns", Base.metadata, tmp_path

        def __init__(self, url: sa.URL) -> None:
            self.url = url

    with database("mysql", "gw_options", tmp_path) as url:
        with connected(url.update_query_dict({})) as engine, engine.begin() as connection:
            connection.execute(
                sa.text("CREATE TABLE alembic_version_towns (version_num VARCHAR(32) NOT NULL)")
            )
        assert (
            current(History(url.update_query_dict({"tls_versions": "TLSv1.3", "read_timeout": "5"}))) is None
        )
