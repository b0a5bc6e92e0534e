"""One own field at work: its arguments, its calls, and what its values look like in the answer."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
    is_leaf_type,
)
from strawberry import Info, Schema
from strawberry.permission import BasePermission
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import INFO_PARAMSPEC

from gateway.context import Context
from gateway.errors import BadUserInput, Code, Forbidden, GatewayError, NullInNonNull, ResolverError
from gateway.query.parameters import Parameter, Variable
from gateway.query.shape import Broken
from gateway.schema.extend import Computed
from gateway.schema.own_types import Rows, is_leaf, leaf_of
from gateway.schema.scalars import variable_values

if TYPE_CHECKING:
    from gateway.schema.reentry import Reentry

log = logging.getLogger("gateway.resolvers")

FORBIDDEN = {"code": Code.FORBIDDEN.value}
"""What Strawberry's permissions say unless they have extensions of their own."""

Show = Callable[[Any], Any]


class OwnResolver:
    """The resolver of one own field; `rows` says which entity's rows it gives, None for other values.

    It is made before the schema: `bind` tells it what the schema made of it.
    """

    def __init__(
        self, name: str, place: str, computed: Computed, field: StrawberryField, rows: Rows | None
    ) -> None:
        assert field.base_resolver is not None
        self.name, self.place, self.field, self.rows = name, place, field, rows
        self.function = computed.function
        self.batch = computed.batch
        self.permissions = tuple(permission() for permission in computed.permission_classes)
        self.is_async = inspect.iscoroutinefunction(computed.function)
        info = field.base_resolver.reserved_parameters.get(INFO_PARAMSPEC)
        self.info = info.name if info is not None else None
        self._core: GraphQLField | None = None
        self._schema: Schema | None = None

    @property
    def is_pure(self) -> bool:
        """Whether it can be called while the answer is shaped."""
        waits = self.is_async or self.batch or self.info or self.permissions
        return not waits and self.rows is None and self.shows_leaves

    @property
    def shows_leaves(self) -> bool:
        """Whether its values are scalars, enums, or lists of them."""
        return is_leaf(leaf_of(self.field.type))

    @property
    def has_objects(self) -> bool:
        """Whether its values are objects of the app's own types."""
        return self.rows is None and not self.shows_leaves

    def bind(self, core: GraphQLField, schema: Schema) -> None:
        """What the field became in the graph."""
        self._core, self._schema = core, schema
        if self.shows_leaves:
            self.show = leaf_shower(core.type, self.name)

    # Arguments

    def arguments(self, node: FieldNode) -> Parameter | None:
        """The field's arguments as they stand at a node of a document; None when it takes none."""
        assert self._core is not None
        return Parameter(Variable(()), OwnArguments(self, node)) if self._core.args else None

    def given(self, node: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments of a call. Raises BadUserInput, and ResolverError when an input raises."""
        assert self._core is not None
        assert self._schema is not None
        converter = self._schema.schema_converter
        try:
            found = get_argument_values(self._core, node, variable_values(variables))
            return convert_arguments(
                found, self.field.arguments, converter.scalar_registry, self._schema.config
            )
        except GraphQLError as error:
            raise BadUserInput(error.message) from error
        except Exception as error:
            raise self.failures()(error) from error

    # Calls

    def info_at(self, nodes: tuple[FieldNode, ...], reentry: "Reentry") -> Info:
        """What a resolver gets as `info`. A field that many rows share has no path."""
        document = reentry.schema.plans.document(reentry.text)
        operation = document.operation(reentry.operation_name)
        raw = ResolveInfo(
            field_name=self.name,
            field_nodes=list(nodes),
            schema=reentry.schema.core,
            fragments=document.fragments,
            operation=operation.node,
            variable_values=dict(reentry.variables),
            context=reentry.context,
        )
        return Info(raw, self.field)  # type: ignore[arg-type]

    async def call(self, rows: list[Any], arguments: Mapping[str, Any], info: Info) -> list[Any]:
        """What the resolver gives for each row, exceptions among it; it is called for allowed rows only."""
        given = dict(arguments)
        if self.info is not None:
            given[self.info] = info
        if not self.permissions:
            return await self._results(rows, given, info.context)
        refused = [await self._refusal(row, info, arguments) for row in rows]
        allowed = [row for row, error in zip(rows, refused, strict=True) if error is None]
        results = iter(await self._results(allowed, given, info.context) if allowed else [])
        return [next(results) if error is None else error for error in refused]

    async def _results(self, rows: list[Any], given: Mapping[str, Any], context: Context) -> list[Any]:
        function = self.function
        if self.is_async and not self.batch:
            return await asyncio.gather(*(function(row, **given) for row in rows), return_exceptions=True)
        try:
            if not self.batch:
                return await context.worker.run(lambda: [_attempt(function, row, given) for row in rows])
            if self.is_async:
                found = list(await function(rows, **given))
            else:
                found = await context.worker.run(lambda: list(function(rows, **given)))
            if len(found) != len(rows):
                raise ValueError(f"{len(rows)} rows were given and {len(found)} values returned")
        except Exception as error:
            return [error] * len(rows)
        return found

    async def _refusal(self, row: Any, info: Info, arguments: Mapping[str, Any]) -> Exception | None:
        for permission in self.permissions:
            try:
                allowed = permission.has_permission(row, info, **arguments)
                if inspect.isawaitable(allowed):
                    allowed = await allowed
            except Exception as error:
                return error
            if allowed is not True:
                return _unauthorized(permission)
        return None

    # Values

    def leaf(self, value: Any, failed: Callable[[Exception], GatewayError]) -> Any:
        """A value in the answer: a scalar, or a `Broken` for an exception or what cannot be shown."""
        quick, complete = self.show
        if value.__class__ is quick:
            return value
        try:
            if isinstance(value, GatewayError):
                raise value
            return complete(value)
        except Exception as error:
            return Broken(failed(error))

    def pure(self, arguments: Mapping[str, Any]) -> Show:
        """The function from a row to the value in the answer; it raises nothing but GatewayErrors."""
        function, (quick, complete), failed = self.function, self.show, self.failures()

        def show(row: Any) -> Any:
            try:
                value = function(row, **arguments)
                return value if value.__class__ is quick else complete(value)
            except Exception as error:
                raise failed(error) from error

        return show

    def failures(self) -> Callable[[Exception], GatewayError]:
        """What clients learn of this field's exceptions; of several in one answer the first is logged."""
        logged = False

        def failed(error: Exception) -> GatewayError:
            nonlocal logged
            known = known_error(error)
            if known is not None:
                return known
            if not logged:
                log.error("the resolver %s failed", self.place, exc_info=error)
                logged = True
            return ResolverError(f"The resolver of {self.name!r} failed.")

        return failed


def _unauthorized(permission: BasePermission) -> Exception:
    """The error a permission raises."""
    permission.error_extensions = {**FORBIDDEN, **(permission.error_extensions or {})}
    try:
        permission.on_unauthorized()
    except Exception as error:
        return error
    return Forbidden(permission.message or "You may not read this.")


def _attempt(function: Callable[..., Any], row: Any, given: Mapping[str, Any]) -> Any:
    try:
        return function(row, **given)
    except Exception as error:
        return error


@dataclass(frozen=True, slots=True)
class ResolveInfo:
    """What Strawberry's `Info` of a field that many rows share is made from."""

    field_name: str
    field_nodes: list[FieldNode]
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    operation: OperationDefinitionNode
    variable_values: dict[str, Any]
    context: Context
    root_value: Any = None
    path: Any = None


class OwnArguments:
    """The conversion of a Parameter: from the operation's variables to the arguments at one node."""

    def __init__(self, resolver: OwnResolver, node: FieldNode) -> None:
        self._resolver, self._node = resolver, node

    def __call__(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return self._resolver.given(self._node, variables)

    def __str__(self) -> str:
        return f"arguments of {self._resolver.name}"


def known_error(error: BaseException) -> GatewayError | None:
    """The error a client may see as it is: the gateway's own, or GraphQL's, raised by a resolver."""
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, GraphQLError):
        original = error.original_error
        if original is None or original is error:
            return ResolverError(error.message, error.extensions)
        return known_error(original)
    return None


def leaf_shower(type_: Any, name: str) -> tuple[type[Any] | None, Show]:
    """How values of a leaf type, or of lists of them, are shown.

    First a class whose instances are shown as they are, then the function for all others, which raises
    GatewayErrors and what the type's own coercion raises.
    """
    show = _shower(type_, name)
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return _QUICK.get(getattr(inner, "name", "")), show


_QUICK: dict[str, type[Any]] = {"String": str, "Boolean": bool}


def _shower(type_: Any, name: str) -> Show:
    if isinstance(type_, GraphQLNonNull):
        some = _shower(type_.of_type, name)

        def required(value: Any) -> Any:
            if value is None:
                raise NullInNonNull(f"The resolver of {name!r} gave nothing, but its type is non-null.")
            return some(value)

        return required
    if isinstance(type_, GraphQLList):
        item = _shower(type_.of_type, name)

        def each(value: Any) -> Any:
            if value is None:
                return None
            if isinstance(value, str | bytes | Mapping):
                raise TypeError(f"{name} has to be a list, not {type(value).__name__}")
            return [item(one) for one in value]

        return each
    assert is_leaf_type(type_)
    return _leaf(type_, name)


def _leaf(type_: GraphQLLeafType, name: str) -> Show:
    coerce = type_.coerce_output_value

    def leaf(value: Any) -> Any:
        try:
            return None if value is None else coerce(value)
        except GraphQLError as error:
            raise ResolverError(f"The resolver of {name!r} gave what {type_.name} cannot show.") from error

    return leaf
