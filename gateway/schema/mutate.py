"""Mutation operations: every root field in order, in one unit of work, and payloads after its decision.

    read → check → (begin → write and read, root by root → commit) → shape

`Mutating.attempt` is one try in a unit of its own; nothing of it outlasts the unit, so it can be repeated.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLObjectType, is_nullable_type
from graphql.execution.values import get_argument_values
from sqlalchemy.exc import DBAPIError
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.access import Access
from gateway.context import Context
from gateway.errors import GatewayError, SourceError, UnitRolledBack, WriteConflict
from gateway.mutation.check import Check
from gateway.mutation.errors import Refused, rolled_back
from gateway.mutation.retry import ATTEMPTS, retried
from gateway.mutation.unit import Unit
from gateway.query.settle import FieldError
from gateway.schema.arguments import Tally, WhereReader
from gateway.schema.document import Document, Operation, variables_below_roots
from gateway.schema.given import Fields, Given
from gateway.schema.mutation_arguments import ChangeReader
from gateway.schema.own_roots import OwnRun, Ran
from gateway.schema.payload import Outcome, PayloadShape
from gateway.schema.read import DocumentReader
from gateway.schema.reentry import Reentry
from gateway.schema.scalars import variable_values
from gateway.schema.writing import WriteRoot, Writing

if TYPE_CHECKING:
    from gateway.schema.pipeline import GatewaySchema


log = logging.getLogger("gateway.mutations")


@dataclass(frozen=True, slots=True)
class NameRoot:
    """`__typename`."""

    key: str


@dataclass(frozen=True, slots=True)
class OwnRoot:
    """A mutation of the app's own, which its resolver answers."""

    key: str
    nodes: tuple[FieldNode, ...]
    nullable: bool


RETRYABLE = "retryable"
"""What `@strawberry.mutation(metadata={"retryable": True})` says: that the resolver may be called again."""
MutationRoot = NameRoot | WriteRoot | OwnRoot
Outcomes = dict[str, Outcome | Ran]
"""What became of each root that writes, by response key."""


