"""URLs of databases as apps write them: checked, and with the driver the gateway uses."""

from dataclasses import replace

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from gateway.errors import Problem
from gateway.sources.features import BY_DRIVERNAME, Features, unsupported
from gateway.sources.options import mistakes

NOWHERE = "tenant.invalid"
"""The host of a URL that stands for a kind of database only; the name never resolves (RFC 2606)."""


def location(place: str, url: str | URL) -> URL | Problem:
    """The URL with the driver the gateway uses, or what is wrong with it (never showing a password)."""
    parsed = _parsed(place, url)
    if isinstance(parsed, Problem):
        return parsed
    features = BY_DRIVERNAME[parsed.drivername]
    problem = _sqlite_problem(place, parsed) if features.name == "sqlite" else None
    if features.name != "sqlite" and not parsed.database:
        problem = Problem(place, "its URL names no database", "end the URL with /database")
    if problem is None and (wrong := mistakes(parsed)):
        said, hints = zip(*wrong, strict=True)
        problem = Problem(place, "; ".join(said), "; ".join(dict.fromkeys(hints)))
    return problem or parsed.set(drivername=features.drivername)


def kind(place: str, url: str | URL) -> URL | Problem:
    """A URL that says which kind of database another one is of, and can never be connected to."""
    parsed = _parsed(place, url)
    return parsed if isinstance(parsed, Problem) else nowhere(BY_DRIVERNAME[parsed.drivername])


def nowhere(features: Features) -> URL:
    """The URL of a database that does not exist."""
    host = None if features.name == "sqlite" else NOWHERE
    return URL.create(features.drivername, host=host, database=f"no/{NOWHERE}")


def _parsed(place: str, url: str | URL) -> URL | Problem:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return Problem(place, "its URL cannot be read", "write dialect://user:password@host:port/database")
    return parsed if parsed.drivername in BY_DRIVERNAME else replace(unsupported(parsed), place=place)


def _sqlite_problem(place: str, url: URL) -> Problem | None:
    if url.host or url.username:
        return Problem(
            place,
            "its SQLite URL has a host",
            "write three slashes before a relative path, four before an absolute",
        )
    if not url.database or ":memory:" in url.database or url.query.get("mode") == "memory":
        hint = "use a file, sqlite:///name.sqlite3, since each thread has a connection of its own"
        return Problem(place, "an in-memory SQLite database cannot be shared by threads", hint)
    return None
