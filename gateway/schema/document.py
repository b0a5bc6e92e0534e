"""A document parsed and validated once, and its operations' variables coerced at each use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    parse,
    type_from_ast,
    validate,
)
from graphql.execution.values import get_variable_values

from gateway.config import Settings
from gateway.errors import BudgetExceeded, Code, GatewayError
from gateway.schema.extent import check_extent, extent
from gateway.schema.given import ABSENT, Given, given_value
from gateway.schema.rules import RULES
from gateway.schema.surely import surely_valid

_MESSAGE_MAX = 1_000

_BYTES_A_TOKEN = 600
"""About what a parsed document takes in memory for each of its tokens."""


class RequestError(Exception):
    """The document or its variables cannot be executed at all; `errors` are in GraphQL's form."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"] if errors else "")
        self.errors = errors

    @classmethod
    def of(cls, error: GatewayError) -> "RequestError":
        return cls([{"message": error.message, "extensions": error.extensions}])


def formatted(error: GraphQLError, code: Code) -> dict[str, Any]:
    """A graphql-core error as the response has it; `code` where it brings none of its own."""
    message = error.message
    if len(message) > _MESSAGE_MAX:  # names and values of the client's are repeated in it
        message = f"{message[:_MESSAGE_MAX]}…"
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    shown["extensions"] = {"code": code.value, "retryable": False, **(error.extensions or {})}
    return shown


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a document. `kinds` are the types of its variables.

    At most `errors_max` mistakes in them are told, with names that might be meant if `suggestions`.
    """

    node: OperationDefinitionNode
    schema: GraphQLSchema
    errors_max: int
    suggestions: bool

    @property
    def kind(self) -> str:
        return self.node.operation.value

    @cached_property
    def kinds(self) -> dict[str, GraphQLInputType]:
        found: dict[str, GraphQLInputType] = {}
        for definition in self.node.variable_definitions or ():
            kind = type_from_ast(self.schema, definition.type)
            assert kind is not None
            found[definition.variable.name.value] = kind  # type: ignore[assignment]
        return found

    def variables(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Coerced values of the variables that were sent or have a default. Raises RequestError."""
        if not self.kinds:
            return {}
        quick = self._quick(given or {})
        if quick is not None:
            return quick
        definitions = self.node.variable_definitions or ()
        found = get_variable_values(
            self.schema,
            definitions,
            dict(given or {}),
            max_errors=self.errors_max,
            hide_suggestions=not self.suggestions,
        )
        if isinstance(found, list):
            raise RequestError([formatted(error, Code.BAD_USER_INPUT) for error in found])
        return found.coerced

    @cached_property
    def _leaves(self) -> dict[str, tuple[GraphQLScalarType, bool]] | None:
        """Each variable's scalar and whether it is required; None when a variable is something else."""
        found: dict[str, tuple[GraphQLScalarType, bool]] = {}
        defaults = [definition.default_value for definition in self.node.variable_definitions or ()]
        for name, kind in self.kinds.items():
            required = isinstance(kind, GraphQLNonNull)
            leaf = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
            if not isinstance(leaf, GraphQLScalarType) or any(defaults):
                return None
            found[name] = (leaf, required)
        return found

    def _quick(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values, when all are right and scalars; None leaves the case and its errors to graphql-core."""
        found: dict[str, Any] = {}
        if self._leaves is None:
            return None
        for name, (leaf, required) in self._leaves.items():
            value = given.get(name)
            if value is None:
                if required:
                    return None
                if name in given:
                    found[name] = None
                continue
            try:
                found[name] = leaf.parse_value(value)
            except Exception:
                return None
            if found[name] is None or found[name] is Undefined:
                return None
        return found


class Document:
    """A parsed document and what validation says of it.

    `cursors` names the variables used as `after` or `before` anywhere in it, `introspects` tells whether it
    asks for the schema, `size` is about its memory in bytes.
    """

    def __init__(
        self,
        text: str,
        ast: DocumentNode,
        schema: GraphQLSchema,
        settings: Settings,
        errors: tuple[dict[str, Any], ...] = (),
    ) -> None:
        self.text = text
        self.ast = ast
        self.size = len(text) + ast.token_count * _BYTES_A_TOKEN
        self._errors = errors
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        self.operations = {
            node.name.value if node.name else None: Operation(
                node, schema, settings.errors_max, settings.suggestions
            )
            for node in operations
        }
        self.fragments = {
            node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.cursors, self.introspects = _traits(ast)

    def operation(self, name: str | None) -> Operation:
        """The operation to run. Raises RequestError when the name does not tell which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        if found is not None:
            return found
        if not self.operations:
            message = "The document has no operation."
        elif name is None:
            message = "The document has several operations: operationName must name one."
        else:
            message = f"The document has no operation named {name!r}."
        raise RequestError([formatted(GraphQLError(message), Code.BAD_USER_INPUT)])

    def refuse_invalid(self) -> None:
        """Raise RequestError with every mistake validation found."""
        if self._errors:
            raise RequestError(list(self._errors))

    def given(self, operation: Operation, variables: Mapping[str, Any]) -> tuple[tuple[str, Given], ...]:
        """The shape of an operation's variables: what a plan may depend on."""
        return tuple(
            (
                name,
                given_value(variables[name], kind, (name,), name in self.cursors)
                if name in variables
                else ABSENT,
            )
            for name, kind in operation.kinds.items()
        )


def variables_below_roots(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> frozenset[str]:
    """The variables used anywhere but in the arguments of root fields."""
    names: set[str] = set()
    seen: set[tuple[str, bool]] = set()

    def read(node: Node, root: bool) -> None:
        if isinstance(node, VariableNode):
            names.add(node.name.value)
        if isinstance(node, FragmentSpreadNode) and (node.name.value, root) not in seen:
            seen.add((node.name.value, root))
            read(fragments[node.name.value].selection_set, root)
        inside = root and not isinstance(node, FieldNode)
        for key in node.keys:
            if root and isinstance(node, FieldNode) and key == "arguments":
                continue
            found = getattr(node, key, None)
            for child in found if isinstance(found, list | tuple) else (found,):
                if isinstance(child, Node):
                    read(child, inside)

    read(operation.selection_set, True)
    for directive in operation.directives or ():
        read(directive, False)
    return frozenset(names)


def read_text(text: str, schema: GraphQLSchema, settings: Settings) -> Document:
    """Parse, measure and validate a document. Raises RequestError when it is none, or too large a one."""
    ast = _parsed(text, settings.tokens_max)
    try:
        check_extent(extent(ast), settings)
    except BudgetExceeded as error:
        raise RequestError.of(error) from None
    errors = [] if surely_valid(ast, schema) else _mistakes(ast, schema, settings)
    shown = tuple(formatted(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors)
    return Document(text, ast, schema, settings, shown)


def _mistakes(ast: DocumentNode, schema: GraphQLSchema, settings: Settings) -> list[GraphQLError]:
    try:
        return validate(
            schema,
            ast,
            RULES,
            max_errors=settings.errors_max,
            hide_suggestions=not settings.suggestions,
        )
    except RecursionError:
        return [GraphQLError("The document is nested too deeply.")]


def _parsed(text: str, tokens_max: int) -> DocumentNode:
    try:
        return parse(text, max_tokens=tokens_max)
    except GraphQLSyntaxError as error:
        if error.message.endswith(_TOO_MANY_TOKENS):
            message = f"The document has too many tokens; the budget tokens_max is {tokens_max}."
            budget = BudgetExceeded(message, hint="Send values as variables, and comments not at all.")
            raise RequestError.of(budget) from None
        raise RequestError([formatted(error, Code.GRAPHQL_PARSE_FAILED)]) from error
    except RecursionError as error:
        nested = GraphQLError("The document is nested too deeply.")
        raise RequestError([formatted(nested, Code.GRAPHQL_PARSE_FAILED)]) from error


_TOO_MANY_TOKENS = "tokens. Parsing aborted."
"""How graphql-core's message ends; it is a syntax error like any other."""


def _traits(ast: DocumentNode) -> tuple[frozenset[str], bool]:
    """The variables used as cursors, and whether the schema is asked for."""
    names: set[str] = set()
    introspects = False
    waiting: list[Any] = [*ast.definitions]
    while waiting:
        selections = getattr(waiting.pop(), "selection_set", None)
        for node in () if selections is None else selections.selections:
            if isinstance(node, FieldNode):
                introspects |= node.name.value in ("__schema", "__type")
                for argument in node.arguments or ():
                    if argument.name.value in ("after", "before") and isinstance(
                        argument.value, VariableNode
                    ):
                        names.add(argument.value.name.value)
            if not isinstance(node, FragmentSpreadNode):
                waiting.append(node)
    return frozenset(names), introspects
