"""The gateway's error tree: every error a caller can meet, with its code and whether to try again.

Expected errors of writes are typed in payloads; these are the others. Whatever reaches a client goes
through `GatewayError.extensions`, so that no driver message or stack trace ever does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Code(StrEnum):
    """Values of `extensions.code`; the first five are the names Apollo's tools know."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    FORBIDDEN = "FORBIDDEN"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"
    SOURCE_TIMEOUT = "SOURCE_TIMEOUT"
    SOURCE_BUSY = "SOURCE_BUSY"
    SOURCE_ERROR = "SOURCE_ERROR"
    VALUE_NOT_REPRESENTABLE = "VALUE_NOT_REPRESENTABLE"
    NULL_IN_NON_NULL = "NULL_IN_NON_NULL"


class GatewayError(Exception):
    """An error with a code. `message` and `hint` are written for the client and safe to show."""

    code: ClassVar[Code] = Code.INTERNAL_SERVER_ERROR
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None, source: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.source = source

    @property
    def extensions(self) -> dict[str, Any]:
        """What stands in the GraphQL error's `extensions`."""
        answer: dict[str, Any] = {"code": self.code.value}
        if self.source is not None:
            answer["source"] = self.source
        if self.hint is not None:
            answer["hint"] = self.hint
        answer["retryable"] = self.retryable
        return answer


class BadUserInput(GatewayError):
    """An argument or variable that can never work; the client must change it."""

    code = Code.BAD_USER_INPUT


class Forbidden(GatewayError):
    """The caller may not see or do this."""

    code = Code.FORBIDDEN


class BudgetExceeded(GatewayError):
    """The work would go beyond a budget; the message names the budget and the hint what to change."""

    code = Code.BUDGET_EXCEEDED


class SourceError(GatewayError):
    """A database refused or failed a statement. The driver's own words go to the log only."""

    code = Code.SOURCE_ERROR


class SourceUnavailable(SourceError):
    """No connection to the database could be had."""

    code = Code.SOURCE_UNAVAILABLE
    retryable = True


class SourceTimeout(SourceError):
    """The database did not answer within the source's deadline."""

    code = Code.SOURCE_TIMEOUT
    retryable = True


class SourceBusy(SourceError):
    """The source's queue of waiting statements is full."""

    code = Code.SOURCE_BUSY
    retryable = True


class ValueNotRepresentable(GatewayError):
    """A stored value does not fit its GraphQL type, such as 2**40 in an Int."""

    code = Code.VALUE_NOT_REPRESENTABLE


class NullInNonNull(GatewayError):
    """A column declared NOT NULL held NULL."""

    code = Code.NULL_IN_NON_NULL


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake found while the app is built: where, what, and what to do about it."""

    place: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}\n    hint: {self.hint}"


class ConfigurationError(Exception):
    """All mistakes of a configuration at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1))
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the configuration:\n{lines}")
