"""Arguments of mutations as changes. What can never work is refused here, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.catalog.lacks import Use
from gateway.catalog.types import Catalog, Entity, Field, Relation
from gateway.errors import BadUserInput
from gateway.mutation.change import (
    Change,
    Create,
    Delete,
    DeleteMany,
    Ref,
    RowInput,
    ToMany,
    ToOne,
    Update,
    UpdateMany,
    Upsert,
)
from gateway.mutation.check import key_fields
from gateway.mutation.errors import Path
from gateway.query.conditions import All, Condition
from gateway.query.conversions import ToColumn
from gateway.query.ids import decode_id
from gateway.schema.arguments import refuse_lacking
from gateway.schema.mutation_types import Mutation, Verb

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeReader:
    """Reads the coerced arguments of a mutation whose response key is `key`. Raises BadUserInput."""

    catalog: Catalog
    most: int

    def read(self, mutation: Mutation, arguments: Values, where: Condition | None, key: str) -> Change:
        """The change; `where` is the condition of a mutation that has one."""
        entity = mutation.entity
        match mutation.verb:
            case Verb.CREATE:
                return Create((self.row(arguments["input"], entity, (key, "input")),))
            case Verb.CREATE_MANY:
                rows = self.rows(arguments["input"], entity, (key, "input"))
                return Create(rows)
            case Verb.UPDATE:
                row = self.row(arguments["set"], entity, (key, "set"))
                return Update(self.ref(arguments["key"], entity, (key, "key")), row, arguments.get("version"))
            case Verb.UPDATE_MANY:
                _refuse_all(mutation, where, arguments)
                row = self.row(arguments["set"], entity, (key, "set"))
                _refuse_manies(mutation, row)
                return UpdateMany(where, row)
            case Verb.UPSERT:
                return self.upsert(arguments, entity, key)
            case Verb.DELETE:
                return Delete(self.ref(arguments["key"], entity, (key, "key")), arguments.get("version"))
            case Verb.DELETE_MANY:
                _refuse_all(mutation, where, arguments)
                return DeleteMany(where)

    def upsert(self, arguments: Values, entity: Entity, key: str) -> Upsert:
        ref = self.ref(arguments["key"], entity, (key, "key"))
        create = dict(arguments["create"])
        for name, value in zip(ref.fields, ref.values, strict=True):
            field = entity.fields[name]
            if name not in create:
                create[name] = _as_given(field, value)
            elif create[name] is None or ToColumn(field)(create[name]) != value:
                raise BadUserInput(
                    f"{name} in `create` is not that of `key`.", hint="Leave it out; the key is filled in."
                )
        update = self.row(arguments["update"], entity, (key, "update"))
        return Upsert(ref, self.row(create, entity, (key, "create")), update)

    def rows(self, given: Any, entity: Entity, path: Path) -> tuple[RowInput, ...]:
        if len(given) > self.most:
            raise BadUserInput(
                f"{len(given)} rows were given; at most {self.most} are taken.",
                hint="Split them over several operations, or raise the setting in_max.",
            )
        return tuple(self.row(each, entity, (*path, str(index))) for index, each in enumerate(given))

    def row(self, given: Values, entity: Entity, path: Path, above: Relation | None = None) -> RowInput:
        """A row's input; `above` is the relation it was reached by, whose key the row above fills in."""
        held = above.target_key if above is not None and not above.refers and not above.through else ()
        filled = key_fields(entity, held)
        values: dict[str, Any] = {}
        ones: list[ToOne] = []
        manies: list[ToMany] = []
        for name, value in given.items():
            inside = (*path, name)
            if name in entity.fields:
                if name in filled:
                    raise _given_above(inside)
                values[name] = value
                continue
            relation = entity.relations[name]
            if value is None:
                raise BadUserInput(f"{_shown(inside)} is null.", hint="Leave it out, or use disconnect.")
            if not relation.refers:
                manies.append(self.many(relation, value, inside))
            elif set(relation.owner_key) & set(held):
                raise _given_above(inside)
            else:
                ones.append(self.one(relation, value, inside))
        _refuse_twice(entity, values, ones, path)
        return RowInput(entity, values, path, filled, tuple(ones), tuple(manies))

    def one(self, relation: Relation, given: Values, path: Path) -> ToOne:
        entity = self.catalog.entities[relation.target]
        ((word, value),) = given.items()
        inside = (*path, word)
        if word == "disconnect":
            _refuse_false(value, inside)
            return ToOne(relation, None, inside)
        if word == "create":
            return ToOne(relation, self.row(value, entity, inside, relation), inside)
        return ToOne(relation, self.ref(value, entity, inside), inside)

    def many(self, relation: Relation, given: Values, path: Path) -> ToMany:
        entity = self.catalog.entities[relation.target]
        if not relation.many:
            given = {word: value if word == "disconnect" else [value] for word, value in given.items()}
        news: list[RowInput] = []
        refs: dict[str, tuple[Ref, ...]] = {}
        clear = False
        for word, value in given.items():
            inside = (*path, word)
            if value is None:
                raise BadUserInput(f"{_shown(inside)} is null.", hint="Leave it out.")
            if word == "disconnect" and not relation.many:
                _refuse_false(value, inside)
                clear = True
                continue
            places = [(*inside, str(index)) if relation.many else inside for index in range(len(value))]
            if word == "create":
                news += [
                    self.row(each, entity, place, relation) for each, place in zip(value, places, strict=True)
                ]
            else:
                refs[word] = tuple(
                    self.ref(each, entity, place) for each, place in zip(value, places, strict=True)
                )
        return ToMany(relation, entity, path, tuple(news), clear=clear, **refs)

    def ref(self, given: Values, entity: Entity, path: Path) -> Ref:
        """A row by its unique key, from the `@oneOf` input of such keys."""
        ((name, value),) = given.items()
        if name == "id":
            return Ref(entity, entity.key, decode_id(value, entity), path)
        unique = next(key for key in entity.unique_keys if key.name == name)
        parts = value if len(unique.fields) > 1 else {name: value}
        fields = [entity.fields[each] for each in unique.fields]
        for field in fields:
            refuse_lacking(field, Use.EQUAL)
        return Ref(entity, unique.fields, tuple(ToColumn(each)(parts[each.name]) for each in fields), path)


