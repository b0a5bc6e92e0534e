"""The golden cases: each folder of `tests/cases` is one document, answered alike on every set-up.

`query.graphql` holds one operation, or several named ones that run in order, unless `operation.txt` names
the ones to run (`-` for no name).
`{{Customer 1}}` in it is the id of that row, `{{First.customers.pageInfo.endCursor}}` a value in the data
of the earlier operation `First`. `variables.json` is sent with each of them; `caller.json` is the caller.

MySQL is sent what MariaDB is, so the set-up `mixed-mysql` expects the statements and counts of `mixed`.

`pytest --accept` rewrites `plan.txt`, `statements.<setup>.sql` and `counts.json`, and `answer.json` from
the set-up `sqlite` where `truth.py` computes the data from the seed; other answers are written by hand.
"""

import asyncio
import json
import re
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse

from gateway import Caller, Context, Gateway
from gateway.query.plan.show import show_plan
from gateway.query.prepare import Prepared
from gateway.schema.answer import Asked
from gateway.schema.document import RequestError
from tests.cases.truth import node_id
from tests.setups import SETUPS, Urls, closing, demo_gateway, tables

FOLDER = Path(__file__).with_name("cases")
CASES = sorted(path.parent.name for path in FOLDER.glob("*/query.graphql"))
ALIKE = {"mixed-mysql": "mixed"}
"""Set-up -> the one whose statements and counts it has."""
PLACE = re.compile(r"\{\{([A-Z]\w*)(?: (\d+)|((?:\.\w+)+))\}\}")


@dataclass(slots=True)
class Step:
    """One operation that was run. `prepared` is None when it could not be."""

    name: str
    payload: dict[str, Any]
    prepared: Prepared | None
    statements: int


@dataclass(slots=True)
class Run:
    """A case on one set-up."""

    steps: list[Step] = field(default_factory=list)

    @property
    def answer(self) -> Any:
        """The payload, or with several operations one per name."""
        if len(self.steps) == 1:
            return self.steps[0].payload
        return {step.name: step.payload for step in self.steps}

    @property
    def plan(self) -> str:
        return self._text("# ", lambda prepared: show_plan(prepared.plan))

    @property
    def statements(self) -> str:
        return self._text("-- ", _statements)

    @property
    def counts(self) -> Any:
        """How many statements ran; with several operations, by name."""
        if len(self.steps) == 1:
            return self.steps[0].statements
        return {step.name: step.statements for step in self.steps}

    def _text(self, mark: str, show: Callable[[Prepared], str]) -> str:
        shown = [(step.name, show(step.prepared)) for step in self.steps if step.prepared is not None]
        if len(self.steps) == 1:
            return "".join(f"{text}\n" for _, text in shown)
        return "\n".join(f"{mark}{name}\n{text}\n" for name, text in shown)


def _statements(prepared: Prepared) -> str:
    return "\n".join(
        f"-- {step.node.id}. {step.node.source}.{step.node.entity.table.name}\n"
        + "\n".join(line.rstrip() for line in step.statement.text.splitlines())
        + ";"
        for step in prepared.steps
    )


def operations(folder: Path, text: str) -> list[str | None]:
    """The names of the operations to run; None for the only one."""
    named = folder / "operation.txt"
    if named.exists():
        return [None if line == "-" else line for line in named.read_text("utf-8").splitlines()]
    try:
        found = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    except GraphQLSyntaxError:
        return [None]
    return [node.name.value if node.name else None for node in found] if len(found) > 1 else [None]


def filled(text: str, run: Run) -> str:
    """The document with the ids and the values of earlier answers that it names."""
    answers = {step.name: step.payload.get("data") for step in run.steps}

    def value(place: re.Match[str]) -> str:
        name, number, path = place.groups()
        if number is not None:
            return node_id(name, int(number))
        if name not in answers:
            return place[0]
        found: Any = answers[name]
        for part in path[1:].split("."):
            found = found[int(part) if part.isdigit() else part]
        return str(found)

    return PLACE.sub(value, text)


def read_json(path: Path, otherwise: Any = None) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else otherwise


async def run_case(gateway: Gateway, folder: Path) -> Run:
    text = (folder / "query.graphql").read_text("utf-8")
    variables = read_json(folder / "variables.json")
    caller = Caller(**read_json(folder / "caller.json", {}))
    run = Run()
    for name in operations(folder, text):
        asked = Asked(filled(text, run), variables, name)
        context = Context(gateway.databases, caller=caller)
        try:
            answer = await gateway.schema.answer(asked, context)
            try:
                prepared = gateway.schema.ready(asked, context).prepared
            except RequestError:
                prepared = None
        finally:
            await context.close()
        payload = json.loads(json.dumps(answer.payload()))
        run.steps.append(Step(name or "", payload, prepared, len(context.trace.statements)))
    return run


@pytest.fixture(scope="module", params=SETUPS)
def setup(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def gateway(setup: str, setup_urls: Callable[[str], Urls]) -> Iterator[Gateway]:
    with closing(demo_gateway(setup_urls(setup))) as made:
        yield made


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, setup: str, gateway: Gateway, request: pytest.FixtureRequest) -> None:
    folder, expected = FOLDER / case, ALIKE.get(setup, setup)
    run = asyncio.run(run_case(gateway, folder))
    if request.config.getoption("--accept") and expected == setup:
        accept(folder, setup, run)
    assert run.answer == read_json(folder / "answer.json")
    check_order(run.answer, read_json(folder / "answer.json"))
    assert run.counts == read_json(folder / "counts.json", {}).get(expected)
    check_counts(run)
    assert run.statements == (folder / f"statements.{expected}.sql").read_text("utf-8")
    assert run.plan == (folder / "plan.txt").read_text("utf-8")


def accept(folder: Path, setup: str, run: Run) -> None:
    counts = read_json(folder / "counts.json", {}) | {setup: run.counts}
    write_json(folder / "counts.json", {name: counts[name] for name in SETUPS if name in counts})
    (folder / f"statements.{setup}.sql").write_text(run.statements, "utf-8")
    if setup == "sqlite":
        (folder / "plan.txt").write_text(run.plan, "utf-8")
        if (folder / "truth.py").exists():
            write_json(folder / "answer.json", run.answer)


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


def check_order(answer: Any, expected: Any) -> None:
    """Response keys stand in the order of the document, which equality does not see."""
    assert json.dumps(answer) == json.dumps(expected)


def check_counts(run: Run) -> None:
    """A node of the plan is one statement, or none when no row above it has a key for it.

    Where other directions are prepared, attempts of growing size may repeat a node.
    """
    for step in run.steps:
        if step.prepared is None:
            assert step.statements == 0
        elif not step.prepared.plan.deferred:
            assert step.statements <= len(step.prepared.plan.nodes)


@pytest.mark.parametrize("case", [case for case in CASES if (FOLDER / case / "truth.py").exists()])
def test_answer_is_true(case: str) -> None:
    """The recorded data is what the seed's rows say."""
    folder = FOLDER / case
    recorded = read_json(folder / "answer.json")
    truth = runpy.run_path(str(folder / "truth.py"))["answer"](tables())
    single = "data" in recorded
    data = recorded["data"] if single else {name: payload.get("data") for name, payload in recorded.items()}
    assert data == truth
