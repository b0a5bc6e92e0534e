"""The `@computed` methods of an app's extensions, checked against the catalog and made fields of entities."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import strawberry
from strawberry import Schema
from strawberry.types.base import StrawberryOptional
from strawberry.types.field import StrawberryField

from gateway.catalog import naming
from gateway.catalog.draft import Problems, close_to
from gateway.catalog.own import OwnField
from gateway.catalog.types import Catalog, Entity
from gateway.schema.build import graphql_schema
from gateway.schema.extend import EXTENDED, Computed
from gateway.schema.own_resolver import OwnResolver
from gateway.schema.own_types import is_leaf, leaf_of, object_definitions, row_arguments, rows_of


@dataclass(frozen=True, slots=True)
class _Method:
    """One computed method of an extension and where to look for it."""

    entity: Entity
    extension: type[Any]
    attribute: str
    computed: Computed

    @property
    def place(self) -> str:
        return f"{self.extension.__name__}.{self.attribute}"


def with_own_fields(catalog: Catalog, extensions: Sequence[type[Any]], problems: Problems) -> Catalog:
    """The catalog with the fields that extensions add to its entities; mistakes are added to `problems`."""
    own: dict[str, dict[str, OwnField]] = {}
    for method in _methods(extensions, catalog, problems):
        name = method.computed.name or naming.camel_case(method.attribute)
        known = own.setdefault(method.entity.name, {})
        if _refuse_name(name, method, known, problems):
            continue
        field = _own_field(name, method, catalog, problems)
        if field is not None:
            known[name] = field
    if not own:
        return catalog
    entities = {
        name: replace(entity, own=own[name]) if own.get(name) else entity
        for name, entity in catalog.entities.items()
    }
    return replace(catalog, entities=entities)


def bind_own(catalog: Catalog, schema: Schema) -> None:
    """Tell the resolvers of own fields what the schema made of their annotations."""
    types: Mapping[str, Any] = graphql_schema(schema).type_map
    for entity in catalog.entities.values():
        for own in entity.own.values():
            own.resolver.bind(types[entity.name].fields[own.name], schema)


def _methods(extensions: Iterable[type[Any]], catalog: Catalog, problems: Problems) -> Iterator[_Method]:
    for extension in extensions:
        place = getattr(extension, "__name__", repr(extension))
        target = getattr(extension, "__dict__", {}).get(EXTENDED)
        if target is None:
            hint = 'Decorate it: @extend("Customer"), with the name or the mapped class of an entity.'
            problems.add(place, "this extension says of nothing what it extends", hint)
            continue
        entity = _extended(target, catalog)
        if entity is None:
            name = getattr(target, "__name__", str(target))
            problems.add(place, f"there is no entity {name!r} to extend", close_to(name, catalog.entities))
            continue
        found = [
            (name, each)
            for one in reversed(extension.__mro__)
            for name, each in vars(one).items()
            if isinstance(each, Computed)
        ]
        if not found:
            problems.add(place, "this extension has no fields", "Mark methods with @computed(needs=(…)).")
        for name, each in dict(found).items():
            yield _Method(entity, extension, name, each)


def _extended(target: Any, catalog: Catalog) -> Entity | None:
    if isinstance(target, str):
        return catalog.entities.get(target)
    return next((entity for entity in catalog.entities.values() if entity.mapped is target), None)


def _refuse_name(name: str, method: _Method, known: Mapping[str, OwnField], problems: Problems) -> bool:
    entity = method.entity
    if not naming.is_name(name):
        problems.add(method.place, f"{name!r} is no GraphQL name", 'Name it: @computed(name="…").')
        return True
    if name == "id" or name in entity.fields or name in entity.relations or name in known:
        message = f"{entity.name} has a field {name} already"
        problems.add(method.place, message, 'Name it otherwise: @computed(name="…").')
        return True
    return False


def _own_field(name: str, method: _Method, catalog: Catalog, problems: Problems) -> OwnField | None:
    before = len(problems)
    needs = tuple(_needs(method, problems))
    type_ = _returned(method, problems)
    made = None if type_ is None else _strawberry_field(name, method, type_, problems)
    if made is None or len(problems) > before or not _check_type(made, method, catalog, problems):
        return None
    resolver = OwnResolver(name, method.place, method.computed, made, rows_of(made.type, catalog))
    return OwnField(
        name=name,
        needs=needs,
        row=method.extension,
        nullable=isinstance(made.type, StrawberryOptional) or resolver.rows is not None,
        resolver=resolver,
        pure=resolver.pure if resolver.is_pure else None,
        hidden_from=_hidden_from(method, needs),
    )


def _hidden_from(method: _Method, needs: Iterable[str]) -> frozenset[str]:
    """Who may not see it: whom the decorator names, else who may not see something that it needs."""
    if method.computed.hide_from is not None:
        return frozenset(method.computed.hide_from)
    fields = [field for field in method.entity.fields.values() if field.attribute in needs]
    return frozenset(role for field in fields for role in field.hidden_from)


def _needs(method: _Method, problems: Problems) -> Iterator[str]:
    given = method.computed.needs
    if isinstance(given, str):
        problems.add(method.place, f"needs={given!r} is no tuple", f"Write needs=({given!r},).")
        return
    mapper = method.entity.mapped.__mapper__
    for each in given:
        name = str(getattr(each, "key", each))
        if name in mapper.columns:
            yield name
            continue
        by_field = method.entity.fields.get(name)
        if by_field is not None:
            hint = f"Name the mapped attribute: {by_field.attribute!r}."
        elif name in mapper.relationships or name in method.entity.relations:
            hint = "Only columns can be needed: read related rows in a method with batch=True."
        else:
            hint = close_to(name, mapper.columns.keys())
        message = f"needs {name!r}, which is no column of {method.entity.mapped.__name__}"
        problems.add(method.place, message, hint)


def _returned(method: _Method, problems: Problems) -> Any:
    """The annotation of the field: what the method returns, for one row."""
    function = method.computed.function
    try:
        found = get_type_hints(function, include_extras=True).get("return")
    except Exception as error:
        hint = "Import what annotations name at the top of the module, not below TYPE_CHECKING."
        problems.add(method.place, f"its annotations cannot be read: {error}", hint)
        return None
    if found is None or found is type(None):
        hint = "Annotate the value of the field, as in `-> str`."
        problems.add(method.place, "it has no return annotation", hint)
        return None
    if not method.computed.batch:
        return found
    if get_origin(found) not in (list, Sequence, Iterable) or not get_args(found):
        hint = "Annotate one value per row, as in `-> list[str]`."
        problems.add(method.place, "with batch=True it has to return a list", hint)
        return None
    return get_args(found)[0]


def _strawberry_field(name: str, method: _Method, type_: Any, problems: Problems) -> StrawberryField | None:
    computed, function = method.computed, method.computed.function
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if not parameters or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        first = "customers" if computed.batch else "self"
        hint = f"Write a method that returns its value: def {function.__name__}({first}) -> …."
        problems.add(method.place, "it is no method of a row", hint)
        return None

    def stand_in(*_: Any, **__: Any) -> Any: ...

    stand_in.__module__, stand_in.__name__ = function.__module__, function.__name__
    row = parameters[0].replace(name="self", annotation=inspect.Parameter.empty)
    stand_in.__signature__ = signature.replace(parameters=[row, *parameters[1:]])  # type: ignore[attr-defined]
    try:
        made = strawberry.field(
            resolver=stand_in,
            name=name,
            description=inspect.cleandoc(computed.description) if computed.description else None,
            deprecation_reason=computed.deprecation_reason,
            graphql_type=type_,
        )
        made.python_name, made.origin = method.attribute, method.extension
        assert made.type is not None
    except Exception as error:
        hint = "Annotate every argument with a Python scalar, an enum or a Strawberry input."
        problems.add(method.place, f"its arguments cannot be read: {_first_line(error)}", hint)
        return None
    found: StrawberryField = made
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _check_type(made: StrawberryField, method: _Method, catalog: Catalog, problems: Problems) -> bool:
    given = row_arguments(made, catalog)
    if given:
        hint = "Take its key as an argument; roots of your own may take mapped classes."
        problems.add(method.place, f"its argument {next(iter(given))} is a mapped class", hint)
        return False
    type_ = made.type
    leaf = leaf_of(type_)
    if rows_of(type_, catalog) is not None or is_leaf(leaf) or object_definitions(leaf):
        return True
    hint = "Return Python scalars, enums, Strawberry types, mapped classes of the graph, or lists of them."
    problems.add(method.place, f"{getattr(leaf, '__name__', leaf)} is no type of the graph", hint)
    return False
