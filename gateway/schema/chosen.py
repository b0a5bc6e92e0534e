"""The rows that a mutation of many rows means: their keys, found through the pipeline and locked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.access import Access
from gateway.catalog.types import Entity
from gateway.context import Context
from gateway.errors import BudgetExceeded
from gateway.mutation.lookup import Key
from gateway.mutation.unit import Unit
from gateway.query.conditions import Condition
from gateway.query.execute import execute
from gateway.query.join import Failure, Rows
from gateway.query.parameters import resolve
from gateway.query.plan.make import make_plan
from gateway.query.plan.shapes import RefusedShape, RootManyShape
from gateway.query.prepare import prepare
from gateway.query.selection import (
    ConnectionSelection,
    EntitySelection,
    GlobalId,
    Nodes,
    OrderTerm,
    Page,
    PageInfo,
    PageInfoField,
    RootMany,
    Selection,
)

if TYPE_CHECKING:
    from gateway.schema.pipeline import GatewaySchema


@dataclass(frozen=True, slots=True)
class Chooser:
    """Finds rows for one operation, with the values of its variables."""

    schema: "GatewaySchema"
    variables: Mapping[str, Any]
    context: Context

    async def keys(self, entity: Entity, condition: Condition | None, unit: Unit) -> list[Key]:
        """The primary keys of the rows that meet a condition, in the order of the key, locked by the unit.

        Raises GatewayError: Forbidden for what the caller may not filter by, BudgetExceeded for more than
        `rows_max` rows, and what reading raises.
        """
        most = self.schema.settings.rows_max
        role = self.context.caller.role
        selection = chosen_rows(entity, condition, most)
        plan = make_plan(selection, self.schema.catalog, Access(role), self.schema.settings.keys_max)
        (root,) = plan.roots
        if isinstance(root, RefusedShape):
            raise root.error
        assert isinstance(root, RootManyShape)
        assert root.connection.node is not None
        prepared = prepare(plan, self.schema.databases)
        values = resolve(prepared.parameters, self.variables, self.context.caller.claims)
        await unit.run(entity.source, lambda _: None)  # opens the session, so that reads run in it
        around = self.schema.around(self.context)
        result = (await execute(prepared, values, around)).results[root.connection.node]
        if isinstance(result, Failure):
            raise result.error
        assert isinstance(result, Rows)
        if result.more:
            raise BudgetExceeded(
                f"The condition holds for more than {most} {entity.plural}; the budget rows_max is {most}.",
                hint="Write fewer rows at once.",
            )
        page_key = prepared.steps[root.connection.node].page_key
        found = [page_key(row) for row in result.rows]
        return [key if len(entity.key) > 1 else (key,) for key in found]


def chosen_rows(entity: Entity, condition: Condition | None, most: int) -> Selection:
    """The keys of the rows that meet a condition, and whether there are more than `most`."""
    members = (
        Nodes("nodes", EntitySelection(entity.name, (GlobalId("id"),))),
        PageInfo("pageInfo", (PageInfoField("hasNextPage", "hasNextPage"),)),
    )
    order = tuple(OrderTerm(name) for name in entity.key)
    connection = ConnectionSelection(entity.name, condition, order, Page(most), members, locks=True)
    return Selection("mutation", (RootMany("rows", connection),))
