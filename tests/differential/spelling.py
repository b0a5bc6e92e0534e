"""Input values and the ways to write them: in the document, or as variables at any depth."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.differential.draws import Draws


@dataclass(frozen=True)
class Leaf:
    """A scalar or an enum: its JSON form for variables, its text for documents."""

    type: str
    value: Any
    text: str
    redraw: "Callable[[], Input] | None" = None


@dataclass(frozen=True)
class Items:
    """A list; `type` is that of the list, such as `[String!]`."""

    type: str
    items: "tuple[Input, ...]"
    redraw: "Callable[[], Input] | None" = None


@dataclass(frozen=True)
class Members:
    """An input object; in a `one_of` object variables must be non-null."""

    type: str
    members: "Mapping[str, Input]"
    one_of: bool = False
    redraw: "Callable[[], Input] | None" = None


Input = Leaf | Items | Members


def text_leaf(type_name: str, text: str, redraw: "Callable[[], Input] | None" = None) -> Leaf:
    return Leaf(type_name, text, json.dumps(text, ensure_ascii=False), redraw)


@dataclass
class Variable:
    """A variable of an operation; `sent` is False where its default stands or it is missing."""

    type: str
    default: str | None
    sent: bool
    value: Any
    redraw: Callable[[], Input] | None


@dataclass
class Spelling:
    """Writes the inputs of one operation and keeps its variables."""

    draws: Draws
    variables: dict[str, Variable] = field(default_factory=dict)

    def argument(self, name: str, value: Input, non_null: bool = False) -> str:
        return f"{name}: {self.spell(value, non_null)}"

    def missing(self, type_name: str) -> str:
        """A null, or a variable that is not sent, for an argument that may be left out."""
        if self.draws.chance(0.5):
            self.draws.use("null argument")
            return "null"
        self.draws.use("variable: not sent")
        return self._add(Variable(type_name, None, False, None, None))

    def spell(self, value: Input, non_null: bool = False) -> str:
        if self.draws.chance(0.14):
            return self.variable(value, non_null)
        match value:
            case Leaf():
                return value.text
            case Items(_, items):
                written = [self.spell(item, non_null=True) for item in items]
                if len(written) == 1 and self.draws.chance(0.15) and not written[0].startswith("$"):
                    self.draws.use("list of one without brackets")
                    return written[0]
                return f"[{', '.join(written)}]"
            case Members(_, members, one_of):
                written = [f"{name}: {self.spell(member, one_of)}" for name, member in members.items()]
                return f"{{{', '.join(written)}}}"

    def variable(self, value: Input, non_null: bool = False) -> str:
        """A variable for a value: sent, by default, or sent over another default."""
        self.draws.use(f"variable: {_sort_of(value)}")
        type_name = f"{value.type}!" if non_null or self.draws.chance(0.2) else value.type
        way = self.draws.weighted({"sent": 5, "default": 2, "both": 1})
        if way == "default":
            self.draws.use("variable: default")
            return self._add(Variable(type_name, literal(value), False, None, value.redraw))
        other = value.redraw() if way == "both" and value.redraw else None
        if other is not None:
            self.draws.use("variable: over a default")
        default = literal(other) if other is not None else None
        return self._add(Variable(type_name, default, True, self.json(value), value.redraw))

    def _add(self, variable: Variable) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = variable
        return f"${name}"

    def definitions(self) -> str:
        written = [
            f"${name}: {variable.type}" + (f" = {variable.default}" if variable.default is not None else "")
            for name, variable in self.variables.items()
        ]
        return f"({', '.join(written)})" if written else ""

    def values(self) -> dict[str, Any]:
        """The variables to send."""
        return {name: variable.value for name, variable in self.variables.items() if variable.sent}

    def other_values(self) -> dict[str, Any]:
        """The variables of another use of the same document: values redrawn, defaults used or not."""
        values: dict[str, Any] = {}
        for name, variable in self.variables.items():
            if variable.redraw is not None and self.draws.chance(0.7):
                if variable.default is not None and self.draws.chance(0.3):
                    continue
                values[name] = self.json(variable.redraw())
            elif variable.sent:
                values[name] = variable.value
        return values

    def json(self, value: Input) -> Any:
        match value:
            case Leaf():
                return value.value
            case Items(_, items):
                written = [self.json(item) for item in items]
                return written[0] if len(written) == 1 and self.draws.chance(0.1) else written
            case Members(_, members):
                return {name: self.json(member) for name, member in members.items()}


def _sort_of(value: Input) -> str:
    if isinstance(value, Leaf):
        return "leaf"
    ends = ("Where", "OrderBy", "Filter", "UniqueKey")
    name = next((end for end in ends if value.type.strip("[]!").endswith(end)), "values")
    return f"list of {name}" if isinstance(value, Items) else name


def literal(value: Input) -> str:
    """A value without variables, as a default must be."""
    match value:
        case Leaf():
            return value.text
        case Items(_, items):
            return f"[{', '.join(map(literal, items))}]"
        case Members(_, members):
            return f"{{{', '.join(f'{name}: {literal(member)}' for name, member in members.items())}}}"
