"""Checks over the whole graph: names that clash, options that speak of nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.catalog import naming
from gateway.catalog.draft import Draft, Drafts, Problems, close_to
from gateway.catalog.keys import unique_keys
from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Scalar
from gateway.sources.features import features_of
from gateway.sources.source import Source

RENAME = 'Rename it: entities={{{name}: EntityOptions(rename="…")}}.'
RENAME_FIELD = 'Rename it: EntityOptions(fields={{"{key}": FieldOptions(rename="…")}}).'

ERROR_TYPES = (
    "UniqueViolation",
    "ForeignKeyViolation",
    "NotNullViolation",
    "CheckViolation",
    "ValidationError",
    "NotFound",
    "Forbidden",
    "Conflict",
    "RolledBack",
)
CORE_TYPES = (
    "Query",
    "Mutation",
    "Subscription",
    "Node",
    "PageInfo",
    "SortOrder",
    "ErrorCode",
    "MutationError",
)
OWN_TYPES = frozenset((*CORE_TYPES, *ERROR_TYPES, *SCALARS, *(f"{name}Filter" for name in SCALARS)))
"""Types of every graph, present or to come."""

ENTITY_TYPES = (
    "{0}Connection",
    "{0}Edge",
    "{0}Where",
    "{0}ListWhere",
    "{0}OrderBy",
    "{0}UniqueKey",
    "{0}Aggregate",
    "{0}AggregateOrderBy",
    "{0}AggregateGroup",
    "{0}GroupBy",
    "{0}GroupKey",
    "{0}GroupOrderBy",
    "{0}FieldName",
    "{0}DateGroup",
    "{0}Having",
    "Create{0}Input",
    "Create{0}Payload",
    "Create{0}OneInput",
    "Create{0}ManyInput",
    "Update{0}Input",
    "Update{0}Payload",
    "Update{0}OneInput",
    "Update{0}ManyInput",
    "Upsert{0}Payload",
    "Delete{0}Payload",
)
"""Types made from an entity, those of mutations also where it has none: opting in adds no clash."""

OWN_ROOTS = frozenset({"node", "nodes"})
"""Root fields of every graph."""
OWN_FIELDS = {"id": "the global id", **dict.fromkeys(("and", "or", "not"), "the logic of filters")}
"""Fields of every entity or of its `where`."""


def check_sources(sources: Sequence[Source], problems: Problems) -> None:
    """Names of the sources, and options for classes that are none of their models."""
    seen: set[str] = set()
    homes: dict[type[Any], str] = {}
    for source in sources:
        place = f"source {source.name!r}"
        if not naming.is_name(source.name):
            hint = "Use letters, digits and underscores, such as crm or sales_2024."
            problems.add(place, "its name is no GraphQL name", hint)
        if source.name in seen:
            problems.add(place, "two sources have this name", "Give each source a name of its own.")
        seen.add(source.name)
        for mapped in source.models:
            if homes.setdefault(mapped, source.name) != source.name:
                message = f"{mapped.__name__} is a model of the source {homes[mapped]!r} too"
                problems.add(place, message, "Name the classes of each source: models=[...].")
        for mapped in source.entities:
            if mapped not in source.models:
                hint = close_to(mapped.__name__, (model.__name__ for model in source.models))
                problems.add(place, f"options for {mapped.__name__}, which is none of its models", hint)
        _check_placeholders(source, problems)


def _check_placeholders(source: Source, problems: Problems) -> None:
    """No name may look like a parameter to a driver that replaces it wherever it stands, even in quotes."""
    placeholder = features_of(source.url).placeholder
    if placeholder != "%s":
        return
    for table in source.metadata.tables.values():
        for name in (table.schema or "", table.name, *(column.name for column in table.columns)):
            if placeholder in name:
                message = f"{table.name} has the name {name!r}, where the driver would put a parameter"
                problems.add(f"source {source.name!r}", message, "Rename it, or read it through a view.")


def check_options(drafts: Drafts, problems: Problems) -> None:
    """Options for fields that are neither attributes, relationships nor links."""
    for draft in drafts:
        known = {str(prop.key) for prop in draft.mapper.attrs} | draft.names
        for key in draft.options.fields:
            if key not in known:
                message = f"options for {key!r}, which is no attribute"
                problems.add(draft.place, message, close_to(key, known))
        _check_version(draft, problems)


def _check_version(draft: Draft, problems: Problems) -> None:
    """A version counts up, so it is a whole number and never null."""
    name = draft.options.version
    if name is None:
        return
    fields = {field.attribute: field for field in draft.fields}
    place = f"{draft.place} version"
    if name not in fields:
        problems.add(place, f"{name!r} is no attribute of the graph", close_to(name, fields))
    elif fields[name].scalar.name not in ("Int", "BigInt") or fields[name].nullable:
        hint = f"Declare it as {name}: Mapped[int] = mapped_column(default=1)."
        problems.add(place, f"{name!r} is not an integer that is NOT NULL", hint)


def check_names(drafts: Drafts, problems: Problems) -> None:
    """Every name of the graph is legal and stands for one thing."""
    unique = _check_entity_names(drafts, problems)
    enums = _check_enums(drafts, problems)
    _check_types(unique, enums, problems)
    _check_roots(unique, problems)
    for draft in drafts:
        _check_fields(draft, problems)


def _check_entity_names(drafts: Iterable[Draft], problems: Problems) -> list[Draft]:
    """The entities that keep their names; a clash of two is told once, not for each type made of them."""
    kept: dict[str, Draft] = {}
    for draft in drafts:
        hint = RENAME.format(name=draft.mapped.__name__)
        if not naming.is_name(draft.name):
            problems.add(draft.place, f"{draft.name!r} is no GraphQL name", hint)
        elif draft.name in OWN_TYPES:
            problems.add(draft.place, f"the type {draft.name} is part of every graph", hint)
        elif draft.name in kept:
            message = f"{kept[draft.name].place} is the entity {draft.name} too"
            problems.add(draft.place, message, hint)
        else:
            kept[draft.name] = draft
    return list(kept.values())


def _check_enums(drafts: Iterable[Draft], problems: Problems) -> dict[str, str]:
    """The place of each enum; one name may stand for one list of labels only."""
    places: dict[str, str] = {}
    labels: dict[str, Scalar] = {}
    for draft in drafts:
        for field in draft.fields:
            name, place = field.scalar.name, f"{draft.place}.{field.attribute}"
            if not field.scalar.is_enum:
                continue
            if set(labels.setdefault(name, field.scalar).values) != set(field.scalar.values):
                message = f"the enum {name} has other values in {places[name]}"
                problems.add(place, message, "Rename one of the two Python enums, or hide the field.")
            places.setdefault(name, place)
    return places


def _check_types(drafts: Iterable[Draft], enums: dict[str, str], problems: Problems) -> None:
    taken = dict.fromkeys(OWN_TYPES, "every graph")
    hint = "Rename one of them."
    for draft in drafts:
        taken[draft.name] = draft.place
    for name, place in enums.items():
        for made in (name, f"{name}Filter"):
            if made in taken:
                problems.add(place, f"the enum's type {made} is taken by {taken[made]}", hint)
            taken.setdefault(made, place)
    for draft in drafts:
        keys = [key.name for key in unique_keys(draft) if len(key.fields) > 1]
        made_types = [pattern.format(draft.name) for pattern in ENTITY_TYPES]
        made_types += [f"{draft.name}{naming.capitalized(key)}Key" for key in keys]
        for made in made_types:
            if made in taken:
                problems.add(draft.place, f"its type {made} is taken by {taken[made]}", hint)
            taken.setdefault(made, draft.place)


def _check_roots(drafts: Iterable[Draft], problems: Problems) -> None:
    taken = dict.fromkeys(OWN_ROOTS, "every graph")
    for draft in drafts:
        for root in (draft.singular, draft.plural, f"{draft.singular}By"):
            if root in taken:
                message = f"its root field {root} is taken by {taken[root]}"
                problems.add(draft.place, message, RENAME.format(name=draft.mapped.__name__))
            taken.setdefault(root, draft.place)


def _check_fields(draft: Draft, problems: Problems) -> None:
    taken = dict(OWN_FIELDS)
    named = [(field.name, field.attribute, "column") for field in draft.fields]
    named += [(relation.name, key, "relation") for key, relation in draft.relations]
    for name, key, kind in named:
        place, hint = f"{draft.place}.{key}", RENAME_FIELD.format(key=key)
        if not naming.is_name(name):
            problems.add(place, f"{name!r} is no GraphQL name", hint)
        elif name in taken:
            problems.add(place, f"the field {name} of this {kind} is taken by {taken[name]}", hint)
        taken.setdefault(name, f"the {kind} {key}")
