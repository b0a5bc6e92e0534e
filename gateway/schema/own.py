"""An app's own part of the graph, checked: the catalog with its own fields, and its own root types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from strawberry.types.base import has_object_definition

from gateway.catalog.draft import Problems
from gateway.catalog.types import Catalog
from gateway.errors import ConfigurationError
from gateway.schema.build import OwnRoots
from gateway.schema.own_fields import with_own_fields


@dataclass(frozen=True, slots=True)
class Own:
    """The catalog with the fields of extensions, and the root types beside the generated ones."""

    catalog: Catalog
    roots: OwnRoots


def read_own(catalog: Catalog, extensions: Sequence[type[Any]], roots: OwnRoots) -> Own:
    """Raises ConfigurationError with everything that is wrong with an app's own resolvers."""
    problems = Problems()
    for name, root in (("query", roots.query), ("mutation", roots.mutation)):
        if root is not None and not has_object_definition(root):
            hint = f"Decorate the class: @strawberry.type, then Gateway({name}={root.__name__})."
            problems.add(f"Gateway({name}=…)", f"{root.__name__} is no Strawberry type", hint)
    made = with_own_fields(catalog, extensions, problems)
    if problems:
        raise ConfigurationError(problems)
    return Own(made, roots)
