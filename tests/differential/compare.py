"""Holds the gateway's answer against the plain one, and learns cursors from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.differential.lists import Order, Place
from tests.differential.plain import Record


@dataclass
class Cursors:
    """The cursors the gateway gave so far, by text, and the texts by entity and order."""

    places: dict[str, Place] = field(default_factory=dict)
    pool: dict[tuple[str, Order], list[str]] = field(default_factory=dict)

    def learn(self, text: str, place: Place) -> None:
        if text not in self.places:
            self.places[text] = place
            self.pool.setdefault((place.entity, place.order), []).append(text)


def difference(actual: Any, expected: Record, cursors: Cursors) -> str | None:
    """The first difference between a response and the expected data, or None.

    Cursors are opaque, so they agree when no cursor ever stood for two places; those of an answer that
    agrees are learned.
    """
    if not isinstance(actual, dict) or list(actual) != ["data"]:
        return f"not an answer without errors: {actual!r}"
    seen: list[tuple[str, Place]] = []
    for found in _differences(actual["data"], expected, "data", seen):
        return found
    for text, place in seen:
        if cursors.places.get(text, place) != place:
            return f"cursor {text} stands for {place} and for {cursors.places[text]}"
        cursors.learn(text, place)
    return None


def _differences(actual: Any, expected: Any, path: str, seen: list[tuple[str, Place]]) -> Iterator[str]:
    if isinstance(expected, Place):
        if not isinstance(actual, str) or not actual:
            yield f"{path}: {actual!r} is no cursor"
        else:
            seen.append((actual, expected))
    elif isinstance(expected, Record):
        if not isinstance(actual, dict) or list(actual) != list(expected):
            yield f"{path}: {actual!r} has not the fields {list(expected)}"
        else:
            for key, value in expected.items():
                yield from _differences(actual[key], value, f"{path}.{key}", seen)
    elif isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        for number, (one, other) in enumerate(zip(actual, expected, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]", seen)
    elif type(actual) is not type(expected) or actual != expected:
        # Python finds True == 1 and 1 == 1.0; JSON does not.
        yield f"{path}: {actual!r} is not {expected!r}"
