"""Whether a document is surely valid: one look at it, where GraphQL's rules each take their own.

It says yes only to what it understands: fields, arguments, variables, fragments, `@skip` and `@include`, as
most documents have them. Of all else it is not sure, mistakes among it, and then graphql-core's rules decide
and say what is wrong. So it need not know every rule, and must never say yes where one of them would say no.
"""

from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    do_types_overlap,
    get_named_type,
    is_composite_type,
    is_input_type,
    is_leaf_type,
    is_required_argument,
    is_type_sub_type_of,
    print_ast,
    type_from_ast,
    validate_input_literal,
)

_MOST = 5_000
"""How many selections are looked at, fragments wherever they are spread; more are for the rules."""

Parent = GraphQLNamedType
Selected = list[tuple[Parent, FieldNode]]


class _Unsure(Exception):
    pass


def surely_valid(ast: DocumentNode, schema: GraphQLSchema) -> bool:
    """True for documents that are valid, and False for others and some that are."""
    try:
        _Look(schema).document(ast)
    except (_Unsure, RecursionError):
        return False
    return True


def _sure(fact: object) -> None:
    if not fact:
        raise _Unsure


class _Look:
    """One look at a document; `variables` and `used` are those of the operation it is at."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.spread: set[str] = set()
        self.inside: list[str] = []
        self.variables: dict[str, Any] = {}
        self.used: set[str] = set()
        self.left = _MOST

    def document(self, ast: DocumentNode) -> None:
        operations: dict[str | None, OperationDefinitionNode] = {}
        for node in ast.definitions:
            if isinstance(node, OperationDefinitionNode):
                name = node.name.value if node.name else None
                _sure(name not in operations)
                operations[name] = node
            elif isinstance(node, FragmentDefinitionNode):
                _sure(node.name.value not in self.fragments)
                _sure(not node.directives and not node.variable_definitions)
                self.fragments[node.name.value] = node
            else:
                raise _Unsure
        _sure(len(operations) == 1 or (operations and None not in operations))
        for operation in operations.values():
            self.operation(operation)
        _sure(self.spread == self.fragments.keys())

    def operation(self, node: OperationDefinitionNode) -> None:
        root = self.schema.get_root_type(node.operation)
        _sure(root is not None and node.operation is not OperationType.SUBSCRIPTION and not node.directives)
        assert root is not None
        self.variables, self.used = {}, set()
        for definition in node.variable_definitions or ():
            name, kind = definition.variable.name.value, type_from_ast(self.schema, definition.type)
            _sure(name not in self.variables and not definition.directives and is_input_type(kind))
            if definition.default_value is not None:
                self.value(definition.default_value, kind)
            self.variables[name] = kind
        self.used = set()
        self.selections([(root, node.selection_set)])
        _sure(self.used == self.variables.keys())

    # Selections

    def selections(self, together: list[tuple[Parent, SelectionSetNode]]) -> None:
        """What becomes one object of the answer: equal response keys must mean the same."""
        found: dict[str, Selected] = {}
        seen: set[str] = set()
        for parent, node in together:
            self.collect(parent, node, found, seen)
        for selected in found.values():
            self.merged(selected)

    def merged(self, selected: Selected) -> None:
        parent, first = selected[0]
        field = self.field(parent, first)
        for other_parent, other in selected[1:]:
            _sure(other_parent is parent and other.name.value == first.name.value)
            _sure(_written(other) == _written(first))
            self.field(parent, other)
        if field is not None:
            kind = get_named_type(field.type)
            inner = [(kind, node.selection_set) for _, node in selected if node.selection_set is not None]
            if inner:
                self.selections(inner)

    def collect(
        self, parent: Parent, node: SelectionSetNode, found: dict[str, Selected], seen: set[str]
    ) -> None:
        """The fields of a selection set, and of the fragments in it, by response key."""
        _sure(node.selections)
        for each in node.selections:
            self.left -= 1
            _sure(self.left > 0)
            if each.directives:
                self.directives(each.directives)
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                found.setdefault(key, []).append((parent, each))
            else:
                self.fragment(parent, each, found, seen)

    def fragment(
        self, parent: Parent, node: SelectionNode, found: dict[str, Selected], seen: set[str]
    ) -> None:
        if isinstance(node, InlineFragmentNode):
            on = (
                parent if node.type_condition is None else self.within(parent, node.type_condition.name.value)
            )
            self.collect(on, node.selection_set, found, seen)
            return
        _sure(isinstance(node, FragmentSpreadNode))
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        _sure(name in self.fragments and name not in self.inside and not node.arguments)
        fragment = self.fragments[name]
        on = self.within(parent, fragment.type_condition.name.value)
        if name in seen:
            return
        seen.add(name)
        self.spread.add(name)
        self.inside.append(name)
        self.collect(on, fragment.selection_set, found, seen)
        self.inside.pop()

    def within(self, parent: Parent, name: str) -> Parent:
        """The type of a fragment, which must be possible where it stands."""
        on = self.schema.get_type(name)
        _sure(is_composite_type(on))
        assert on is not None
        _sure(on is parent or do_types_overlap(self.schema, on, parent))  # type: ignore[arg-type]
        return on

    def field(self, parent: Parent, node: FieldNode) -> GraphQLField | None:
        """The definition of a field; None for `__typename`, which every type has."""
        name = node.name.value
        if name == "__typename":
            _sure(not node.arguments and node.selection_set is None)
            return None
        _sure(isinstance(parent, GraphQLObjectType | GraphQLInterfaceType))
        field: GraphQLField | None = parent.fields.get(name)  # type: ignore[attr-defined]
        _sure(field is not None)
        assert field is not None
        self.arguments(node.arguments, field.args)
        _sure(is_leaf_type(get_named_type(field.type)) is (node.selection_set is None))
        return field

    def directives(self, nodes: tuple[DirectiveNode, ...]) -> None:
        names = [node.name.value for node in nodes]
        _sure(len({*names}) == len(names) and {*names} <= {"skip", "include"})
        for node in nodes:
            directive = self.schema.get_directive(node.name.value)
            _sure(directive is not None)
            assert directive is not None
            self.arguments(node.arguments, directive.args)

    # Values

    def arguments(self, nodes: tuple[ArgumentNode, ...] | None, defined: dict[str, GraphQLArgument]) -> None:
        given: set[str] = set()
        for node in nodes or ():
            name = node.name.value
            _sure(name in defined and name not in given)
            given.add(name)
            self.value(node.value, defined[name].type)
        for name, argument in defined.items():
            _sure(name in given or not is_required_argument(argument))

    def value(self, node: ValueNode, kind: Any) -> None:
        if isinstance(node, VariableNode):
            self.variable(node, kind)
            return
        validate_input_literal(node, kind, _refuse)
        self.parts(node, kind)

    def parts(self, node: ValueNode, kind: Any) -> None:
        """The variables inside a literal, and the names of its fields."""
        if isinstance(node, ListValueNode):
            kind = _nullable(kind)
            _sure(isinstance(kind, GraphQLList))
            for item in node.values:
                self.part(item, kind.of_type)
        elif isinstance(node, ObjectValueNode):
            kind = get_named_type(kind)  # one item may stand for a list of it
            _sure(isinstance(kind, GraphQLInputObjectType))
            names = [field.name.value for field in node.fields]
            _sure(len({*names}) == len(names) and {*names} <= kind.fields.keys())
            for field in node.fields:
                found = self.part(field.value, kind.fields[field.name.value].type)
                _sure(not kind.is_one_of or found is None or isinstance(found, GraphQLNonNull))

    def part(self, node: ValueNode, kind: Any) -> GraphQLInputType | None:
        """The type of a variable, None for a literal."""
        if isinstance(node, VariableNode):
            return self.variable(node, kind)
        self.parts(node, kind)
        return None

    def variable(self, node: VariableNode, kind: Any) -> GraphQLInputType:
        name = node.name.value
        _sure(name in self.variables)
        self.used.add(name)
        found: GraphQLInputType = self.variables[name]
        _sure(is_type_sub_type_of(self.schema, found, kind))
        return found


def _nullable(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _written(node: FieldNode) -> list[str]:
    return [print_ast(argument) for argument in node.arguments or ()]


def _refuse(*_: GraphQLError | Any) -> None:
    raise _Unsure
