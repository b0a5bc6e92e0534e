"""Requests of up to 1 MB that are made to be expensive, each as the bytes of a body for the demo's graph.

A maker takes the name of the operation, so that no cache knows the document.
"""

import json
from collections.abc import Callable
from typing import Any

Bomb = Callable[[str], bytes]

BOMBS: dict[str, Bomb] = {}
"""What is expensive about it -> its maker."""

FILTERED = "($where: CustomerWhere) { customers(where: $where) { totalCount } }"
LISTED = "($in: [Int!]) { customers(where: { rowId: { in: $in } }) { totalCount } }"


def bomb(make: Bomb) -> Bomb:
    BOMBS[make.__name__.replace("_", " ")] = make
    return make


def asking(document: str, variables: Any = None) -> bytes:
    return json.dumps({"query": document, "variables": variables}).encode()


def repeated(piece: str, count: int) -> str:
    """The piece so many times, `@` in it replaced by the number."""
    return " ".join(piece.replace("@", str(number)) for number in range(count))


@bomb
def fragments_that_double(name: str) -> bytes:
    """Some 0.9 kB that stand for 2**17 fields."""
    parts = [f"fragment f{at} on Customer {{...f{at + 1} a:orders{{...g{at}}}}}" for at in range(17)]
    parts += [f"fragment g{at} on CustomerConnection {{nodes{{...f{at + 1}}}}}" for at in range(17)]
    last = "fragment f17 on Customer {name}"
    return asking(f"query {name} {{customers{{nodes{{...f0}}}}}} {' '.join(parts)} {last}")


@bomb
def fragments_that_spread_all_later_ones(name: str) -> bytes:
    names = [f"f{at}" for at in range(60)]
    parts = []
    for at, one in enumerate(names):
        later = " ".join(f"...{other}" for other in names[at + 1 :])
        parts.append(f"fragment {one} on Customer {{ name {later} }}")
    return asking(f"query {name} {{ customers {{ nodes {{ ...f0 }} }} }} {' '.join(parts)}")


@bomb
def fragments_in_a_cycle(name: str) -> bytes:
    parts = [f"fragment f{at} on Customer {{ ...f{(at + 1) % 900} name }}" for at in range(900)]
    return asking(f"query {name} {{ customers {{ nodes {{ ...f0 }} }} }} {' '.join(parts)}")


@bomb
def operations_that_share_fragments(name: str) -> bytes:
    chain = [f"fragment f{at} on Query {{ ...f{at + 1} }}" for at in range(190)]
    many = repeated(f"query {name}@ {{ ...f0 }}", 1_000)
    return asking(" ".join([many, *chain, "fragment f190 on Query { __typename }"]))


@bomb
def overlapping_fields(name: str) -> bytes:
    return asking(f"query {name} {{ customers {{ nodes {{ {'name ' * 1_900} }} }} }}")


@bomb
def overlapping_lists(name: str) -> bytes:
    orders = "orders { nodes { number items { nodes { id } } } } "
    return asking(f"query {name} {{ customers {{ nodes {{ {orders * 250} }} }} }}")


@bomb
def overlapping_arguments(name: str) -> bytes:
    fields = repeated("a: orders(first: @) { totalCount }", 190)
    return asking(f"query {name} {{ customers {{ nodes {{ {fields} }} }} }}")


@bomb
def aliases(name: str) -> bytes:
    return asking(f"query {name} {{ {repeated('a@: __typename', 10_000)} }}")


@bomb
def lists_within_the_limits(name: str) -> bytes:
    lists = repeated("a@: orders(first: 1@) { nodes { number } }", 99)
    return asking(f"query {name} {{ customers(first: 1) {{ nodes {{ {lists} }} }} }}")


@bomb
def roots_within_the_limits(name: str) -> bytes:
    items = "items(first: 1) { nodes { product { title } } }"
    one = f"a@: customers(first: 1) {{ nodes {{ name orders(offset: @) {{ nodes {{ number {items} }} }} }} }}"
    return asking(f"query {name} {{ {repeated(one, 50)} }}")


@bomb
def directives(name: str) -> bytes:
    return asking(f"query {name} {{ __typename {'@skip(if: false) ' * 10_000} }}")


