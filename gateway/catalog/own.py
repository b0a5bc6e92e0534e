"""Fields whose values an app's own code makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Show = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class OwnField:
    """A field of an entity with a resolver of the app. `needs` are the attributes its rows have.

    `row` is the class of those rows. With `pure`, which takes the field's arguments and gives the function
    from a row to JSON, it is computed while the answer is shaped; without, `resolver` is called for all rows
    before. Neither raises anything but a GatewayError.
    """

    name: str
    needs: tuple[str, ...]
    row: type[Any]
    nullable: bool
    resolver: Any
    pure: Callable[[Mapping[str, Any]], Show] | None = None
    hidden_from: frozenset[str] = frozenset()


def row_maker(row: type[Any], needs: tuple[str, ...]) -> Callable[..., Any]:
    """The function from the values of `needs` to an object of `row`, whose __init__ is not called."""
    names = [f"v{position}" for position in range(len(needs))]
    lines = [f"    row.{name} = {value}\n" for name, value in zip(needs, names, strict=True)]
    code = f"def make({', '.join(names)}):\n    row = new(cls)\n{''.join(lines)}    return row\n"
    space: dict[str, Any] = {"new": object.__new__, "cls": row}
    exec(code, space)
    made: Callable[..., Any] = space["make"]
    return made


def row_reader(
    make: Callable[..., Any], positions: tuple[int, ...], converts: Sequence[Callable[[Any], Any] | None]
) -> Callable[[tuple[Any, ...]], Any]:
    """The function from a record of a source to the object that `make` makes of its values."""
    names: dict[str, Any] = {"make": make}
    parts = []
    for position, convert in zip(positions, converts, strict=True):
        value = f"r[{position}]"
        if convert is not None:
            names[f"c{position}"] = convert
            value = f"(None if {value} is None else c{position}({value}))"
        parts.append(value)
    read: Callable[[tuple[Any, ...]], Any] = eval(f"lambda r: make({', '.join(parts)})", names)
    return read
