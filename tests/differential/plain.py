"""The plain evaluation: a valid document answered row by row, without a plan and without SQL.

It follows the rules of the graph's shape and of GraphQL's specification and shares nothing with the
gateway's reader or planner; from the catalog it takes names, columns, relations and leaf output.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)

from gateway.catalog.types import Catalog, Entity
from tests.differential.data import Row
from tests.differential.groups import Group, Grouped, GroupKey, key_of
from tests.differential.inputs import ABSENT, as_list, given, global_id, named_by, operand, variable_values
from tests.differential.lists import Lists, Page, Place
from tests.differential.measures import shown as shown_measure
from tests.differential.tables import Tables

Fields = dict[str, list[FieldNode]]


class Record(dict[str, Any]):
    """An object of the answer, whose keys have an order that counts, unlike a JSON value's."""


@dataclass(frozen=True)
class Request:
    """One operation as a client sends it."""

    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None


def plain_answer(request: Request, tables: Tables, cursors: Mapping[str, Place]) -> tuple[Record, int]:
    """The data of the answer, a `Place` where a cursor belongs, and how many rows it shows."""
    evaluation = Evaluation.of(_parsed(request.document), request, Lists(tables, cursors))
    return evaluation.answer(), evaluation.shown


@lru_cache(maxsize=4)
def _parsed(text: str) -> DocumentNode:
    return parse(text)


