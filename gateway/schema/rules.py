"""The rules a document must meet before it is read."""

from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
    is_introspection_type,
    is_nullable_type,
    specified_rules,
    type_from_ast,
)


class NonNullVariableInOneOfItem(ValidationRule):
    """A nullable variable may not fill the field of a `@oneOf` object that stands in a list.

    GraphQL forbids it in every `@oneOf` object; graphql-core's own rule looks only at objects outside
    lists, while `orderBy` is a list.
    """

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        definitions = {made.variable.name.value: made for made in operation.variable_definitions or ()}
        for usage in self.context.get_recursive_variable_usages(operation):
            parent = usage.parent_type
            if parent is None or isinstance(parent, GraphQLInputObjectType):
                continue
            definition = definitions.get(usage.node.name.value)
            if definition is None or not is_nullable_type(usage.type):
                continue
            item = get_named_type(parent)
            type_ = type_from_ast(self.context.schema, definition.type)
            if isinstance(item, GraphQLInputObjectType) and item.is_one_of and is_nullable_type(type_):
                message = (
                    f"Variable '${usage.node.name.value}' is of type '{type_}' but must be non-nullable"
                    f" to be used for OneOf Input Object '{item}'."
                )
                self.report_error(GraphQLError(message, [definition, usage.node]))


class SelectionsAreNotEmpty(ValidationRule):
    """`{ customers {} }` is no GraphQL, but graphql-core's parser takes it."""

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        if not node.selections:
            self.report_error(GraphQLError("A selection set must not be empty.", [node]))


class IntrospectionIsAskedOnce(ValidationRule):
    """`__schema` stands at most once in an operation, and nothing below it or `__type` has an alias.

    Nobody needs more to know a schema, and each repetition would cost as much as the whole of it.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._schemas = 0

    def enter_operation_definition(self, *_: Any) -> None:
        self._schemas = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.context.get_parent_type()
        if node.name.value == "__schema":
            self._schemas += 1
            if self._schemas > 1:
                self.report_error(GraphQLError("__schema may be selected once.", [node]))
        elif node.alias is not None and parent is not None and is_introspection_type(parent):
            self.report_error(GraphQLError("Fields of introspection may not have aliases.", [node]))


RULES = (*specified_rules, NonNullVariableInOneOfItem, SelectionsAreNotEmpty, IntrospectionIsAskedOnce)
"""What documents are validated with: GraphQL's own rules and ours."""
