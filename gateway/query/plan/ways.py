"""Other ways to what a node brings, for sizes that are only known while running. `choices.py` plans them.

Each names nodes that are deferred: they run only when such a way is taken.
"""

from dataclasses import dataclass

from gateway.query.parameters import Chosen, Parameter

SIZE = Parameter(Chosen("size"))
"""A number of rows that is chosen while running."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A second way to the keys that node `keys` finds for this node, when they exceed the budget.

    `own` finds the keys at `attributes` that this node's rows have, `passing` those of them that `keys`
    would have found. `whole` finds them all, where `keys` was an attempt.
    """

    keys: int
    attributes: tuple[str, ...]
    own: int
    passing: int
    whole: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A third way, for a page: `batch` brings its rows' keys in order, without the other sources' conditions.

    A batch's row begins with the primary key; `positions` are those of each narrowing's attributes.
    """

    batch: int
    positions: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class RanksAmong:
    """A second way to the ranks that node `ranks` finds for a page: `among` ranks given keys only.

    It takes them as those of `own`, which never runs; in a row of the batch they stand at `positions`.
    """

    ranks: int
    own: int
    among: int
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ties:
    """A way to a page that other sources sort, but not by its first terms: `batch` brings its rows' keys in
    the order of those terms alone, each with the number of its tie. Ties are then sorted one after another.

    A batch's row begins with the primary key; `positions` are those of each narrowing's attributes.
    """

    batch: int
    positions: tuple[tuple[int, ...], ...]
    ranks: tuple[RanksAmong, ...]


@dataclass(frozen=True, slots=True)
class Slicing:
    """A way to numbers that need more keys of another source than the budget: range by range of the key.

    `part` brings the numbers about the rows of one range of `attribute`; of each node in `lists` (a pair),
    the second one brings what the first one does, in order of the key, from the range's beginning on.
    """

    attribute: str
    part: int
    lists: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Drive:
    """A page sorted by another source, begun there: `top` ranks the first rows in that order.

    `ranks` ranks all of them, of the rows that the page's list has when `narrowed`. The page begins after a
    cursor, and no row without a value follows, when it is `past_nulls`.

    The nodes in `pushed` bring the keys for conditions on the very rows that are sorted by; `chosen` is as
    `top`, of those only that meet these conditions. They all have a value when it is `complete`.
    """

    top: int
    ranks: int
    narrowed: bool
    past_nulls: bool = False
    pushed: tuple[int, ...] = ()
    chosen: int | None = None
    complete: bool = False
