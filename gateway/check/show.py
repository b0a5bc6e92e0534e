"""Findings for people: a table per source."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from gateway.check.findings import Finding, Weight

_COLOURS = {Weight.ERROR: "bold red", Weight.WARNING: "yellow", Weight.NOTE: "dim"}
_HEAVIEST_FIRST = tuple(Weight)


def shown(findings: Sequence[Finding], sources: Sequence[str]) -> RenderableType:
    """A table per source, the heaviest findings first, and a line with the totals."""
    tables = [_table(source, [each for each in findings if each.source == source]) for source in sources]
    return Group(*tables, _totals(findings))


def _table(source: str, findings: Sequence[Finding]) -> Table:
    table = Table(title=source, title_justify="left", title_style="bold", show_header=False, expand=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    for finding in sorted(findings, key=lambda each: _HEAVIEST_FIRST.index(each.weight)):
        colour = _COLOURS[finding.weight]
        told = escape(finding.message)
        if finding.hint is not None:
            told += f"\n[dim]{escape(finding.hint)}[/dim]"
        table.add_row(f"[{colour}]{finding.weight}[/{colour}]", escape(finding.place), told)
    return table


def _totals(findings: Sequence[Finding]) -> str:
    return ", ".join(_counted(findings))


def _counted(findings: Sequence[Finding]) -> Iterator[str]:
    for weight in Weight:
        count = sum(finding.weight is weight for finding in findings)
        yield f"{count} {weight}{'' if count == 1 else 's'}"
