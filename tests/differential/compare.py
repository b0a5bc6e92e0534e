"""Holds the gateway's answer against the plain one, and learns cursors from it."""

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.differential.lists import Place
from tests.differential.measures import Near, OneOf
from tests.differential.plain import Record
from tests.differential.terms import Order

BUDGET = "BUDGET_EXCEEDED"


@dataclass
class Cursors:
    """The cursors the gateway gave so far, by text, and the texts by entity and order."""

    places: dict[str, Place] = field(default_factory=dict)
    pool: dict[tuple[str, Order], list[str]] = field(default_factory=dict)

    def learn(self, text: str, place: Place) -> None:
        if text not in self.places:
            self.places[text] = place
            self.pool.setdefault((place.entity, place.order), []).append(text)


def refused(actual: Any) -> bool:
    """Whether a response has errors, and all of them say that a budget was too small."""
    errors: Any = actual.get("errors") if isinstance(actual, dict) and "data" in actual else None
    return bool(errors) and all(error["extensions"]["code"] == BUDGET for error in errors)


def difference(actual: Any, expected: Record, cursors: Cursors, *, tight: bool = False) -> str | None:
    """The first difference between a response and the expected data, or None.

    Cursors are opaque, so they agree when no cursor ever stood for two places; those of an answer that
    agrees are learned. With `tight`, a part may be null when a budget was too small for it.
    """
    lenient = tight and refused(actual)
    if not lenient and (not isinstance(actual, dict) or list(actual) != ["data"]):
        return f"not an answer without errors: {actual!r}"
    judged = _Judged(lenient)
    for found in judged.differences(actual["data"], expected, "data"):
        return found
    for text, place in judged.seen:
        if cursors.places.get(text, place) != place:
            return f"cursor {text} stands for {place} and for {cursors.places[text]}"
        cursors.learn(text, place)
    return None


@dataclass
class _Judged:
    """One comparison; `seen` are the cursors found. With `lenient`, objects and counts may be null."""

    lenient: bool
    seen: list[tuple[str, Place]] = field(default_factory=list)

    def differences(self, actual: Any, expected: Any, path: str) -> Iterator[str]:
        if actual is None and self.lenient and isinstance(expected, Record | int | list):
            return
        if isinstance(expected, Place):
            if not isinstance(actual, str) or not actual:
                yield f"{path}: {actual!r} is no cursor"
            else:
                self.seen.append((actual, expected))
        elif isinstance(expected, Record):
            if not isinstance(actual, dict) or list(actual) != list(expected):
                yield f"{path}: {actual!r} has not the fields {list(expected)}"
            else:
                for key, value in expected.items():
                    yield from self.differences(actual[key], value, f"{path}.{key}")
        elif isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
            for number, (one, other) in enumerate(zip(actual, expected, strict=True)):
                yield from self.differences(one, other, f"{path}[{number}]")
        elif not _same(actual, expected):
            yield f"{path}: {actual!r} is not {expected!r}"


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(expected, OneOf):
        return any(_same(actual, value) for value in expected.values)
    if isinstance(expected, Near):
        return isinstance(actual, float) and math.isclose(actual, expected.value, rel_tol=1e-9, abs_tol=1e-9)
    # Python finds True == 1 and 1 == 1.0; JSON does not.
    return type(actual) is type(expected) and bool(actual == expected)


def _folded(cursor: str) -> str:
    """A cursor without what a collation may ignore: one list's may hold `Anna`, where another has `anna`."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().lower()


def unlike(one: Any, other: Any, expected: Any, path: str = "data") -> str | None:
    """The first difference between the data of two graphs, down to the ids and cursors; what is expected
    tells which values need not be equal."""
    if isinstance(expected, Record):
        found = (unlike(one[key], other[key], expected[key], f"{path}.{key}") for key in expected)
        return next(filter(None, found), None)
    if isinstance(expected, list) and len(one) == len(other):
        triples = enumerate(zip(one, other, expected, strict=True))
        found = (unlike(*triple, f"{path}[{number}]") for number, triple in triples)
        return next(filter(None, found), None)
    if isinstance(expected, Place):
        alike = _folded(one) == _folded(other)
    else:
        alike = isinstance(expected, Near | OneOf) or _same(one, other)
    return None if alike else f"{path}: {one!r} is not {other!r} in the other graph"
