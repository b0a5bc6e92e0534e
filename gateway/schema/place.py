"""Fields that are read by themselves: what stands below them is asked for again, with rows of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A field whose value is one row of an entity, or a list of them.

    `steps` lead to it from the operation: the type a field stands in and its response key, field by field.
    """

    entity: str
    steps: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        return self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class Below:
    """As a place, a field that was met already: `nodes` are those of one response key.

    Equal ones begin at the same characters of one document.
    """

    entity: str
    nodes: tuple[FieldNode, ...] = field(compare=False)
    starts: tuple[int, ...]

    @property
    def key(self) -> str:
        return "rows"

    @classmethod
    def of(cls, entity: str, nodes: Iterable[FieldNode]) -> "Below":
        found = tuple(nodes)
        return cls(entity, found, tuple(node.loc.start for node in found if node.loc is not None))
