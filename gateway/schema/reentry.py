"""Re-entry: rows known by their keys, read through the pipeline as the selection below their field asks.

A mutation's payload and a resolver of your own yield keys; everything below them is planned like the root
`nodes`: batched, restricted by access, and cached by document, place, shape of the variables and role.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.context import Context
from gateway.query.execute import Outcome, check_rows, execute
from gateway.query.join import Rows
from gateway.query.parameters import resolve
from gateway.query.plan.shapes import RootNodesShape
from gateway.query.prepare import Prepared
from gateway.query.present import NOTHING, shape
from gateway.query.settle import FieldError
from gateway.schema.given import Given
from gateway.schema.place import Below, Place
from gateway.schema.plans import PlanKey
from gateway.schema.read import KEYS

if TYPE_CHECKING:
    from gateway.schema.pipeline import GatewaySchema

Key = tuple[Any, ...]
"""The primary key of a row in the entity's order: Python values, as the mapped attributes have them."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was read for keys, position by position; null where a row is not there or not visible.

    The path of an error begins with the position in `records`. `lost` are the positions of rows that are
    there, or may be, and null because of an error.
    """

    records: list[dict[str, Any] | None]
    errors: list[FieldError]
    lost: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reentry:
    """One operation as its fields re-enter the pipeline; `given` is the shape of its `variables`.

    `sent` are the variables as the client sent them, for resolvers that graphql-core runs.
    """

    schema: "GatewaySchema"
    text: str
    operation_name: str | None
    variables: Mapping[str, Any]
    given: tuple[tuple[str, Given], ...]
    context: Context
    sent: Mapping[str, Any] | None = None

    async def prepared(self, place: Place | Below) -> Prepared:
        """The reads below a place, ready for any keys. Raises GatewayError for arguments that cannot work."""
        return await self.schema.plans.planned(self.key(place))

    def key(self, place: Place | Below) -> PlanKey:
        """What the plan below a place depends on."""
        return PlanKey(self.text, self.operation_name, self.given, self.context.caller.role, place)

    async def read(self, place: Place | Below, keys: Sequence[Key | None]) -> Entered:
        """The rows with these keys as selected at a place, in one batch and in the order of the keys.

        Reads run on the operation's sessions where those are open, and so see its writes. Raises
        GatewayError when nothing could be read at all: a budget, or a claim the caller lacks.
        """
        prepared = await self.prepared(place)
        context, settings = self.context, self.schema.settings
        values = resolve(prepared.parameters, self.variables, context.caller.claims, {KEYS: keys})
        check_rows(prepared, values, settings.rows_max)
        outcome = await execute(prepared, values, self.schema.around(context))
        own = NOTHING
        if prepared.own:
            own = await self.schema.resolve_own(prepared, outcome, values, self)
        presented = shape(prepared, outcome, values, own)
        records = presented.data[place.key]
        if not presented.errors:
            return Entered(records, [])
        errors = [FieldError(each.error, each.path[1:], each.affected) for each in presented.errors]
        there = _there(prepared, outcome)
        lost = [at for at, key in enumerate(keys) if key and records[at] is None and there(key)]
        return Entered(records, errors, frozenset(lost))


def _there(prepared: Prepared, outcome: Outcome) -> Callable[[Key], bool]:
    """Whether the row with a key was found, or may have been: nobody knows when the read failed."""
    (root,) = prepared.plan.roots
    assert isinstance(root, RootNodesShape)
    result = outcome.results[root.shapes[0].node] if root.shapes else None
    if not isinstance(result, Rows):
        return lambda _: True
    return lambda key: (key[0] if len(key) == 1 else key) in result.one
