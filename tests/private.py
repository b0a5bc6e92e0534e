"""Database servers of a test run's own, to configure, to kill and to start again.

As root they run as another user, since neither PostgreSQL nor MariaDB wants to be root; MySQL does when told.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa

from tests.process import free_port

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass
class Server:
    """A database server in `folder`; `url` is of a user who may do everything."""

    folder: Path
    command: Sequence[str]
    user: str | None
    url: sa.URL
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = self._launched()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                pytest.fail((self.folder / "log").read_text("utf-8", "replace")[-4000:])
            if self._process.poll() is not None:  # what was killed is not all gone yet
                self._process = self._launched()
            time.sleep(0.05)

    def _launched(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(self.command, stdout=log, stderr=log, **_identity(self.user))

    def start_again(self) -> None:
        """Start it unless it runs."""
        if self._process is None:
            self.start()

    def kill(self) -> None:
        """SIGKILL, for a server that does not get to clean up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it; connections are dropped."""
        self._end(signal.SIGINT if "postgresql" in self.url.drivername else signal.SIGTERM)

    def leave(self) -> None:
        """Stop it for good. MariaDB tidies up for half a minute when it is told to, which nobody needs."""
        self.stop() if "postgresql" in self.url.drivername else self.kill()

    def _end(self, order: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(order)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with suppress(sa.exc.DBAPIError), engine.connect():
            return True
        return False


@contextmanager
def private_postgresql(prepared: int = 64) -> Iterator[Server]:
    """A running PostgreSQL with `max_prepared_transactions`."""
    initdb, postgres = _program("initdb"), _program("postgres")
    user = _user("postgres")
    port = free_port()
    with _folder(user) as folder:
        place = folder / "files"
        _run([initdb, "-D", str(place), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_prepared_transactions": prepared,
            "fsync": "off",  # what a process wrote outlives the process, if not the machine
            "shared_buffers": "16MB",
        }
        command = [postgres, "-D", str(place), *(f"--{name}={value}" for name, value in options.items())]
        url = sa.URL.create(
            "postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres"
        )
        yield from _running(Server(folder, command, user, url))


@contextmanager
def private_mariadb(*options: str) -> Iterator[Server]:
    """A running MariaDB with further `options`, whose user `root` has no password."""
    install, server = _program("mariadb-install-db"), _program("mariadbd")
    user = _user("mysql")
    port = free_port()
    with _folder(user) as folder:
        place = f"--datadir={folder / 'files'}"
        _run([install, "--no-defaults", place, "--auth-root-authentication-method=normal"], user)
        command = [server, "--no-defaults", place, *_mysql_options(folder, port)]
        yield from _running(
            Server(folder, [*command, "--skip-name-resolve", *options], user, _root_url(port))
        )


@contextmanager
def private_mysql(*options: str) -> Iterator[Server]:
    """A running MySQL with further `options`, whose user `root` has no password."""
    port = free_port()
    with _folder(None) as folder:
        me = pwd.getpwuid(os.geteuid()).pw_name
        command = [_mysqld(), "--no-defaults", f"--user={me}", f"--datadir={folder / 'files'}"]
        command += ["--secure-file-priv=NULL", "--mysqlx=OFF", "--sync-binlog=0"]
        _run([*command, "--initialize-insecure"], None)
        command += [*_mysql_options(folder, port), *options]
        yield from _running(Server(folder, command, None, _root_url(port)))


def _mysql_options(folder: Path, port: int) -> list[str]:
    return [
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={folder / 'socket'}",
        f"--pid-file={folder / 'pid'}",
        "--innodb-buffer-pool-size=32M",
        "--innodb-flush-log-at-trx-commit=2",  # as for PostgreSQL
    ]


def _root_url(port: int) -> sa.URL:
    return sa.URL.create("mysql+mysqlconnector", "root", host="127.0.0.1", port=port)


PRIVATE: Mapping[str, Callable[[], AbstractContextManager[Server]]] = {
    "mariadb": private_mariadb,
    "mysql": private_mysql,
    "postgresql": private_postgresql,
}
Servers = Callable[[str], Server]


@pytest.fixture(scope="session")
def own_servers() -> Iterator[Servers]:
    """Servers of this run's own by dialect, made when first asked for; they take part in two-phase commits.

    What MariaDB and MySQL list as prepared, for all databases alike, is ours.
    """
    with ExitStack() as stack:
        yield cache(lambda dialect: stack.enter_context(PRIVATE[dialect]()))


@pytest.fixture(scope="session")
def prepared_postgresql(own_servers: Servers) -> Server:
    """A PostgreSQL of this run's own."""
    return own_servers("postgresql")


@pytest.fixture(scope="session")
def own_mariadb(own_servers: Servers) -> Server:
    """A MariaDB of this run's own."""
    return own_servers("mariadb")


@pytest.fixture(scope="session")
def own_mysql(own_servers: Servers) -> Server:
    """A MySQL of this run's own."""
    return own_servers("mysql")


def forget_prepared(server: Server) -> None:
    """Roll back what a MariaDB or MySQL holds prepared, so that a test that failed spoils no other."""
    if "postgresql" in server.url.drivername:  # there each database holds its own
        return
    engine = sa.create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for _, length, _, data in connection.exec_driver_sql("XA RECOVER").all():
            text = data if isinstance(data, str) else bytes(data).decode()
            with suppress(sa.exc.DBAPIError):  # whose connection is not all gone yet
                connection.exec_driver_sql(f"XA ROLLBACK '{text[:length]}','{text[length:]}'")


def create_database(server: Server, name: str) -> sa.URL:
    """The URL of a new database."""
    engine = sa.create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return server.url.set(database=name)


def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.leave()


def _program(name: str) -> str:
    """Its path; Debian keeps PostgreSQL's away from PATH."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)),
        shutil.which(name, path="/usr/sbin:/usr/local/sbin"),
    )
    return found or _missing(f"there is no {name} on this machine")


@cache
def _mysqld() -> str:
    """The path of MySQL's own server, which Debian does not have: there that name leads to MariaDB."""
    script = Path(__file__).parents[1] / ".ci" / "mysql"
    found = subprocess.run([script, "--program"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or _missing(found.stderr.strip())


def _missing(message: str) -> NoReturn:
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def _user(name: str) -> str | None:
    """The user to run a server as; None: the one who runs this."""
    return name if os.geteuid() == 0 else None


def _identity(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": user, "extra_groups": []} if user else {}


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gw_private_"))
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_identity(user))
    if done.returncode:
        pytest.fail(f"{command[0]}: {done.stdout}{done.stderr}")
