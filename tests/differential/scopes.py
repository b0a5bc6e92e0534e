"""Which response keys a selection set has taken: GraphQL merges equal ones and refuses conflicts."""

from dataclasses import dataclass, field

from gateway.catalog.types import Entity
from tests.differential.draws import Draws


@dataclass(frozen=True)
class Asked:
    """A field as written: name and arguments. With an entity it has a selection set below."""

    name: str
    arguments: str = ""
    entity: Entity | None = None
    many: bool = False
    depth: int = 0
    width: float = 1

    def merges(self, other: "Asked") -> bool:
        return (self.name, self.arguments) == (other.name, other.arguments)


@dataclass
class Scope:
    """The taken response keys of one object of the answer. `aliased`: every field is to get an alias."""

    type: str
    aliased: bool = False
    taken: dict[str, Asked] = field(default_factory=dict)
    below: dict[str, "Scope"] = field(default_factory=dict)

    def free(self, key: str, asked: Asked) -> bool:
        """Whether a field may stand under a key; one with a selection set only when it is the first."""
        known = self.taken.get(key)
        return known is None or (known.merges(asked) and asked.entity is None)

    def take(self, key: str, asked: Asked) -> "Scope":
        """The scope below a field that stands under a key from now on."""
        self.taken[key] = asked
        return self.inner(key, asked.entity.name if asked.entity else "")

    def inner(self, key: str, type_name: str) -> "Scope":
        return self.below.setdefault(key, Scope(type_name, self.aliased))

    def again(self, draws: Draws) -> "tuple[str, Asked, Scope] | None":
        """A field with a selection set that stands here already."""
        known = [key for key, asked in self.taken.items() if asked.entity is not None]
        if not known:
            return None
        key = draws.choice(known)
        return key, self.taken[key], self.below[key]

    def admits(self, other: "Scope") -> bool:
        """Whether the fields of another scope can be merged into this one, at every depth."""
        return all(
            known is None or known.merges(asked)
            for key, asked in other.taken.items()
            for known in [self.taken.get(key)]
        ) and all(self.below[key].admits(inner) for key, inner in other.below.items() if key in self.below)

    def absorb(self, other: "Scope") -> None:
        """Take what another scope has taken."""
        for key, asked in other.taken.items():
            self.taken.setdefault(key, asked)
        for key, inner in other.below.items():
            self.below.setdefault(key, Scope(inner.type, inner.aliased)).absorb(inner)


@dataclass(frozen=True)
class Fragment:
    """A named fragment of one operation, and what it selects."""

    name: str
    type: str
    body: str
    scope: Scope

    @property
    def definition(self) -> str:
        return f"fragment {self.name} on {self.type} {self.body}"
