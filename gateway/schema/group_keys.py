"""The `key` of a group as selected: each value is the key at some position of `by`, or null."""

from collections.abc import Callable
from dataclasses import dataclass

from graphql import FieldNode

from gateway.catalog.types import Entity
from gateway.query.selection import GroupKey, GroupValue, Hop, OrderTerm, TypeName
from gateway.schema.given import Given, Leaf

Below = Callable[[list[FieldNode], str], dict[str, list[FieldNode]]]
Arguments = Callable[[FieldNode, str], dict[str, Given]]


@dataclass(frozen=True, slots=True)
class KeyReader:
    """Reads `key` selections of groups by `by`. `below` and `arguments` are the document's reader's."""

    below: Below
    arguments: Arguments
    by: tuple[OrderTerm, ...]

    def read(self, key: str, nodes: list[FieldNode], entity: Entity, path: tuple[Hop, ...] = ()) -> GroupKey:
        """The key of an entity's rows, or of the related rows at the end of `path`."""
        type_name = f"{entity.name}GroupKey"
        members: list[TypeName | GroupValue | GroupKey] = []
        for inner, each in self.below(nodes, type_name).items():
            name = each[0].name.value
            if name == "__typename":
                members.append(TypeName(inner, type_name))
            elif name in ("field", "date"):
                members.append(self._values(inner, each, entity, path))
            else:
                members.append(self._related(inner, each, entity, path))
        return GroupKey(key, tuple(members))

    def _related(self, key: str, nodes: list[FieldNode], entity: Entity, path: tuple[Hop, ...]) -> GroupKey:
        relation = entity.relations[nodes[0].name.value]
        for term in self.by:
            further = term.path[: len(path) + 1]
            if len(further) > len(path) and further[:-1] == path and further[-1].relation == relation:
                return self.read(key, nodes, further[-1].target, further)
        return GroupKey(key, (), present=False)

    def _values(self, key: str, nodes: list[FieldNode], entity: Entity, path: tuple[Hop, ...]) -> GroupKey:
        """`field` or `date`."""
        dated = nodes[0].name.value == "date"
        among = {
            position: term
            for position, term in enumerate(self.by)
            if term.path == path and (term.unit is not None) is dated
        }
        type_name = f"{entity.name}{'Date' if dated else 'Field'}Key"
        members: list[TypeName | GroupValue | GroupKey] = []
        for inner, each in self.below(nodes, type_name).items():
            name = each[0].name.value
            if name == "__typename":
                members.append(TypeName(inner, type_name))
                continue
            unit = self.arguments(each[0], type_name).get("unit")
            wanted = str(unit.known) if isinstance(unit, Leaf) else None
            found = (
                position
                for position, term in among.items()
                if term.field == name and wanted in (None, term.unit)
            )
            members.append(GroupValue(inner, next(found, None)))
        return GroupKey(key, tuple(members), present=bool(among))
