"""The planner: a row of passes, each a small translation. A feature is usually one more pass."""

from dataclasses import replace

from gateway.access import Access
from gateway.catalog.types import Catalog
from gateway.query.plan.choices import add_choices
from gateway.query.plan.fetches import plan_fetches
from gateway.query.plan.plan import Plan
from gateway.query.plan.types import Fetch, Node, Ranks
from gateway.query.selection import Selection


def make_plan(selection: Selection, catalog: Catalog, access: Access, keys_max: int) -> Plan:
    """What will be done for a selection on behalf of a role. Pure: it waits for nothing.

    `keys_max` is how many keys one condition may bring from another source.
    """
    return add_choices(mark_lone(restrict_rows(plan_fetches(selection, catalog, access, keys_max), access)))


def restrict_rows(plan: Plan, access: Access) -> Plan:
    """Add to every node the condition on the rows the caller may see."""
    nodes = tuple(
        node if isinstance(node, Ranks) else replace(node, rows=access.rows(node.entity))
        for node in plan.nodes
    )
    return replace(plan, nodes=nodes)


def mark_lone(plan: Plan) -> Plan:
    """Mark the pages whose parent is one row at most, which a plain limit cuts."""
    nodes = tuple(
        replace(node, lone=True)
        if isinstance(node, Fetch) and node.page and node.join and _is_one(plan.nodes[node.join.parent], plan)
        else node
        for node in plan.nodes
    )
    return replace(plan, nodes=nodes)


def _is_one(node: Node, plan: Plan) -> bool:
    """Whether a node brings one row at most: a root by a unique key, or one to-one relations away."""
    if not isinstance(node, Fetch) or node.page is not None or node.ids is not None:
        return False
    return node.join is None or (not node.join.many and _is_one(plan.nodes[node.join.parent], plan))
