"""Moments with fractions of a second, against columns that hold none."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway import Gateway
from gateway.demo.graph import LINKS, MODELS
from gateway.sources.source import Source

DOCUMENT = """
query ($whole: DateTime!, $half: DateTime!) {
  whole: orders(where: { placedAt: { eq: $whole } }) { totalCount }
  half: orders(where: { placedAt: { eq: $half } }) { totalCount }
  inHalf: orders(where: { placedAt: { in: [$half] } }) { totalCount }
  inBoth: orders(where: { placedAt: { in: [$whole, $half] } }) { totalCount }
  notHalf: orders(where: { placedAt: { neq: $half } }) { totalCount }
  notWhole: orders(where: { placedAt: { nin: [$whole] } }) { totalCount }
  first: orders(first: 1) { nodes { placedAt } }
}
"""


@pytest.mark.parametrize("setup", ["sqlite", "mixed", "turned", "turned-again"])
def test_a_fraction_is_not_forgotten(setup: str, setup_urls: Callable[[str], dict[str, Any]]) -> None:
    urls = setup_urls(setup)
    graph = Gateway([Source.from_models(name, urls[name], models=MODELS[name]) for name in MODELS], LINKS)

    async def ask() -> Any:
        first = await graph.execute("{ orders(first: 1) { nodes { placedAt } } }")
        assert first.data is not None
        whole = first.data["orders"]["nodes"][0]["placedAt"]
        half = whole.replace("Z", ".5Z")
        answer = await graph.execute(DOCUMENT, {"whole": whole, "half": half})
        await graph.close()
        return answer.payload()

    payload = asyncio.run(ask())
    assert "errors" not in payload
    counts = {name: value["totalCount"] for name, value in payload["data"].items() if name != "first"}
    assert counts == {
        "whole": 1,
        "half": 0,
        "inHalf": 0,
        "inBoth": 1,
        "notHalf": 4000,
        "notWhole": 3999,
    }
