"""Lists followed page by page from one end to the other, forward and backward."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.differential.arguments import Arguments
from tests.differential.compare import Cursors
from tests.differential.draws import Draws
from tests.differential.plain import Request
from tests.differential.spelling import literal
from tests.differential.tables import Tables

WHOLE = 1000
"""More rows than any list has."""


@dataclass(frozen=True)
class Followed:
    """One list with its filter and order, asked for in pages of `size` rows."""

    document: str
    size: int
    backward: bool

    def whole(self) -> Request:
        """The list in one page."""
        return Request(self.document, {"first": WHOLE})

    def page(self, answer: Any) -> Request | None:
        """The first page, or the one that follows an answer; None after the last one."""
        size, place = ("last", "before") if self.backward else ("first", "after")
        if answer is None:
            return Request(self.document, {size: self.size})
        about = answer["rows"]["pageInfo"]
        more, cursor = ("hasPreviousPage", "startCursor") if self.backward else ("hasNextPage", "endCursor")
        return Request(self.document, {size: self.size, place: about[cursor]}) if about[more] else None


def lists(draws: Draws, tables: Tables, cursors: Cursors) -> Iterator[Followed]:
    """Both ways through a random list."""
    arguments = Arguments(draws, tables, cursors)
    entity = draws.choice([each for each in tables.catalog.entities.values() if tables.rows(each)])
    given = ""
    order_by, _ = arguments.order_by(entity)
    if order_by is not None:
        given += f"orderBy: {literal(order_by)}, "
    if draws.chance(0.4):
        given += f"where: {literal(arguments.where(entity))}, "
    names = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
    variables = ", ".join(f"${name}: {kind}" for name, kind in names.items())
    given += ", ".join(f"{name}: ${name}" for name in names)
    about = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    document = f"query ({variables}) {{ rows: {entity.plural}({given}) {{ nodes {{ id }} {about} }} }}"
    size = draws.choice((1, 3, 7, 10))
    draws.use("list followed")
    yield from (Followed(document, size, backward) for backward in (False, True))
