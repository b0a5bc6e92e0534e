"""Carries out changes in a unit: keys flow from the rows that are referred to into those that refer.

Rows that others refer to come first, then the rows themselves, then those that refer to them. Rows of one
kind are written in one hop to their source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.catalog.types import Catalog, Entity, Relation
from gateway.errors import WriteConflict
from gateway.mutation import sql
from gateway.mutation.change import Create, Delete, Ref, RowInput, ToMany, Update, Upsert
from gateway.mutation.check import key_fields
from gateway.mutation.errors import ErrorCode, MutationError, Path, Refused
from gateway.mutation.lookup import Key, Lookup, key_of, not_related, not_yours
from gateway.mutation.sql import Record
from gateway.mutation.write import Writer
from gateway.query.conversions import ToColumn


@dataclass(frozen=True, slots=True)
class Execution:
    """Writes in a unit. Raises Refused with the expected errors of a change."""

    lookup: Lookup
    catalog: Catalog

    # Roots

    async def create(self, change: Create) -> list[Key]:
        """The keys of the new rows, in the order of the input."""
        if not change.rows:
            return []
        records = await self._insert(change.rows, [{} for _ in change.rows])
        return [key_of(row.entity, record) for row, record in zip(change.rows, records, strict=True)]

    async def update(self, change: Update) -> Key:
        """The key of the row as it is now."""
        record = await self.lookup.locked(change.ref, change.version, _needed(change.row))
        (record,) = await self._change(change.row, [record])
        return key_of(change.row.entity, record)

    async def update_all(self, row: RowInput, keys: Sequence[Key]) -> list[Key]:
        """Changes rows that are locked already; `row` has no related rows that would hold their keys."""
        records = await self._change(row, _records(row.entity, keys))
        return [key_of(row.entity, record) for record in records]

    async def upsert(self, change: Upsert) -> tuple[Key, bool]:
        """The key of the row, and whether it is a new one.

        Raises WriteConflict when another unit has created the row in between: this one may be tried again.
        """
        ref, entity = change.ref, change.ref.entity
        (there,) = await self.lookup.look_up([ref], _needed(change.update), hidden=True)
        if there is not None:
            (seen,) = await self.lookup.look_up([ref], ())
            if seen is None:
                raise Refused([not_yours(entity, ref.path)])
            (record,) = await self._change(change.update, [there])
            return key_of(entity, record), False
        try:
            (record,) = await self._insert([change.create], [{}])
        except Refused as refused:
            if any(_is_taken(error, change) for error in refused.errors):
                message = f"Another operation has just created this {entity.name}."
                raise WriteConflict(message, source=entity.source) from refused
            raise
        return key_of(entity, record), True

    async def lock(self, change: Delete) -> Key:
        """The key of a row that is about to be deleted."""
        record = await self.lookup.locked(change.ref, change.version, ())
        return key_of(change.ref.entity, record)

    async def delete_all(self, entity: Entity, keys: Sequence[Key], path: Path) -> None:
        records = _records(entity, keys)
        await self.lookup.at(entity, lambda writer: writer.delete(entity, records, path))

    # Rows

    async def _insert(self, rows: Sequence[RowInput], given: Sequence[Record]) -> list[Record]:
        """Creates rows of one entity with what is related to them; `given` are values from the rows above."""
        entity = rows[0].entity
        values = [_own(row) | above for row, above in zip(rows, given, strict=True)]
        await self._refer(rows, values)
        visible = self.lookup.visible(entity)
        attributes = tuple(dict.fromkeys(name for row in rows for name in _needed(row)))

        def work(writer: Writer) -> list[Record]:
            made = writer.insert_all(entity, values, [row.path for row in rows])
            for row, record in zip(rows, made, strict=True):
                writer.allow(entity, [record], visible, not_yours(entity, row.path))
            return [writer.complete(entity, record, attributes) for record in made]

        records = await self.lookup.at(entity, work)
        await self._relate(rows, records)
        return records

    async def _change(self, row: RowInput, records: Sequence[Record]) -> list[Record]:
        """Changes rows that are there, all in the same way."""
        entity, values = row.entity, _own(row)
        await self._refer([row], [values])
        refusal = not_yours(entity, row.path)
        visible = self.lookup.visible(entity)

        def work(writer: Writer) -> list[Record]:
            changed = writer.update(entity, records, values, row.path)
            writer.allow(entity, changed, visible, refusal)
            return changed

        changed = await self.lookup.at(entity, work) if records else []
        for record in changed:
            await self._relate([row], [record])
        return changed

    # Rows that are referred to

    async def _refer(self, rows: Sequence[RowInput], values: Sequence[Record]) -> None:
        """Puts the keys of the rows that are referred to into the values, and checks the keys given."""
        entity = rows[0].entity
        for relation in entity.relations.values():
            if relation.refers:
                await self._connect_ones(relation, rows, values)
                if relation.checked:
                    await self._check(relation, rows, values)

    async def _connect_ones(
        self, relation: Relation, rows: Sequence[RowInput], values: Sequence[Record]
    ) -> None:
        asked = [
            (one.target, own)
            for row, own in zip(rows, values, strict=True)
            for one in row.ones
            if one.relation is relation
        ]
        refs = [(target, own) for target, own in asked if isinstance(target, Ref)]
        news = [(target, own) for target, own in asked if isinstance(target, RowInput)]
        records = await self.lookup.find([ref for ref, _ in refs], relation.target_key)
        if news:
            made = await self._insert([new for new, _ in news], [{} for _ in news])
            target = self.catalog.entities[relation.target]
            records += await self._completed(target, made, relation.target_key)
        for (_, own), record in zip((*refs, *news), records, strict=True):
            keys = [record[name] for name in relation.target_key]
            own.update(zip(relation.owner_key, keys, strict=True))
        for target_, own in asked:
            if target_ is None:
                own.update(dict.fromkeys(relation.owner_key))

    async def _completed(
        self, entity: Entity, records: Sequence[Record], attributes: Sequence[str]
    ) -> list[Record]:
        if all(name in record for record in records for name in attributes):
            return list(records)
        return await self.lookup.at(
            entity, lambda writer: [writer.complete(entity, record, attributes) for record in records]
        )

    async def _check(self, relation: Relation, rows: Sequence[RowInput], values: Sequence[Record]) -> None:
        """Raises Refused where a key that the client gave leads to no row."""
        target = self.catalog.entities[relation.target]
        asked: dict[tuple[Any, ...], Path] = {}
        for row, own in zip(rows, values, strict=True):
            names = key_fields(row.entity, relation.owner_key)
            key = tuple(own.get(name) for name in relation.owner_key)
            if None not in key and any(name in row.values for name in names):
                asked.setdefault(key, (*row.path, names[0]))
        if not asked:
            return
        visible = self.lookup.visible(target)

        def work(writer: Writer) -> list[tuple[Any, ...]]:
            tests = {key: sql.attributes_equal(target, relation.target_key, key) for key in asked}
            return [key for key in asked if not writer.exists(target, [*tests[key], *visible])]

        fields = key_fields(rows[0].entity, relation.owner_key)
        message = f"There is no row that {' and '.join(fields)} could refer to."
        lost = await self.lookup.at(target, work)
        if lost:
            code = ErrorCode.FOREIGN_KEY_VIOLATION
            raise Refused([MutationError(code, message, asked[key], fields) for key in lost])

    # Rows that refer

    async def _relate(self, rows: Sequence[RowInput], records: Sequence[Record]) -> None:
        """Creates, connects, disconnects and deletes the rows that hold the keys of these."""
        places = dict.fromkeys(many.relation.name for row in rows for many in row.manies)
        for name in places:
            pairs = [
                (many, record)
                for row, record in zip(rows, records, strict=True)
                for many in row.manies
                if many.relation.name == name
            ]
            for many, record in pairs:
                await self._let_go(many, record)
            await self._create_manies(pairs)
            for many, record in pairs:
                await self._connect_many(many, record)

    async def _create_manies(self, pairs: Sequence[tuple[ToMany, Record]]) -> None:
        news = [(many, record, row) for many, record in pairs for row in many.create]
        if not news:
            return
        relation = news[0][0].relation
        above = [{} if relation.through else _held(relation, record) for _, record, _ in news]
        made = await self._insert([row for _, _, row in news], above)
        if relation.through is not None:
            for (many, record, _), target in zip(news, made, strict=True):
                (target,) = await self._completed(many.entity, [target], relation.target_key)
                await self._join(many, record, target)

    async def _connect_many(self, many: ToMany, record: Record) -> None:
        relation = many.relation
        found = await self.lookup.find(many.connect, relation.target_key)
        for ref, target in zip(many.connect, found, strict=True):
            if relation.through is not None:
                await self._join(many, record, target)
            else:
                await self._point(many, [target], _held(relation, record), ref.path)

    async def _let_go(self, many: ToMany, record: Record) -> None:
        """Disconnects and deletes, of the rows that belong to this one."""
        if many.clear:
            await self._clear(many, record)
        for refs, delete in ((many.disconnect, False), (many.delete, True)):
            found = await self.lookup.find(refs, many.relation.target_key)
            for ref, target in zip(refs, found, strict=True):
                if not await self._part(many, record, target):
                    raise Refused([not_related(ref, many.relation.name)])
                if delete:
                    await self.delete_all(many.entity, [key_of(many.entity, target)], ref.path)
                elif many.relation.through is None:
                    await self._point(many, [target], dict.fromkeys(many.relation.target_key), ref.path)

    async def _clear(self, many: ToMany, record: Record) -> None:
        entity, held = many.entity, _held(many.relation, record)
        tests = [*sql.attributes_equal(entity, list(held), list(held.values())), *self.lookup.visible(entity)]
        names = entity.key_attributes
        found = await self.lookup.at(entity, lambda writer: writer.find(entity, names, tests, lock=True))
        await self._point(many, found, dict.fromkeys(held), many.path)

    async def _point(
        self, many: ToMany, targets: Sequence[Record], key: Mapping[str, Any], path: Path
    ) -> None:
        """Writes a key into rows that hold one."""
        visible = self.lookup.visible(many.entity)

        def work(writer: Writer) -> None:
            changed = writer.update(many.entity, targets, key, path)
            writer.allow(many.entity, changed, visible, not_yours(many.entity, path))

        await self.lookup.at(many.entity, work)

    async def _part(self, many: ToMany, record: Record, target: Record) -> bool:
        """Whether the two rows were related; a junction's row is gone then."""
        relation, held = many.relation, _held(many.relation, record)
        junction = relation.through
        if junction is None:
            return all(target[name] == value for name, value in held.items())
        near, far = _ends(relation, record, target)
        return await self.lookup.at(many.entity, lambda writer: writer.part(junction, near, far))

    async def _join(self, many: ToMany, record: Record, target: Record) -> None:
        junction = many.relation.through
        assert junction is not None
        near, far = _ends(many.relation, record, target)
        await self.lookup.at(many.entity, lambda writer: writer.join(junction, near, far))


