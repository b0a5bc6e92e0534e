"""Own fields that are resolved before the answer is shaped: all rows of a field at once, each row once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import GatewayError
from gateway.query.execute import Outcome
from gateway.query.join import Rows
from gateway.query.plan.shapes import OwnShape
from gateway.query.prepare import Prepared
from gateway.query.shape import Broken, OwnShaper
from gateway.schema.own_resolver import OwnResolver
from gateway.schema.own_roots import OwnRun
from gateway.schema.own_rows import records_of
from gateway.schema.place import Below
from gateway.schema.reentry import Reentry

Found = Mapping[OwnShape, Mapping[Any, Any]]


async def resolve_own(
    prepared: Prepared, outcome: Outcome, values: Mapping[str, Any], reentry: Reentry
) -> Found:
    """What the resolvers of a plan's own fields give, by field and by the key of the row."""
    steps = [_Step(shaper, values, reentry) for shaper in prepared.own]
    found = await asyncio.gather(*(step.run(outcome) for step in steps))
    return {shaper.shape: each for shaper, each in zip(prepared.own, found, strict=True)}


@dataclass(frozen=True, slots=True)
class _Step:
    shaper: OwnShaper
    values: Mapping[str, Any]
    reentry: Reentry

    @property
    def resolver(self) -> OwnResolver:
        found: OwnResolver = self.shaper.shape.field.resolver
        return found

    async def run(self, outcome: Outcome) -> Mapping[Any, Any]:
        result = outcome.results[self.shaper.shape.node]
        if not isinstance(result, Rows):
            return {}
        rows = {self.shaper.key(row): row for row in result.rows}
        rows = {key: row for key, row in rows.items() if not _is_absent(key)}
        if not rows:
            return {}
        nodes, resolver = self.shaper.shape.nodes, self.resolver
        arguments = self.shaper.given(self.values)
        info = resolver.info_at(nodes, self.reentry)
        objects: dict[Any, Any] = {}
        found: dict[Any, Any] = {}
        for key, row in rows.items():
            try:
                objects[key] = self.shaper.row(row)
            except GatewayError as error:  # what the resolver needs cannot be shown
                found[key] = Broken(error)
        if objects:
            given = await resolver.call(list(objects.values()), arguments, info)
            found |= zip(objects, await self.shown(given), strict=True)
        return found

    async def shown(self, given: list[Any]) -> list[Any]:
        resolver, shape = self.resolver, self.shaper.shape
        failed = resolver.failures()
        given = [failed(value) if isinstance(value, Exception) else value for value in given]
        if resolver.rows is not None:
            below = Below.of(resolver.rows.entity.name, shape.nodes)
            return await records_of(given, resolver.rows, below, self.reentry)
        if resolver.has_objects:
            return await OwnRun(self.reentry.schema.own, self.reentry).objects(
                shape.entity.name, shape.nodes, given
            )
        return [resolver.leaf(value, failed) for value in given]


def _is_absent(key: Any) -> bool:
    """Whether a joined row is not there."""
    return key is None or (isinstance(key, tuple) and None in key)
