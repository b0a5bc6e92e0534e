"""Lines of operations that wait to be written together."""

import asyncio
import json
from io import BytesIO

from gateway.http.log_lines import MOST, Lines, Noted, noted
from gateway.observe import Finished


def operation(status: int) -> Noted:
    return noted(Finished(None, status, 0.0, 1.0, {}), {})


def rendered(noted: Noted) -> bytes:
    return json.dumps({"status": noted.done.status, "at": noted.at}).encode()


def statuses(stream: BytesIO) -> list[int]:
    return [json.loads(line)["status"] for line in stream.getvalue().splitlines()]


def test_lines_wait_for_each_other_and_keep_their_order_and_times() -> None:
    stream = BytesIO()
    lines = Lines(stream, 0.05, rendered)

    async def three() -> list[int]:
        for status in (200, 400):
            lines.note(operation(status))
            await asyncio.sleep(0)
        before = statuses(stream)
        while not stream.getvalue():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        lines.note(operation(503))
        return before

    assert asyncio.run(three()) == []
    assert statuses(stream) == [200, 400]
    lines.write()
    assert statuses(stream) == [200, 400, 503]
    times = [json.loads(line)["at"] for line in stream.getvalue().splitlines()]
    assert times == sorted(times)


def test_a_loop_that_ended_leaves_its_lines_to_the_next_one() -> None:
    stream = BytesIO()
    lines = Lines(stream, 0.01, rendered)

    async def one(status: int, wait: bool) -> None:
        lines.note(operation(status))
        while wait and not stream.getvalue():  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    asyncio.run(one(200, wait=False))
    assert statuses(stream) == []
    asyncio.run(one(201, wait=True))
    assert statuses(stream) == [200, 201]


def test_no_more_than_so_many_lines_wait() -> None:
    stream = BytesIO()
    lines = Lines(stream, 10, rendered)

    async def many() -> None:
        for _ in range(MOST - 1):
            lines.note(operation(200))
        assert not stream.getvalue()
        lines.note(operation(200))

    asyncio.run(many())
    assert len(statuses(stream)) == MOST


def test_without_a_delay_or_a_loop_lines_are_written_at_once() -> None:
    for delay in (0.0, 10.0):
        stream = BytesIO()
        Lines(stream, delay, rendered).note(operation(200))
        assert statuses(stream) == [200]

    async def one(lines: Lines) -> None:
        lines.note(operation(200))

    stream = BytesIO()
    asyncio.run(one(Lines(stream, 0.0, rendered)))
    assert statuses(stream) == [200]


def test_a_log_that_nobody_reads_any_more_stops_nothing() -> None:
    stream = BytesIO()
    lines = Lines(stream, 0.0, rendered)
    stream.close()
    lines.note(operation(200))
