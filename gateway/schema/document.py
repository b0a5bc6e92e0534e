"""A document parsed and validated once, and its operations' variables coerced at each use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    parse,
    type_from_ast,
    validate,
    visit,
)
from graphql.execution.values import get_variable_values
from graphql.language import ArgumentNode, Visitor

from gateway.errors import Code
from gateway.schema.given import ABSENT, Given, given_value
from gateway.schema.rules import RULES

MAX_ERRORS = 20


class RequestError(Exception):
    """The document or its variables cannot be executed at all; `errors` are in GraphQL's form."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"] if errors else "")
        self.errors = errors


def formatted(error: GraphQLError, code: Code) -> dict[str, Any]:
    """A graphql-core error as the response has it; `code` where it brings none of its own."""
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    shown["extensions"] = {"code": code.value, "retryable": False, **(error.extensions or {})}
    return shown


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a document. `kinds` are the types of its variables."""

    node: OperationDefinitionNode
    schema: GraphQLSchema

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
        found = get_variable_values(self.schema, definitions, dict(given or {}), max_errors=MAX_ERRORS)
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

    `cursors` names the variables used as `after` or `before` anywhere in it.
    """

    def __init__(
        self, ast: DocumentNode, schema: GraphQLSchema, errors: tuple[dict[str, Any], ...] = ()
    ) -> None:
        self.ast = ast
        self._errors = errors
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        self.operations = {
            node.name.value if node.name else None: Operation(node, schema) for node in operations
        }
        self.fragments = {
            node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.cursors = _cursor_variables(ast)

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


def read_text(text: str, schema: GraphQLSchema, *, introspection: bool) -> Document:
    """Parse and validate a document. Raises RequestError when it cannot be parsed."""
    try:
        ast = parse(text)
    except GraphQLSyntaxError as error:
        raise RequestError([formatted(error, Code.GRAPHQL_PARSE_FAILED)]) from error
    except RecursionError as error:
        nested = GraphQLError("The document is nested too deeply.")
        raise RequestError([formatted(nested, Code.GRAPHQL_PARSE_FAILED)]) from error
    rules = RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)
    try:
        errors = validate(schema, ast, rules, max_errors=MAX_ERRORS)
    except RecursionError:
        errors = [GraphQLError("The document is nested too deeply.")]
    return Document(ast, schema, tuple(formatted(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors))


def _cursor_variables(ast: DocumentNode) -> frozenset[str]:
    names: set[str] = set()

    class Cursors(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            if node.name.value in ("after", "before") and isinstance(node.value, VariableNode):
                names.add(node.value.name.value)

    visit(ast, Cursors())
    return frozenset(names)
