"""The `gateway` command: demo, serve, export, migrate, explain.

Exit codes: 0 done, 1 could not be done (a port is taken, files have drifted, a database is down),
2 the command or the configuration is wrong. People read standard error; standard output holds results.
"""

import asyncio
import errno
import socket
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
import typer
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from rich.console import Console
from rich.markup import escape

from gateway import migrate as histories
from gateway.app import Gateway
from gateway.config import APP, Settings
from gateway.context import Context
from gateway.errors import ConfigurationError
from gateway.schema.answer import Asked
from gateway.serving import DEMO, address, listen, load, run, run_processes

cli = typer.Typer(
    name="gateway",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One GraphQL graph over several databases.",
)
notes = Console(stderr=True, highlight=False)

TRY_IT = """\
  Open it in a browser for GraphiQL with a query over all three databases, or:
  curl {url}/graphql -H 'content-type: application/json' \\
    -d '{{"query": "{{ customers(first: 3) {{ nodes {{ name orders {{ nodes {{ number }} }} }} }} }}"}}'
  State of the databases: {url}/health/ready    Stop: Ctrl-C
"""

AppOption = Annotated[
    str,
    typer.Option("--app", envvar=APP, help="The graph, as package.module:attribute; the demo by default."),
]
HostOption = Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")]
PortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port to listen on, 0 for a free one.  [default: 8000]")
]


def main() -> None:
    """Run the command line; mistakes in the configuration are listed, not traced."""
    try:
        cli()
    except ConfigurationError as error:
        print_problems(error)
        sys.exit(2)


@cli.callback(invoke_without_command=True)
def gateway_command(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    if show_version:
        typer.echo(version("graph-gateway"))
        raise typer.Exit


@cli.command()
def demo(
    port: PortOption = None,
    host: HostOption = None,
    data: Annotated[Path, typer.Option(help="Folder of the embedded databases.")] = Path("demo-data"),
) -> None:
    """Make the demo databases once, then serve their graph."""
    from gateway.demo.graph import demo as demo_graph
    from gateway.demo.graph import prepare

    graph = demo_graph(directory=data)
    listener = bound(graph.settings, host, port)
    unreachable = prepare((database.source for database in graph.databases.values()), progress=True)
    for name, reason in unreachable.items():
        notes.print(f"[yellow]{name} is left out until it answers:[/yellow] {escape(reason)}", soft_wrap=True)
    url = address(listener)
    notes.print(f"\n[bold]The demo graph is at {url}/graphql[/bold]")
    notes.print(TRY_IT.format(url=url), soft_wrap=True, markup=False)
    run(graph, listener)


@cli.command()
def serve(
    app: AppOption = DEMO,
    host: HostOption = None,
    port: PortOption = None,
    reload: Annotated[bool, typer.Option(help="Start again when a Python file changes.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes; about one per core.")] = 1,
) -> None:
    """Serve a graph."""
    graph = load(app)
    listener = bound(graph.settings, host, port)
    notes.print(f"{escape(app)} at {address(listener)}/graphql", soft_wrap=True)
    if workers > 1 or reload:
        run_processes(app, listener, workers, reload)
    else:
        run(graph, listener)


@cli.command()
def export(
    app: AppOption = DEMO,
    directory: Annotated[Path, typer.Option(help="Folder to write to.")] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a file has drifted.")
    ] = False,
) -> None:
    """Write schema.graphql and the files clients build with."""
    from gateway.schema.export import drift, write

    graph = load(app)
    if not check:
        written = write(directory, graph.schema, graph.catalog)
        for name in written:
            notes.print(f"wrote {escape(str(directory / name))}", soft_wrap=True)
        if not written:
            notes.print("every file was up to date")
        return
    drifted = drift(directory, graph.schema, graph.catalog)
    for name in drifted:
        notes.print(f"[red]not what the graph says:[/red] {escape(str(directory / name))}", soft_wrap=True)
    if drifted:
        notes.print(f"To mend it: {mending(app, directory)}", soft_wrap=True)
        raise typer.Exit(1)


@cli.command()
def migrate(
    source: Annotated[str | None, typer.Argument(help="Only this source; all of them by default.")] = None,
    revision: Annotated[
        str, typer.Argument(help="Revision to go to; an older one or `base` goes back.")
    ] = "head",
    app: AppOption = DEMO,
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements and touch nothing.")] = False,
) -> None:
    """Bring databases to a revision of their history."""
    for history in histories_of(load(app), source):
        try:
            migrate_one(history, revision, sql)
        except (CommandError, sa.exc.SQLAlchemyError, OSError) as error:
            raise stop(f"{history.name}: {getattr(error, 'orig', None) or error}") from None


