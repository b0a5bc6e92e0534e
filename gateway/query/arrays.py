"""Arrays of PostgreSQL that its driver gives as text, since it does not know the type of their elements."""

import re
from typing import Any

_PIECE = re.compile(r'([{},])|"((?:[^"\\]|\\.)*)"|((?:[^{},"\\]|\\.)+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parsed_array(text: str) -> list[Any]:
    """The texts of an array's elements, None for NULL, in lists within lists. Raises ValueError."""
    body = text[text.index("=") + 1 :] if text.startswith("[") else text  # behind its bounds
    stack: list[list[Any]] = [[]]
    end = 0
    for piece in _PIECE.finditer(body):
        if piece.start() != end:
            break
        end = piece.end()
        sign, quoted, plain = piece.groups()
        if sign == "{":
            stack[-1].append([])
            stack.append(stack[-1][-1])
        elif sign == "}":
            stack.pop()
        elif quoted is not None:
            stack[-1].append(_ESCAPED.sub(r"\1", quoted))
        elif plain is not None:
            stack[-1].append(None if plain.upper() == "NULL" else _ESCAPED.sub(r"\1", plain))
        if not stack:
            break
    if end != len(body) or len(stack) != 1 or len(stack[0]) != 1 or not isinstance(stack[0][0], list):
        raise ValueError(text)
    return stack[0][0]
