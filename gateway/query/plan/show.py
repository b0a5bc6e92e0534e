"""Plans in words, for people: `gateway explain` and the golden cases print them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint, Table, UniqueConstraint

from gateway.query.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    CountTest,
    In,
    IsNull,
    KeyIn,
    Not,
    NotTrue,
    Related,
    RelatedCount,
    leaves,
)
from gateway.query.parameters import Parameter
from gateway.query.plan.plan import Plan
from gateway.query.plan.types import Aggregate, Counted, Fetch, Groups, Keys, Node, Ranks, Selected, Sorted
from gateway.query.plan.ways import Drive
from gateway.query.selection import GroupTerm, Page


def show_plan(plan: Plan) -> str:
    """The plan as an indented tree, a node a line; children stand below the node they join.

    What runs only when sizes ask for it stands at the end.
    """
    first = [node for node in plan.nodes if node.id not in plan.deferred]
    lines = [line for node in first if node.join is None for line in _tree(node, first, 0)]
    deferred = [f"  {_node(node)}" for node in plan.nodes if node.id in plan.deferred]
    return "\n".join([*lines, *(["in other directions:", *deferred] if deferred else [])])


def _tree(node: Node, nodes: Sequence[Node], depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{_node(node)}{_scans(node)}"
    for child in nodes:
        if child.join is not None and child.join.parent == node.id:
            yield from _tree(child, nodes, depth + 1)


def _scans(node: Node) -> str:
    """Marks what another source is asked, or what its keys meet, when no index begins with it."""
    entity = node.entity
    attributes: list[str] = []
    if node.condition is not None:
        for leaf in leaves(node.condition):
            if isinstance(leaf, KeyIn):
                attributes += leaf.attributes[:1]
            elif isinstance(node, Keys) and not node.candidates and isinstance(leaf, Compare | IsNull):
                attributes.append(entity.fields[leaf.field].attribute)
    scanned = [name for name in dict.fromkeys(attributes) if not _is_indexed(entity.column(name))]
    return f" [no index on {', '.join(scanned)}]" if scanned else ""


def _is_indexed(column: Column[Any]) -> bool:
    """Whether the primary key, an index or a unique constraint of the models begins with a column."""
    table = column.table
    assert isinstance(table, Table)
    begins = [list(index.columns)[:1] for index in table.indexes]
    begins += [
        list(each.columns)[:1]
        for each in table.constraints
        if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)
    ]
    return [column] in begins


def _node(node: Node) -> str:
    parts = [f"{node.id}. {type(node).__name__} {node.source}.{node.entity.table.name}"]
    if isinstance(node, Fetch):
        parts.append(f"({', '.join(map(_selected, node.columns))})")
    if isinstance(node, Keys):
        tested = f" with count {_tests(node.tests)}" if node.tests else ""
        via = f" via {'.'.join(hop.relation.name for hop in node.hops)}" if node.hops else ""
        most = f"at most {node.limit}" + (f", {node.attempt} at first" if node.attempt is not None else "")
        parts.append(f"({', '.join(node.key)}){via} for {node.purpose}{tested}, {most}")
    if isinstance(node, Aggregate):
        parts.append(f"({', '.join(map(str, node.measures))})")
    if isinstance(node, Groups):
        parts.append(f"by {', '.join(map(_key, node.by))} ({', '.join(map(str, node.measures))})")
    if isinstance(node, Ranks):
        some = " the first of" if node.top is not None else ""
        by = str(node.measure) if node.measure is not None else _sorted(node.sorted)
        parts.append(f"({', '.join(node.key)}) by {by} for{some} {node.purpose}, at most {node.limit}")
    if node.join is not None:
        near = node.join.through.table.name + "." if node.join.through is not None else ""
        own = ", ".join(
            near + column
            for column in (
                [column.name for column in node.join.through.near] if node.join.through else node.join.key
            )
        )
        parts.append(f"where {own} in {node.join.parent}.{', '.join(node.join.parent_fields)}")
    if isinstance(node, Fetch) and node.ids is not None:
        parts.append(f"where key in {node.ids}")
    if node.condition is not None:
        parts.append(f"if {show_condition(node.condition)}")
    if node.rows is not None:
        parts.append(f"rows {node.rows}")
    if isinstance(node, Fetch) and node.page is not None:
        parts.append(_page(node.page, node))
    if isinstance(node, Fetch) and node.locks:
        parts.append("locked")
    if isinstance(node, Aggregate | Groups) and node.range is not None:
        parts.append(f"within a range of {node.range}")
    elif isinstance(node, Groups):
        parts.append(_groups(node))
    if isinstance(node, Keys | Ranks) and node.ordered and node.size is not None:
        parts.append(f"from a key on, by {', '.join(node.key)}")
    return " ".join(parts)


def _selected(column: Selected) -> str:
    if isinstance(column, Counted) and column.condition is not None:
        return f"{column} if {show_condition(column.condition)}"
    return str(column)


def _sorted(each: Sorted) -> str:
    return str(each.term) if each.ranks is None else f"{each.term} as ranked by {each.ranks}"


def _key(each: Sorted) -> str:
    return each.term.name if each.ranks is None else f"{each.term.name} as ranked by {each.ranks}"


def _groups(node: Groups) -> str:
    """Which groups: their condition, number and order."""

    def term(each: GroupTerm) -> str:
        name = node.by[each.value].term.name if isinstance(each.value, int) else str(each.value)
        direction = "desc" if each.descending else "asc"
        return f"{name} {direction}{' nulls first' if each.nulls_first else ''}"

    having = f"having {node.having}, " if node.having is not None else ""
    size = f"first {node.size.origin}" if node.size is not None else f"at most {node.limit}"
    per = " per parent" if node.join is not None else ""
    return f"{having}{size}{per}, by {', '.join(map(term, node.order))}"


def _tests(tests: tuple[CountTest, ...]) -> str:
    return " and ".join(f"{test.operator} {test.value}" for test in tests)


def _page(page: Page, node: Fetch) -> str:
    per = " per parent" if node.join is not None else ""
    asked = page.size.origin if isinstance(page.size, Parameter) else page.size
    size = f"{'last' if page.backward else 'first'} {asked}{' + 1' if node.peek else ''}{per}"
    order = f"by {', '.join(map(_sorted, node.order)) or 'nothing'}{' with ties' if node.tied else ''}"
    places = [
        f"{name} {', '.join(map(_parameter, cursor.values))}"
        for name, cursor in (("after", page.after), ("before", page.before))
        if cursor is not None
    ]
    offset = [f"offset {page.offset}"] if page.offset is not None else []
    driven = [f"begun with {_begun(node.drive)}"] if node.drive is not None else []
    tied = [f"or tie by tie of {node.ties.batch}"] if node.ties is not None else []
    return ", ".join([size, order, *places, *offset, *driven, *tied])


def _begun(drive: Drive) -> str:
    return str(drive.top) if drive.chosen is None else f"{drive.top} or {drive.chosen}"


def _parameter(parameter: Parameter) -> str:
    return str(parameter)


def show_condition(condition: Condition) -> str:
    """A condition on one line."""
    match condition:
        case All(parts):
            return f"({' and '.join(map(show_condition, parts))})" if parts else "true"
        case AnyOf(parts):
            return f"({' or '.join(map(show_condition, parts))})" if parts else "false"
        case Not(part):
            return f"not {show_condition(part)}"
        case NotTrue(part):
            return f"not true {show_condition(part)}"
        case Related(relation, _, quantifier, inner):
            return f"{relation.name} {quantifier} {show_condition(inner)}"
        case RelatedCount(relation, _, tests):
            return f"count of {relation.name} {_tests(tests)}"
        case KeyIn(attributes, node):
            return f"{', '.join(attributes)} in keys of {node}"
        case IsNull(field, negated):
            return f"{field} is {'not ' if negated else ''}null"
        case In(fields, values, negated):
            return f"{', '.join(fields)} {'not ' if negated else ''}in {values}"
        case Compare(field, operator, value):
            return f"{field} {operator} {value}"
