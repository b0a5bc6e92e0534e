"""The listening socket of the server."""

import socket

from gateway.serving import listen


def test_accepted_connections_send_small_answers_at_once() -> None:
    # asyncio turns Nagle's delay off only for sockets that say they are TCP; with it, answers wait 40 ms.
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
