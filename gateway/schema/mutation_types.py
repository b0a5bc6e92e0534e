"""What a client may write: the mutation roots of each entity, their inputs and their payloads."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gateway.catalog.naming import capitalized
from gateway.catalog.types import Catalog, Entity, Field, Relation
from gateway.mutation.check import is_required
from gateway.mutation.errors import ErrorCode
from gateway.schema.inputs import EnumType, InputType, InputValue
from gateway.schema.output import ObjectType, OutputField


class Verb(Enum):
    """What a generated mutation does, and whether to one row or to many."""

    CREATE = ("create", False)
    CREATE_MANY = ("create", True)
    UPDATE = ("update", False)
    UPDATE_MANY = ("update", True)
    UPSERT = ("upsert", False)
    DELETE = ("delete", False)
    DELETE_MANY = ("delete", True)

    @property
    def many(self) -> bool:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One generated mutation root."""

    verb: Verb
    entity: Entity

    @property
    def name(self) -> str:
        """`createCustomer`, `updateCustomers`."""
        return self.verb.value[0] + self._noun

    @property
    def payload(self) -> str:
        return f"{capitalized(self.verb.value[0])}{self._noun}Payload"

    @property
    def rows(self) -> str:
        """The field of the payload that holds what was written."""
        return self.entity.plural if self.verb.many else self.entity.singular

    @property
    def _noun(self) -> str:
        return capitalized(self.entity.plural) if self.verb.many else self.entity.name


def mutations_of(entity: Entity, catalog: Catalog) -> Iterator[Mutation]:
    """The mutations of an entity: none where it is read-only."""
    if entity.read_only:
        return
    updates = bool(update_fields(entity) or writable_relations(entity, catalog))
    for verb in Verb:
        if updates or verb not in (Verb.UPDATE, Verb.UPDATE_MANY, Verb.UPSERT):
            yield Mutation(verb, entity)


# Roots and payloads ------------------------------------------------------------------------------------

MUTATION_ERROR = ObjectType(
    "MutationError",
    (
        OutputField("code", "ErrorCode!", description="What kind of error it is."),
        OutputField("message", "String!", description="What is wrong, for people."),
        OutputField(
            "path", "[String!]!", description="Where: the mutation's key in the answer, then its arguments."
        ),
    ),
    "Why nothing was written.",
    interface=True,
)

_FIELDS = OutputField("fields", "[String!]!", description="The fields it is about.")
_CONSTRAINT = OutputField("constraint", "String", description="The name of the rule in the database.")

_ERRORS: tuple[tuple[ErrorCode, str, tuple[OutputField, ...]], ...] = (
    (ErrorCode.UNIQUE_VIOLATION, "Another row has this key.", (_FIELDS,)),
    (ErrorCode.FOREIGN_KEY_VIOLATION, "A row that is referred to is not there, or would go.", (_FIELDS,)),
    (ErrorCode.NOT_NULL_VIOLATION, "A field that must have a value has none.", (_FIELDS,)),
    (ErrorCode.CHECK_VIOLATION, "The values break a rule of the database.", (_CONSTRAINT,)),
    (ErrorCode.VALIDATION_ERROR, "A value does not fit its field.", (_FIELDS,)),
    (ErrorCode.NOT_FOUND, "There is no such row.", ()),
    (ErrorCode.FORBIDDEN, "The caller may not write this.", (_FIELDS,)),
    (ErrorCode.CONFLICT, "Another write came between reading the row and writing it.", ()),
    (ErrorCode.ROLLED_BACK, "This was undone or not begun, because another mutation failed.", ()),
)

ERROR_CODE = EnumType(
    "ErrorCode", tuple((code.value, text) for code, text, _ in _ERRORS), "The kinds of errors of mutations."
)


def error_types() -> Iterator[ObjectType]:
    yield MUTATION_ERROR
    for code, text, fields in _ERRORS:
        members = (*MUTATION_ERROR.fields, *fields)
        yield ObjectType(code.type_name, members, text, implements=(MUTATION_ERROR.name,))


