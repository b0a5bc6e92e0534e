"""Relations inside one database over text whose column ignores case: nested conditions stay exact."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.differential.odd import LINKS, DepotBase, Shade, Stock
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

SHADES = [("RED", 1), ("red", None), ("GREEN", 2), ("Blue", 3)]
STOCKS = ["RED", "red", "Red", "red", "green", "GREEN", "blue", "Blue", None, "RED"]


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("text")
    with database(request.param, "gw_text_keys", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            DepotBase.metadata.create_all(connection)
            shades = [{"id": at, "name": name, "brightness": b} for at, (name, b) in enumerate(SHADES, 1)]
            connection.execute(sa.insert(Shade), shades)
            stocks = [
                {"id": at, "shade": shade, "amount": at, "price": 1} for at, shade in enumerate(STOCKS, 1)
            ]
            connection.execute(sa.insert(Stock), stocks)
        source = Source.from_models("depot", url, models=DepotBase)
        links = [link for link in LINKS if link.owner == "depot.stocks.shade"]
        with closing(Gateway([source], links)) as opened:
            yield opened


def ask(gateway: Gateway, query: str) -> Any:
    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            answer = await gateway.schema.answer(Asked(query, {}), context)
        finally:
            await context.close()
        assert not answer.errors
        return answer.data

    return asyncio.run(main())


def names(found: Any) -> list[str]:
    return [row["name"] for row in found["nodes"]]


def owned(name: str) -> list[int]:
    return [at for at, shade in enumerate(STOCKS, 1) if shade == name]


def test_lists_and_counts(gateway: Gateway) -> None:
    query = "{ shades { nodes { name stocks { totalCount nodes { rowId hue { name } } } } } }"
    assert ask(gateway, query)["shades"]["nodes"] == [
        {
            "name": name,
            "stocks": {
                "totalCount": len(owned(name)),
                "nodes": [{"rowId": at, "hue": {"name": name}} for at in owned(name)],
            },
        }
        for name, _ in SHADES
    ]


def test_a_condition_about_the_rows_of_related_rows(gateway: Gateway) -> None:
    """Within one statement `RED` and `red` ask the same subquery, which could be remembered."""
    for bound in (1, 2, 3):
        every = f"{{ hue: {{ brightness: {{ lte: {bound} }} }} }}"
        query = f"{{ shades(where: {{ stocks: {{ every: {every} }} }}) {{ nodes {{ name }} }} }}"
        passing = [
            name
            for name, brightness in SHADES
            if not owned(name) or (brightness is not None and brightness <= bound)
        ]
        assert names(ask(gateway, query)["shades"]) == passing


def test_orders_by_related_rows(gateway: Gateway) -> None:
    query = "{ shades(orderBy: [{ stocks: { sum: { amount: DESC } } }]) { nodes { name } } }"
    sums = {name: sum(owned(name)) for name, _ in SHADES}
    assert names(ask(gateway, query)["shades"]) == sorted(sums, key=lambda name: -sums[name])
    query = "{ stocks(orderBy: [{ hue: { brightness: ASC } }]) { nodes { rowId } } }"
    brightness = dict(SHADES)
    values = {at: brightness.get(shade or "") for at, shade in enumerate(STOCKS, 1)}
    order = sorted(values, key=lambda at: (values[at] is None, values[at], at))
    assert [row["rowId"] for row in ask(gateway, query)["stocks"]["nodes"]] == order
