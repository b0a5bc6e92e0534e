"""Groups: the keys they are made by, and the numbers about them.

A key in another source is ranked there, as a sort value is (see `order.py`): equal values have one rank, by
the collation of their own column. Keys and ranks are sent along with the statement that groups, which so
groups, tests and sorts in one database, whatever the measures are; ranks are turned into values afterwards.
"""

from collections.abc import Callable

from gateway.query.plan.draft import Drafts, GroupsDraft
from gateway.query.plan.order import Listing, Sorter
from gateway.query.plan.shapes import AggregateShape, GroupKeyShape, GroupsShape, GroupValueShape, NameShape
from gateway.query.selection import Aggregate, Grouping, GroupKey, Groups, GroupValue, OrderTerm, TypeName

ShowAggregate = Callable[[Aggregate, GroupsDraft], AggregateShape]


def draft_groups(
    grouping: Grouping, by: tuple[OrderTerm, ...], listing: Listing, drafts: Drafts, sorter: Sorter
) -> GroupsDraft:
    """The node of a grouping, after the ranks of its remote keys. `by` are its keys, for this caller."""
    keys = tuple(sorter.term(term, (None, None), listing) for term in by)
    return drafts.groups(listing.entity, listing.condition, listing.join, (keys, grouping))


def shape_groups(asked: Groups, draft: GroupsDraft, aggregate: ShowAggregate) -> GroupsShape:
    """The shape of the groups of one list."""

    def member(part: TypeName | GroupKey | Aggregate) -> NameShape | GroupKeyShape | AggregateShape:
        if isinstance(part, Aggregate):
            return aggregate(part, draft)
        return NameShape(part.key, part.name) if isinstance(part, TypeName) else key(part)

    def key(part: GroupKey) -> GroupKeyShape:
        return GroupKeyShape(part.key, tuple(map(value, part.members)), part.present)

    def value(part: TypeName | GroupValue | GroupKey) -> NameShape | GroupValueShape | GroupKeyShape:
        if isinstance(part, TypeName):
            return NameShape(part.key, part.name)
        if isinstance(part, GroupKey):
            return key(part)
        sorted_ = draft.by[part.by] if part.by is not None else None
        return GroupValueShape(part.key, part.by, sorted_)

    return GroupsShape(asked.key, draft.id, draft.entity, tuple(map(member, asked.members)))