def mutation_type(catalog: Catalog) -> ObjectType | None:
    """The root object of mutations; None where no entity has any."""
    entities = catalog.entities.values()
    fields = tuple(root_field(each) for entity in entities for each in mutations_of(entity, catalog))
    description = "Where every mutation begins. All mutations of one operation are written together, or none."
    return ObjectType("Mutation", fields, description) if fields else None


def root_field(mutation: Mutation) -> OutputField:
    return OutputField(mutation.name, f"{mutation.payload}!", arguments_of(mutation), _describe(mutation))


def _describe(mutation: Mutation) -> str:
    name, plural = mutation.entity.name, mutation.entity.plural
    return {
        Verb.CREATE: f"Creates one {name}, with related rows.",
        Verb.CREATE_MANY: f"Creates {plural}, in the order of the input.",
        Verb.UPDATE: f"Changes the {name} with this key; what is not given stays.",
        Verb.UPDATE_MANY: f"Changes all {plural} for which the condition holds, in the same way.",
        Verb.UPSERT: f"Changes the {name} with this key or, where there is none, creates it.",
        Verb.DELETE: f"Deletes the {name} with this key.",
        Verb.DELETE_MANY: f"Deletes all {plural} for which the condition holds.",
    }[mutation.verb]


def arguments_of(mutation: Mutation) -> tuple[InputValue, ...]:
    entity, name = mutation.entity, mutation.entity.name
    key = InputValue("key", f"{name}UniqueKey!", "Exactly one of the keys.")
    change = InputValue("set", f"Update{name}Input!", "What to change.")
    version = _version(entity)
    which = (
        InputValue("where", f"{name}Where", "Which rows; must not be empty without `all`."),
        InputValue("all", "Boolean", "True: an empty condition means every row."),
    )
    match mutation.verb:
        case Verb.CREATE:
            return (InputValue("input", f"Create{name}Input!", "The new row."),)
        case Verb.CREATE_MANY:
            return (InputValue("input", f"[Create{name}Input!]!", "The new rows."),)
        case Verb.UPDATE:
            return (key, change, *version)
        case Verb.UPDATE_MANY:
            return (which[0], change, which[1])
        case Verb.UPSERT:
            create = InputValue("create", f"Create{name}Input!", "The new row; the key is filled in.")
            return (key, create, InputValue("update", change.type, "What to change in a row that is there."))
        case Verb.DELETE:
            return (key, *version)
        case Verb.DELETE_MANY:
            return which


def _version(entity: Entity) -> tuple[InputValue, ...]:
    if entity.version is None:
        return ()
    description = f"The {entity.version.name} that was read; a Conflict if another write came since."
    return (InputValue("version", f"{entity.version.scalar.name}!", description),)


def payload_types(entity: Entity, catalog: Catalog) -> Iterator[ObjectType]:
    for mutation in mutations_of(entity, catalog):
        yield ObjectType(mutation.payload, tuple(_payload(mutation)), f"The outcome of {mutation.name}.")


def _payload(mutation: Mutation) -> Iterator[OutputField]:
    name, deletes = mutation.entity.name, mutation.verb in (Verb.DELETE, Verb.DELETE_MANY)
    state = "as it was" if deletes else "as it is now"
    if mutation.verb.many:
        what = f"The {mutation.entity.plural}, each {state}; null where one cannot be seen."
        yield OutputField(mutation.rows, f"[{name}]", description=f"{what} Null after an error.")
        yield OutputField("affectedCount", "Int!", description="How many rows were written.")
    else:
        description = f"The {name} {state}; null after an error."
        yield OutputField(mutation.rows, name, description=description)
    if mutation.verb is Verb.DELETE:
        yield OutputField(f"deleted{name}Id", "ID", description=f"The id that the {name} had.")
    if mutation.verb is Verb.UPSERT:
        yield OutputField("created", "Boolean", description="Whether the row is a new one.")
    yield OutputField("errors", "[MutationError!]!", description="Why nothing was written; else empty.")


# Inputs ------------------------------------------------------------------------------------------------


