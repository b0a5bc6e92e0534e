"""Mutations in words, for people: what is written in which order, and how the payloads are read."""

from collections.abc import Iterator, Sequence

from gateway.mutation.change import Change, Create, Delete, Ref, RowInput, Update, UpdateMany, Upsert
from gateway.query.conditions import Condition
from gateway.query.plan.show import show_condition, show_plan
from gateway.schema.mutate import Mutating, MutationRoot
from gateway.schema.writing import WriteRoot


def show_mutation(mutating: Mutating, roots: Sequence[MutationRoot]) -> str:
    """A block per mutation, in the order in which they run."""
    return "\n".join(line for root in roots if isinstance(root, WriteRoot) for line in _root(mutating, root))


def _root(mutating: Mutating, root: WriteRoot) -> Iterator[str]:
    yield f"{root.key}: {root.mutation.name}"
    for line in _change(root.change, root):
        yield f"  {line}"
    for key in root.payload.places:
        yield f"  then read {key}:"
        place = mutating.reentry.key(root.place(key))
        plan = mutating.schema.plans.prepared(place, mutating.document).plan
        for line in show_plan(plan).splitlines():
            yield f"    {line}"


def _change(change: Change, root: WriteRoot) -> Iterator[str]:
    entity = root.mutation.entity
    table = f"{entity.source}.{entity.table.name}"
    match change:
        case Create(rows):
            for row in rows:
                yield from _row(row, "Insert", "")
        case Update(ref, row):
            yield from _row(row, "Update", f" where {_key(ref)}")
        case UpdateMany(condition, row):
            yield from _row(row, "Update", _which(condition))
        case Upsert(ref, create, update):
            yield from _row(update, "Update", f" where {_key(ref)}")
            yield from (f"or {line}" for line in _row(create, "Insert", ""))
        case Delete(ref):
            yield f"Delete {table} where {_key(ref)}"
        case _:
            yield f"Delete {table}{_which(change.condition)}"


def _row(row: RowInput, verb: str, which: str) -> Iterator[str]:
    """A row between the rows it refers to and those that refer to it, as they are written."""
    for one in row.ones:
        if isinstance(one.target, RowInput):
            yield from _row(one.target, "Insert", f" for {one.relation.name}")
        elif one.target is not None:
            yield f"Find {_table(one.target)} where {_key(one.target)} for {one.relation.name}"
    table = f"{row.entity.source}.{row.entity.table.name}"
    yield f"{verb} {table} ({', '.join(row.values)}){which}"
    for many in row.manies:
        for word, refs in (("Disconnect", many.disconnect), ("Delete", many.delete)):
            yield from (f"  {word} {_table(ref)} where {_key(ref)}" for ref in refs)
        for new in many.create:
            yield from (f"  {line}" for line in _row(new, "Insert", f" for {many.relation.name}"))
        yield from (f"  Connect {_table(ref)} where {_key(ref)}" for ref in many.connect)


def _table(ref: Ref) -> str:
    return f"{ref.entity.source}.{ref.entity.table.name}"


def _key(ref: Ref) -> str:
    pairs = zip(ref.fields, ref.values, strict=True)
    return " and ".join(f"{name} is {value!r}" for name, value in pairs)


def _which(condition: Condition | None) -> str:
    return " of all rows" if condition is None else f" if {show_condition(condition)}"
