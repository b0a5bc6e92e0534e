"""Entities and their fields from mapped classes."""

import inspect
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ColumnProperty, Mapper

from gateway.catalog import naming
from gateway.catalog.decorated import Decorated, Labels
from gateway.catalog.draft import Draft, Drafts, Problems, foreign_keys, role_set
from gateway.catalog.kinds import typed
from gateway.catalog.lacks import Use
from gateway.catalog.rows import rows_rule
from gateway.catalog.scalars import SCALARS, refusal, scalar_of
from gateway.catalog.types import Field, Scalar
from gateway.sources.declare import EntityOptions, FieldOptions
from gateway.sources.source import Source

HIDE = "Hide the class: entities={{{name}: EntityOptions(hide=True)}}."
HIDE_FIELD = 'Hide the field: EntityOptions(fields={{"{key}": FieldOptions(hide=True)}}).'


def draft_entities(sources: Sequence[Source], problems: Problems) -> Drafts:
    """All entities with their fields, none with relations yet; hidden and unusable classes are left out."""
    drafts = Drafts()
    for source in sources:
        if not _configured(source, problems):
            continue
        for mapped in source.models:
            draft = _draft(source, mapped, problems)
            if draft is not None:
                drafts.by_class[mapped] = draft
    for draft in list(drafts):
        if _is_junction(draft, drafts):
            drafts.junctions[draft.mapped] = drafts.by_class.pop(draft.mapped)
        else:
            draft.rows = rows_rule(draft, problems)
            draft.fields = _fields(draft, problems)
    return drafts


def _configured(source: Source, problems: Problems) -> bool:
    """Whether SQLAlchemy can resolve the models' relationships, on which everything else here stands."""
    try:
        for models in {sa.inspect(mapped).registry for mapped in source.models}:
            models.configure(cascade=True)
    except SQLAlchemyError as error:
        message = " ".join(str(error).split())
        problems.add(f"source {source.name!r}", f"SQLAlchemy refuses the models: {message}", "Correct them.")
        return False
    return True


def _draft(source: Source, mapped: type[Any], problems: Problems) -> Draft | None:
    options = source.entities.get(mapped, EntityOptions())
    if options.hide:
        return None
    mapper: Mapper[Any] = sa.inspect(mapped)
    place = f"{source.name}.{mapped.__name__}"
    hint = HIDE.format(name=mapped.__name__)
    table = mapper.local_table
    if mapper.inherits is not None or mapper.polymorphic_on is not None:
        problems.add(place, "inheritance between mapped classes is not supported yet", hint)
        return None
    if not isinstance(table, sa.Table):
        problems.add(place, "it is mapped to a select, not to a table", hint)
        return None
    if not mapper.primary_key or any(column.nullable for column in mapper.primary_key):
        message = f"{table.name} has no primary key"
        problems.add(place, message, f"Give the table a primary key that is NOT NULL. {hint}")
        return None
    role_set(options.hide_from, place, problems)
    return Draft(options.rename or mapped.__name__, source, mapper, table, options)


def _is_junction(draft: Draft, drafts: Drafts) -> bool:
    """Two foreign keys to entities of the source, which are the primary key, and nothing else.

    A class with options of its own stays an entity, so that none of them is lost.
    """
    if draft.mapped in draft.source.entities:
        return False
    ends = list(foreign_keys(draft.table))
    entities = {other.table for other in drafts if other.source is draft.source}
    columns = [own for _, pairs in ends for own, _ in pairs]
    return (
        len(ends) == 2
        and all(table in entities and table is not draft.table for table, _ in ends)
        and len(columns) == len(draft.table.columns)
        and set(columns) == set(draft.table.primary_key.columns)
    )


def _fields(draft: Draft, problems: Problems) -> list[Field]:
    own = [
        (prop, prop.columns[0])
        for prop in draft.mapper.column_attrs
        if isinstance(prop.columns[0], sa.Column) and prop.columns[0].table is draft.table
    ]
    positions = {column: position for position, column in enumerate(draft.table.columns)}
    own.sort(key=lambda pair: positions[pair[1]])
    found = (_field(draft, prop, column, problems) for prop, column in own)
    return [field for field in found if field is not None]


