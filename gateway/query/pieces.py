"""Long lists as JSON text in pieces, so that none is held twice: as objects and as text, or in a longer text.

A piece is long enough to be worth sending by itself, and short beside the list.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson

Row = tuple[Any, ...]
_FIRST = itemgetter(0)

ENCODING = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
"""Datetimes are encoded as the scalar DateTime writes them."""

PIECE = 128_000
"""Bytes that a piece of a list is meant to have."""
SHORT = 16_000
"""Texts of fewer bytes are sent together with the next one."""
PORTION = 500
"""Rows in the first piece of a list; the others have as many as go into a piece. Shorter lists have none."""

_MARK = orjson.Fragment(b"\0")
"""Where pieces stand while what is around them is encoded: in JSON no such character occurs."""


class Pieces:
    """A JSON list as text. It goes into the answer as it is."""

    __slots__ = ("texts",)

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts


def in_pieces(rows: Sequence[Row], write: Callable[[Sequence[Row]], bytes]) -> Pieces:
    """The list of the objects of rows; `write` makes the text of some, with a comma before each."""
    texts: list[bytes] = []
    begin, size = 0, PORTION
    while begin < len(rows):
        text = write(rows[begin : begin + size])
        begin += size
        size = next_portion(size, len(text))
        texts.append(text)
    return closed(texts)


def next_portion(size: int, length: int) -> int:
    """How many rows make a piece, after so many made a text of this length."""
    return max(1, min(4 * size, PIECE * size // length))


def closed(texts: list[bytes]) -> Pieces:
    """The list of objects whose texts are given, each with a comma before it."""
    if not texts:
        return Pieces([b"[]"])
    texts[0] = b"".join((b"[", memoryview(texts[0])[1:]))
    texts.append(b"]")
    return Pieces(texts)


class Joining:
    """Makes a page of rows that are the texts of its objects, while they come in portions.

    `more` than `size` may come. A text is `missing` where a row has a value that its database does not write.
    """

    def __init__(self, size: int, backward: bool) -> None:
        self._left = size
        self._backward = backward
        self._texts: list[bytes] = []
        self.more = False
        self.missing = False

    def take(self, rows: Sequence[Row]) -> int:
        """Add some rows; how many to bring next."""
        self.more = len(rows) > self._left
        shown = rows[: self._left] if self.more else rows
        self._left -= len(shown)
        if not shown:
            return 0
        texts = map(_FIRST, reversed(shown) if self._backward else shown)
        try:
            self._texts.append(b",".join((b"", *texts)))
        except TypeError:  # None is no text
            self.missing = True
            return 0
        return next_portion(len(shown), len(self._texts[-1]))

    def pieces(self) -> Pieces:
        """The page."""
        if self._backward:
            self._texts.reverse()
        return closed(self._texts)


def encode(value: Any) -> list[bytes]:
    """A shaped value as JSON text; together the texts are all of it.

    Raises TypeError (orjson's) when a value in it has no JSON form.
    """
    found: list[Pieces] = []

    def mark(part: Any) -> orjson.Fragment:
        if not isinstance(part, Pieces):
            raise TypeError
        found.append(part)
        return _MARK

    text = orjson.dumps(value, mark, ENCODING)
    if not found:
        return [text]
    first, *others = text.split(b"\0")
    between = (chain(part.texts, [after]) for part, after in zip(found, others, strict=True))
    return _together(chain([first], *between))


def _together(texts: Iterable[bytes]) -> list[bytes]:
    """The same texts, short ones joined to the next."""
    found: list[bytes] = []
    waiting: list[bytes] = []
    length = 0
    for text in texts:
        waiting.append(text)
        length += len(text)
        if length >= SHORT:
            found.append(b"".join(waiting))
            waiting, length = [], 0
    if waiting and (not found or length):
        found.append(b"".join(waiting))
    return found


def load(pieces: Pieces) -> Any:
    """The list that pieces are the text of."""
    return load_exactly(b"".join(pieces.texts))


def load_exactly(text: bytes) -> Any:
    """The value of a JSON text, whole numbers of any length as such. Raises ValueError.

    orjson makes a float of a number beyond 64 bits, and takes neither 1e400 nor half a surrogate pair.
    """
    if LONG_NUMBER.search(text) is None:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text)
    return json.loads(text, parse_constant=_refuse)


LONG_NUMBER = re.compile(rb"[0-9]{19}")
"""What a text has in it where orjson may have rounded."""


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
