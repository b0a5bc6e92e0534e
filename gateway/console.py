"""What the commands do with a graph, and what they say to people when something is wrong."""

import errno
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from gateway.app import Gateway
from gateway.check.findings import Finding
from gateway.config import Settings
from gateway.errors import ConfigurationError, UnknownTenant
from gateway.mutation.recovery import Recovered
from gateway.schema.answer import Asked
from gateway.serving import DEMO, listen

notes = Console(stderr=True, highlight=False)
"""For people; results go to standard output."""


async def unit_findings(graph: Gateway) -> list[Finding]:
    """What there is to say about writes to several databases."""
    from gateway.check.units import findings_of_units

    try:
        return await findings_of_units(graph.coordinator)
    finally:
        await graph.close()


async def recovered(graph: Gateway, dry_run: bool, tenants: Sequence[str]) -> Recovered:
    """What was in doubt and what was done about it."""
    try:
        return await graph.coordinator.recover_all(dry_run, tenants)
    finally:
        await graph.close()


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


async def measured(graph: Gateway, asked: Asked, tenant: str | None) -> str:
    """What each statement of an operation cost, and whether it failed; asked as an anonymous caller."""
    try:
        context = await graph.context_of(tenant=tenant)
        try:
            answer = await graph.schema.answer(asked, context)
        finally:
            await context.close()
    except UnknownTenant as error:
        raise stop(f"--tenant: {error.message}", 2) from None
    finally:
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
