"""The `gateway` command: demo, serve, export, migrate, revision, explain, check, recover.

Exit codes: 0 done, 1 could not be done (a port is taken, files have drifted, a database is down),
2 the command or the configuration is wrong. People read standard error; standard output holds results.
"""

import asyncio
import sys
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import orjson
import sqlalchemy as sa
import typer
from alembic.util import CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from gateway.config import APP
from gateway.console import (
    bound,
    measured,
    mending,
    notes,
    print_problems,
    read_variables,
    recovered,
    stop,
    unit_findings,
)
from gateway.errors import ConfigurationError
from gateway.histories import Migrated, histories_of, migrate_all, new_revision
from gateway.mutation.recovery import Outcome
from gateway.schema.answer import Asked
from gateway.serving import DEMO, address, load, run, run_processes
from gateway.sources.twophase import SEE, UNSEEN

cli = typer.Typer(
    name="gateway",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One GraphQL graph over several databases.",
)
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


class Form(StrEnum):
    """How a command prints its result."""

    TABLE = "table"
    JSON = "json"


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
    if len(unreachable) == len(graph.databases):
        raise stop("none of the demo's databases can be reached")
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
        run_processes(app, listener, workers, reload, graph.settings.grace)
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
    tenant: Annotated[
        list[str] | None, typer.Option(help="Only this tenant; can be given several times.  [default: all]")
    ] = None,
) -> None:
    """Bring databases to a revision of their history."""
    databases = histories_of(load(app), source, tenant or ())
    with Progress(console=notes, disable=len(databases) < 2) as progress:
        bar = progress.add_task("migrating", total=len(databases))

        def done(outcome: Migrated) -> None:
            text = f"at {outcome.revision or 'base'}" if outcome.failure is None else outcome.failure
            style = "" if outcome.failure is None else "red"
            if outcome.failure is not None or not sql:
                progress.console.print(
                    f"{escape(outcome.label)}: {escape(text)}", style=style, soft_wrap=True
                )
            progress.advance(bar)

        if not migrate_all(databases, revision, sql, done):
            raise typer.Exit(1)


@cli.command()
def revision(
    source: Annotated[str, typer.Argument(help="The source whose models have changed.")],
    message: Annotated[str, typer.Option("--message", "-m", help="What the revision does.")],
    app: AppOption = DEMO,
    tenant: Annotated[
        str | None, typer.Option(help="The tenant whose database to compare with; the first by default.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Compare nothing; the steps are for you.")] = False,
) -> None:
    """Write a revision with the difference between a source's models and its database."""
    database = histories_of(load(app), source, (tenant,) if tenant else ())[0]
    try:
        written = new_revision(database, message, empty=empty)
    except (CommandError, sa.exc.SQLAlchemyError, OSError) as error:
        raise stop(f"{database.label}: {getattr(error, 'orig', None) or error}") from None
    for path in written:
        notes.print(f"wrote {escape(str(path))}", soft_wrap=True)
    if not written:
        notes.print(f"{escape(database.label)} is as its models say: nothing to write")


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
    tenant: Annotated[str | None, typer.Option(help="The tenant who asks, where there are tenants.")] = None,
) -> None:
    """Print what an operation would do: its plan, and each statement per source."""
    from gateway.schema.explain import explain as explained

    graph = load(app)
    document, values = query.read_text("utf-8"), read_variables(variables)
    asked = Asked(document, values, operation)
    text = explained(graph.schema, asked, tenant=tenant)
    typer.echo(text)
    if text.startswith("error:"):
        raise typer.Exit(1)
    if run_it:
        typer.echo(asyncio.run(measured(graph, asked, tenant)))


@cli.command()
def check(
    app: AppOption = DEMO,
    workers: Annotated[int, typer.Option(min=1, help="Processes that will serve.")] = 1,
    form: Annotated[Form, typer.Option("--format", help="How to print what is found.")] = Form.TABLE,
    strict: Annotated[bool, typer.Option("--strict", help="Fail for warnings too.")] = False,
) -> None:
    """Compare models, links and settings with the live databases."""
    from gateway.check.check import check as findings_of
    from gateway.check.findings import Weight
    from gateway.check.show import shown

    graph = load(app)
    sources = [database.source for database in graph.databases.values()]
    found = [
        *findings_of(sources, graph.catalog, workers, graph.settings.tenants_open),
        *asyncio.run(unit_findings(graph)),
    ]
    if form is Form.JSON:
        typer.echo(orjson.dumps([finding.shown() for finding in found], option=orjson.OPT_INDENT_2))
    else:
        Console(highlight=False).print(shown(found, [source.name for source in sources]))
    bad = {Weight.ERROR, Weight.WARNING} if strict else {Weight.ERROR}
    if any(finding.weight in bad for finding in found):
        raise typer.Exit(1)


@cli.command()
def recover(
    app: AppOption = DEMO,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, only tell.")] = False,
    tenant: Annotated[
        list[str] | None, typer.Option(help="Only this tenant; can be given several times.  [default: all]")
    ] = None,
) -> None:
    """Finish writes to several databases that a process left undecided behind."""
    found = asyncio.run(recovered(load(app), dry_run, tenant or ()))
    for doubt in found.doubts:
        typer.echo(str(doubt))
    done = sum(doubt.outcome in (Outcome.COMMIT, Outcome.ROLLBACK) for doubt in found.doubts)
    left = len(found.doubts) - done
    would = "would be " if dry_run else ""
    notes.print(f"{len(found.doubts)} in doubt, {done} {would}finished, {left} left alone")
    for place in found.unreached:
        notes.print(f"[red]not asked:[/red] {escape(place)} does not answer", soft_wrap=True)
    for place in found.unseen:
        notes.print(f"[yellow]not asked:[/yellow] {escape(place)}: {escape(UNSEEN)}", soft_wrap=True)
    if found.unseen:
        notes.print(f"  {escape(SEE)}", soft_wrap=True)
    if not found.is_complete:
        raise typer.Exit(1)
