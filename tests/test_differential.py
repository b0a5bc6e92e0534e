"""Random documents get the same answer from the gateway as from a plain evaluation in Python.

More of them, or other ones: `python -m tests.differential --documents 20000 --seed 7 --setup mixed`.
"""

import asyncio
from pathlib import Path

import pytest

from tests.differential.campaign import DATA_SEED, Campaign, Result
from tests.differential.setups import graph

SEED = 20
DOCUMENTS = {
    "twice": 90,
    "sqlite": 30,
    "turned": 30,
    "turned-again": 30,
    "tight-7": 30,
    "tight-20": 30,
    "tight-35": 30,
    "odd-twice": 30,
    "odd-turned": 20,
    "odd-turned-again": 20,
    "odd-tight-7": 20,
    "mysql-twice": 40,
    "mysql-turned": 20,
    "mysql-turned-again": 20,
    "mysql-tight-7": 20,
    "mysql-tight-20": 20,
    "mysql-tight-35": 20,
    "odd-mysql-twice": 20,
    "odd-mysql-turned": 20,
    "odd-mysql-tight-7": 20,
    "odd-mysql-tight-35": 20,
    "odd-mysql-turned-again": 20,
    "odd-mysql-tight-20": 20,
}
"""Set-up -> documents; less than a minute in all on a machine that has nothing else to do."""

LEAST_WITH_ROWS = 0.2
"""Share of requests whose answers show rows; below it the documents would test little."""


@pytest.mark.parametrize("setup", DOCUMENTS)
def test_random_documents_are_answered_as_by_a_plain_evaluation(setup: str, tmp_path: Path) -> None:
    async def campaign() -> Result:
        try:
            return await Campaign(opened, SEED).run(DOCUMENTS[setup])
        finally:
            await opened.close()

    with graph(setup, DATA_SEED, tmp_path) as opened:
        result = asyncio.run(campaign())
    if result.counterexample is not None:
        pytest.fail(f"set-up {setup}, seed {SEED}\n{result.counterexample}", pytrace=False)
    assert result.share_with_rows > LEAST_WITH_ROWS
    assert result.invalid < result.documents / 4


COUNTS = """query ($first: Int, $after: String) {
  stocks(orderBy: [{dated: {spares: {count: DESC}}}], first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage }
  }
}"""


@pytest.mark.parametrize("setup", ["odd-tight-20", "odd-tight-35"])
def test_rows_without_anything_to_count_stand_among_those_that_count_nothing(
    setup: str, tmp_path: Path
) -> None:
    """Their keys are not in the other source, where pages of this order are begun."""

    async def ids() -> tuple[list[str], list[str]]:
        pages: list[str] = []
        after, further = None, True
        while further:
            answer = await opened.gateway.execute(COUNTS, {"first": 3, "after": after})
            assert answer.data is not None, answer.errors
            pages += [edge["node"]["id"] for edge in answer.data["stocks"]["edges"]]
            after = answer.data["stocks"]["edges"][-1]["cursor"]
            further = answer.data["stocks"]["pageInfo"]["hasNextPage"]
        answer = await opened.gateway.execute(COUNTS, {"first": 100})
        await opened.close()
        assert answer.data is not None
        return pages, [edge["node"]["id"] for edge in answer.data["stocks"]["edges"]]

    with graph(setup, DATA_SEED, tmp_path) as opened:
        pages, at_once = asyncio.run(ids())
    assert pages == at_once
    assert len(pages) > 30