@dataclass(frozen=True, slots=True)
class Mutating:
    """One mutation operation of a client; `sent` are its variables as they came."""

    schema: "GatewaySchema"
    document: Document
    operation: Operation
    variables: Mapping[str, Any]
    given: Mapping[str, Given]
    context: Context
    sent: Mapping[str, Any] | None = None

    async def answer(self, roots: Sequence[MutationRoot]) -> tuple[dict[str, Any] | None, list[FieldError]]:
        """The data and the errors beside it. Without data nothing was written, for no expected reason."""
        outcomes = self.refused(roots)
        if not outcomes:
            try:
                again = all(self.repeatable(root) for root in roots)
                outcomes = await retried(lambda: self.attempt(roots), ATTEMPTS if again else 1)
            except RootFailed as failed:
                if isinstance(failed.error, GatewayError):
                    return None, [FieldError(failed.error, (failed.key,))]
                outcomes = _undone(roots, {failed.key: _reason(failed.error)})
            except GatewayError as error:
                return None, [FieldError(error, ())]
        if any(isinstance(each, Ran) and each.data is None for each in outcomes.values()):
            data = None
        else:
            data = {root.key: self.shape(root, outcomes) for root in roots}
        return data, [error for outcome in outcomes.values() for error in _beside(outcome)]

    # Reading

    def roots(self) -> list[MutationRoot]:
        """What is asked, in order. Raises BadUserInput for what can never work."""
        node, type_name = self.operation.node, "Mutation"
        fields = self.reader.collect([node.selection_set], type_name)
        return [self.root(key, nodes, type_name) for key, nodes in fields.items()]

    def root(self, key: str, nodes: list[FieldNode], type_name: str) -> MutationRoot:
        name = nodes[0].name.value
        if name == "__typename":
            return NameRoot(key)
        mutation, settings = self.schema.mutations.get(name), self.schema.settings
        root_type = self.schema.core.mutation_type
        assert isinstance(root_type, GraphQLObjectType)
        if mutation is None:
            return OwnRoot(key, tuple(nodes), is_nullable_type(root_type.fields[name].type))
        values = variable_values(self.variables)
        arguments = get_argument_values(root_type.fields[name], nodes[0], values)
        where = self.reader.arguments(nodes[0], type_name).get("where", Fields(()))
        reader = WhereReader(self.schema.catalog, self.schema.graph.limits, self.tally)
        condition = reader.read(where, mutation.entity)
        change = ChangeReader(self.schema.catalog, settings.in_max).read(mutation, arguments, condition, key)
        below = self.reader.below(nodes, mutation.payload)
        return WriteRoot(key, mutation, change, PayloadShape(mutation, below, self.reader))

    @property
    def reader(self) -> DocumentReader:
        graph = self.schema.graph
        return DocumentReader(self.document.fragments, dict(self.given), graph, self.tally)

    @property
    def tally(self) -> Tally:
        return Tally(self.schema.graph.limits.conditions_max)

    @property
    def reentry(self) -> Reentry:
        """Re-entry for payloads. Their plans depend on no variable that only root arguments use."""
        below = variables_below_roots(self.operation.node, self.document.fragments)
        given = tuple((name, value) for name, value in self.given.items() if name in below)
        name = self.operation.node.name.value if self.operation.node.name else None
        return Reentry(self.schema, self.document.text, name, self.variables, given, self.context, self.sent)

    # Checking

    def refused(self, roots: Sequence[MutationRoot]) -> Outcomes:
        """What is said when some change can be refused without a look at any database; else nothing."""
        features = {name: database.features for name, database in self.context.databases.items()}
        check = Check(Access(self.context.caller.role), features)
        bad: Outcomes = {}
        for root in roots:
            errors = check.errors(root.change) if isinstance(root, WriteRoot) else []
            if errors:
                bad[root.key] = Outcome(errors=errors)
        return _undone(roots, bad) if bad else {}

    # Writing

    async def attempt(self, roots: Sequence[MutationRoot]) -> Outcomes:
        """Every root, in order, in a new unit. Raises RootFailed, and what committing raises."""
        unit = await self.context.begin()
        try:
            outcomes: Outcomes = {}
            reentry = self.reentry
            for root in roots:
                match root:
                    case WriteRoot():
                        outcomes[root.key] = await self.guarded(root, unit, reentry)
                    case OwnRoot():
                        outcomes[root.key] = await self.resolved(root, reentry)
                    case NameRoot():
                        pass
            await unit.commit()
            return outcomes
        except RootFailed as failed:
            if unit.conflict is not None:  # in a resolver, which may have said something else
                raise unit.conflict from failed
            raise
        finally:
            await unit.rollback()

    def repeatable(self, root: MutationRoot) -> bool:
        """Whether a root may be run again in another unit: a generated one, or one that is marked so."""
        mutation_type = self.schema.core.mutation_type
        if not isinstance(root, OwnRoot) or mutation_type is None:
            return True
        field = mutation_type.fields[root.nodes[0].name.value]
        declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        return bool(declared.metadata.get(RETRYABLE))

    async def guarded(self, root: WriteRoot, unit: Unit, reentry: Reentry) -> Outcome:
        try:
            return await Writing(self.schema, root, self.variables, unit, reentry).outcome()
        except WriteConflict:
            raise
        except (GatewayError, Refused) as error:
            raise RootFailed(root.key, error) from error
        except DBAPIError as error:
            log.error("a statement of %s failed", root.mutation.name, exc_info=error)
            failure = SourceError("A database could not run a statement of this mutation.")
            raise RootFailed(root.key, failure) from error

    async def resolved(self, root: OwnRoot, reentry: Reentry) -> Ran:
        """What the app's resolver gives; its writes belong to the unit. Raises RootFailed when it fails.

        What fails only below the root, when the answer is read, undoes nothing.
        """
        ran = await OwnRun(self.schema.own, reentry).roots("mutation", root.nodes)
        if ran.data is None or any(error.path == (root.key,) for error in ran.errors):
            raise RootFailed(root.key, ran)
        return ran

    # Shaping

    def shape(self, root: MutationRoot, outcomes: Outcomes) -> Any:
        if isinstance(root, NameRoot):
            return "Mutation"
        outcome = outcomes.get(root.key)
        if isinstance(root, WriteRoot):
            assert isinstance(outcome, Outcome)
            return root.payload.shape(outcome)
        return outcome.data[root.key] if isinstance(outcome, Ran) and outcome.data else None


class RootFailed(Exception):
    """A root's error, which decides that the unit is rolled back."""

    def __init__(self, key: str, error: GatewayError | Refused | Ran) -> None:
        super().__init__(key)
        self.key = key
        self.error = error


_UNDONE = UnitRolledBack(
    "Nothing was written, because another field of the operation failed.",
    hint="Mend that field, or send the fields in operations of their own.",
)


def _reason(error: Refused | Ran) -> Outcome | Ran:
    return error if isinstance(error, Ran) else Outcome(errors=error.errors)


def _undone(roots: Sequence[MutationRoot], bad: Outcomes) -> Outcomes:
    """The outcomes after a rollback: the reasons of some roots, and that the others were undone with them."""
    (cause, first), *_ = bad.items()
    path = first.errors[0].path if isinstance(first, Outcome) else (cause,)
    undone: Outcomes = {}
    for root in roots:
        if root.key in bad:
            undone[root.key] = bad[root.key]
        elif isinstance(root, WriteRoot):
            undone[root.key] = Outcome(errors=[rolled_back((root.key,), path)])
        elif isinstance(root, OwnRoot):
            data = {root.key: None} if root.nullable else None
            undone[root.key] = Ran(data, [FieldError(_UNDONE, (root.key,))])
    return undone


def _beside(outcome: Outcome | Ran) -> Sequence[FieldError]:
    """The errors that stand beside the data."""
    return outcome.errors if isinstance(outcome, Ran) else outcome.unread
