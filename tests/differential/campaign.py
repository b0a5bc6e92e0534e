"""Many random documents, one after another, until one is answered differently."""

import json
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import parse, print_ast, validate

from gateway.context import Context
from gateway.schema.answer import Asked
from tests.differential.compare import Cursors, difference, refused, unlike
from tests.differential.documents import Written, write_document
from tests.differential.draws import Draws
from tests.differential.follow import lists
from tests.differential.minimise import minimise
from tests.differential.plain import Record, Request, plain_answer
from tests.differential.setups import Graph
from tests.differential.tables import Tables

DATA_SEED = 1
FOLLOWED = 0.03
"""Share of documents after which a list is followed through all its pages."""
DIRECTIONS = ("narrowed", "walked", "driven")
"""Words by which the gateway tells that it went another way."""
SHOWN = 2000
"""Characters shown of each answer of a counterexample."""


class InvalidDocument(Exception):
    """The generator wrote a document that GraphQL does not allow."""


@dataclass(frozen=True)
class Counterexample:
    """A request that the gateway and the plain evaluation answer differently."""

    number: int
    request: Request
    difference: str
    actual: Any
    expected: Any

    def __str__(self) -> str:
        lines = [
            f"document {self.number}: {self.difference}",
            print_ast(parse(self.request.document)),
            f"variables: {json.dumps(dict(self.request.variables), ensure_ascii=False)}",
            f"operationName: {self.request.operation}",
            f"gateway: {_shown(self.actual)}",
            f"plain:   {_shown({'data': self.expected})}",
        ]
        return "\n".join(lines)


def _shown(answer: Any) -> str:
    text = json.dumps(answer, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


@dataclass
class Result:
    """What a campaign did. `requests` counts documents once per set of variables, `with_rows` those whose
    answers show rows, `invalid` documents thrown away because GraphQL does not allow them, `refused` requests
    for which a budget was too small, `directions` other ways that were taken within one."""

    documents: int = 0
    requests: int = 0
    with_rows: int = 0
    rows: int = 0
    invalid: int = 0
    refused: int = 0
    directions: Counter[str] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)
    counterexample: Counterexample | None = None

    @property
    def share_with_rows(self) -> float:
        return self.with_rows / self.requests if self.requests else 0.0


@dataclass
class Campaign:
    """Documents over one graph, drawn from `seed`."""

    graph: Graph
    seed: int
    cursors: Cursors = field(default_factory=Cursors)

    @property
    def tables(self) -> Tables:
        return self.graph.tables

    async def run(self, documents: int, tick: Callable[[], None] = lambda: None) -> Result:
        """Try `documents` valid documents; stops at the first counterexample and makes it small."""
        draws = Draws(f"documents {self.seed}")
        result = Result(features=draws.features)
        while result.documents < documents:
            written = write_document(draws, self.tables, self.cursors)
            try:
                found = await self.try_document(written, result)
            except InvalidDocument:
                result.invalid += 1
                continue
            result.documents += 1
            if found is None and draws.chance(FOLLOWED):
                found = await self.follow(draws, result)
            if found is not None:
                result.counterexample = await self.smallest(found, result.documents)
                break
            tick()
        return result

    async def try_document(self, written: Written, result: Result) -> Request | None:
        """Ask once per set of variables; the first request that is answered differently.

        Raises InvalidDocument when the gateway refuses the document and graphql-core does so too.
        """
        for variables in written.variables:
            request = Request(written.text, variables, written.operation)
            actual, notes = await ask(self.graph, request)
            if "data" not in actual and validate(self.graph.gateway.schema.core, parse(written.text)):
                raise InvalidDocument
            expected, shown = plain_answer(request, self.tables, self.cursors.places)
            if await self.differs(request, actual, expected, self.cursors):
                return request
            result.requests += 1
            result.with_rows += shown > 0
            result.rows += shown
            result.refused += refused(actual)
            result.directions.update(notes)
        return None

    async def follow(self, draws: Draws, result: Result) -> Request | None:
        """Follow a list through all its pages; the first of them that is answered differently.

        Pages that agree with the plain evaluation must add up to the list that it gives in one page.
        """
        for followed in lists(draws, self.tables, self.cursors):
            seen: list[Any] = []
            request, answer = followed.page(None), None
            while request is not None:
                answer, _ = await ask(self.graph, request)
                expected, _ = plain_answer(request, self.tables, self.cursors.places)
                if await self.differs(request, answer, expected, self.cursors):
                    return request
                result.requests += 1
                if answer["data"]["rows"] is None:
                    break  # a budget was too small
                nodes = answer["data"]["rows"]["nodes"]
                seen = nodes + seen if followed.backward else seen + nodes
                request = followed.page(answer["data"])
            whole, _ = plain_answer(followed.whole(), self.tables, self.cursors.places)
            assert request is not None or seen == whole["rows"]["nodes"], "pages repeat or skip rows"
        return None

    async def differs(self, request: Request, actual: Any, expected: Record, cursors: Cursors) -> str | None:
        """The first difference from the plain evaluation, or of the twin from either."""
        found = difference(actual, expected, cursors, tight=self.graph.tight)
        twin = self.graph.twin
        if found is not None or twin is None:
            return found
        other, _ = await ask(twin, request)
        other_expected, _ = plain_answer(request, twin.tables, cursors.places)
        found = difference(other, other_expected, cursors)
        if found is not None:
            return f"in the twin, {found}"
        # Where a database ignores trailing spaces, the two may rightly differ.
        return unlike(actual["data"], other["data"], expected) if expected == other_expected else None

    async def smallest(self, request: Request, number: int) -> Counterexample:
        """A small request that fails in the same way."""

        async def judged(candidate: Request) -> tuple[str | None, Any, Any]:
            expected, _ = plain_answer(candidate, self.tables, self.cursors.places)
            actual, _ = await ask(self.graph, candidate)
            found = await self.differs(candidate, actual, expected, Cursors(dict(self.cursors.places)))
            return found, actual, expected

        async def differs(candidate: Request) -> bool:
            try:
                found, actual, _ = await judged(candidate)
            except (AttributeError, KeyError, TypeError, ValueError):
                return False  # what is left makes no sense any more
            return found is not None and _way(actual) == way

        way = _way((await judged(request))[1])
        small = await minimise(request, self.graph.gateway.schema.core, differs)
        found, actual, expected = await judged(small)
        return Counterexample(number, small, found or "differed only once", actual, expected)


async def ask(graph: Graph, request: Request) -> tuple[Any, list[str]]:
    """The gateway's response, as a client reads it from JSON, a text where there is none; and the names of
    the directions it took."""
    gateway = graph.gateway
    context = Context(gateway.databases)
    try:
        asked = Asked(request.document, dict(request.variables), request.operation)
        answer = await gateway.schema.answer(asked, context)
        payload = json.loads(json.dumps(answer.payload(), allow_nan=False))
    except Exception as error:
        traces = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(trace.filename).name}:{trace.lineno} {trace.name}" for trace in traces[-3:]]
        return f"{error!r} at {', '.join(places)}", []
    finally:
        await context.close()
    ways = (way for note in context.trace.notes for way in DIRECTIONS if way in note)
    return payload, list(ways)


def _way(actual: Any) -> object:
    """How a response fails: a crash, errors of some codes, or other data."""
    if not isinstance(actual, dict):
        return "crash"
    return [error["extensions"]["code"] for error in actual.get("errors", ())]
