"""From a SELECT to the text and the binds that are sent: after this, running it needs no SQLAlchemy."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import BindParameter

from gateway.catalog.decorated import Decorated
from gateway.errors import BadUserInput, GatewayError
from gateway.query.sql.bind import CHOSEN, KEYS, Binder, JsonList, array_of_integers
from gateway.sources.features import Features
from gateway.sources.statement import Bind, Process, Statement

RANKS = "ranks_of_"
"""Lists of keys with ranks, which the executor gives, have names that start with it."""


class Dialects(Protocol):
    """What preparing needs to know of a source; no connection is made."""

    @property
    def dialect(self) -> sa.Dialect: ...
    @property
    def features(self) -> Features: ...


def compile_statement(select: sa.Select[Any], source: Dialects, binder: Binder) -> Statement:
    """SQL text and binds of a SELECT, so that running it needs no SQLAlchemy execution."""
    dialect, mark = source.dialect, source.features.placeholder
    compiled = select.compile(dialect=dialect)
    named, text = mark is None, str(compiled)
    names = list(compiled.params) if named else list(compiled.positiontup or ())
    binds = []
    for name in names:
        parameter, own = compiled.binds[name], name
        if not binder.knows(name) and not name.startswith((KEYS, RANKS, CHOSEN)):
            # SQLAlchemy adds constants of its own, such as SQLite's OFFSET 0; it names them anew in each
            # statement, while the values of a plan are one mapping.
            own = binder.constant(parameter.effective_value)
            text = text.replace(f"%({name})s", f"%({own})s")
        binds.append(
            replace(_bind(own, parameter, compiled), kinds=_kinds(parameter, binder.kinds.get(name)))
        )
    return Statement(text, tuple(binds), named, mark or "?")


def _bind(name: str, parameter: BindParameter[Any], compiled: Any) -> Bind:
    kind, dialect = parameter.type, compiled.dialect
    theirs = isinstance(kind, sa.types.TypeDecorator) and not isinstance(kind, Decorated | JsonList)
    if theirs and not parameter.expanding:
        return Bind(name, _guarded(kind, kind.dialect_impl(dialect).bind_processor(dialect)))
    if isinstance(kind, ARRAY) and isinstance(kind.item_type, sa.Integer):
        return Bind(name, array_of_integers)
    if not parameter.expanding:
        return Bind(name, kind.dialect_impl(dialect).bind_processor(dialect))
    kinds = kind.types if isinstance(kind, sa.types.TupleType) else [kind]
    processors = tuple(part.dialect_impl(dialect).bind_processor(dialect) for part in kinds)
    process = processors if isinstance(kind, sa.types.TupleType) else processors[0]
    return Bind(name, process, arity=len(kinds), empty=compiled.visit_empty_set_expr(kinds))


def _guarded(kind: sa.types.TypeEngine[Any], process: Process | None) -> Process | None:
    """Whatever a type of the app's own raises, about a claim or a constant in its rules, has a code."""

    def bound(value: Any) -> Any:
        assert process is not None
        try:
            return process(value)
        except GatewayError:
            raise
        except Exception as error:
            message = f"A value that rows are compared with is none that {type(kind).__name__} can store."
            raise BadUserInput(message, hint="Look at the claims of the caller.") from error

    return None if process is None else bound


def _kinds(parameter: BindParameter[Any], kinds: list[Any] | None) -> tuple[Any, ...]:
    """The types a value is compared as, each as its column has it."""
    if kinds is not None:
        return tuple(kinds)
    kind = parameter.type
    return tuple(kind.types) if isinstance(kind, sa.types.TupleType) else (kind,)


_NAMED = re.compile(r"(?<=%\()\w+(?=\)s)|(?<=__\[POSTCOMPILE_)\w+(?=\])")
"""Where a statement's text has the name of a bind."""


def renamed(statement: Statement, names: Mapping[str, str]) -> Statement:
    """The statement with other names for its binds."""
    binds = tuple(replace(bind, name=names.get(bind.name, bind.name)) for bind in statement.binds)
    text = _NAMED.sub(lambda place: names.get(place[0], place[0]), statement.text)
    plain = None if statement.plain is None else renamed(statement.plain, names)
    return replace(statement, text=text, binds=binds, plain=plain)
