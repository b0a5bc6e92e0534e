"""Plans in words, for people: `gateway explain` and the golden cases print them."""

from collections.abc import Iterator

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
)
from gateway.query.parameters import Parameter
from gateway.query.plan.types import Aggregate, Column, Counted, Fetch, Keys, Node, Plan, Ranks, Sorted
from gateway.query.selection import Page


def show_plan(plan: Plan) -> str:
    """The plan as an indented tree, a node a line; children stand below the node they join."""
    return "\n".join(line for node in plan.nodes if node.join is None for line in _tree(node, plan, 0))


def _tree(node: Node, plan: Plan, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{_node(node)}"
    for child in plan.nodes:
        if child.join is not None and child.join.parent == node.id:
            yield from _tree(child, plan, depth + 1)


def _node(node: Node) -> str:
    parts = [f"{node.id}. {type(node).__name__} {node.source}.{node.entity.table.name}"]
    if isinstance(node, Fetch):
        parts.append(f"({', '.join(map(_column, node.columns))})")
    if isinstance(node, Keys):
        tested = f" with count {_tests(node.tests)}" if node.tests else ""
        via = f" via {'.'.join(hop.relation.name for hop in node.hops)}" if node.hops else ""
        parts.append(f"({', '.join(node.key)}){via} for {node.purpose}{tested}, at most {node.limit}")
    if isinstance(node, Aggregate):
        parts.append(f"({', '.join(map(str, node.measures))})")
    if isinstance(node, Ranks):
        by = str(node.measure) if node.measure is not None else _sorted(node.sorted)
        parts.append(f"({', '.join(node.key)}) by {by} for {node.purpose}, at most {node.limit}")
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
    return " ".join(parts)


def _column(column: Column) -> str:
    if isinstance(column, Counted) and column.condition is not None:
        return f"{column} if {show_condition(column.condition)}"
    return str(column)


def _sorted(each: Sorted) -> str:
    return str(each.term) if each.ranks is None else f"{each.term} as ranked by {each.ranks}"


def _tests(tests: tuple[CountTest, ...]) -> str:
    return " and ".join(f"{test.operator} {test.value}" for test in tests)


def _page(page: Page, node: Fetch) -> str:
    per = " per parent" if node.join is not None else ""
    size = f"{'last' if page.backward else 'first'} {page.size}{' + 1' if node.peek else ''}{per}"
    order = "by " + ", ".join(map(_sorted, node.order))
    places = [
        f"{name} {', '.join(map(_parameter, cursor.values))}"
        for name, cursor in (("after", page.after), ("before", page.before))
        if cursor is not None
    ]
    offset = [f"offset {page.offset}"] if page.offset is not None else []
    return ", ".join([size, order, *places, *offset])


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