def lets_all_pass(condition: Condition | None) -> bool:
    """Whether a condition says nothing."""
    return condition is None or (isinstance(condition, All) and all(map(lets_all_pass, condition.parts)))


def _refuse_all(mutation: Mutation, where: Condition | None, arguments: Values) -> None:
    if lets_all_pass(where) and arguments.get("all") is not True:
        raise BadUserInput(
            f"{mutation.name} without a condition would mean every row.",
            hint="Give a `where`, or all: true if every row is meant.",
        )


def _refuse_manies(mutation: Mutation, row: RowInput) -> None:
    if row.manies:
        raise BadUserInput(
            f"{mutation.name} cannot write {_shown(row.manies[0].path)} of many rows at once.",
            hint=f"Use update{mutation.entity.name} for each row.",
        )


def _refuse_twice(entity: Entity, values: Values, ones: list[ToOne], path: Path) -> None:
    """A key is written once: as a field, or through one relation."""
    taken = {entity.fields[name].attribute: name for name in values}
    for one in ones:
        for attribute in one.relation.owner_key:
            if attribute in taken:
                raise BadUserInput(
                    f"{_shown(path)} gives both {taken[attribute]} and {one.relation.name}.",
                    hint="They are the same key: give one of them.",
                )
            taken[attribute] = one.relation.name


def _refuse_false(value: Any, path: Path) -> None:
    if value is not True:
        raise BadUserInput(f"{_shown(path)} must be true.", hint="Leave it out to change nothing.")


def _given_above(path: Path) -> BadUserInput:
    return BadUserInput(
        f"{_shown(path)} leads back to the row above, whose key is filled in here.",
        hint="Leave it out; to relate to another row, write it in a mutation of its own.",
    )


def _shown(path: Path) -> str:
    return ".".join(path)


def _as_given(field: Field, value: Any) -> Any:
    """A column's value as clients send it; only enums have another form."""
    return field.scalar.serialize(value) if field.scalar.is_enum and field.scalar.serialize else value
