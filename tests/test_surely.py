"""What is taken for valid without graphql-core's rules is valid by them, too."""

import asyncio
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from graphql import GraphQLError, GraphQLSchema, parse, validate

from gateway.schema.rules import RULES
from gateway.schema.surely import surely_valid
from tests.differential.compare import Cursors
from tests.differential.documents import write_document
from tests.differential.draws import Draws
from tests.differential.setups import graph
from tests.setups import demo_gateway
from tests.test_cases import CASES, FOLDER

DOCUMENTS = 30
CHANGES = 12
"""Of each document, so many wrong copies: a few tokens dropped, repeated, or replaced by those of others."""

TOKEN = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\])*"|\.\.\.|[$@]?[_A-Za-z]\w*|-?[0-9][\w.+-]*|[^\s,\w]')

VALUES = '"-0123456789'

REFUSED = """
{ customers { nodes { name } } } { tags { totalCount } }
query A { __typename } query A { __typename }
query A { __typename } { __typename }
{ customers { } }
{ customers }
{ nobody { totalCount } }
{ __typename { x } }
{ __typename(first: 1) }
{ customers { totalCount { x } } }
{ customers { nodes { name nobody } } }
{ customers(first: 1, first: 1) { totalCount } }
{ customers(nobody: 1) { totalCount } }
{ customers(first: "1") { totalCount } }
{ customers(first: 99999999999) { totalCount } }
{ customers(where: { name: { eq: 1 } }) { totalCount } }
{ customers(where: { name: { eq: "a" }, name: { eq: "a" } }) { totalCount } }
{ customers(where: { name: { eq: "a", eq: "a" } }) { totalCount } }
{ customers(where: [{ name: { eq: "a" } }]) { totalCount } }
{ customers(where: { nobody: { eq: "a" } }) { totalCount } }
{ customers(orderBy: [{ name: ASC, email: ASC }]) { totalCount } }
{ customers(orderBy: [{ name: null }]) { totalCount } }
{ customers(orderBy: [{ name: UP }]) { totalCount } }
{ customers(orderBy: [{}]) { totalCount } }
{ customerBy { name } }
{ customerBy(key: null) { name } }
query ($d: SortOrder) { customers(orderBy: [{ name: $d }]) { totalCount } }
query ($d: SortOrder) { customers(orderBy: { name: $d }) { totalCount } }
query ($i: Int) { customerBy(key: { rowId: $i }) { name } }
query ($i: Int, $i: Int) { customers(first: $i) { totalCount } }
query ($i: Int) { customers { totalCount } }
query ($i: Int) { customers(first: $i, offset: $j) { totalCount } }
query ($i: String) { customers(first: $i) { totalCount } }
query ($i: [Int]) { customers(first: $i) { totalCount } }
query ($i: Customer) { customers(first: $i) { totalCount } }
query ($i: Nobody) { customers(first: $i) { totalCount } }
query ($i: Int = "1") { customers(first: $i) { totalCount } }
query ($i: Int! = null) { customers(first: $i) { totalCount } }
query ($i: Int @skip(if: true)) { customers(first: $i) { totalCount } }
query ($n: String) { customers(where: { name: { in: $n } }) { totalCount } }
query ($n: [String]) { customers(where: { name: { in: [$n] } }) { totalCount } }
query ($w: CustomerWhere) { customers(where: { not: $w, or: $w }) { totalCount } }
query @skip(if: true) { __typename }
{ __typename @skip }
{ __typename @skip(if: 1) }
{ __typename @skip(unless: true) }
{ __typename @skip(if: true) @skip(if: true) }
{ __typename @deprecated }
{ __typename @nobody }
query ($b: Boolean) { __typename @skip(if: $b) }
{ ...F }
{ __typename } fragment F on Query { __typename }
{ ...F } fragment F on Nobody { __typename }
{ ...F } fragment F on SortOrder { __typename }
{ ...F } fragment F on Customer { name }
{ ...F } fragment F on Query { ...F }
{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }
{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }
{ ...F } fragment F on Query @skip(if: true) { __typename }
{ customers { nodes { ...F } } } fragment F on Customer { name orders { nodes { customer { ...F } } } }
{ customers { nodes { ... on Order { number } } } }
{ customers { nodes { ... on Nobody { number } } } }
{ customers { nodes { a: name a: email } } }
{ customers { nodes { a: name ... on Customer { a: email } } } }
{ customers { nodes { a: name ...F } } } fragment F on Customer { a: email }
{ customers(first: 1) { totalCount } customers(first: 2) { totalCount } }
{ customers { nodes { a: name } } customers { nodes { a: email } } }
query A($i: Int) { ...F } query B { ...F } fragment F on Query { customers(first: $i) { totalCount } }
{ __schema { types { name } } __schema { types { name } } }
type X { y: Int }
subscription { x }
""".strip().splitlines()
"""One mistake each."""