@bomb
def unknown_fields(name: str) -> bytes:
    return asking(f"query {name} {{ customers {{ nodes {{ {repeated('nam@', 1_900)} }} }} }}")


@bomb
def unknown_types(name: str) -> bytes:
    return asking(f"query {name} {{ {repeated('... on Custmer@ { id }', 900)} __typename }}")


@bomb
def nested_fields(name: str) -> bytes:
    return asking(f"query {name} " + "{ customers { nodes { orders { nodes { customer " * 5_000)


@bomb
def nested_values(name: str) -> bytes:
    value = "{ not: " * 3_000 + "{}" + "}" * 3_000
    return asking(f"query {name} {{ customers(where: {value}) {{ totalCount }} }}")


@bomb
def one_comment(name: str) -> bytes:
    return asking(f"query {name} {{ __typename }} # {'x' * 990_000}")


@bomb
def many_comments(name: str) -> bytes:
    return asking(f"query {name} {{ __typename }} " + "#\n" * 320_000)


@bomb
def blanks(name: str) -> bytes:
    return asking(f"query {name} {{ __typename }} " + " \n," * 240_000)


@bomb
def one_string(name: str) -> bytes:
    return asking(f'query {name} {{ customer(id: "{"x" * 990_000}") {{ name }} }}')


@bomb
def one_block_string(name: str) -> bytes:
    lines = "  x\n" * 190_000
    return asking(f'query {name} {{ customer(id: """{lines}""") {{ name }} }}')


@bomb
def escapes(name: str) -> bytes:
    return asking(f'query {name} {{ customer(id: "{chr(92)}n{(chr(92) + "n") * 300_000}") {{ name }} }}')


@bomb
def one_name(name: str) -> bytes:
    return asking(f"query {name} {{ {'x' * 900_000} }}")


@bomb
def one_number(name: str) -> bytes:
    return asking(f"query {name} {{ customers(first: {'9' * 990_000}) {{ totalCount }} }}")


@bomb
def a_long_list(name: str) -> bytes:
    return asking(f"query {name}{LISTED}", {"in": [1] * 320_000})


@bomb
def a_long_wrong_list(name: str) -> bytes:
    return asking(f"query {name}{LISTED}", {"in": ["x"] * 190_000})


@bomb
def many_conditions(name: str) -> bytes:
    return asking(f"query {name}{FILTERED}", {"where": {"or": [{"name": {"eq": "a"}}] * 40_000}})


@bomb
def many_conditions_on_other_sources(name: str) -> bytes:
    one = {"orders": {"some": {"items": {"some": {"product": {"title": {"eq": "a"}}}}}}}
    return asking(f"query {name}{FILTERED}", {"where": {"or": [one] * 90}})


@bomb
def a_long_order(name: str) -> bytes:
    document = f"query {name}($by: [CustomerOrderBy!]) {{ customers(orderBy: $by) {{ totalCount }} }}"
    return asking(document, {"by": [{"name": "ASC"}] * 55_000})


@bomb
def nested_variables(name: str) -> bytes:
    nested = '{"not": ' * 900 + "{}" + "}" * 900
    return f'{{"query": "query {name}{FILTERED}", "variables": {{"where": {nested}}}}}'.encode()


@bomb
def unused_variables(name: str) -> bytes:
    return asking(f"query {name} {{ __typename }}", {"a": [[[], {}]] * 95_000})


@bomb
def declared_variables(name: str) -> bytes:
    return asking(f"query {name}({repeated('$v@: Int', 2_400)}) {{ __typename }}")


@bomb
def brackets(name: str) -> bytes:
    return b"[" * 1_000_000


@bomb
def many_keys(name: str) -> bytes:
    return json.dumps({"query": "{ __typename }", name: {str(at): at for at in range(60_000)}}).encode()


@bomb
def introspection(name: str) -> bytes:
    inner = "{ name fields { name args { name type { name } } type { name } } inputFields { name } }"
    return asking(f"query {name} {{ __schema {{ types {inner} }} }}")


@bomb
def repeated_introspection(name: str) -> bytes:
    inner = "{ name fields { name args { name } } }"
    return asking(f"query {name} {{ {repeated(f'a@: __schema {{ types {inner} }}', 50)} }}")
