"""`iContains` and its kind: one answer on every database, in all scripts whose letters have case."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Source
from gateway.context import Context
from gateway.schema.answer import Asked
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

LETTERS = [
    *range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x370, 0x400), *range(0x400, 0x560),
    *range(0x10A0, 0x10C8), *range(0x13A0, 0x13F6), *range(0x1E00, 0x2000), 0x2126, 0x212A, 0x212B,
    *range(0x2160, 0x2170),
    *range(0x24B6, 0x24D0), *range(0x2C00, 0x2C2F), *range(0x2C60, 0x2D00), *range(0xA640, 0xA69C),
    *range(0xA722, 0xA7B8), *range(0xAB70, 0xABC0), *range(0xFF21, 0xFF3B), *range(0x10400, 0x10428),
    *range(0x104B0, 0x104D4), *range(0x10C80, 0x10CB3), *range(0x118A0, 0x118C0), *range(0x1E900, 0x1E922),
]  # fmt: skip
"""Code points of all scripts that had case by Unicode 9."""
WORDS = ["ΟΔΟΣ", "οδός", "Οδος", "ΣΊΣΥΦΟΣ", "İstanbul", "istanbul", "Istanbul", "ısı", "STRAẞE", "straße",
         "strasse", "ǅ", "ǆ", "Ǆ", "ȺȾ end", "ⱥⱦ END", "Kelvin \u212a", "kelvin k", "Ꭰ", "ꭰ"]  # fmt: skip


def fold(text: str) -> str:
    """What the docs say: the simple lower case of each letter, and a final sigma is a sigma."""
    return "".join("i" if each == "İ" else each.lower() for each in text).replace("ς", "σ")


class Base(DeclarativeBase):
    pass


class Word(Base):
    __tablename__ = "words"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(sa.String(40))


def rows() -> list[str]:
    letters = [chr(code) for code in LETTERS if chr(code).isalpha()]
    return [*WORDS, *(f"x{letter}y" for letter in letters)]


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("case")
    with database(request.param, "gw_case", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Word), [{"id": at, "text": text} for at, text in enumerate(rows())])
        with closing(Gateway([Source.from_models("one", url, models=Base)])) as opened:
            yield opened


async def found(gateway: Gateway, operator: str, value: str) -> list[str]:
    context = Context(gateway.databases)
    query = (
        f"query($value: String!) {{ words(first: 500, where: {{ text: {{ {operator}: $value }} }})"
        " { nodes { text } } }"
    )
    try:
        answer = await gateway.schema.answer(Asked(query, {"value": value}), context)
    finally:
        await context.close()
    assert not answer.errors, answer.errors
    data: Any = answer.data
    return [row["text"] for row in data["words"]["nodes"]]


def test_words(gateway: Gateway) -> None:
    asyncio.run(words(gateway))


async def words(gateway: Gateway) -> None:
    for word in WORDS:
        assert await found(gateway, "iContains", word) == [row for row in rows() if fold(word) in fold(row)]
    assert await found(gateway, "iEndsWith", "οΣ") == ["ΟΔΟΣ", "Οδος", "ΣΊΣΥΦΟΣ"]
    assert await found(gateway, "iStartsWith", "ISTAN") == ["İstanbul", "istanbul", "Istanbul"]
    assert await found(gateway, "iLike", "_STANBUL") == ["İstanbul", "istanbul", "Istanbul"]
    assert await found(gateway, "iLike", "οδο_") == ["ΟΔΟΣ", "Οδος"]
    assert await found(gateway, "iEndsWith", " END") == ["ȺȾ end", "ⱥⱦ END"]


def test_every_letter_that_has_case(gateway: Gateway) -> None:
    asyncio.run(letters(gateway))


async def letters(gateway: Gateway) -> None:
    texts = [row for row in rows() if row not in WORDS]
    by_fold: dict[str, list[str]] = {}
    for text in texts:
        by_fold.setdefault(fold(text), []).append(text)
    for text in texts[:: 1 if gateway.databases["one"].features.name == "sqlite" else 7]:
        assert await found(gateway, "iStartsWith", text) == by_fold[fold(text)], text
