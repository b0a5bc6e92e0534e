"""Runs the revisions of one source, online or offline; shared by all sources.

Called through `gateway.migrate` the source comes along; under plain `alembic -n crm` it is the demo source
named like the section of the ini file.
"""

from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError

from gateway.demo.histories import METADATA, demo_history
from gateway.migrate import HISTORY, History, engine_of, environment, sqlite_file


def source() -> History:
    """The source to migrate."""
    given: History | None = context.config.attributes.get(HISTORY)
    if given is not None:
        return given
    name = context.config.config_ini_section
    if name not in METADATA:
        raise CommandError(f"no source {name!r}: say which one, as `alembic -n {next(iter(METADATA))}`")
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    return demo_history(name)


def run_offline(history: History) -> None:
    """Write the statements instead of running them."""
    context.configure(
        url=history.url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **environment(history)
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online(history: History) -> None:
    """Run the statements on a connection of their own."""
    file = sqlite_file(history.url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    with engine_of(history.url).connect() as connection:
        context.configure(connection=connection, **environment(history))
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline(source())
else:
    run_online(source())
