"""How an object type of the graph is described."""

from dataclasses import dataclass

from gateway.schema.inputs import InputValue


@dataclass(frozen=True, slots=True)
class OutputField:
    """A field of an object type. `type` is in GraphQL's notation."""

    name: str
    type: str
    arguments: tuple[InputValue, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type or, with `interface`, an interface."""

    name: str
    fields: tuple[OutputField, ...]
    description: str | None
    implements: tuple[str, ...] = ()
    interface: bool = False
