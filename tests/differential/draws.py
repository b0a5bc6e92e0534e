"""A source of chance with a few more ways to ask, and a count of what was drawn."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draws(Random):
    """Equal seeds draw equally on every machine. `features` counts what documents made use of."""

    def __init__(self, seed: int | str) -> None:
        super().__init__(seed)
        self.features: Counter[str] = Counter()

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def some(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """Different items, in random order; fewer than `least` where there are not so many."""
        most = min(most, len(items))
        return self.sample(list(items), self.randint(min(least, most), most))

    def weighted(self, choices: dict[T, float]) -> T:
        return self.choices(list(choices), list(choices.values()))[0]

    def use(self, feature: str) -> None:
        self.features[feature] += 1
