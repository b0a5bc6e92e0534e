"""The gateway's error tree: every error a caller can meet, with its code and whether to try again.

Expected errors of writes are typed in payloads; these are the others. Whatever reaches a client goes
through `GatewayError.extensions`, so that no driver message or stack trace ever does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Code(StrEnum):
    """Values of `extensions.code`; the first five are the names Apollo's tools know."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    FORBIDDEN = "FORBIDDEN"
    UNKNOWN_TENANT = "UNKNOWN_TENANT"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    OVERLOADED = "OVERLOADED"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"
    SOURCE_TIMEOUT = "SOURCE_TIMEOUT"
    SOURCE_BUSY = "SOURCE_BUSY"
    SOURCE_ERROR = "SOURCE_ERROR"
    PARTIALLY_COMMITTED = "PARTIALLY_COMMITTED"
    WRITE_CONFLICT = "WRITE_CONFLICT"
    ROLLED_BACK = "ROLLED_BACK"
    NOT_ATOMIC = "NOT_ATOMIC"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    VALUE_NOT_REPRESENTABLE = "VALUE_NOT_REPRESENTABLE"
    NULL_IN_NON_NULL = "NULL_IN_NON_NULL"
    RESOLVER_ERROR = "RESOLVER_ERROR"
    RESOLVER_TIMEOUT = "RESOLVER_TIMEOUT"
    BLOCKING_CALL = "BLOCKING_CALL"


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


class UnknownTenant(GatewayError):
    """There is no such tenant, or the request names none where it has to."""

    code = Code.UNKNOWN_TENANT

    def __init__(self, tenant: str | None, hint: str | None = None) -> None:
        shown = tenant if tenant is None or len(tenant) <= 40 else f"{tenant[:37]}…"
        message = "The request names no tenant." if shown is None else f"There is no tenant {shown!r}."
        super().__init__(message, hint=hint)


class BudgetExceeded(GatewayError):
    """The work would go beyond a budget; the message names the budget and the hint what to change."""

    code = Code.BUDGET_EXCEEDED


class Overloaded(GatewayError):
    """The gateway itself has more to do than it takes on."""

    code = Code.OVERLOADED
    retryable = True


class ShuttingDown(GatewayError):
    """This process ends before the operation did; another one will take it."""

    code = Code.SHUTTING_DOWN
    retryable = True


class SourceError(GatewayError):
    """A database refused or failed a statement. The driver's own words go to the log only."""

    code = Code.SOURCE_ERROR


class StatementTooLarge(SourceError):
    """A statement is nested more deeply, or joins more tables, than its database takes."""

    code = Code.BUDGET_EXCEEDED


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


class PartiallyCommitted(GatewayError):
    """Some sources have committed what was written and others have not; to try again would write twice."""

    code = Code.PARTIALLY_COMMITTED

    def __init__(self, committed: Iterable[str], failed: Iterable[str]) -> None:
        self.committed = tuple(committed)
        self.failed = tuple(failed)
        super().__init__(
            f"What was written in {', '.join(self.committed)} is committed, "
            f"what was written in {', '.join(self.failed)} is not.",
            hint="Look at what is there before trying again.",
        )

    @property
    def extensions(self) -> dict[str, Any]:
        return {**super().extensions, "committed": list(self.committed), "failed": list(self.failed)}


class WriteConflict(SourceError):
    """A deadlock, a serialization failure, or a lock that was not to be had: nothing was written."""

    code = Code.WRITE_CONFLICT
    retryable = True


class NotAtomic(GatewayError):
    """The databases of one operation cannot be written atomically, so nothing was written."""

    code = Code.NOT_ATOMIC

    def __init__(self, resources: Sequence[str], hints: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(resources)} cannot be written atomically in one operation.",
            hint=" ".join([*hints, "Or write to them in operations of their own."]),
        )


class OutcomeUnknown(GatewayError):
    """A database did not say whether it committed; several are brought to agree by the recovery."""

    code = Code.OUTCOME_UNKNOWN

    def __init__(self, sources: Sequence[str]) -> None:
        super().__init__(
            f"It is not known whether what was written in {', '.join(sources)} is committed.",
            hint="Look at what is there before trying again.",
        )


class UnitRolledBack(GatewayError):
    """The writes of the operation could not be committed, so none of them was."""

    code = Code.ROLLED_BACK


class ValueNotRepresentable(GatewayError):
    """A stored value does not fit its GraphQL type, such as 2**40 in an Int."""

    code = Code.VALUE_NOT_REPRESENTABLE


class NullInNonNull(GatewayError):
    """A column declared NOT NULL held NULL."""

    code = Code.NULL_IN_NON_NULL


class ResolverError(GatewayError):
    """A resolver of the app failed. `given` are extensions that it gave its own error."""

    code = Code.RESOLVER_ERROR

    def __init__(self, message: str, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.given = given or {}

    @property
    def extensions(self) -> dict[str, Any]:
        return {**super().extensions, **self.given}


class ResolverTimeout(GatewayError):
    """A resolver of the app did not finish in time."""

    code = Code.RESOLVER_TIMEOUT
    retryable = True


class BlockingCall(GatewayError):
    """A database session was used on the event loop."""

    code = Code.BLOCKING_CALL


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