def _own(row: RowInput) -> Record:
    """The row's own values by attribute, as their columns take them."""
    fields = [(row.entity.fields[name], value) for name, value in row.values.items()]
    return {field.attribute: None if value is None else ToColumn(field)(value) for field, value in fields}


def _needed(row: RowInput) -> tuple[str, ...]:
    """The attributes of a row that related rows are going to hold."""
    return tuple(dict.fromkeys(name for many in row.manies for name in many.relation.owner_key))


def _held(relation: Relation, record: Record) -> Record:
    """What a row that refers to this one holds."""
    values = (record[name] for name in relation.owner_key)
    return dict(zip(relation.target_key, values, strict=True))


def _ends(relation: Relation, record: Record, target: Record) -> tuple[list[Any], list[Any]]:
    """What a junction's row holds of both."""
    return [record[name] for name in relation.owner_key], [target[name] for name in relation.target_key]


def _records(entity: Entity, keys: Sequence[Key]) -> list[Record]:
    return [dict(zip(entity.key_attributes, key, strict=True)) for key in keys]


def _is_taken(error: MutationError, change: Upsert) -> bool:
    """Whether an insert failed because the row is there after all."""
    same = error.code is ErrorCode.UNIQUE_VIOLATION and set(error.fields) == set(change.ref.fields)
    return same and error.path[:-1] == change.create.path
