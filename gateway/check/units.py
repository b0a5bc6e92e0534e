"""Findings about writes to several databases: what is in doubt, and who cannot take part in two phases."""

from gateway.check.findings import Finder, Finding
from gateway.mutation.coordinator import Coordinator


async def findings_of_units(coordinator: Coordinator) -> list[Finding]:
    """Of the databases that answer; nothing when the graph has no mutations."""
    if not coordinator.concerned:
        return []
    found = [
        Finder(doubt.source).warning(
            doubt.source if doubt.tenant is None else f"{doubt.source} of {doubt.tenant}",
            f"{doubt.unit} is in doubt for {doubt.age:.0f} s",
            "run `gateway recover` unless a process is at work on it",
        )
        for doubt in await coordinator.all_in_doubt()
    ]
    for problem in await coordinator.problems():
        source = problem.place.removeprefix("source ").strip("'")
        found.append(Finder(source).warning(source, problem.message, problem.hint))
    return found
