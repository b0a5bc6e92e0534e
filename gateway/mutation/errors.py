"""Expected errors of writes: what stands in a payload's `errors`, the same on every database."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str, ...]
"""From the mutation's response key down its arguments: `("createOrder", "input", "items", "create", "0")`."""


class ErrorCode(StrEnum):
    """The kinds of expected errors, and the values of the GraphQL enum of this name."""

    UNIQUE_VIOLATION = "UNIQUE_VIOLATION"
    FOREIGN_KEY_VIOLATION = "FOREIGN_KEY_VIOLATION"
    NOT_NULL_VIOLATION = "NOT_NULL_VIOLATION"
    CHECK_VIOLATION = "CHECK_VIOLATION"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    ROLLED_BACK = "ROLLED_BACK"

    @property
    def type_name(self) -> str:
        """The GraphQL type of such an error."""
        return "".join(word.capitalize() for word in self.value.split("_"))


@dataclass(frozen=True, slots=True)
class MutationError:
    """One expected error. `fields` are GraphQL names, `constraint` is the name of a check."""

    code: ErrorCode
    message: str
    path: Path
    fields: tuple[str, ...] = ()
    constraint: str | None = None


class Refused(Exception):
    """A write that must not be, for reasons that its payload tells. It rolls the unit back."""

    def __init__(self, errors: Iterable[MutationError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(error.message for error in self.errors))


def rolled_back(path: Path, cause: Path) -> MutationError:
    """What the payload of a field says that was undone because of another one."""
    message = f"Nothing of this operation was written, because {'.'.join(cause)} failed."
    return MutationError(ErrorCode.ROLLED_BACK, message, path)
