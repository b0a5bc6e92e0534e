"""The load generator, a process of its own: keep-alive connections, one request at a time on each.

Reads one JSON object from stdin (`Load`) and writes one to stdout (`Measured`). Only sockets and epoll, so
that it takes little of the processors it shares with the servers.
"""

import json
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass, field

PLACE = b"0000000000"
"""Replaced in each request by a number of ten digits never used before, when `Load.unique` is given."""


@dataclass
class Load:
    """`requests` are whole HTTP requests, sent in turn for `seconds`; `unique` is PLACE's first number."""

    port: int
    concurrency: int
    seconds: float
    requests: list[str]
    unique: int | None = None


@dataclass
class Measured:
    """Latencies are in ms, `bytes` those of the last response's body."""

    requests: int
    elapsed: float
    p50: float
    p99: float
    bytes: int


@dataclass
class _Connection:
    socket: socket.socket
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    needed: int = 0


class Generator:
    """Drives all connections from one loop. Raises RuntimeError when a response is not 200."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._requests = [request.encode() for request in load.requests]
        self._sent = 0
        self._latencies: list[float] = []
        self._bytes = 0
        self._poll = select.epoll()
        self._connections: dict[int, _Connection] = {}

    def run(self) -> Measured:
        for _ in range(self._load.concurrency):
            connected = socket.create_connection(("127.0.0.1", self._load.port))
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections[connected.fileno()] = _Connection(connected)
            self._poll.register(connected.fileno(), select.EPOLLIN)
        started = time.perf_counter()
        until = started + self._load.seconds
        for connection in self._connections.values():
            self._send(connection)
        busy = len(self._connections)
        while busy:
            for number, _ in self._poll.poll():
                connection = self._connections[number]
                if not self._receive(connection):
                    continue
                if time.perf_counter() < until:
                    self._send(connection)
                else:
                    busy -= 1
        return self._measured(time.perf_counter() - started)

    def _send(self, connection: _Connection) -> None:
        request = self._requests[self._sent % len(self._requests)]
        if self._load.unique is not None:
            request = request.replace(PLACE, b"%010d" % (self._load.unique + self._sent))
        self._sent += 1
        connection.received.clear()
        connection.needed = 0
        connection.sent = time.perf_counter()
        connection.socket.sendall(request)

    def _receive(self, connection: _Connection) -> bool:
        """Take what has arrived; whether the response is complete."""
        part = connection.socket.recv(1 << 18)
        if not part:
            raise RuntimeError(f"the server closed a connection after {bytes(connection.received)[:500]!r}")
        received = connection.received
        received += part
        if not connection.needed:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                return False
            connection.needed = end + 4 + _length(bytes(received[:end]))
        if len(received) < connection.needed:
            return False
        self._latencies.append(time.perf_counter() - connection.sent)
        if not received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"a request failed: {bytes(received)[:1000]!r}")
        self._bytes = len(received) - received.find(b"\r\n\r\n") - 4
        return True

    def _measured(self, elapsed: float) -> Measured:
        latencies = sorted(self._latencies)
        last = len(latencies) - 1
        p50, p99 = (1000 * latencies[round(share * last)] for share in (0.5, 0.99))
        return Measured(len(latencies), elapsed, p50, p99, self._bytes)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise RuntimeError(f"a response has no Content-Length: {head!r}")


if __name__ == "__main__":
    print(json.dumps(asdict(Generator(Load(**json.load(sys.stdin))).run())))
