"""The plan of one operation: its nodes, and the shape of the answer they make."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.query.parameters import Parameter
from gateway.query.plan.shapes import OwnShape, RootShape
from gateway.query.plan.types import Node
from gateway.query.selection import Page


@dataclass(frozen=True, slots=True)
class Plan:
    """What one operation will do. `nodes[i].id == i`, and what a node needs stands before it.

    `checked` are parameters to be held against their limits even where no statement uses them. `deferred`
    nodes run only when a size, measured while running, asks for them; they stand last. `own` are the fields
    that resolvers of the app fill in between execution and shaping.
    """

    nodes: tuple[Node, ...]
    roots: tuple[RootShape, ...]
    checked: tuple[Parameter, ...] = ()
    deferred: frozenset[int] = frozenset()
    own: tuple[OwnShape, ...] = ()


def page_parameters(page: Page) -> Iterator[Parameter]:
    """What a client gave for a page."""
    if isinstance(page.size, Parameter):
        yield page.size
    if page.offset is not None:
        yield page.offset
    for cursor in (page.after, page.before):
        if cursor is not None:
            yield from cursor.values
