"""The thread in which new documents and plans are made."""

import asyncio

from gateway import Gateway, Settings
from gateway.demo.graph import demo
from gateway.schema.lane import QUEUE

NEW = "query Together($first: Int) { orders(first: $first) { nodes { number customer { name } } } }"


async def asked_at_once(graph: Gateway, count: int) -> set[str]:
    """The codes of the errors, of `count` operations that begin together."""
    answers = await asyncio.gather(
        *(graph.execute(NEW, {"first": 1}) for _ in range(count)), return_exceptions=True
    )
    await graph.close()
    return {str(answer) for answer in answers if isinstance(answer, BaseException)}


def test_a_new_document_that_many_send_at_once_is_made_once() -> None:
    graph = demo(Settings())
    assert asyncio.run(asked_at_once(graph, 3 * QUEUE)) == set()
    caches = graph.schema.caches()
    assert (caches["document"].entries, caches["plan"].entries) == (1, 1)
    assert caches["plan"].misses == 1
