"""A TCP server in front of a database, to take it away: refuse, hang or cut its connections."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa

from tests.process import free_port


class Proxy:
    """Passes bytes between its port and a target, until told otherwise."""

    def __init__(self, target: tuple[str, int], port: int = 0) -> None:
        self._target = target
        self._flows = threading.Event()
        self._flows.set()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = port or free_port()  # which stays ours while nobody listens
        self.heal()

    def refuse(self) -> None:
        """Accept no connection any more, and drop those there are: the server is down."""
        if self._listener is not None:
            _close(self._listener)
            self._listener = None
        self.cut()

    def hang(self) -> None:
        """Accept connections and pass nothing on: the network swallows everything."""
        self._flows.clear()

    def cut(self) -> None:
        """Drop every connection there is; new ones are welcome."""
        there, self._sockets = self._sockets, []
        for one in there:
            _close(one)

    def heal(self) -> None:
        """Accept and pass on again, on the same port."""
        self._flows.set()
        if self._listener is None:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen()
            self._listener = listener
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._sockets.append(near)
        self._flows.wait()
        with suppress(OSError):
            far = socket.create_connection(self._target)
            self._sockets.append(far)
            for giver, taker in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(giver, taker), daemon=True).start()
            return
        _close(near)

    def _copy(self, giver: socket.socket, taker: socket.socket) -> None:
        with suppress(OSError):
            while received := giver.recv(65536):
                self._flows.wait()
                taker.sendall(received)
        _close(giver)
        _close(taker)


@contextmanager
def proxied(url: sa.URL) -> Iterator[tuple[Proxy, sa.URL]]:
    """A proxy before the server of a URL, and the URL through it."""
    assert url.host is not None
    proxy = Proxy((url.host, url.port or {"mysql": 3306, "postgresql": 5432}[url.get_backend_name()]))
    try:
        yield proxy, url.set(host="127.0.0.1", port=proxy.port)
    finally:
        proxy.heal()  # so that no thread waits for ever
        proxy.refuse()


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
