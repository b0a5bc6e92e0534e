"""How much a document asks for, counted before it is validated, in time that grows with its text only.

Fragments count wherever they are spread, so that a short document cannot stand for a long one. What cannot
be counted (a fragment that is not there, or that spreads itself) counts nothing: validation refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.config import Settings
from gateway.errors import BudgetExceeded

_NESTING_MAX = 200
"""Selection sets inside each other, fragments included, that graphql-core's rules can still walk."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What one operation, or one fragment, comes to with everything spread. `depth` counts fields."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    roots: int = 0


@dataclass(slots=True)
class Counting:
    """Counts the operations of one document, each fragment once."""

    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Extent] = field(default_factory=dict)
    within: set[str] = field(default_factory=set)

    def of(self, selections: SelectionSetNode, nesting: int = 1) -> Extent:
        """Raises BudgetExceeded when the selections nest beyond what can be walked."""
        if nesting > _NESTING_MAX:
            raise BudgetExceeded("The document is nested too deeply.", hint="Ask for fewer levels.")
        fields = aliases = directives = depth = roots = 0
        for node in selections.selections:
            directives += len(node.directives or ())
            below = self.below(node, nesting)
            fields, aliases = fields + below.fields, aliases + below.aliases
            directives += below.directives
            if isinstance(node, FieldNode):
                fields, roots = fields + 1, roots + 1
                aliases += node.alias is not None
                depth = max(depth, below.depth + 1)
            else:
                roots += below.roots
                depth = max(depth, below.depth)
        return Extent(fields, aliases, directives, depth, roots)

    def below(self, node: object, nesting: int) -> Extent:
        """What stands inside a field or an inline fragment, or behind the name of one."""
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value, nesting)
        inner: SelectionSetNode | None = getattr(node, "selection_set", None)
        return _NOTHING if inner is None else self.of(inner, nesting + 1)

    def fragment(self, name: str, nesting: int) -> Extent:
        found = self.known.get(name)
        if found is not None:
            return found
        definition = self.fragments.get(name)
        if definition is None or name in self.within:
            return _NOTHING
        self.within.add(name)
        found = self.known[name] = self.of(definition.selection_set, nesting + 1)
        self.within.discard(name)
        return found


_NOTHING = Extent()


def extent(ast: DocumentNode) -> Extent:
    """The largest number of each kind that any operation of the document has. Raises BudgetExceeded."""
    fragments = {
        node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)
    }
    counting = Counting(fragments)
    each = [
        counting.of(node.selection_set)
        for node in ast.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    return Extent(
        max((one.fields for one in each), default=0),
        max((one.aliases for one in each), default=0),
        max((one.directives for one in each), default=0),
        max((one.depth for one in each), default=0),
        max((one.roots for one in each), default=0),
    )


def check_values(variables: Mapping[str, Any] | None, limit: int) -> None:
    """Raise BudgetExceeded for variables with more than `limit` values, at all levels together."""
    count = 0
    waiting: list[Any] = [variables]
    while waiting:
        value = waiting.pop()
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += len(inside)
        if count > limit:
            message = f"The variables hold more values than the budget values_max, {limit}."
            raise BudgetExceeded(message, hint="Send less at once, in several requests.")
        waiting.extend(inside)


def check_extent(found: Extent, settings: Settings) -> None:
    """Raise BudgetExceeded for the first limit that the document is beyond."""
    for what, count, name in (
        ("fields", found.fields, "fields_max"),
        ("levels of fields", found.depth, "depth_max"),
        ("root fields", found.roots, "root_fields_max"),
        ("aliases", found.aliases, "aliases_max"),
        ("directives", found.directives, "directives_max"),
    ):
        limit = getattr(settings, name)
        if count > limit:
            shown = count if count < 1_000_000 else "millions of"
            raise BudgetExceeded(
                f"The operation has {shown} {what}, fragments included; the budget {name} is {limit}.",
                hint="Ask for less at once, or in several requests.",
            )
