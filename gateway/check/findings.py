"""What `gateway check` has to say: findings, each with its place and what to do about it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Weight(StrEnum):
    """How bad a finding is: an `error` makes some operation fail or lie, a `warning` makes it dear or
    surprising, a `note` is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `place` is a source, or a table or column of it with dots between."""

    weight: Weight
    source: str
    place: str
    message: str
    hint: str | None = None

    def shown(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self) | {"weight": self.weight.value}


@dataclass(frozen=True, slots=True)
class Finder:
    """Makes findings about one source."""

    source: str

    def error(self, place: str, message: str, hint: str | None = None) -> Finding:
        return Finding(Weight.ERROR, self.source, place, message, hint)

    def warning(self, place: str, message: str, hint: str | None = None) -> Finding:
        return Finding(Weight.WARNING, self.source, place, message, hint)

    def note(self, place: str, message: str, hint: str | None = None) -> Finding:
        return Finding(Weight.NOTE, self.source, place, message, hint)
