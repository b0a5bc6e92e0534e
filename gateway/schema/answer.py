"""One operation as it was sent, and its response."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.config import Settings
from gateway.errors import BudgetExceeded
from gateway.observe import Trace
from gateway.query.pieces import encode
from gateway.query.settle import FieldError
from gateway.query.values import plain
from gateway.schema.own_roots import Ran

ALL_KINDS = frozenset({"query", "mutation"})
BUDGETS = ("keys_max", "walk_max", "rows_max", "statements_max")
"""The settings that bound what an operation may cost its databases."""


@dataclass(slots=True)
class Asked:
    """One operation as a client sent it. `kinds` are the operation kinds its transport allows.

    `explain` asks for the plan and what it cost in the answer's extensions, where the settings allow it.
    `size` is the length of the whole request in bytes, 0 where that is unknown.
    """

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    kinds: frozenset[str] = ALL_KINDS
    explain: bool = False
    size: int = 0


@dataclass(slots=True)
class Answer:
    """The response of one operation. `executed` is False for a request error, which has no data at all.

    `shaped` is the data as the encoder takes it: dates and UUIDs still stand in it as Python's objects, long
    lists as text.
    """

    shaped: dict[str, Any] | None
    errors: list[dict[str, Any]]
    executed: bool = True
    extensions: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any] | None:
        """The data, made of JSON's own types."""
        found: dict[str, Any] | None = plain(self.shaped)
        return found

    def add(self, ran: Ran) -> None:
        """Add what own roots gave; an error in a non-null one leaves no data at all."""
        self.errors += [field_error(error) for error in ran.errors]
        if ran.data is None or self.shaped is None:
            self.shaped = None
        else:
            self.shaped |= ran.data

    def payload(self) -> dict[str, Any]:
        """The response as a JSON object."""
        return self._payload(self.data)

    def encode(self) -> list[bytes]:
        """The response as JSON text, in pieces where it is long.

        Raises TypeError (orjson's) when a value in it has no JSON form.
        """
        return encode(self._payload(self.shaped))

    def _payload(self, data: dict[str, Any] | None) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if self.errors:
            shown["errors"] = self.errors
        if self.executed:
            shown["data"] = data
        if self.extensions:
            shown["extensions"] = self.extensions
        return shown


def field_error(error: FieldError) -> dict[str, Any]:
    """An error of the execution, as it stands in a response."""
    extensions = error.error.extensions
    if error.affected > 1:
        extensions["affected"] = error.affected
    return {"message": error.error.message, "path": list(error.path), "extensions": extensions}


def explained(plan: str, trace: Trace, settings: Settings) -> dict[str, Any]:
    """The plan of an operation that ran, which directions it took, and what each statement cost."""
    return {
        "tree": plan.splitlines(),
        "directions": list(trace.notes),
        "statements": [
            {
                "source": event.source,
                "sql": event.sql,
                "rows": event.rows,
                "ms": round(event.ms, 3),
                "error": event.error,
            }
            for event in tuple(trace.statements)
        ],
        "sources": trace.summary(),
        "budgets": {name: getattr(settings, name) for name in BUDGETS},
        "stages": {name: round(ms, 3) for name, ms in trace.stages.items()},
    }


def too_slow(kind: str, seconds: float) -> dict[str, Any]:
    """The error of an operation of this kind that ran into the budget `time_max`."""
    hint = "Ask for less at once, or in several requests."
    if kind == "mutation":
        hint = "Look at what is there before you send it again: it may have been done."
    error = BudgetExceeded(f"The {kind} took longer than the budget time_max, {seconds:g} s.", hint=hint)
    return {"message": error.message, "extensions": error.extensions}
