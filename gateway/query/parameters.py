"""Values that are known only when an operation runs.

Selections and plans hold `Parameter`s; `resolve` turns them into values once per operation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of the operation's variables: the variable's name, then keys and positions inside it."""

    path: tuple[str | int, ...]

    def __str__(self) -> str:
        return "$" + ".".join(map(str, self.path))


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the document itself; lists are tuples."""

    value: Any

    def __str__(self) -> str:
        return str(self.value.value) if isinstance(self.value, Enum) else repr(self.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the caller, used by an entity's `rows` condition."""

    name: str

    def __str__(self) -> str:
        return f"claim {self.name}"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A value that whoever runs the operation hands in, such as the keys of rows to read."""

    name: str

    def __str__(self) -> str:
        return f"given {self.name}"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written in the document with variables among its items."""

    items: "tuple[Origin, ...]"

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that the executor chooses while the operation runs, and gives with the statement."""

    name: str

    def __str__(self) -> str:
        return f"chosen {self.name}"


Origin = Variable | Literal | Claim | Supplied | ListOf | Chosen
Conversion = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where a value comes from and what is made of it before it is bound."""

    origin: Origin
    convert: Conversion | None = None

    def __str__(self) -> str:
        return f"{self.origin}" if self.convert is None else f"{self.convert}({self.origin})"


_NOTHING: Mapping[str, Any] = {}


def resolve(
    parameters: Mapping[str, Parameter],
    variables: Mapping[str, Any],
    claims: Mapping[str, Any],
    supplied: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """Bind name to value, for every parameter of a prepared operation.

    Raises BadUserInput for a value that its conversion refuses, Forbidden for a claim the caller lacks.
    """
    origins = (variables, claims, supplied)
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        value = _given(parameter.origin, origins)
        values[name] = value if parameter.convert is None else parameter.convert(value)
    return values


def _given(origin: Origin, origins: tuple[Mapping[str, Any], ...]) -> Any:
    match origin:
        case Literal(value):
            return value
        case Variable(path):
            found: Any = origins[0]
            for step in path:
                found = found[step]
            return found
        case ListOf(items):
            return [_given(item, origins) for item in items]
        case Supplied(name):
            return origins[2][name]
        case Claim(name):
            return claim_of(origins[1], name)
        case Chosen(name):
            raise AssertionError(f"{name} is chosen while running")


def claim_of(claims: Mapping[str, Any], name: str) -> Any:
    """A claim of the caller. Raises Forbidden when the caller lacks it."""
    if name not in claims:
        raise Forbidden(
            f"The caller has no claim {name!r}.", hint="Sign in, or ask for access to these rows."
        )
    return claims[name]