def _field(
    draft: Draft, prop: ColumnProperty[Any], column: sa.Column[Any], problems: Problems
) -> Field | None:
    options = draft.field_options(prop.key)
    place = f"{draft.place}.{prop.key}"
    if options.hide:
        if column in draft.mapper.primary_key:
            hint = "Ids are made of it; use hide_from to keep it from some roles."
            problems.add(place, "a field of the primary key cannot be hidden", hint)
        return None
    name = options.rename or field_name(prop.key)
    own = draft.typed(column)
    scalar = scalar_of(own, enum_name=draft.name + naming.capitalized(name))
    if scalar is None:
        message = refusal(own.type) or f"columns of type {_type_name(own)} are not supported"
        problems.add(place, message, HIDE_FIELD.format(key=prop.key))
        return None
    lacks = own.type.lacks if isinstance(own.type, Decorated) else {}
    if Use.EQUAL in lacks and column in draft.mapper.primary_key:
        message = f"{_type_name(own)} makes no key: {lacks[Use.EQUAL]}"
        problems.add(place, message, "Ids are made of the primary key; give it a type that keeps its values.")
    _check_labels(scalar, place, prop.key, problems)
    return Field(
        name=name,
        attribute=prop.key,
        column=own,
        scalar=scalar,
        nullable=bool(column.nullable),
        description=options.describe or _text(column.comment) or _text(column.doc) or _text(prop.doc),
        read_only=_read_only(draft, column, options),
        hidden_from=role_set(options.hide_from, place, problems),
        validate=options.validate,
        lacks=lacks,
        stored=_stored(own, options.rename or field_name(prop.key)),
    )


def _stored(column: sa.Column[Any], name: str) -> Field | None:
    """The field of what is stored, where a type of the app's own makes something else of it."""
    kind = column.type
    if not isinstance(kind, Decorated):
        return None
    if kind.scalar.is_enum:
        labels = typed(column, Labels(kind))
        return Field(name, name, labels, SCALARS["String"], bool(column.nullable))
    plain = typed(column, kind.stored)
    scalar = scalar_of(plain)
    return None if scalar is None else Field(name, name, plain, scalar, bool(column.nullable))


def field_name(attribute: str) -> str:
    """The GraphQL name of an attribute; `id` is taken by the global id."""
    name = naming.camel_case(attribute)
    return "rowId" if name == "id" else name


def _read_only(draft: Draft, column: sa.Column[Any], options: FieldOptions) -> bool:
    always = column.identity is not None and bool(column.identity.always)
    generated = column.computed is not None or always or draft.attribute(column) == draft.options.version
    return options.read_only or draft.options.read_only or generated


def _check_labels(scalar: Scalar, place: str, key: str, problems: Problems) -> None:
    hide = HIDE_FIELD.format(key=key)
    if scalar.is_enum and not naming.is_name(scalar.name):
        problems.add(place, f"the enum's name {scalar.name!r} is no GraphQL name", f"Rename it. {hide}")
    for name, count in Counter(scalar.names).items():
        if count > 1:
            labels = ", ".join(
                repr(label) for label in scalar.values if scalar.shown.get(label, label) == name
            )
            hint = "Map a Python enum with values_callable: the names of its members tell them apart."
            problems.add(place, f"its enum values {labels} would all be shown as {name}", f"{hint} {hide}")


def _type_name(column: sa.Column[Any]) -> str:
    kind = column.type
    return type(kind.inner if isinstance(kind, Decorated) else kind).__name__


def entity_description(draft: Draft) -> str | None:
    """What the app says, else the class's own docstring, else the comment of the table."""
    doc = draft.mapped.__dict__.get("__doc__") or ""
    if doc.startswith(f"{draft.mapped.__name__}("):
        doc = ""  # written by @dataclass: the signature of __init__
    return draft.options.describe or _text(doc) or _text(draft.table.comment)


def _text(text: str | None) -> str | None:
    return (inspect.cleandoc(text).strip() or None) if text else None
