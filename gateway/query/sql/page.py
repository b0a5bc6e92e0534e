"""The size of a page as binds."""

from typing import Any

import sqlalchemy as sa

from gateway.query.parameters import Literal, Parameter
from gateway.query.selection import Page
from gateway.query.sql.bind import CHOSEN, Binder

TOP = sa.BigInteger()
"""The type of row limits, under which their binds are named."""
CHOSEN_SIZE = f"{CHOSEN}_size"
"""The name of how many rows a statement brings, where that is chosen while running."""


class Plus:
    """A page size and one more row, to see whether there are more."""

    def __init__(self, convert: Any) -> None:
        self.convert = convert

    def __call__(self, value: int) -> int:
        return int(value if self.convert is None else self.convert(value)) + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plus) and self.convert == other.convert

    def __hash__(self) -> int:
        return hash((Plus, self.convert))

    def __str__(self) -> str:
        return f"1 + {self.convert}"


def page_size(page: Page) -> Parameter:
    """The size a page was asked for, or has by default."""
    return page.size if isinstance(page.size, Parameter) else Parameter(Literal(page.size))


def size_bind(page: Page, peek: bool, binder: Binder) -> sa.ColumnElement[int]:
    """How many rows to read: the page's size, and one more to see whether there are more."""
    size = page_size(page)
    wanted = Parameter(size.origin, Plus(size.convert)) if peek else size
    return binder.value(wanted, TOP)


def offset_bind(page: Page, binder: Binder) -> sa.ColumnElement[int] | None:
    return None if page.offset is None else binder.value(page.offset, TOP)
