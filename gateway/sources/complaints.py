"""What a driver says about a failure, for the log: one line, without values or secrets, not over and over."""

import logging
import re
from threading import Lock, Timer
from typing import Any

from sqlalchemy import URL

log = logging.getLogger("gateway.sources")

BURST = 10.0
"""Seconds within which the same complaint is only counted."""
MOST = 50
"""Different complaints of one source within that time; more are not logged."""
_NAMES = frozenset({1044, 1045, 1049, 1054, 1142, 1143, 1146, 1227, 1305, 1356, 1370})
"""Errors of MySQL that quote names only: what is denied, unknown or missing."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|=\([^)]*\)", re.DOTALL)


def reason_of(error: BaseException | None, url: URL) -> str:
    """Why a connection could not be had, as the driver says it; never with the password."""
    said = _line(getattr(error, "orig", None) or error)
    secrets = [str(url.password)] if url.password else []
    secrets += [str(value) for key, value in url.query.items() if "password" in key]
    for secret in secrets:
        said = said.replace(secret, "***")
    return re.sub(r"//[^/\s@]*@", "//***@", said)


def wording_of(error: BaseException | None) -> str:
    """What the driver says about a statement, with `…` for what it quotes unless that can only be a name."""
    original: Any = getattr(error, "orig", None) or error
    diagnosis = getattr(original, "diag", None)
    said = str(getattr(diagnosis, "message_primary", None) or "") or _line(original)
    state = str(getattr(original, "sqlstate", None) or "")
    is_named = getattr(original, "errno", None) in _NAMES or (
        diagnosis is not None and state[:2] in ("42", "3F")
    )
    return said if is_named else _QUOTED.sub("…", said)


def _line(error: BaseException | None) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class Complaints:
    """The failed statements of one source: one is logged at once, and a burst of the same with its count."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lock = Lock()
        self._counts: dict[str, int] = {}

    def note(self, code: str, error: BaseException | None) -> None:
        """A statement failed with the gateway's `code` for the driver's `error`."""
        said = f"{code}: {wording_of(error)}"
        with self._lock:
            known = said in self._counts
            if not known and len(self._counts) >= MOST:
                return
            self._counts[said] = self._counts.get(said, -1) + 1
        if known:
            return
        log.warning("%s could not run a statement: %s", self._source, said)
        later = Timer(BURST, self._sum_up, (said,))
        later.daemon = True
        later.start()

    def close(self) -> None:
        """Log what was only counted so far."""
        for said in list(self._counts):
            self._sum_up(said)

    def _sum_up(self, said: str) -> None:
        with self._lock:
            count = self._counts.pop(said, 0)
        if count:
            log.warning("%s could not run a statement, %d times more: %s", self._source, count, said)
