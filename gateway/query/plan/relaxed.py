"""Conditions without keys of other sources: which uses of them a way may leave out, and what is left then."""

from collections.abc import Iterator
from dataclasses import replace

from gateway.query.conditions import All, AnyOf, Condition, KeyIn, Not, NotTrue, leaves
from gateway.query.plan.types import (
    Fetch,
    Node,
    key_tests,
)


def parts_of(condition: Condition) -> Iterator[Condition]:
    """What must all be true for a condition to be."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from parts_of(part)
    else:
        yield condition


def may_walk(node: Node, keys: int) -> bool:
    """Whether a node is a page that may be walked, and uses keys for nothing but its own rows."""
    return isinstance(node, Fetch) and node.walk is not None and only_own(node, keys)


def may_push(node: Node, keys: int) -> bool:
    """Whether a node is a page that may be driven without any of the keys it uses."""
    if not isinstance(node, Fetch) or node.drive is None or not only_own(node, keys):
        return False
    return {each.keys for each in node.narrowings} == set(node.drive.pushed)


def only_own(node: Fetch, keys: int) -> bool:
    """Whether keys are used for nothing but a node's own rows."""
    if node.condition is None:
        return False
    uses = sum(test.node == keys for test, _ in key_tests(node.condition, node.entity))
    return uses == sum(leaf.node == keys for leaf in own_keys(node.condition))


def own_keys(condition: Condition) -> Iterator[KeyIn]:
    """The uses of keys that are about the row itself, not about related rows of it."""
    return (leaf for leaf in leaves(condition) if isinstance(leaf, KeyIn))


def relaxed(condition: Condition, kept: frozenset[int] = frozenset(), wanted: bool = True) -> Condition:
    """A condition that all rows meet which meet the given one, and that uses no keys but the `kept` ones."""
    match condition:
        case All(parts):
            some = tuple(part for each in parts if (part := relaxed(each, kept, wanted)) != All(()))
            return some[0] if len(some) == 1 else All(some)
        case AnyOf(parts):
            found = tuple(relaxed(part, kept, wanted) for part in parts)
            return All(()) if All(()) in found else AnyOf(found)
        case Not(part) | NotTrue(part):
            inner = relaxed(part, kept, not wanted)
            return All(()) if inner == AnyOf(()) else replace(condition, part=inner)
        case KeyIn(_, node) if node not in kept:
            return All(()) if wanted else AnyOf(())
    return condition