def mutation_inputs(catalog: Catalog) -> Iterator[InputType]:
    """The input types of all mutations."""
    used: dict[tuple[str, bool, bool], None] = {}
    for entity in catalog.entities.values():
        if entity.read_only:
            continue
        relations = writable_relations(entity, catalog)
        yield _row_input(entity, relations, True, create_fields(entity), catalog)
        if update_fields(entity) or relations:
            yield _row_input(entity, relations, False, update_fields(entity), catalog)
        for relation in relations:
            used |= {(relation.target, relation.many, new): None for new in (True, False)}
    for target, many, new in used:
        yield _related_input(catalog.entities[target], many, new)


def create_fields(entity: Entity) -> tuple[Field, ...]:
    return tuple(field for field in entity.fields.values() if not field.read_only)


def update_fields(entity: Entity) -> tuple[Field, ...]:
    """What may be changed: not a key that the database counts up."""
    counter = entity.table.autoincrement_column
    return tuple(field for field in create_fields(entity) if field.column is not counter)


def writable_relations(entity: Entity, catalog: Catalog) -> tuple[Relation, ...]:
    """The relations one can write through: the rows that hold their keys can be written."""
    return tuple(
        relation
        for relation in entity.relations.values()
        if _is_writable(relation, entity, catalog.entities[relation.target])
    )


def _is_writable(relation: Relation, owner: Entity, target: Entity) -> bool:
    if relation.through is not None:
        return True
    holder, key = (owner, relation.owner_key) if relation.refers else (target, relation.target_key)
    fields = [holder.by_attribute.get(name) for name in key]
    return not holder.read_only and not any(field is not None and field.read_only for field in fields)


def _row_input(
    entity: Entity, relations: tuple[Relation, ...], new: bool, fields: tuple[Field, ...], catalog: Catalog
) -> InputType:
    filled = _filled(entity, catalog) if new else frozenset()
    verb = "Create" if new else "Update"
    values = (
        InputValue(
            field.name,
            field.scalar.name + ("!" if new and is_required(field) and field.attribute not in filled else ""),
            field.description,
        )
        for field in fields
    )
    related = (
        InputValue(
            relation.name,
            f"{verb}{relation.target}{'Many' if relation.many else 'One'}Input",
            relation.description,
        )
        for relation in relations
    )
    what = f"A new {entity.name}." if new else f"Changes to a {entity.name}: what is not given stays."
    return InputType(f"{verb}{entity.name}Input", (*values, *related), what)


def _filled(entity: Entity, catalog: Catalog) -> frozenset[str]:
    """Attributes that a related row may give a value, so that the client need not."""
    found = {name for each in entity.relations.values() if each.refers for name in each.owner_key}
    for other in catalog.entities.values():
        for relation in other.relations.values():
            if relation.target == entity.name and not relation.refers and relation.through is None:
                found.update(relation.target_key)
    return frozenset(found)


def _related_input(entity: Entity, many: bool, new: bool) -> InputType:
    name, create, key = entity.name, f"Create{entity.name}Input", f"{entity.name}UniqueKey"
    verb = "Create" if new else "Update"
    if not many:
        fields = [InputValue("create", create, "A new one.")] if not entity.read_only else []
        fields.append(InputValue("connect", key, "One that is there."))
        if not new:
            fields.append(InputValue("disconnect", "Boolean", "True: none."))
        description = f"The related {name}: exactly one field."
        return InputType(f"{verb}{name}OneInput", tuple(fields), description, one_of=True)
    fields = [InputValue("create", f"[{create}!]", "New ones.")] if not entity.read_only else []
    fields.append(InputValue("connect", f"[{key}!]", "Ones that are there."))
    if not new:
        fields.append(InputValue("disconnect", f"[{key}!]", "Related ones that stay, unrelated."))
        if not entity.read_only:
            fields.append(InputValue("delete", f"[{key}!]", "Related ones to delete."))
    return InputType(f"{verb}{name}ManyInput", tuple(fields), f"The related {entity.plural}.")
