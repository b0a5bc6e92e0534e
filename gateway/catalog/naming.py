"""Names of the graph from names of classes and attributes."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import inflect

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
RESERVED_VALUES = frozenset({"true", "false", "null"})
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*")
_SINGULAR_ENDINGS = ("is", "ss", "us")
_SINGULARS = {"alias", "atlas", "bias", "canvas", "dns", "gas", "gps", "lens", "sms"}


def is_name(text: str) -> bool:
    """Whether GraphQL allows `text` as a name; names with two leading underscores belong to GraphQL."""
    return NAME.fullmatch(text) is not None and not text.startswith("__")


def enum_value(label: str) -> str:
    """A name under which GraphQL shows any label: `PG-13` -> `PG_13`, `2XL` -> `_2XL`, `true` -> `_true`.

    Labels may come to the same name, which is for the checks to refuse.
    """
    name = re.sub(r"[^_0-9A-Za-z]", "_", label)
    if not name or name[0].isdigit() or name in RESERVED_VALUES:
        name = f"_{name}"
    return re.sub(r"^__+", "_", name)


def is_enum_value(text: str) -> bool:
    """Whether GraphQL allows `text` as a value of an enum."""
    return is_name(text) and text not in RESERVED_VALUES


def words(name: str) -> list[str]:
    """The words of a name in any case: `URLPath2` -> `URL Path2`, `created_at` -> `created at`."""
    return _WORD.findall(name)


def camel_case(name: str) -> str:
    """`created_at` -> `createdAt`, `URLPath` -> `urlPath`; leading underscores stay, trailing ones go.

    What GraphQL does not allow as a name comes back as it is, for the checks to refuse.
    """
    if NAME.fullmatch(name) is None or not words(name):
        return name
    first, *rest = words(name)
    leading = name[: len(name) - len(name.lstrip("_"))]
    return leading + first.lower() + "".join(_capital(word) for word in rest)


def capitalized(name: str) -> str:
    """`createdAt` -> `CreatedAt`."""
    return name[:1].upper() + name[1:]


def plural(singular: str) -> str:
    """The plural of a camelCase name by its last word: `orderItem` -> `orderItems`.

    Names that are uncountable or already plural take `List`: `series` -> `seriesList`.
    """
    last = words(singular)[-1] if words(singular) else singular
    stem = singular[: len(singular) - len(last)]
    many = _plural_noun(last.lower())
    if many == last.lower():
        return f"{singular}List"
    return stem + (_capital(many) if last[:1].isupper() else many)


def key_name(fields: tuple[str, ...]) -> str:
    """The name of a unique key: its field, or `orderIdAndLine` for a composite one."""
    first, *rest = fields
    return first + "".join(f"And{capitalized(name)}" for name in rest)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:].lower()


@cache
def _plural_noun(word: str) -> str:
    engine = _english()
    if not _is_singular(word) and engine.singular_noun(word):
        return word
    return str(engine.plural_noun(word) or f"{word}s")


def _is_singular(word: str) -> bool:
    # For inflect every word in -s is a plural: "analysis" of "analysi", "lens" of "len".
    return word.endswith(_SINGULAR_ENDINGS) or word in _SINGULARS


@cache
def _english() -> "inflect.engine":
    """The rules of English plurals, loaded when the first name needs them.

    inflect decorates its methods with typeguard's `typechecked`, which parses the whole module anew for
    each: 3 seconds at every start for checks that mypy has made already. Without them it takes 15 ms.
    """
    import typeguard

    typechecked = typeguard.typechecked
    typeguard.typechecked = lambda target: target  # type: ignore[assignment]
    try:
        import inflect
    finally:
        typeguard.typechecked = typechecked
    return inflect.engine()
