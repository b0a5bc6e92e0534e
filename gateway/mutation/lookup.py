"""Finds the rows that a change speaks of, by their unique keys, on the unit's own connections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.access import Access
from gateway.catalog.types import Entity
from gateway.mutation import sql
from gateway.mutation.change import Ref
from gateway.mutation.errors import ErrorCode, MutationError, Path, Refused
from gateway.mutation.sql import Record, Test
from gateway.mutation.unit import Unit
from gateway.mutation.write import Writer
from gateway.observe import Trace

T = TypeVar("T")
Key = tuple[Any, ...]
"""The primary key of a row, in the entity's order."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Looks at rows in a unit on behalf of one caller, who finds only what it may see."""

    unit: Unit
    access: Access
    claims: Mapping[str, Any]
    trace: Trace

    async def at(self, entity: Entity, work: Callable[[Writer], T]) -> T:
        """Does work in the source of an entity."""
        source = entity.source
        return await self.unit.run(source, lambda session: work(Writer(session, source, self.trace)))

    def visible(self, entity: Entity) -> list[Test]:
        """The test for the rows that exist for the caller. Raises Forbidden for a claim it lacks."""
        return sql.visible(self.access.rows(entity), self.claims)

    async def find(self, refs: Sequence[Ref], attributes: Sequence[str]) -> list[Record]:
        """A record per row, locked. Raises Refused with NotFound for those that are not there."""
        found = await self.look_up(refs, attributes)
        lost = [not_found(ref) for ref, record in zip(refs, found, strict=True) if record is None]
        if lost:
            raise Refused(lost)
        return [record for record in found if record is not None]

    async def look_up(
        self, refs: Sequence[Ref], attributes: Sequence[str], *, hidden: bool = False
    ) -> list[Record | None]:
        """A record per row, None for one that is not there; `hidden` ones are seen if that is set."""
        if not refs:
            return []
        entity = refs[0].entity
        names = tuple(dict.fromkeys((*entity.key_attributes, *attributes)))
        visible = [] if hidden else self.visible(entity)

        def work(writer: Writer) -> list[Record | None]:
            found = [writer.find(entity, names, [*has_key(ref), *visible], lock=True) for ref in refs]
            return [rows[0] if rows else None for rows in found]

        return await self.at(entity, work)

    async def locked(self, ref: Ref, version: int | None, attributes: Sequence[str]) -> Record:
        """The row of a reference, if it still has the version that the client read."""
        counted = ref.entity.version
        if counted is None or version is None:
            (record,) = await self.find([ref], attributes)
            return record
        (record,) = await self.find([ref], (*attributes, counted.attribute))
        if record[counted.attribute] != version:
            message = f"This {ref.entity.name} has been changed since it was read: version {version} is over."
            raise Refused([MutationError(ErrorCode.CONFLICT, message, ref.path)])
        return {name: value for name, value in record.items() if name != counted.attribute}


def has_key(ref: Ref) -> list[Test]:
    """The test for the row that a reference means."""
    return sql.equal([ref.entity.fields[name].column for name in ref.fields], ref.values)


def key_of(entity: Entity, record: Record) -> Key:
    return tuple(record[name] for name in entity.key_attributes)


def not_found(ref: Ref) -> MutationError:
    message = f"There is no {ref.entity.name} with this {' and '.join(ref.fields)}."
    return MutationError(ErrorCode.NOT_FOUND, message, ref.path)


def not_related(ref: Ref, relation: str) -> MutationError:
    message = f"This {ref.entity.name} is none of these {relation}."
    return MutationError(ErrorCode.NOT_FOUND, message, ref.path)


def not_yours(entity: Entity, path: Path) -> MutationError:
    message = f"You may not write a {entity.name} with these values."
    return MutationError(ErrorCode.FORBIDDEN, message, path)
