"""Claims about seconds, on machines that do something else besides."""

from collections.abc import Iterator


class Best:
    """The best of several rounds, each figure by itself; further rounds are played only while one is missed.

    A machine that was busy for a moment is no fault of what is measured; what is slow is so in every round.
    """

    def __init__(self, rounds: int = 5) -> None:
        self._left = rounds
        self._found: dict[str, tuple[float, float]] = {}

    def round(self) -> bool:
        """Whether to play another one."""
        self._left -= 1
        return self._left >= 0 and (not self._found or any(self._missed()))

    def add(self, name: str, seconds: float, limit: float) -> None:
        """A figure of this round, and what it has to be below."""
        before = self._found.get(name, (seconds, limit))
        self._found[name] = min(before, (seconds, limit), key=lambda each: each[0] - each[1])

    def check(self) -> None:
        """Fail unless every figure was below its limit in one of the rounds."""
        assert not list(self._missed()), str(self)

    def _missed(self) -> Iterator[str]:
        return (name for name, (seconds, limit) in self._found.items() if seconds >= limit)

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {seconds * 1000:.0f} ms (below {limit * 1000:.0f})"
            for name, (seconds, limit) in self._found.items()
        )
