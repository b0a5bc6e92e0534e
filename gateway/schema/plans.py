"""Documents and plans that were made before, and the making of those that were not.

Both are kept per process, by what they depend on, and bounded in number and in memory.
"""

from collections.abc import Mapping
from types import CodeType
from typing import NamedTuple

from gateway.access import Access
from gateway.config import Settings
from gateway.errors import BudgetExceeded
from gateway.query.alike import Key, Mould
from gateway.query.plan.make import make_plan
from gateway.query.plan.plan import Plan
from gateway.query.prepare import Prepared, prepare
from gateway.query.shared import Shared
from gateway.schema.cache import Cache, CacheState
from gateway.schema.document import Document, read_text
from gateway.schema.given import Given
from gateway.schema.lane import Lane, TooLong
from gateway.schema.place import Below, Place
from gateway.schema.read import Graph, read_document, read_place
from gateway.sources.database import Database

BYTES_A_NODE = 15_000
"""About what a node of a plan takes in memory, with its SQL and its shaper."""

PARTS = 4
"""How many parts of plans are kept for each plan that is."""


class PlanKey(NamedTuple):
    """What a plan depends on: the document, which operation of it, the shape of its variables, the role.

    With a `place` it is the plan of what stands below that field.
    """

    text: str
    operation: str | None
    given: tuple[tuple[str, Given], ...]
    role: str
    place: Place | Below | None = None


class Plans:
    """The documents and plans of one schema. `lane` is where they are made while operations wait."""

    def __init__(self, graph: Graph, databases: Mapping[str, Database], settings: Settings) -> None:
        self._graph = graph
        self._databases = databases
        self._settings = settings
        self._documents: Cache[str, Document] = Cache(settings.document_cache, settings.cache_max)
        self._plans: Cache[PlanKey, Prepared] = Cache(settings.plan_cache, settings.cache_max)
        self._codes: Cache[str, CodeType] = Cache(settings.plan_cache * PARTS, settings.cache_max)
        self._moulds: Cache[Key, Mould] = Cache(settings.plan_cache * PARTS, settings.cache_max)
        self._shared = Shared(self._codes, self._moulds)
        self.lane = Lane()

    def state(self) -> dict[str, CacheState]:
        """How each cache is filled and has served: `document`, `plan`, and of plans `step` and `code`."""
        return {
            "document": self._documents.state(),
            "plan": self._plans.state(),
            "step": self._moulds.state(),
            "code": self._codes.state(),
        }

    def document(self, text: str, briefly: bool = False) -> Document:
        """The document of a text, from the cache or read. Raises RequestError, and TooLong when `briefly`."""
        document = self._documents.get(text, again=briefly)
        if document is None:
            if briefly:
                raise TooLong
            document = read_text(text, self._graph.schema, self._settings)
            self._documents.put(text, document, document.size)
        return document

    def prepared(self, key: PlanKey, document: Document, briefly: bool = False) -> Prepared:
        """The plan for a key with its SQL, from the cache or made.

        Raises GatewayError for arguments that cannot work, and TooLong when `briefly`.
        """
        prepared = self._plans.get(key, again=briefly)
        if prepared is None:
            if briefly:
                raise TooLong
            plan = self._plan(key, document)
            prepared = prepare(plan, self._databases, self._shared)
            self._plans.put(key, prepared, document.size + len(plan.nodes) * BYTES_A_NODE)
        return prepared

    async def planned(self, key: PlanKey) -> Prepared:
        """As `prepared`, in the lane when the plan has to be made first."""
        document = self.document(key.text)
        try:
            return self.prepared(key, document, briefly=True)
        except TooLong:
            return await self.lane.run(lambda: self.prepared(key, document))

    def _plan(self, key: PlanKey, document: Document) -> Plan:
        node, given = document.operation(key.operation).node, dict(key.given)
        if key.place is None:
            selection = read_document(node, document.fragments, given, self._graph)
        else:
            selection = read_place(node, document.fragments, given, self._graph, key.place)
        plan = make_plan(selection, self._graph.catalog, Access(key.role), self._settings.keys_max)
        _check_statements(plan, self._settings.statements_max)
        return plan


def _check_statements(plan: Plan, limit: int) -> None:
    if len(plan.nodes) > limit:
        raise BudgetExceeded(
            f"The plan has {len(plan.nodes)} statements; the budget statements_max is {limit}.",
            hint="Ask for fewer lists at once, or filter by fewer relations.",
        )
