"""Alembic, one history per source: what `gateway migrate` runs.

A folder holds one `env.py` for all sources and `<source>/versions/` for each. Every source has a version
table of its own, so that several sources may live in one database.

All functions raise `alembic.util.CommandError` for an unknown revision or a broken history, and
`sqlalchemy.exc.OperationalError` when the database cannot be reached.
"""

import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, TextIO

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import JSONB

from gateway.sources.features import features_of
from gateway.sources.opening import open_with
from gateway.sources.options import read_options

HISTORY = "history"
"""Where `Config.attributes` carries the `History` to `env.py`."""


class History(Protocol):
    """One source to migrate."""

    @property
    def name(self) -> str: ...

    @property
    def url(self) -> sa.URL | str: ...

    @property
    def metadata(self) -> sa.MetaData:
        """The tables the source should have after its newest revision."""

    @property
    def directory(self) -> Path:
        """The folder with `env.py` and `<name>/versions/`."""


def upgrade(
    source: History, revision: str = "head", *, sql: bool = False, output: TextIO | None = None
) -> None:
    """Bring `source` up to `revision`; with `sql`, write the statements to `output` and touch nothing.

    `output` is standard output by default. A SQLite file and its folder are made when missing.
    """
    command.upgrade(alembic_config(source, output), revision, sql=sql)


def downgrade(source: History, revision: str, *, sql: bool = False, output: TextIO | None = None) -> None:
    """Take `source` back to `revision`, "base" for nothing at all.

    With `sql` nothing is touched and `revision` names both ends, as "head:base".
    """
    command.downgrade(alembic_config(source, output), revision, sql=sql)


def new_revision(source: History, message: str, *, autogenerate: bool = True) -> list[Path]:
    """Write a revision of `source`, by default with the difference between its database and its models.

    Returns the files written. The database must be at the newest revision. A table whose model is gone is
    left alone, since it may belong to another source in the same database: drop it by hand.
    """
    written = command.revision(alembic_config(source), message, autogenerate=autogenerate)
    scripts = written if isinstance(written, list) else [written]
    return [Path(script.path) for script in scripts if script is not None]


def current(source: History) -> str | None:
    """The revision the database of `source` is at, None when it has none yet."""
    file = sqlite_file(source.url)
    if file is not None and not file.exists():
        return None  # connecting would leave an empty file behind
    with _connected(source.url) as connection:
        return MigrationContext.configure(connection, opts=environment(source)).get_current_revision()


def differences(source: History) -> list[Any]:
    """What autogenerate would change to make the database of `source` match its models; [] when it does."""
    with _connected(source.url) as connection:
        context = MigrationContext.configure(connection, opts=environment(source))
        return list(compare_metadata(context, source.metadata))


def environment(source: History) -> dict[str, Any]:
    """What `env.py` tells Alembic about `source`, online, offline and when comparing."""
    tables = source.metadata.tables.keys()

    def include_name(_name: str | None, kind: str, parents: MutableMapping[Any, str | None]) -> bool:
        return kind != "table" or parents["schema_qualified_table_name"] in tables

    return {
        "target_metadata": source.metadata,
        "version_table": f"alembic_version_{source.name}",
        "include_name": include_name,
        "compare_type": True,
        "render_item": _render_type,
        "render_as_batch": True,  # SQLite alters most things only by copying the table
    }


def alembic_config(source: History, output: TextIO | None = None) -> Config:
    """Alembic's configuration for one source, without an ini file."""
    stream = output or sys.stdout
    config = Config(stdout=stream, output_buffer=stream, attributes={HISTORY: source})
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", _literal(source.directory))
    config.set_main_option("version_locations", _literal(source.directory / source.name / "versions"))
    return config


def sqlite_file(url: sa.URL | str) -> Path | None:
    """The file behind a SQLite URL; None for another database, an in-memory one and a `file:` URI."""
    parsed = sa.make_url(url)
    name = parsed.database or ":memory:"
    if parsed.get_backend_name() != "sqlite" or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


def engine_of(url: sa.URL | str) -> sa.Engine:
    """An engine without a pool, whose sessions behave as those of the gateway do; connects to nothing."""
    parsed = sa.make_url(url)
    features = features_of(parsed)
    known = parsed.set(drivername=features.drivername)
    engine = sa.create_engine(known, poolclass=sa.NullPool, connect_args=read_options(known))
    open_with(engine, features)
    return engine


@contextmanager
def _connected(url: sa.URL | str) -> Iterator[sa.Connection]:
    with engine_of(url).connect() as connection:
        yield connection


def _render_type(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Source text for the types Alembic would write incompletely; False for all others."""
    if kind == "type" and isinstance(item, sa.Enum) and not item.native_enum and not item.create_constraint:
        return _render_label(item)
    if kind == "type" and isinstance(item, JSONB):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return f"postgresql.JSONB(none_as_null={item.none_as_null})"
    return False


def _render_label(item: sa.Enum) -> str:
    """An enum stored as text, which is plain text to the database; Alembic would forget its collations."""
    variants = "".join(
        f".with_variant({_render_label(variant)}, {dialect!r})"
        for dialect, variant in item._variant_mapping.items()
        if isinstance(variant, sa.Enum)
    )
    collation = f", collation={item.collation!r}" if item.collation else ""
    return f"sa.String(length={item.length}{collation}){variants}"


def _literal(path: Path) -> str:
    """Ini files take a percent sign for the start of a placeholder."""
    return str(path).replace("%", "%%")
