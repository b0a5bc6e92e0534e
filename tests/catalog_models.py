"""Small models for tests of the catalog, made in one line each."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
)

from gateway.catalog.build import build_catalog
from gateway.catalog.types import Catalog
from gateway.errors import ConfigurationError
from gateway.sources.declare import EntityOptions, Link
from gateway.sources.source import Source


def new_base() -> type[DeclarativeBase]:
    return type("Models", (DeclarativeBase,), {})


def source(name: str, base: Any, entities: dict[type[Any], EntityOptions] | None = None) -> Source:
    return Source.from_models(name, f"sqlite:///{name}.sqlite3", models=base, entities=entities or {})


def catalog_of(base: Any, entities: dict[type[Any], EntityOptions] | None = None, *links: Link) -> Catalog:
    return build_catalog([source("app", base, entities)], links)


def problems_of(sources: Sequence[Source], *links: Link) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        build_catalog(sources, links)
    assert all(problem.hint for problem in caught.value.problems)
    return [f"{problem.place}: {problem.message}" for problem in caught.value.problems]


def table_class(base: Any, name: str, table: str, /, **columns: Any) -> Any:
    """A mapped class made in one line; with a primary key `id` unless the columns have one."""
    keyed = any(isinstance(column, sa.Column) and column.primary_key for column in columns.values())
    own = {} if keyed else {"id": sa.Column(sa.Integer, primary_key=True)}
    mapped = type(name, (base,), {"__tablename__": table, **own, **columns})
    # A registry holds its classes weakly, and so would a test that names none of them.
    base.metadata.info.setdefault("classes", []).append(mapped)
    return mapped


def junction_models(**more: Any) -> tuple[Any, Any]:
    base = new_base()
    table_class(base, "Film", "films")
    table_class(base, "Person", "people")
    cast = table_class(
        base,
        "Casting",
        "castings",
        film_id=sa.Column(sa.ForeignKey("films.id"), primary_key=True),
        person_id=sa.Column(sa.ForeignKey("people.id"), primary_key=True),
        **more,
    )
    return base, cast
