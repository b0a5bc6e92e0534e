"""Conditions on relations into another source become keys: asked there, and used here as a list.

`customer: {country: {eq: "DE"}}` on orders turns into a `Keys` node on the customers' source and a `KeyIn`
on the orders. Inside the relation the same happens again, so conditions may cross several sources.
"""

from dataclasses import dataclass

from gateway.catalog.types import Entity
from gateway.query.conditions import (
    All,
    Condition,
    KeyIn,
    Not,
    NotTrue,
    Quantifier,
    Related,
    RelatedCount,
    inside,
    rewrite,
)
from gateway.query.plan.draft import Drafts
from gateway.query.plan.types import Keys


@dataclass(frozen=True, slots=True)
class Localizer:
    """Rewrites conditions so that each can be written in one statement of its source."""

    drafts: Drafts
    keys_max: int

    def localize(self, condition: Condition | None) -> Condition | None:
        return None if condition is None else rewrite(condition, self._leaf)

    def _leaf(self, condition: Condition) -> Condition:
        match condition:
            case Related() if condition.relation.remote:
                return self._related(condition)
            case Related():
                return inside(condition, self._inner)
            case RelatedCount() if condition.relation.remote:
                return self._count(condition)
        return condition

    def _inner(self, condition: Condition) -> Condition:
        return rewrite(condition, self._leaf)

    def _related(self, condition: Related) -> Condition:
        inner = self._inner(condition.condition)
        if condition.quantifier is Quantifier.EVERY:
            inner = NotTrue(inner)
        found = self._keys(condition, inner)
        return found if condition.quantifier is Quantifier.SOME else Not(found)

    def _count(self, condition: RelatedCount) -> Condition:
        # A row without any related row has no key there. When zero passes, those that fail are found instead.
        return self._keys(condition, All(()))

    def _keys(self, asked: Related | RelatedCount, inner: Condition) -> KeyIn:
        relation, target = asked.relation, asked.target
        tests, zero = (asked.tests, asked.zero) if isinstance(asked, RelatedCount) else ((), None)

        def make(number: int) -> Keys:
            return Keys(
                id=number,
                source=target.source,
                entity=target,
                key=relation.target_key,
                purpose=f"the condition on {relation.owner}.{relation.name}",
                limit=self.keys_max,
                unique=_is_unique(target, relation.target_key),
                condition=None if inner == All(()) else inner,
                rows=asked.rows,
                tests=tests,
                flipped=zero,
            )

        return KeyIn(relation.owner_key, self.drafts.share(make), zero)


def _is_unique(entity: Entity, attributes: tuple[str, ...]) -> bool:
    keys = [{entity.fields[name].attribute for name in key.fields} for key in entity.unique_keys]
    return any(key <= set(attributes) for key in [set(entity.key_attributes), *keys])
