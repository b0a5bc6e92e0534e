"""LIKE on SQLite, a function of ours: the usual meaning, in time that hostile patterns do not stretch."""

import random
from time import perf_counter

from gateway.sources.engines import gateway_like


def like(value: str, pattern: str) -> bool:
    """LIKE by its definition."""
    known = {0}
    position = 0
    while position < len(pattern):
        sign = pattern[position]
        if sign == "%":
            known = {at for at in range(len(value) + 1) if at >= min(known, default=len(value) + 1)}
        else:
            wild = sign == "_"
            if sign == "\\" and position + 1 < len(pattern):
                position += 1
                sign = pattern[position]
            known = {at + 1 for at in known if at < len(value) and (wild or value[at] == sign)}
        position += 1
    return len(value) in known


def test_it_means_what_like_means() -> None:
    draw = random.Random(4)
    for _ in range(20_000):
        pattern = "".join(draw.choice("aB%_\\.\n") for _ in range(draw.randint(0, 8)))
        value = "".join(draw.choice("aB%_\\.\n") for _ in range(draw.randint(0, 8)))
        assert gateway_like(value, pattern) is like(value, pattern), (value, pattern)
    assert gateway_like(None, "%") is None
    assert gateway_like("a", None) is None


def test_hostile_patterns_take_no_time() -> None:
    started = perf_counter()
    for pattern in (
        "%a%a%a%a%a%a%b",
        "%" + "a%" * 40 + "b",
        "%" + "_a%" * 40 + "b",
        "a%a%b",
        "%aaaa%aaab",
        "%_%_%_%_%b",
    ):
        assert gateway_like("a" * 3_000, pattern) is False
    assert perf_counter() - started < 2
