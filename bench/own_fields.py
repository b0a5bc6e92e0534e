"""What a field of an app's own costs in a list of 2,000 rows: the list without and with it, side by side.

python -m bench.own_fields [sqlite|mixed]        orders of the demo; in "mixed" they are on PostgreSQL
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import strawberry

from gateway import Context, Gateway, Settings, computed, extend
from gateway.schema.answer import Asked
from tests.setups import own_gateway, seeded

ROUNDS = 40
PLAIN = "rowId number status total currency placedAt"
LISTS = {
    "without": PLAIN,
    "pure": f"{PLAIN} label",
    "batched, async": f"{PLAIN} rank",
    "batched, in a thread": f"{PLAIN} place",
    "async, per row": f"{PLAIN} later",
}


@extend("Order")
class OrderFields:
    id: int
    number: str
    currency: str

    @computed(needs=("number", "currency"))
    def label(self) -> str:
        return f"{self.number} {self.currency}"

    @computed(needs=("id",), batch=True)
    async def rank(orders: list["OrderFields"]) -> list[int]:
        return list(range(len(orders)))

    @computed(needs=("id",), batch=True)
    def place(orders: list["OrderFields"], info: strawberry.Info[Context]) -> list[int]:
        assert info.context.databases
        return list(range(len(orders)))

    @computed(needs=("id",))
    async def later(self) -> int:
        return self.id


async def seconds(gateway: Gateway, fields: str) -> float:
    """How long one answer takes, encoded."""
    context = Context(gateway.databases)
    asked = Asked(f"{{ orders(first: 2000) {{ nodes {{ {fields} }} }} }}")
    started = perf_counter()
    answer = await gateway.schema.answer(asked, context)
    answer.encode()
    spent = perf_counter() - started
    assert not answer.errors
    await context.close()
    return spent


async def compare(setup: str) -> None:
    with tempfile.TemporaryDirectory() as folder, seeded(setup, Path(folder), "bench") as urls:
        gateway = own_gateway(urls, settings=Settings(page_max=2000), own={"extensions": [OrderFields]})
        least = dict.fromkeys(LISTS, float("inf"))
        for _ in range(ROUNDS):  # interleaved, so that noise meets all alike
            for name, fields in LISTS.items():
                least[name] = min(least[name], await seconds(gateway, fields))
        await gateway.close()
    for name, spent in least.items():
        print(f"{setup:8}{name:22}{spent * 1000:7.1f} ms")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["sqlite", "mixed"]:
        asyncio.run(compare(chosen))
