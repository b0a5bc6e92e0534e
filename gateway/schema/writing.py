"""One generated mutation carried out: written, and read again as its payload asks."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import NestedTransaction
from sqlalchemy.orm import Session

from gateway.access import Access
from gateway.catalog.types import Entity
from gateway.errors import GatewayError
from gateway.mutation.change import Change, Create, Delete, DeleteMany, Update, UpdateMany, Upsert
from gateway.mutation.errors import Path
from gateway.mutation.execute import Execution
from gateway.mutation.lookup import Key, Lookup
from gateway.mutation.unit import Unit
from gateway.query.ids import encode_id
from gateway.query.settle import FieldError
from gateway.schema.chosen import Chooser
from gateway.schema.mutation_types import Mutation
from gateway.schema.payload import Outcome, PayloadShape
from gateway.schema.place import Place
from gateway.schema.reentry import Entered, Reentry

if TYPE_CHECKING:
    from gateway.schema.pipeline import GatewaySchema


@dataclass(frozen=True, slots=True)
class WriteRoot:
    """A generated mutation as an operation asks for it."""

    key: str
    mutation: Mutation
    change: Change
    payload: PayloadShape

    def place(self, key: str) -> Place:
        """Where the payload shows rows."""
        steps = (("Mutation", self.key), (self.mutation.payload, key))
        return Place(self.mutation.entity.name, steps)


@dataclass(frozen=True, slots=True)
class Writing:
    """Carries out one root in a unit. Raises Refused, and GatewayError for what is no fault of the input."""

    schema: "GatewaySchema"
    root: WriteRoot
    variables: Mapping[str, Any]
    unit: Unit
    reentry: Reentry

    async def outcome(self) -> Outcome:
        entity = self.root.mutation.entity
        match self.root.change:
            case Create() as change:
                return await self.read(await self.execution.create(change))
            case Update() as change:
                return await self.read([await self.execution.update(change)])
            case UpdateMany(condition, row):
                keys = await self.chooser.keys(entity, condition, self.unit)
                return await self.read(await self.execution.update_all(row, keys))
            case Upsert() as change:
                key, created = await self.execution.upsert(change)
                outcome = await self.read([key])
                outcome.created = created
                return outcome
            case Delete() as change:
                return await self.delete([await self.execution.lock(change)], change.ref.path)
            case DeleteMany(condition):
                keys = await self.chooser.keys(entity, condition, self.unit)
                return await self.delete(keys, (self.root.key, "where"))

    @property
    def execution(self) -> Execution:
        context = self.reentry.context
        caller = context.caller
        lookup = Lookup(self.unit, Access(caller.role), caller.claims, context.trace)
        return Execution(lookup, self.schema.catalog)

    @property
    def chooser(self) -> Chooser:
        return Chooser(self.schema, self.variables, self.reentry.context)

    async def delete(self, keys: Sequence[Key], path: Path) -> Outcome:
        """Reads the rows, as long as they are there, and deletes them."""
        entity = self.root.mutation.entity
        outcome = await self.read(keys)
        await self.execution.delete_all(entity, keys, path)
        if not self.root.mutation.verb.many:
            outcome.deleted_id = global_id(entity, keys[0])
        return outcome

    # Payloads

    async def read(self, keys: Sequence[Key]) -> Outcome:
        """The rows as selected, in the state that the unit is in now."""
        outcome = Outcome(affected=len(keys))
        many = self.root.mutation.verb.many
        for key in self.root.payload.places:
            entered = await self.enter(self.root.place(key), keys)
            outcome.records[key] = entered.records if many else entered.records[0]
            for error in entered.errors:
                inside = error.path if many else error.path[1:]
                path = (self.root.key, key, *inside)
                outcome.unread.append(FieldError(error.error, path, error.affected))
        return outcome

    async def enter(self, place: Place, keys: Sequence[Key]) -> Entered:
        """What a place shows. A read that fails costs its place, never what was written."""
        try:
            async with self.savepoints(await self.sources(place)) as undo:
                entered = await self.reentry.read(place, keys)
                if entered.errors:
                    undo()
                return entered
        except GatewayError as error:
            unread = [FieldError(error, (position,)) for position in range(min(1, len(keys)))]
            return Entered([None] * len(keys), unread)

    async def sources(self, place: Place) -> list[str]:
        """The sources that a place is read from in a transaction that a failed read would spoil."""
        nodes = (await self.reentry.prepared(place)).plan.nodes
        sessions, databases = self.reentry.context.sessions, self.reentry.context.databases
        names = dict.fromkeys(node.source for node in nodes)
        return [name for name in names if sessions.is_open(name) and databases[name].features.fails_whole]

    @asynccontextmanager
    async def savepoints(self, sources: Sequence[str]) -> AsyncIterator[Any]:
        """Reads inside are undone when they raise or the function given is called."""
        points: dict[str, NestedTransaction] = {}
        failed = False

        def undo() -> None:
            nonlocal failed
            failed = True

        for name in sources:
            points[name] = await self.unit.run(name, lambda session: session.connection().begin_nested())
        try:
            yield undo
        except GatewayError:
            undo()
            raise
        finally:
            for name, point in points.items():
                await self.unit.run(name, _ending(point, failed))


def _ending(point: NestedTransaction, failed: bool) -> Callable[[Session], None]:
    return lambda _: point.rollback() if failed else point.commit()


def global_id(entity: Entity, key: Key) -> str:
    scalars = [entity.fields[name].scalar for name in entity.key]
    shown = [
        value if scalar.serialize is None else scalar.serialize(value)
        for scalar, value in zip(scalars, key, strict=True)
    ]
    return encode_id(entity, shown)
