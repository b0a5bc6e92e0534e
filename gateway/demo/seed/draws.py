"""Repeatable chance for the seed."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

Row = dict[str, object]
"""Column name -> Python value, as SQLAlchemy takes and returns it."""

NOW = datetime(2026, 6, 30, 12)
"""The moment at which the demo's story stops, UTC; nothing in it depends on the clock."""


def value(row: Row, column: str, kind: type[T]) -> T:
    """The value of `column`, which is a `kind`; raises TypeError for any other."""
    found = row[column]
    if not isinstance(found, kind):
        raise TypeError(f"{column} is {found!r}, not {kind.__name__}")
    return found


class Draws:
    """A stream of draws of its own per topic, so that changing one table leaves the others as they are.

    Built on `random.random` alone: of the generator's methods only that one is promised to repeat from one
    Python version to the next.
    """

    def __init__(self, topic: str) -> None:
        self._random = random.Random(f"gateway demo, {topic}").random

    def below(self, end: int) -> int:
        """A whole number from 0 to `end` - 1; `end` is at most 2**53."""
        return int(self._random() * end)

    def between(self, first: int, last: int) -> int:
        """A whole number from `first` to `last`, both included."""
        return first + self.below(last - first + 1)

    def happens(self, percent: float) -> bool:
        """True in `percent` of 100 cases."""
        return self._random() * 100 < percent

    def one(self, choices: Sequence[T]) -> T:
        """Any of `choices`, all alike."""
        return choices[self.below(len(choices))]

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different places of `choices`, in the order drawn; all when there are fewer."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """A key of `weights`, each as often as its weight says; at least one weight is above zero."""
        rest = self.below(sum(weights.values()))
        for choice, weight in weights.items():
            rest -= weight
            if rest < 0:
                return choice
        raise ValueError("no weight is above zero")

    def moment(self, earliest: datetime, latest: datetime) -> datetime:
        """A whole second from `earliest` up to, not including, `latest`."""
        return earliest + timedelta(seconds=self.below(int((latest - earliest).total_seconds())))