@dataclass
class Evaluation:
    """One operation being answered; `shown` counts the rows and groups in the answer."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    lists: Lists
    shown: int = 0

    @classmethod
    def of(cls, document: DocumentNode, request: Request, lists: Lists) -> "Evaluation":
        nodes = document.definitions
        fragments = {node.name.value: node for node in nodes if isinstance(node, FragmentDefinitionNode)}
        operations = [node for node in nodes if isinstance(node, OperationDefinitionNode)]
        wanted = [
            node
            for node in operations
            if request.operation is None or (node.name is not None and node.name.value == request.operation)
        ]
        (operation,) = wanted
        return cls(operation, fragments, variable_values(operation, request.variables), lists)

    @property
    def tables(self) -> Tables:
        return self.lists.tables

    @property
    def catalog(self) -> Catalog:
        return self.tables.catalog

    def answer(self) -> Record:
        fields = self.collect([self.operation.selection_set], "Query")
        return Record({key: self.root(nodes) for key, nodes in fields.items()})

    # Selections, as GraphQL's specification collects them

    def collect(self, sets: list[SelectionSetNode], type_name: str) -> Fields:
        found: Fields = {}
        visited: set[str] = set()
        for selection_set in sets:
            for node in self.flat(selection_set, type_name, visited):
                found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def flat(self, selection_set: SelectionSetNode, type_name: str, visited: set[str]) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not self.included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in visited:
                    continue
                visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
            condition = fragment.type_condition.name.value if fragment.type_condition else type_name
            if condition == type_name or (condition == "Node" and type_name in self.catalog.entities):
                yield from self.flat(fragment.selection_set, type_name, visited)

    def included(self, node: SelectionNode) -> bool:
        conditions = {
            directive.name.value: given(directive.arguments[0].value, self.variables)
            for directive in node.directives or ()
            if directive.arguments
        }
        return conditions.get("include", True) is True and conditions.get("skip", False) is False

    def below(self, nodes: list[FieldNode], type_name: str) -> Fields:
        return self.collect([node.selection_set for node in nodes if node.selection_set], type_name)

    def arguments(self, nodes: list[FieldNode]) -> dict[str, Any]:
        found = {
            argument.name.value: given(argument.value, self.variables)
            for argument in nodes[0].arguments or ()
        }
        return {name: value for name, value in found.items() if value is not ABSENT}

    # Roots

    def root(self, nodes: list[FieldNode]) -> Any:
        name, arguments = nodes[0].name.value, self.arguments(nodes)
        if name == "__typename":
            return "Query"
        if name == "node":
            return self.by_id(arguments["id"], nodes)
        if name == "nodes":
            return [self.by_id(text, nodes) for text in as_list(arguments["ids"])]
        for entity in self.catalog.entities.values():
            if name == entity.plural:
                return self.connection(nodes, arguments, self.tables.rows(entity), entity)
            if name == entity.singular:
                return self.by_id(arguments["id"], nodes)
            if name == f"{entity.singular}By":
                return self.by_key(arguments["key"], nodes, entity)
        raise AssertionError(name)

    def by_id(self, text: str, nodes: list[FieldNode]) -> Record | None:
        name, parts = named_by(text)
        entity = self.catalog.entities[name]
        fields = [entity.fields[name] for name in entity.key]
        key = tuple(operand(field, part) for field, part in zip(fields, parts, strict=True))
        rows = [row for row in self.tables.rows(entity) if self.tables.primary_key(entity, row) == key]
        return self.record(nodes, entity, rows[0]) if rows else None

    def by_key(self, given_key: Mapping[str, Any], nodes: list[FieldNode], entity: Entity) -> Record | None:
        ((name, value),) = given_key.items()
        unique = next(key for key in entity.unique_keys if key.name == name)
        parts = value if len(unique.fields) > 1 else {unique.fields[0]: value}
        where = {field: {"eq": part} for field, part in parts.items()}
        rows = self.lists.matching(self.tables.rows(entity), where, entity)
        return self.record(nodes, entity, rows[0]) if rows else None

    # Entities and connections

    def record(self, nodes: list[FieldNode], entity: Entity, row: Row) -> Record:
        self.shown += 1
        fields = self.below(nodes, entity.name)
        return Record({key: self.member(inner, entity, row) for key, inner in fields.items()})

    def member(self, nodes: list[FieldNode], entity: Entity, row: Row) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return entity.name
        if name == "id":
            return global_id(entity, self.tables.primary_key(entity, row))
        if name in entity.fields:
            value, serialize = row[entity.fields[name].attribute], entity.fields[name].scalar.serialize
            return value if value is None or serialize is None else serialize(value)
        relation = entity.relations[name]
        target = self.catalog.entities[relation.target]
        related = self.tables.related(row, relation)
        if relation.many:
            return self.connection(nodes, self.arguments(nodes), related, target)
        return self.record(nodes, target, related[0]) if related else None

    def connection(
        self, nodes: list[FieldNode], arguments: dict[str, Any], rows: list[Row], entity: Entity
    ) -> Record:
        matching = self.lists.matching(rows, arguments.get("where"), entity)
        page = self.lists.page(matching, arguments, entity)
        fields = self.below(nodes, f"{entity.name}Connection")
        answer = Record()
        for key, inner in fields.items():
            answer[key] = self.part(inner, entity, page, matching)
        return answer

    def part(self, nodes: list[FieldNode], entity: Entity, page: Page, matching: list[Row]) -> Any:
        match nodes[0].name.value:
            case "totalCount":
                return len(matching)
            case "nodes":
                return [self.record(nodes, entity, row) for row in page.rows]
            case "edges":
                fields = self.below(nodes, f"{entity.name}Edge")
                return [
                    Record({key: self.edge(inner, entity, page, row) for key, inner in fields.items()})
                    for row in page.rows
                ]
            case "aggregate":
                fields = self.below(nodes, f"{entity.name}Aggregate")
                return Record({key: self.aggregate(inner, entity, matching) for key, inner in fields.items()})
            case "groups":
                return self.groups(nodes, entity, matching)
            case "pageInfo":
                fields = self.below(nodes, "PageInfo")
                return Record({key: self.page_info(inner, entity, page) for key, inner in fields.items()})
        return f"{entity.name}Connection"

    def aggregate(self, nodes: list[FieldNode], entity: Entity, rows: list[Row]) -> Any:
        """One member of an aggregate, over all rows of the list whatever the page."""
        function = nodes[0].name.value
        if function == "__typename":
            return f"{entity.name}Aggregate"
        if function == "count":
            return len(rows)
        type_name = f"{entity.name}{function[0].upper()}{function[1:]}"
        answer = Record()
        for key, (node, *_) in self.below(nodes, type_name).items():
            field = entity.fields.get(node.name.value)
            if field is None:
                answer[key] = type_name
            else:
                answer[key] = shown_measure(function, field, entity, rows, self.tables)
        return answer

    def groups(self, nodes: list[FieldNode], entity: Entity, rows: list[Row]) -> list[Record]:
        arguments = self.arguments(nodes)
        keys = tuple(dict.fromkeys(key_of(step) for step in as_list(arguments["by"])))
        grouped = Grouped(self.tables, entity, keys)
        fields = self.below(nodes, f"{entity.name}AggregateGroup")
        found = grouped.groups(rows, arguments)
        self.shown += len(found)
        return [
            Record({name: self.group_part(inner, grouped, group) for name, inner in fields.items()})
            for group in found
        ]

    def group_part(self, nodes: list[FieldNode], grouped: Grouped, group: Group) -> Any:
        if nodes[0].name.value == "key":
            return self.group_key(nodes, grouped, group, ())
        fields = self.below(nodes, f"{grouped.entity.name}Aggregate")
        return Record(
            {key: self.aggregate(inner, grouped.entity, group.rows) for key, inner in fields.items()}
        )

    def group_key(
        self, nodes: list[FieldNode], grouped: Grouped, group: Group, path: tuple[str, ...]
    ) -> Record | None:
        """What a group shows of its keys below a path; null where it is not grouped by."""
        if not any(key.path[: len(path)] == path for key in grouped.keys):
            return None
        answer = Record()
        for name, inner in self.below(nodes, "GroupKey").items():
            part = inner[0].name.value
            if part not in ("field", "date"):
                answer[name] = self.group_key(inner, grouped, group, (*path, part))
                continue
            known = [
                key for key in grouped.keys if key.path == path and (key.unit is None) == (part == "field")
            ]
            values = self.below(inner, "GroupKey").items()
            shown = {each: self.key_value(node, known, grouped, group) for each, (node, *_) in values}
            answer[name] = Record(shown) if known else None
        return answer

    def key_value(self, node: FieldNode, known: list[GroupKey], grouped: Grouped, group: Group) -> Any:
        unit = self.arguments([node]).get("unit")
        for key in known:
            if key.field == node.name.value and unit in (None, key.unit):
                return grouped.shown(key, group)
        return None

    def edge(self, nodes: list[FieldNode], entity: Entity, page: Page, row: Row) -> Any:
        match nodes[0].name.value:
            case "cursor":
                return self.place(entity, page, row)
            case "node":
                return self.record(nodes, entity, row)
        return f"{entity.name}Edge"

    def page_info(self, nodes: list[FieldNode], entity: Entity, page: Page) -> Any:
        match nodes[0].name.value:
            case "hasNextPage":
                return page.has_next
            case "hasPreviousPage":
                return page.has_previous
            case "startCursor":
                return self.place(entity, page, page.rows[0]) if page.rows else None
            case "endCursor":
                return self.place(entity, page, page.rows[-1]) if page.rows else None
        return "PageInfo"

    def place(self, entity: Entity, page: Page, row: Row) -> Place:
        return Place(entity.name, page.order, self.tables.primary_key(entity, row), row)
