"""The migrations of a graph's databases, one history per source and one database per tenant of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from gateway import migrate
from gateway.app import Gateway
from gateway.errors import ConfigurationError, Problem, UnknownTenant
from gateway.sources.source import Source


@dataclass(frozen=True)
class SourceHistory:
    """A database with the folder of its source's migrations, as `gateway.migrate` wants it."""

    name: str
    url: sa.URL
    metadata: sa.MetaData
    directory: Path
    tenant: str | None = None

    @property
    def label(self) -> str:
        """How people are told of it: "crm", or "crm of acme"."""
        return self.name if self.tenant is None else f"{self.name} of {self.tenant}"


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became of one database: the revision it is at, None for none, or the reason it is not."""

    label: str
    revision: str | None = None
    failure: str | None = None


def histories_of(graph: Gateway, name: str | None, tenants: Sequence[str] = ()) -> list[SourceHistory]:
    """The databases of all sources that have migrations, or of the source `name`; of `tenants`, or all.

    Raises ConfigurationError when there are none, or nobody knows them all.
    """
    sources = [database.source for database in graph.databases.values()]
    migrated = [source for source in sources if source.migrations is not None]
    chosen = [source for source in migrated if name in (None, source.name)]
    if tenants:
        chosen = [source for source in chosen if source.tenants is not None]
    if not chosen:
        known = ", ".join(source.name for source in migrated) or "none"
        of_tenants = " and tenants" if tenants else ""
        message = f"no source {name or ''} with migrations{of_tenants}".replace("  ", " ")
        raise ConfigurationError([Problem("SOURCE", message, f"Sources that have migrations: {known}.")])
    return [history for source in chosen for history in _histories(source, tenants)]


def _histories(source: Source, tenants: Sequence[str]) -> Iterator[SourceHistory]:
    assert source.migrations is not None
    if source.tenants is None:
        yield SourceHistory(source.name, source.url, source.metadata, source.migrations)
        return
    names = tuple(tenants) or source.tenant_names
    if names is None:
        hint = "Name them: --tenant acme --tenant globex."
        raise ConfigurationError([Problem(source.name, "only a function knows its tenants", hint)])
    for tenant in names:
        try:
            url = source.of_tenant(tenant).url
        except UnknownTenant as error:
            raise ConfigurationError([Problem("--tenant", error.message, "Look at its spelling.")]) from None
        yield SourceHistory(source.name, url, source.metadata, source.migrations, tenant)


def migrate_all(
    databases: Sequence[SourceHistory], revision: str, sql: bool, done: Callable[[Migrated], None]
) -> bool:
    """Take each database to `revision`; one that fails keeps none of the others waiting.

    With `sql`, print the statements and touch nothing. Returns whether all are there.
    """
    fine = True
    for history in databases:
        try:
            _migrate(history, revision, sql)
            outcome = Migrated(history.label, None if sql else migrate.current(history))
        except Exception as error:  # a revision is anybody's code
            reason = str(getattr(error, "orig", None) or error) or type(error).__name__
            outcome = Migrated(history.label, failure=reason)
            fine = False
        done(outcome)
    return fine


def _migrate(history: SourceHistory, revision: str, sql: bool) -> None:
    folder = history.directory / history.name / "versions"
    if not any(folder.glob("*.py")):
        raise CommandError(f"there is nothing to migrate to: no revision in {folder}")
    file = migrate.sqlite_file(history.url)
    back = _goes_back(history, revision, sql)
    if back and not sql and file is not None and not file.exists():
        raise CommandError(f"there is no file {file}")
    target = f"head:{revision}" if back and sql and ":" not in revision else revision
    (migrate.downgrade if back else migrate.upgrade)(history, target, sql=sql)


def _goes_back(history: SourceHistory, revision: str, sql: bool) -> bool:
    """Whether `revision` lies behind where the database is."""
    if revision.endswith("base") or revision.startswith("-"):
        return True
    if sql or revision in ("head", "heads") or revision.startswith("+"):
        return False
    at = migrate.current(history)
    script = ScriptDirectory.from_config(migrate.alembic_config(history))
    passed = list(script.iterate_revisions(at, "base")) if at else []
    return any(step.revision.startswith(revision) for step in passed[1:])


def new_revision(history: SourceHistory, message: str, *, empty: bool = False) -> list[Path]:
    """Write a revision with what the models of a source have and its database has not; [] when they agree.

    With `empty`, one to fill by hand. Raises as `gateway.migrate.new_revision` does.
    """
    if not empty and migrate.current(history) is not None and not migrate.differences(history):
        return []
    (history.directory / history.name / "versions").mkdir(parents=True, exist_ok=True)
    return migrate.new_revision(history, message, autogenerate=not empty)