@cli.command()
def explain(
    query: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File with the operation.")],
    variables: Annotated[str | None, typer.Option(help="A JSON object, or @file with one.")] = None,
    operation: Annotated[
        str | None, typer.Option(help="Name of the operation, when there are several.")
    ] = None,
    app: AppOption = DEMO,
    run_it: Annotated[
        bool, typer.Option("--run/--no-run", help="Run it too, and show rows and time of each statement.")
    ] = False,
) -> None:
    """Print what an operation would do: its plan, and each statement per source."""
    from gateway.schema.explain import explain as explained

    graph = load(app)
    document, values = query.read_text("utf-8"), read_variables(variables)
    text = explained(graph.schema, document, values, operation)
    typer.echo(text)
    if text.startswith("error:"):
        raise typer.Exit(1)
    if run_it:
        typer.echo(asyncio.run(measured(graph, Asked(document, values, operation))))


@dataclass(frozen=True)
class SourceHistory:
    """A source with the folder of its migrations, as `gateway.migrate` wants it."""

    name: str
    url: sa.URL
    metadata: sa.MetaData
    directory: Path


def histories_of(graph: Gateway, name: str | None) -> list[SourceHistory]:
    """The histories of all sources that have one, or of the one named `name`."""
    sources = [database.source for database in graph.databases.values()]
    all_of_them = [
        SourceHistory(source.name, source.url, source.metadata, source.migrations)
        for source in sources
        if source.migrations is not None
    ]
    found = [history for history in all_of_them if name in (None, history.name)]
    if not found:
        known = ", ".join(history.name for history in all_of_them)
        raise stop(f"no source {name or ''} with migrations. Sources that have them: {known or 'none'}", 2)
    return found


def migrate_one(history: SourceHistory, revision: str, sql: bool) -> None:
    """Take one source to `revision`, forwards or backwards, and say where it is."""
    back = goes_back(history, revision, sql)
    target = f"head:{revision}" if back and sql and ":" not in revision else revision
    (histories.downgrade if back else histories.upgrade)(history, target, sql=sql)
    if not sql:
        notes.print(f"{history.name}: at {histories.current(history) or 'base'}")


def goes_back(history: SourceHistory, revision: str, sql: bool) -> bool:
    """Whether `revision` lies behind where the database is."""
    if revision.endswith("base") or revision.startswith("-"):
        return True
    if sql or revision in ("head", "heads") or revision.startswith("+"):
        return False
    at = histories.current(history)
    script = ScriptDirectory.from_config(histories.alembic_config(history))
    passed = list(script.iterate_revisions(at, "base")) if at else []
    return any(step.revision.startswith(revision) for step in passed[1:])


def bound(settings: Settings, host: str | None, port: int | None) -> socket.socket:
    """A socket on the address from the command line, else from the settings."""
    host, port = host or settings.host, settings.port if port is None else port
    try:
        return listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} on {host} is taken. Choose another one with --port, 0 for a free one."
        else:
            reason = f"cannot listen on port {port} of {host}: {error.strerror}"
        raise stop(reason) from None


async def measured(graph: Gateway, asked: Asked) -> str:
    """What each statement of an operation cost, and whether it failed; asked as an anonymous caller."""
    context = Context(graph.databases)
    try:
        answer = await graph.schema.answer(asked, context)
    finally:
        await context.close()
        await graph.close()
    lines = ["", "Run:"]
    for event in context.trace.statements:
        outcome = event.error or f"{event.rows} rows"
        lines.append(
            f"  {event.source:<12} {event.ms:8.2f} ms  {outcome:<12}  {' '.join(event.sql.split())[:100]}"
        )
    lines += [f"  {note}" for note in context.trace.notes]
    lines += [f"  error: {error['message']}" for error in answer.errors]
    return "\n".join(lines)


def print_problems(error: ConfigurationError) -> None:
    """A numbered list with a hint each."""
    count = len(error.problems)
    notes.print(f"[bold red]{count} problem{'s' if count != 1 else ''} in the configuration[/bold red]")
    for number, problem in enumerate(error.problems, 1):
        notes.print(
            f"  {number}. [bold]{escape(problem.place)}[/bold]: {escape(problem.message)}", soft_wrap=True
        )
        notes.print(f"     {escape(problem.hint)}", style="dim", soft_wrap=True)


def stop(message: str, code: int = 1) -> typer.Exit:
    """Print why the command cannot go on; the caller raises what comes back."""
    notes.print(f"[red]gateway:[/red] {escape(message)}", soft_wrap=True)
    return typer.Exit(code)


def mending(app: str, directory: Path) -> str:
    """The command that writes what `export --check` misses."""
    options = [f"--app {app}"] if app != DEMO else []
    options += [f"--directory {directory}"] if directory != Path() else []
    return escape(" ".join(["gateway export", *options]))


def read_variables(given: str | None) -> dict[str, Any]:
    """The variables of an operation from a JSON object or, behind an @, a file with one."""
    if given is None:
        return {}
    try:
        text = Path(given[1:]).read_text("utf-8") if given.startswith("@") else given
        values = orjson.loads(text)
    except (OSError, orjson.JSONDecodeError) as error:
        raise stop(f"--variables: {error}", 2) from None
    if not isinstance(values, dict):
        raise stop("--variables: must be a JSON object", 2)
    return values
