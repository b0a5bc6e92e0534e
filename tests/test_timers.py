"""Timers of one length that share one of the loop's."""

import asyncio
from threading import Thread
from time import monotonic

import pytest

from gateway.timers import EARLY, Alarm, Timers


def test_timers_ring_in_their_order_and_none_too_early() -> None:
    timers = Timers(0.05)
    rung: list[tuple[int, float]] = []

    async def several() -> None:
        loop = asyncio.get_running_loop()
        begun = {}
        for number in range(3):
            begun[number] = monotonic()
            timers.here.start(loop, lambda number=number: rung.append((number, monotonic() - begun[number])))
            await asyncio.sleep(0.02)
        while len(rung) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    asyncio.run(several())
    assert [number for number, _ in rung] == [0, 1, 2]
    assert all(waited >= 0.05 - 2 * EARLY for _, waited in rung)


def test_a_timer_that_is_stopped_does_not_ring_and_holds_up_no_other() -> None:
    timers = Timers(0.03)
    rung: list[str] = []

    async def two() -> None:
        loop = asyncio.get_running_loop()
        timers.here.stop(timers.here.start(loop, lambda: rung.append("stopped")))
        number = timers.here.start(loop, lambda: rung.append("left"))
        while not rung:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        timers.here.stop(number)

    asyncio.run(two())
    assert rung == ["left"]


def test_a_timer_may_start_another() -> None:
    timers = Timers(0.02)
    rung: list[int] = []

    async def chain() -> None:
        loop = asyncio.get_running_loop()

        def ring() -> None:
            rung.append(len(rung))
            if len(rung) < 3:
                timers.here.start(loop, ring)

        timers.here.start(loop, ring)
        while len(rung) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    asyncio.run(chain())
    assert rung == [0, 1, 2]


def test_what_a_loop_left_behind_does_not_ring_on_the_next_one() -> None:
    timers = Timers(0.02)
    rung: list[str] = []

    async def one(name: str, wait: bool) -> None:
        timers.here.start(asyncio.get_running_loop(), lambda: rung.append(name))
        while wait and not rung:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    asyncio.run(one("first", wait=False))
    asyncio.run(one("second", wait=True))
    assert rung == ["second"]


def test_loops_of_several_threads_have_their_own() -> None:
    timers = Timers(0.02)
    rung: list[int] = []

    async def one(number: int) -> None:
        done = asyncio.Event()
        timers.here.start(asyncio.get_running_loop(), done.set)
        await done.wait()
        rung.append(number)

    threads = [Thread(target=lambda number=number: asyncio.run(one(number))) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(rung) == [0, 1, 2, 3]


def test_an_alarm_ends_its_block() -> None:
    async def late() -> bool:
        alarm = Alarm(Timers(0.02))
        with pytest.raises(TimeoutError), alarm:
            await asyncio.sleep(10)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return alarm.rang

    assert asyncio.run(late())


def test_an_alarm_that_is_not_needed_leaves_no_trace() -> None:
    async def early() -> bool:
        alarm = Alarm(Timers(0.02))
        with alarm:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        return alarm.rang

    assert not asyncio.run(early())


def test_a_cancellation_from_elsewhere_goes_through_an_alarm() -> None:
    async def cancelled() -> None:
        async def block() -> None:
            with Alarm(Timers(10)):
                await asyncio.sleep(10)

        task = asyncio.create_task(block())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


def test_of_two_alarms_the_inner_one_leaves_the_outer_one_alone() -> None:
    async def nested() -> list[str]:
        found = []
        with Alarm(Timers(10)) as outer:
            try:
                with Alarm(Timers(0.02)):
                    await asyncio.sleep(10)
            except TimeoutError:
                found.append("inner")
            await asyncio.sleep(0)
        found.append("outer" if outer.rang else "in time")
        return found

    assert asyncio.run(nested()) == ["inner", "in time"]
