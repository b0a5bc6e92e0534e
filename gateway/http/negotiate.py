"""Which media type an answer gets: the Accept header's qualities first, then its order."""

import re
from enum import StrEnum
from functools import lru_cache


class Media(StrEnum):
    """What the GraphQL endpoint can answer with."""

    JSON = "application/json"
    GRAPHQL = "application/graphql-response+json"
    HTML = "text/html"


ANSWERS = (Media.JSON, Media.GRAPHQL)
"""Of two equally welcome types the first is taken, so `*/*` means plain JSON, which every client reads."""

_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


@lru_cache(maxsize=256)
def negotiate(accept: str, offers: tuple[Media, ...] = ANSWERS) -> Media | None:
    """Return the offer the client likes best, None when it accepts none of them.

    An empty `accept` accepts anything. Between equal qualities the type named first wins, and between
    types that only a wildcard names, the first offer. HTML must be named: no wildcard means a page.
    """
    ranges = _ranges(accept) or {"*/*": (1.0, 0)}
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for offer in offers:
        quality, place = _rank(offer, ranges)
        if quality > 0 and (chosen is None or (quality, -place) > best):
            best, chosen = (quality, -place), offer
    return chosen


def _ranges(accept: str) -> dict[str, tuple[float, int]]:
    """Media range to its quality and its place in the header."""
    ranges: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept.split(",")):
        media, *parameters = part.split(";")
        name = media.strip().lower()
        if name:
            matches = (_QUALITY.fullmatch(parameter) for parameter in parameters)
            quality = next((float(match[1]) for match in matches if match), 1.0)
            ranges.setdefault(name, (quality, place))
    return ranges


def _rank(offer: Media, ranges: dict[str, tuple[float, int]]) -> tuple[float, int]:
    """The quality and place of the most specific range that covers the offer."""
    names = [offer.value] if offer is Media.HTML else [offer.value, "application/*", "*/*"]
    return next((ranges[name] for name in names if name in ranges), (0.0, 0))