@pytest.fixture(scope="module")
def demo() -> GraphQLSchema:
    urls = {name: f"sqlite:///{name}.none" for name in ("crm", "sales", "shop")}
    return demo_gateway(urls).schema.core  # type: ignore[arg-type]


@pytest.mark.parametrize("text", REFUSED)
def test_a_mistake_is_seen(text: str, demo: GraphQLSchema) -> None:
    ast = parse(text)
    assert validate(demo, ast, RULES)
    assert not surely_valid(ast, demo)


def test_ordinary_documents_need_no_rules(demo: GraphQLSchema) -> None:
    texts = [(FOLDER / case / "query.graphql").read_text("utf-8") for case in CASES]
    asts = [ast for text in texts if (ast := parsed(text)) is not None and not validate(demo, ast, RULES)]
    assert len(asts) > len(CASES) / 2
    sure = sum(surely_valid(ast, demo) for ast in asts)
    assert sure > 0.9 * len(asts)


def parsed(text: str) -> object:
    try:
        return parse(text)
    except GraphQLError:
        return None


def changed(texts: list[str], random: Random) -> Iterator[str]:
    """The documents with mistakes; some of them happen to be valid."""
    tokens = [TOKEN.findall(text) for text in texts]
    pool: dict[str, list[str]] = {}
    for token in chain.from_iterable(tokens):
        pool.setdefault(kind(token), []).append(token)
    for own in tokens:
        for _ in range(CHANGES):
            copy = list(own)
            for _ in range(random.choice((1, 1, 2))):
                place = random.randrange(len(copy) - 6)
                match random.randrange(8):
                    case 0:
                        del copy[place : place + random.choice((1, 2, 3))]
                    case 1:
                        end = place + random.choice((1, 2, 3, 6))
                        copy[end:end] = copy[place:end]
                    case _:
                        copy[place] = random.choice(pool[kind(copy[place])])
            yield " ".join(copy)


def kind(token: str) -> str:
    """What can stand in a token's place without a mistake in syntax."""
    if token[0] in "$@":
        return token[0]
    if token[0].isalpha():
        return "name"
    return "value" if token[0] in VALUES else token


@pytest.mark.parametrize("setup", ["sqlite", "odd-sqlite"])
def test_nothing_is_taken_for_valid_that_is_not(setup: str, tmp_path: Path) -> None:
    draws, random, judged, sure = Draws("surely"), Random(5), 0, 0
    with graph(setup, 1, tmp_path) as opened:
        schema = opened.gateway.schema.core
        texts = [write_document(draws, opened.tables, Cursors()).text for _ in range(DOCUMENTS)]
        for text in (*texts, *changed(texts, random)):
            ast = parsed(text)
            judged += ast is not None
            if ast is not None and surely_valid(ast, schema):
                sure += 1
                assert not validate(schema, ast, RULES), text
        asyncio.run(opened.close())
    assert sure > DOCUMENTS
    assert judged > 5 * DOCUMENTS
