"""Keys and ranks between nodes: read out of one node's rows, and sent into another's statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Entity
from gateway.query.drivers import key_from_driver
from gateway.query.join import KeyOf, Row, key_of, list_values, table_values
from gateway.query.key_forms import Convert, KeyColumn, read, send, whole, write
from gateway.query.plan.plan import Plan
from gateway.query.plan.types import (
    Fetch,
    Join,
    KeyColumns,
    Keys,
    Node,
    Ranks,
    key_columns,
    key_tests,
    sorted_terms,
)
from gateway.query.sql.compile import Dialects
from gateway.query.sql.condition import node_keys
from gateway.query.sql.order import node_ranks


@dataclass(frozen=True, slots=True)
class Sent:
    """What another node found, as a statement is sent it: under a name, and in columns of which the first
    `keys` are a key. `write` makes of a key what the columns bind that it meets, None for a key they cannot
    hold; it is None where a key needs no conversion."""

    name: str
    width: int
    keys: int
    write: Convert | None

    def list(self, keys: Sequence[Any]) -> dict[str, Any]:
        return list_values(self.name, sendable(keys, self.write), self.width)

    def table(self, rows: Sequence[Row]) -> dict[str, Any]:
        write, keys = self.write, self.keys
        if write is not None and keys == 1:
            rows = [(made, *row[1:]) for row in rows if (made := write(row[0])) is not None]
        elif write is not None:
            rows = [(*made, *row[keys:]) for row in rows if (made := write(row[:keys])) is not None]
        return table_values(self.name, rows, self.width)


def sendable(keys: Sequence[Any], write: Convert | None) -> Sequence[Any]:
    """The keys of a list that a statement can be sent, converted."""
    return keys if write is None else [made for key in keys if (made := write(key)) is not None]


def join_keys(join: Join, entity: Entity, parent: Dialects, own: Dialects) -> tuple[KeyOf, Convert | None]:
    """What reads keys out of the parent's rows, and what makes of them values the statement binds."""
    pairs = list(zip(join.parent_columns, join.columns(entity), strict=True))
    keys = key_of(join.parent_key, [read(column, other, parent.dialect) for column, other in pairs])
    writes = [
        write(KeyColumn(column, parent.features), KeyColumn(other, own.features)) for column, other in pairs
    ]
    return keys, whole(writes)


def lists_sent(node: Node, plan: Plan, sources: Mapping[str, Dialects]) -> dict[int, Sent]:
    """The nodes whose keys a node's condition uses."""
    found: dict[int, Sent] = {}
    for test, entity in key_tests(node.condition, node.entity):
        meets = tuple(entity.column(name) for name in test.attributes)
        found[test.node] = _sent(node_keys(test.node), plan.nodes[test.node], meets, node, sources)
    return found


def ranks_sent(node: Node, plan: Plan, sources: Mapping[str, Dialects]) -> dict[int, Sent]:
    """The nodes whose ranks a node sorts by."""
    found: dict[int, Sent] = {}
    for term in sorted_terms(node):
        if term.ranks is not None:
            meets = term.columns(node.entity)
            sent = _sent(node_ranks(term.ranks), plan.nodes[term.ranks], meets, node, sources)
            found[term.ranks] = replace(sent, width=len(meets) + 1 + sum(term.sides))
    return found


def _sent(name: str, giver: Node, meets: KeyColumns, taker: Node, sources: Mapping[str, Dialects]) -> Sent:
    assert isinstance(giver, Keys | Ranks)
    given = [KeyColumn(column, sources[giver.source].features) for column in key_columns(giver)]
    taken = [KeyColumn(column, sources[taker.source].features) for column in meets]
    return Sent(name, len(meets), len(meets), send(given, taken))


def own_key(node: Node, dialect: sa.Dialect) -> KeyOf | None:
    """Reads a node's key out of its own rows: a join's in the form it shares with the parent's."""
    if isinstance(node, Keys | Ranks):
        own = key_columns(node)
        converts = [key_from_driver(column.type, dialect) for column in own]
    elif node.join is not None:
        own, parent = node.join.columns(node.entity), node.join.parent_columns
        pairs = zip(own, parent, strict=True)
        converts = [read(column, other, dialect) for column, other in pairs]
    elif isinstance(node, Fetch) and node.ids is not None:
        own = tuple(node.entity.column(name) for name in node.entity.key_attributes)
        converts = [key_from_driver(column.type, dialect) for column in own]
    else:
        return None
    positions = node.key if isinstance(node, Fetch) else tuple(range(len(own)))
    return key_of(positions, converts)
