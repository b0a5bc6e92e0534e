"""From a GraphQL operation to a selection: fragments spread, equal response keys merged, directives applied.

The document is already valid, so names are looked up without checks. What fields mean comes from the
catalog; the GraphQL schema is asked only for the types of arguments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.catalog.measures import COUNT, Measure
from gateway.catalog.types import Catalog, Entity
from gateway.query.conditions import Condition
from gateway.query.conversions import IdKeys, IdPlaces, KnownKeys, KnownPlaces
from gateway.query.parameters import Parameter, Supplied
from gateway.query.selection import (
    Aggregate,
    AggregateFunction,
    AggregateValue,
    ConnectionMember,
    ConnectionSelection,
    EdgeCursor,
    EdgeMember,
    EdgeNode,
    Edges,
    EntitySelection,
    GlobalId,
    GroupKey,
    Groups,
    Many,
    Member,
    Nodes,
    One,
    Own,
    PageInfo,
    PageInfoField,
    Root,
    RootMany,
    RootNodes,
    RootOne,
    RootOther,
    RootOwn,
    RootTypeName,
    Selection,
    TotalCount,
    TypeName,
    Value,
)
from gateway.schema.arguments import (
    Limits,
    Tally,
    WhereReader,
    id_condition,
    key_condition,
    read_order,
    read_page,
    refuse_lacking_measure,
)
from gateway.schema.given import Fields, Given, Leaf, given_ast
from gateway.schema.group_arguments import GroupReader
from gateway.schema.group_keys import KeyReader
from gateway.schema.place import Below, Place
from gateway.schema.types import function_type_name

NodesByKey = dict[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class Graph:
    """What reading needs to know besides the document."""

    catalog: Catalog
    schema: GraphQLSchema
    limits: Limits


def read_document(
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Given],
    graph: Graph,
) -> Selection:
    """What an operation asks for. Raises BadUserInput for arguments that can never work."""
    return DocumentReader(fragments, variables, graph, Tally(graph.limits.conditions_max)).operation(
        operation
    )


def other_fields(
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Given],
    graph: Graph,
) -> list[FieldNode]:
    """The root fields that graphql-core answers: introspection."""
    reader = DocumentReader(fragments, variables, graph, Tally(graph.limits.conditions_max))
    root_type = graph.schema.get_root_type(operation.operation)
    assert root_type is not None
    fields = reader.collect([operation.selection_set], root_type.name)
    return [
        node
        for key, nodes in fields.items()
        if isinstance(reader.root(key, nodes, root_type.name), RootOther)
        for node in nodes
    ]


KEYS = "keys"
"""The name under which the keys of the rows at a place are supplied."""


def read_place(
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Given],
    graph: Graph,
    place: Place | Below,
) -> Selection:
    """What an operation asks for below a field, of rows whose keys will be supplied. Raises BadUserInput."""
    reader = DocumentReader(fragments, variables, graph, Tally(graph.limits.conditions_max))
    entity = graph.catalog.entities[place.entity]
    nodes = list(place.nodes) if isinstance(place, Below) else reader.nodes_at(place, operation)
    keys = Parameter(Supplied(KEYS), KnownKeys(len(entity.key)))
    root = RootNodes(
        key=place.key,
        ids=Parameter(Supplied(KEYS), KnownPlaces(entity.name)),
        selections=(reader.entity(nodes, entity),),
        keys=(keys,),
        single=False,
    )
    return Selection(operation.operation.value, (root,))


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Reads one operation, for a shape of its variables."""

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Given]
    graph: Graph
    tally: Tally

    # Collecting fields

    def nodes_at(self, place: Place, operation: OperationDefinitionNode) -> list[FieldNode]:
        sets = [operation.selection_set]
        nodes: list[FieldNode] = []
        for type_name, key in place.steps:
            nodes = self.collect(sets, type_name)[key]
            sets = [node.selection_set for node in nodes if node.selection_set]
        return nodes

    def collect(self, sets: list[SelectionSetNode], type_name: str) -> NodesByKey:
        """The fields that apply to an object type, by response key in order of appearance."""
        found: NodesByKey = {}
        for selection_set in sets:
            for node in self.fields(selection_set, type_name, set()):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
        return found

    def fields(self, selection_set: SelectionSetNode, type_name: str, seen: set[str]) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not self.included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in seen:
                    continue
                seen.add(name)
                fragment: Any = self.fragments[name]
            else:
                fragment = node
            condition = fragment.type_condition
            if condition is None or self.applies(condition.name.value, type_name):
                yield from self.fields(fragment.selection_set, type_name, seen)

    def applies(self, condition: str, type_name: str) -> bool:
        if condition == type_name:
            return True
        abstract = self.graph.schema.get_type(condition)
        concrete = self.graph.schema.get_type(type_name)
        if isinstance(abstract, GraphQLInterfaceType) and isinstance(concrete, GraphQLObjectType):
            return self.graph.schema.is_sub_type(abstract, concrete)
        return False

    def included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            kind = self.graph.schema.get_directive(name).args["if"].type  # type: ignore[union-attr]
            given = given_ast(directive.arguments[0].value, kind, self.variables)
            if (given.known if isinstance(given, Leaf) else None) is (name == "skip"):
                return False
        return True

    def below(self, nodes: list[FieldNode], type_name: str) -> NodesByKey:
        return self.collect([node.selection_set for node in nodes if node.selection_set], type_name)

    def arguments(self, node: FieldNode, type_name: str) -> dict[str, Given]:
        """The arguments written at a field; a variable that was not sent leaves its argument out."""
        parent = self.graph.schema.get_type(type_name)
        assert isinstance(parent, GraphQLObjectType)
        kinds = parent.fields[node.name.value].args
        return {
            argument.name.value: given_ast(
                argument.value,
                kinds[argument.name.value].type,
                self.variables,
                cursor=argument.name.value in ("after", "before"),
            )
            for argument in node.arguments or ()
        }

    # Roots

    def operation(self, operation: OperationDefinitionNode) -> Selection:
        kind = operation.operation.value
        root_type = self.graph.schema.get_root_type(operation.operation)
        assert root_type is not None
        fields = self.collect([operation.selection_set], root_type.name)
        return Selection(kind, tuple(self.root(key, nodes, root_type.name) for key, nodes in fields.items()))

    def root(self, key: str, nodes: list[FieldNode], type_name: str) -> Root:
        name = nodes[0].name.value
        if name == "__typename":
            return RootTypeName(key, type_name)
        if name.startswith("__"):
            return RootOther(key)
        arguments = self.arguments(nodes[0], type_name)
        if name in ("node", "nodes"):
            return self.root_nodes(key, nodes, arguments)
        for entity in self.graph.catalog.entities.values():
            if name == entity.singular:
                return RootOne(key, self.by_id(arguments, entity), self.entity(nodes, entity))
            if name == f"{entity.singular}By":
                unique = arguments["key"]
                assert isinstance(unique, Fields)
                return RootOne(key, key_condition(unique, entity), self.entity(nodes, entity))
            if name == entity.plural:
                return RootMany(key, self.connection(nodes, arguments, entity))
        return RootOwn(key, tuple(nodes))

    def by_id(self, arguments: Mapping[str, Given], entity: Entity) -> Condition:
        given = arguments["id"]
        assert isinstance(given, Leaf)
        return id_condition(given, entity)

    def root_nodes(self, key: str, nodes: list[FieldNode], arguments: Mapping[str, Given]) -> RootNodes:
        single = nodes[0].name.value == "node"
        given = arguments["id" if single else "ids"]
        assert isinstance(given, Leaf)
        catalog, limit = self.graph.catalog, self.graph.limits.page_max
        named: Any = given.known if isinstance(given.known, tuple) else ()
        entities = [catalog.entities[name] for name in named if name in catalog.entities]
        return RootNodes(
            key=key,
            ids=Parameter(given.origin, IdPlaces(catalog.entities)),
            selections=tuple(self.entity(nodes, entity) for entity in entities),
            keys=tuple(Parameter(given.origin, IdKeys(entity, limit, strict=False)) for entity in entities),
            single=single,
        )

    # Entities and connections

    def entity(self, nodes: list[FieldNode], entity: Entity) -> EntitySelection:
        fields = self.below(nodes, entity.name)
        return EntitySelection(
            entity.name, tuple(self.member(key, inner, entity) for key, inner in fields.items())
        )

    def member(self, key: str, nodes: list[FieldNode], entity: Entity) -> Member:
        name = nodes[0].name.value
        if name == "__typename":
            return TypeName(key, entity.name)
        if name == "id":
            return GlobalId(key)
        if name in entity.fields:
            return Value(key, name)
        if name in entity.own:
            resolver = entity.own[name].resolver
            return Own(key, name, resolver.arguments(nodes[0]), tuple(nodes))
        relation = entity.relations[name]
        target = self.graph.catalog.entities[relation.target]
        if not relation.many:
            return One(key, name, self.entity(nodes, target))
        return Many(key, name, self.connection(nodes, self.arguments(nodes[0], entity.name), target))

    def connection(
        self, nodes: list[FieldNode], arguments: dict[str, Given], entity: Entity
    ) -> ConnectionSelection:
        limits = self.graph.limits
        order = read_order(arguments.get("orderBy", _NOTHING), entity, self.graph.catalog, limits)
        fields = self.below(nodes, f"{entity.name}Connection")
        return ConnectionSelection(
            entity=entity.name,
            condition=WhereReader(self.graph.catalog, limits, self.tally).read(
                arguments.get("where", _NOTHING), entity
            ),
            order=order,
            page=read_page(arguments, order, entity, limits),
            members=tuple(self.connection_member(key, inner, entity) for key, inner in fields.items()),
        )

    def connection_member(self, key: str, nodes: list[FieldNode], entity: Entity) -> ConnectionMember:
        match nodes[0].name.value:
            case "nodes":
                return Nodes(key, self.entity(nodes, entity))
            case "edges":
                fields = self.below(nodes, f"{entity.name}Edge")
                return Edges(key, tuple(self.edge(inner, each, entity) for inner, each in fields.items()))
            case "pageInfo":
                fields = self.below(nodes, "PageInfo")
                return PageInfo(key, tuple(_page_info(inner, each) for inner, each in fields.items()))
            case "totalCount":
                return TotalCount(key)
            case "aggregate":
                return self.aggregate(key, nodes, entity)
            case "groups":
                return self.groups(key, nodes, entity)
            case _:
                return TypeName(key, f"{entity.name}Connection")

    def aggregate(self, key: str, nodes: list[FieldNode], entity: Entity) -> Aggregate:
        type_name = f"{entity.name}Aggregate"
        members: list[TypeName | AggregateValue | AggregateFunction] = []
        for inner, each in self.below(nodes, type_name).items():
            function = each[0].name.value
            if function == "__typename":
                members.append(TypeName(inner, type_name))
            elif function == "count":
                members.append(AggregateValue(inner, COUNT))
            else:
                members.append(self.function(inner, each, entity))
        return Aggregate(key, tuple(members))

    def groups(self, key: str, nodes: list[FieldNode], entity: Entity) -> Groups:
        arguments = self.arguments(nodes[0], f"{entity.name}Connection")
        grouping = GroupReader(self.graph.catalog, self.graph.limits).read(arguments, entity)
        keys = KeyReader(self.below, self.arguments, grouping.by)
        type_name = f"{entity.name}AggregateGroup"
        members: list[TypeName | GroupKey | Aggregate] = []
        for inner, each in self.below(nodes, type_name).items():
            match each[0].name.value:
                case "key":
                    members.append(keys.read(inner, each, entity))
                case "aggregate":
                    members.append(self.aggregate(inner, each, entity))
                case _:
                    members.append(TypeName(inner, type_name))
        return Groups(key, grouping, tuple(members))

    def function(self, key: str, nodes: list[FieldNode], entity: Entity) -> AggregateFunction:
        function = nodes[0].name.value
        type_name = function_type_name(entity, function)
        members: list[TypeName | AggregateValue] = []
        for inner, each in self.below(nodes, type_name).items():
            name = each[0].name.value
            if name == "__typename":
                members.append(TypeName(inner, type_name))
            else:
                refuse_lacking_measure(function, entity.fields[name])
                members.append(AggregateValue(inner, Measure(function, name)))
        return AggregateFunction(key, tuple(members))

    def edge(self, key: str, nodes: list[FieldNode], entity: Entity) -> EdgeMember:
        match nodes[0].name.value:
            case "cursor":
                return EdgeCursor(key)
            case "node":
                return EdgeNode(key, self.entity(nodes, entity))
            case _:
                return TypeName(key, f"{entity.name}Edge")


_NOTHING: Given = Fields(())


def _page_info(key: str, nodes: list[FieldNode]) -> TypeName | PageInfoField:
    name = nodes[0].name.value
    return TypeName(key, "PageInfo") if name == "__typename" else PageInfoField(key, name)
