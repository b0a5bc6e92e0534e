"""How an app declares fields of its own: `@extend("Customer")` on a class with `@computed` methods.

Here they are only noted; `own_fields.py` checks them against the catalog when a `Gateway` is made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MethodType
from typing import Any, TypeVar

C = TypeVar("C", bound=type)

EXTENDED = "__gateway_extends__"


@dataclass(frozen=True, slots=True)
class Computed:
    """A method that makes a field. As a method of its own class it can still be called."""

    function: Callable[..., Any]
    needs: Any
    batch: bool
    name: str | None
    description: str | None
    deprecation_reason: str | None
    hide_from: Iterable[str] | None
    permission_classes: tuple[type[Any], ...]

    def __get__(self, row: Any, owner: type[Any]) -> Any:
        return self if row is None else MethodType(self.function, row)


def computed(
    *,
    needs: Iterable[Any] = (),
    batch: bool = False,
    name: str | None = None,
    description: str | None = None,
    deprecation_reason: str | None = None,
    hide_from: Iterable[str] | None = None,
    permission_classes: Iterable[type[Any]] = (),
) -> Callable[[Callable[..., Any]], Any]:
    """Make a field of a method; its annotations are the field's type and arguments.

    `needs` names the mapped attributes (`"name"`, or `Customer.name`) that `self` then has, whether the
    client selects them or not. A plain method without `info` is called while the answer is shaped and must
    neither wait nor block. An `async` one is awaited for all rows together; a plain one with `info` is called
    in a thread. With `batch` it gets the list of all rows in place of `self` and returns a list as long.
    The field is refused to the roles in `hide_from`; by default to those that may not see what it needs.
    """

    def mark(function: Callable[..., Any]) -> Any:
        plain = function.__func__ if isinstance(function, staticmethod) else function
        return Computed(
            function=plain,
            needs=needs,
            batch=batch,
            name=name,
            description=description or plain.__doc__,
            deprecation_reason=deprecation_reason,
            hide_from=hide_from,
            permission_classes=tuple(permission_classes),
        )

    return mark


def extend(entity: str | type[Any]) -> Callable[[C], C]:
    """Add the `@computed` methods of a class to an entity: its name in the graph, or its mapped class."""

    def mark(extension: C) -> C:
        setattr(extension, EXTENDED, entity)
        return extension

    return mark
