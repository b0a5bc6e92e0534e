"""What an app says about its databases: what to hide, rename, describe or limit, and which keys link them.

    Source.from_models("crm", url, models=CrmBase, entities={
        Customer: EntityOptions(
            rows=Customer.tenant == claim("tenant"),
            fields={"email": FieldOptions(hide_from={"anonymous"})},
        ),
    })
    Link("sales.orders.customer_id", "crm.customers.id", name="customer", back="orders")

Nothing is checked here; `build_catalog` reports all mistakes at once, each with its place.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.types import TypeEngine

CLAIM_PREFIX = "claim__"
"""How the name of a bound parameter starts that stands for a claim of the caller."""

Rows = ColumnElement[bool] | Callable[[str], ColumnElement[bool] | None]
"""A condition every visible row meets, or a function from the caller's role to one (None: all rows)."""


Validator = Callable[[Any], object]
"""Called with a value before it is written; raises ValueError, whose text is for the client."""


class OnWrite(Enum):
    """What becomes of a link's key when it is written: `CHECK` that there is such a row, or `IGNORE` it."""

    CHECK = "check"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """Options of one column or relation.

    `hide` removes it from the graph, `hide_from` only from callers with one of these roles. `rename` is the
    GraphQL name, used as it stands. `describe` replaces the column's comment. `read_only` fields are not
    part of the inputs of mutations. `validate` is called with each value that is written to the column, other
    than null, as a Python value; what it raises as ValueError is a ValidationError with its text.
    """

    hide: bool = False
    hide_from: Collection[str] = ()
    rename: str | None = None
    describe: str | None = None
    read_only: bool = False
    validate: Validator | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EntityOptions:
    """Options of one mapped class; `fields` is keyed by attribute, relationship or link name.

    `rename` is the GraphQL type's name; the root fields follow from it. `rows` limits which rows exist for
    a caller, wherever the entity is reached; it may use columns of the entity's own table, values and
    `claim(...)`; rows that a caller writes must meet it too. `version` names an integer attribute that counts
    the writes of a row: who updates or deletes one says which version was read, and meets a Conflict when
    another write came between.
    """

    hide: bool = False
    hide_from: Collection[str] = ()
    rename: str | None = None
    describe: str | None = None
    read_only: bool = False
    rows: Rows | None = None
    version: str | None = None
    fields: Mapping[str, FieldOptions] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two tables that no database knows of, in two sources or in one.

    `owner` and `target` are `"source.table.column"`, or tuples of such for a composite key, paired in
    order. The target columns must be a primary or unique key. `name` is the to-one field of the owner,
    `back` the field in the other direction: a connection, or to-one when the owner's columns are unique.
    `on_write` says whether mutations that write the owner's columns check that the target exists, as a
    foreign key would.
    """

    owner: str | tuple[str, ...]
    target: str | tuple[str, ...]
    name: str
    back: str | None = None
    describe: str | None = None
    back_describe: str | None = None
    on_write: OnWrite = OnWrite.CHECK


def claim(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None) -> BindParameter[Any]:
    """The caller's claim `name` inside `rows=`, bound anew for every operation, never written into SQL.

    The type is that of the column it is compared with, unless `type_` says otherwise; a caller whose claim
    has a value of another type is refused. Executing a statement without a value for it raises.
    """
    return bindparam(f"{CLAIM_PREFIX}{name}", type_=type_, required=True)
