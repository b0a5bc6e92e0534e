"""Nodes that are alike, of whatever documents, and the steps they share.

Nodes are alike when they differ only in the values that a client gives, and in how it gives them: written
into the document, or as which variables. Their statements then differ at most in the names of their binds. A
`Mould` is a step without its node and its names; `step_of` casts another step in it, which is a hundredth of
the work of making one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from gateway.catalog.types import Entity, Junction, Relation
from gateway.query.parameters import Chosen, Claim, Literal, Origin, Parameter
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import JoinedShape, ManyShape, ObjectShape
from gateway.query.plan.types import Aggregate, Fetch, Groups, Join, Node, key_tests, ranks_used
from gateway.query.sql.bind import Asked, Binder
from gateway.query.sql.compile import Dialects, renamed
from gateway.query.sql.written import writable
from gateway.query.step import Step, Written, make_step

Key = tuple[Any, ...]


class Unlike(Exception):
    """The node has something in it that cannot be compared with what others have."""


@dataclass(frozen=True, slots=True)
class Mould:
    """What steps of nodes that are alike have in common.

    `asked` is what their making asked of a binder, each with the number of the origin that its parameter has
    in the node; None: a constant, or a claim, which is the same in all of them.
    """

    made: Mapping[str, Any]
    asked: tuple[tuple[Asked, int | None], ...]

    def cast(self, node: Node, origins: Sequence[Origin], binder: Binder) -> Step:
        """The step of another node, with names from the binder of its plan, as if it were made anew."""
        names: dict[str, str] = {}
        for asked, number in self.asked:
            if asked.kind is None:
                names[asked.name] = binder.constant(asked.parameter.origin.value)  # type: ignore[union-attr]
                continue
            parameter = asked.parameter
            if number is not None:
                parameter = Parameter(origins[number], parameter.convert)
            names[asked.name] = binder.named(parameter, asked.kind)
        if all(old == new for old, new in names.items()):
            return Step(node=node, **self.made)
        changed = {name: renew(self.made[name], names) for name, renew in _NAMED.items()}
        return Step(node=node, **{**self.made, **changed})


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    return None if value is None else renamed(value, names)


def _written(value: Written | None, names: Mapping[str, str]) -> Written | None:
    return None if value is None else replace(value, statement=renamed(value.statement, names))


def _name(value: str | None, names: Mapping[str, str]) -> str | None:
    return None if value is None else names[value]


_NAMED: Mapping[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "statement": _renamed,
    "within": _renamed,
    "heat": _renamed,
    "only_ranked": _renamed,
    "written": _written,
    "size": _name,
    "ids": _name,
    "offset": _name,
}
"""The fields of a step that names of binds stand in."""


class Moulds(Protocol):
    """A cache of moulds; the size is about their memory in bytes."""

    def get(self, key: Key, /) -> Mould | None: ...
    def put(self, key: Key, value: Mould, size: int, /) -> None: ...


def step_of(
    node: Node,
    plan: Plan,
    binder: Binder,
    sources: Mapping[str, Dialects],
    shape: ObjectShape | None,
    moulds: Moulds,
) -> Step:
    """A node made ready, as `make_step` does, in the mould of one that is alike where there is one."""
    likeness = Likeness()
    try:
        key = likeness.key(node, plan, sources, shape)
        mould = moulds.get(key)
    except (Unlike, TypeError):  # a value that has no hash
        return make_step(node, plan, binder, sources, shape)
    if mould is not None:
        return mould.cast(node, likeness.origins, binder)
    binder.asked = []
    step = make_step(node, plan, binder, sources, shape)
    asked, binder.asked = binder.asked, None
    mould = _mould(step, asked, likeness)
    if mould is not None:
        moulds.put(key, mould, _size(step))
    return step


_BYTES_A_MOULD = 3_000
"""About what a mould takes in memory for each of its statements, besides the text."""


def _size(step: Step) -> int:
    statements = [step.statement, step.within, step.heat, step.only_ranked, step.statement.plain]
    if step.written is not None:
        statements.append(step.written.statement)
    return sum(_BYTES_A_MOULD + 2 * len(each.text) for each in statements if each is not None)


def _mould(step: Step, asked: list[Asked], likeness: "Likeness") -> Mould | None:
    """The mould of a step; None when another one could not be told from what was asked."""
    found: dict[tuple[str, int | None], Asked] = {}
    constants: dict[str, bool] = {}
    for each in asked:
        number = likeness.numbers.get(id(each.parameter.origin))
        constant = number is None
        if constant and not isinstance(each.parameter.origin, Literal | Claim):
            return None
        if constants.setdefault(each.name, constant) is not constant:
            return None  # a client's value that happens to be a constant of ours: others are not
        if number is not None:
            each = Asked(each.name, Parameter(_GIVEN, each.parameter.convert), each.kind)
        found.setdefault((each.name, number), each)
    made = {part.name: getattr(step, part.name) for part in fields(step) if part.name != "node"}
    return Mould(made, tuple((each, number) for (_, number), each in found.items()))


_GIVEN = Literal(None)
"""Stands in a mould where each node has an origin of its own."""


@dataclass(slots=True)
class Likeness:
    """Makes the key of a node: equal ones are alike. `origins` are those of its parameters, by number."""

    origins: list[Origin] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    equal: dict[Origin, int] = field(default_factory=dict)
    without: Mapping[type[Any], str] = field(default_factory=dict)

    def key(self, node: Node, plan: Plan, sources: Mapping[str, Dialects], shape: ObjectShape | None) -> Key:
        """What the step of a node depends on. Raises Unlike."""
        if isinstance(node, Aggregate | Groups) and node.slicings:
            raise Unlike  # its rows are added up by names of values
        parent = () if node.join is None else (node.join.parent,)
        givers = [test.node for test, _ in key_tests(node.condition, node.entity)] + [*ranks_used(node)]
        if not givers and not node.narrowings:
            # No other node is named in its statement: it may stand anywhere in a plan.
            self.without = {type(node): "id", Join: "parent"}
        used = dict.fromkeys([node.source, *(plan.nodes[each].source for each in (*parent, *givers))])
        databases = tuple((name, sources[name].dialect, sources[name].features) for name in used)
        return (
            databases,
            self.of(node),
            tuple(self.of(plan.nodes[given]) for given in givers),
            self.written(node, shape) if sources[node.source].features.writes_json else None,
        )

    def of(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN or isinstance(value, Enum):
            return value
        if kind is tuple:
            return tuple([self.of(each) for each in value])
        if kind is Parameter:
            return self.parameter(value)
        if isinstance(value, sa.ColumnElement):
            return self.condition(value)
        if not is_dataclass(kind):
            raise Unlike
        without = self.without.get(kind)
        return (kind, *[self.of(getattr(value, name)) for name in _names(kind) if name != without])

    def parameter(self, parameter: Parameter) -> Key:
        """By which origins are one, which are equal, and what is made of them; not by what they are."""
        origin = parameter.origin
        if isinstance(origin, Chosen):
            return (origin, parameter.convert)
        number = self.numbers.get(id(origin))
        if number is None:
            number = self.numbers[id(origin)] = len(self.origins)
            self.origins.append(origin)
        return (Parameter, number, self.equal.setdefault(origin, number), parameter.convert)

    def condition(self, condition: sa.ColumnElement[Any]) -> Key:
        """An app's own condition: by its structure and its constants."""
        found = condition._generate_cache_key()
        if found is None:
            raise Unlike
        values = [each.effective_value for each in found.bindparams]
        return (
            found.key,
            *[(type(value), tuple(value) if isinstance(value, list) else value) for value in values],
        )

    def written(self, node: Node, shape: ObjectShape | None) -> Key | None:
        """What a statement depends on whose rows are written by their database."""
        if shape is None or not isinstance(node, Fetch) or not writable(shape):
            return None
        return _shape_key(shape)


def _shape_key(shape: ObjectShape) -> Key:
    members: list[Any] = []
    for member in shape.members:
        if isinstance(member, JoinedShape):
            members.append((member.key, member.present, member.nullable, _shape_key(member.shape)))
        elif isinstance(member, ManyShape):
            members.append((member.key, member.connection.members))
        else:
            members.append(member)
    return (shape.entity, *members)


_PLAIN = frozenset({str, int, bool, type(None), frozenset, Entity, Relation, Junction})
"""What is compared as it is; entities and relations are those of the catalog."""


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
