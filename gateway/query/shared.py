"""What operations that are alike have in common, made once for all of them."""

from dataclasses import dataclass
from typing import Any

from gateway.query.alike import Moulds
from gateway.query.shaping import Codes


class _Nothing:
    """A cache that keeps nothing."""

    def get(self, _: Any, /) -> None:
        return None

    def put(self, _: Any, __: Any, ___: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Shared:
    """Caches of parts of prepared operations."""

    codes: Codes
    moulds: Moulds


ALONE = Shared(_Nothing(), _Nothing())
"""For an operation that shares nothing."""
