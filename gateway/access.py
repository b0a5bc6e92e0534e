"""What a caller may see: hidden entities and fields, and the condition each entity's rows must meet.

Applied in one place, the plan, so that no path to a row goes around it.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from gateway.catalog.own import OwnField
from gateway.catalog.types import Entity, Field, Relation
from gateway.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Access:
    """The rights of one role; claims enter later, as parameters."""

    role: str

    def refuses(self, part: Entity | Field | Relation | OwnField) -> bool:
        """Whether the role may not select, filter or sort by this part of the graph."""
        return self.role in part.hidden_from

    def rows(self, entity: Entity) -> sa.ColumnElement[bool] | None:
        """The condition on the rows this role sees; None for all of them."""
        return entity.rows(self.role) if entity.rows is not None else None

    def error(self, part: Entity | Field | Relation | OwnField) -> Forbidden:
        return Forbidden(
            f"The role {self.role!r} may not read {part.name!r}.",
            hint="Leave it out of the document, or ask for access.",
        )
