"""What a client sends, read from the document and the variables without the gateway's own code."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from gateway.catalog.types import Entity, Field

ABSENT: Final = object()
"""The value of a variable that was not sent and has no default."""


def given(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    """A value of the document as JSON has it, an enum as its name, a number with a point as Decimal."""
    match node:
        case VariableNode():
            return variables.get(node.name.value, ABSENT)
        case StringValueNode() | BooleanValueNode() | EnumValueNode():
            return node.value
        case IntValueNode():
            return int(node.value)
        case FloatValueNode():
            return Decimal(node.value)
        case NullValueNode():
            return None
        case ListValueNode():
            return [given(item, variables) for item in node.values]
        case ObjectValueNode():
            members = {member.name.value: given(member.value, variables) for member in node.fields}
            return {name: value for name, value in members.items() if value is not ABSENT}
    raise AssertionError(node)


def variable_values(operation: OperationDefinitionNode, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of an operation: as sent, else their default."""
    values = dict(sent)
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name not in values and definition.default_value is not None:
            values[name] = given(definition.default_value, {})
    return values


def as_list(value: Any) -> list[Any]:
    """GraphQL reads a value where a list is expected as a list of one."""
    return value if isinstance(value, list) else [value]


def operand(field: Field, value: Any) -> Any:
    """A JSON value for a field as the Python value its rows hold; an enum's label."""
    match field.scalar.name:
        case "Int" | "BigInt":
            return int(value)
        case "Float":
            return float(value)
        case "Decimal":
            return Decimal(str(value))
        case "Date":
            return date.fromisoformat(value)
        case "Time":
            return time.fromisoformat(value)
        case "DateTime":
            return datetime.fromisoformat(value.upper()).astimezone(UTC).replace(tzinfo=None)
        case "UUID":
            return UUID(value)
    return value


def global_id(entity: Entity, key: tuple[Any, ...]) -> str:
    """base64url, unpadded, of the JSON array of the entity's name and its key as the graph shows it."""
    shown = []
    for name, value in zip(entity.key, key, strict=True):
        serialize = entity.fields[name].scalar.serialize
        shown.append(value if serialize is None else serialize(value))
    text = json.dumps([entity.name, *shown], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def named_by(text: str) -> tuple[str, list[Any]]:
    """Entity and key of a global id, the key as JSON."""
    name, *key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return name, key
