"""The schema as files: `schema.graphql` and what the tools of its clients want to know.

All text is sorted and stable, so that a changed file means a changed graph.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_abstract_type,
    is_introspection_type,
    is_specified_scalar_type,
    lexicographic_sort_schema,
    print_schema,
)

from gateway.catalog.types import Catalog, Entity
from gateway.schema.build import graphql_schema

SCHEMA_FILE = "schema.graphql"
CLIENT_DIRECTORY = "clients"

TYPESCRIPT_TYPES = {
    "BigInt": "string",
    "Bytes": "string",
    "Date": "string",
    "DateTime": "string",
    "Decimal": "string",
    "JSON": "unknown",
    "NetworkAddress": "string",
    "Time": "string",
    "UUID": "string",
}
"""The TypeScript type of each custom scalar as it stands in a response."""

PAGE_KEYS = ("where", "orderBy")
"""Arguments that tell one list from another; the others only tell which part of it."""


def sdl(schema: strawberry.Schema) -> str:
    """The whole schema in GraphQL's schema language, sorted, with a newline at the end."""
    return print_sorted(graphql_schema(schema))


def print_sorted(schema: GraphQLSchema) -> str:
    ordered = lexicographic_sort_schema(schema)
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLEnumType):
            # Sorting makes plain enums, which do not know the members that are defaults of arguments.
            vars(ordered.type_map[name])["coerce_output_value"] = type_.coerce_output_value
    return print_schema(ordered) + "\n"


def client_files(schema: strawberry.Schema, catalog: Catalog) -> dict[str, str]:
    """File name to text: Apollo's possible types and type policies, GraphQL Code Generator's scalars."""
    inner = graphql_schema(schema)
    return {
        "apollo-type-policies.json": as_json(type_policies(inner, catalog)),
        "codegen-scalars.json": as_json(codegen_scalars(inner)),
        "possibleTypes.json": as_json(possible_types(inner)),
    }


def possible_types(schema: GraphQLSchema) -> dict[str, list[str]]:
    """Each interface and union with the names of its object types; Apollo's `possibleTypes`."""
    return {
        type_.name: sorted(possible.name for possible in schema.get_possible_types(type_))
        for type_ in own_types(schema)
        if is_abstract_type(type_)
    }


def codegen_scalars(schema: GraphQLSchema) -> dict[str, str]:
    """Each custom scalar with its TypeScript type; the `scalars` option of GraphQL Code Generator."""
    return {
        type_.name: TYPESCRIPT_TYPES.get(type_.name, "unknown")
        for type_ in own_types(schema)
        if isinstance(type_, GraphQLScalarType) and not is_specified_scalar_type(type_)
    }


def type_policies(schema: GraphQLSchema, catalog: Catalog) -> dict[str, Any]:
    """Per type, the key arguments of each connection; for `relayStylePagination(keyArgs)` in Apollo."""
    fields_of = {"Query": [entity.plural for entity in catalog.entities.values()]}
    fields_of.update((entity.name, connections_of(entity)) for entity in catalog.entities.values())
    return {
        name: {"fields": {field: list_policy(schema, name, field) for field in fields}}
        for name, fields in fields_of.items()
        if fields
    }


def connections_of(entity: Entity) -> list[str]:
    return [relation.name for relation in entity.relations.values() if relation.many]


def list_policy(schema: GraphQLSchema, type_name: str, field_name: str) -> dict[str, Any]:
    owner = schema.type_map[type_name]
    assert isinstance(owner, GraphQLObjectType)
    arguments = owner.fields[field_name].args
    return {"keyArgs": [key for key in PAGE_KEYS if key in arguments], "relayStyle": True}


def own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [type_ for type_ in schema.type_map.values() if not is_introspection_type(type_)]


def as_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def exported(schema: strawberry.Schema, catalog: Catalog) -> dict[str, str]:
    """Every exported file: its path below the directory, with forward slashes, to its text."""
    clients = client_files(schema, catalog)
    return {SCHEMA_FILE: sdl(schema)} | {f"{CLIENT_DIRECTORY}/{name}": text for name, text in clients.items()}


def write(directory: Path, schema: strawberry.Schema, catalog: Catalog) -> list[str]:
    """Write every file that is missing or stale; directories are made. Returns the paths written."""
    stale = drift(directory, schema, catalog)
    files = exported(schema, catalog)
    for name in stale:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8", newline="\n")
    return stale


def drift(directory: Path, schema: strawberry.Schema, catalog: Catalog) -> list[str]:
    """Paths below the directory of files that are missing or differ from what `write` would write."""
    return [name for name, text in exported(schema, catalog).items() if on_disk(directory / name) != text]


def on_disk(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
