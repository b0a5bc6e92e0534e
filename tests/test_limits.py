"""Documents and variables beyond a limit are refused by its name before anything runs."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import get_introspection_query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import Context, Gateway
from gateway.schema.answer import Asked
from gateway.schema.cache import Cache
from tests.bombs import repeated
from tests.setups import closing, demo_gateway, seeded

LIMITS: dict[str, tuple[str, str]] = {
    "tokens_max": ("{ customers { totalCount } }", "{ customers { totalCount } tags { totalCount } }"),
    "fields_max": ("{ customers { nodes { id name } } }", "{ customers { nodes { id name email } } }"),
    "depth_max": ("{ customers { nodes { name } } }", "{ customers { nodes { orders { totalCount } } } }"),
    "root_fields_max": ("{ __typename tags { totalCount } }", "{ __typename a: __typename b: __typename }"),
    "aliases_max": ("{ a: __typename }", "{ a: __typename b: __typename c: __typename }"),
    "directives_max": (
        "{ __typename @skip(if: false) }",
        "{ __typename @skip(if: false) @include(if: true) ... @skip(if: false) { __typename } }",
    ),
    "conditions_max": (
        '{ customers(where: { name: { eq: "a" } }) { totalCount } }',
        '{ customers(where: { or: [{ name: { eq: "a" } }, { name: { eq: "b" } }] }) { totalCount } }',
    ),
    "statements_max": (
        "{ customers(first: 1) { nodes { name } } }",
        "{ customers(first: 1) { nodes { orders { nodes { items { nodes { id } } } } } } }",
    ),
}
"""Setting -> a document within it and one beyond it; both fit the value in MOST."""

MOST = {
    "tokens_max": 8,
    "fields_max": 4,
    "depth_max": 3,
    "root_fields_max": 2,
    "aliases_max": 2,
    "directives_max": 2,
    "conditions_max": 2,
    "statements_max": 2,
}

SPREAD = """query { ...a }
fragment a on Query { x: __typename ...b }
fragment b on Query { y: __typename ...c }
fragment c on Query { z: __typename @skip(if: false) @include(if: true) customers { nodes { name } } }"""
"""Three aliases, two directives, four roots, three levels and six fields, all behind fragments."""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with seeded("sqlite", tmp_path_factory.mktemp("limits")) as found:
        yield found


@pytest.fixture(scope="module")
def gateway(urls: Any) -> Iterator[Gateway]:
    with closing(demo_gateway(urls)) as made:
        yield made


def ask(gateway: Gateway, document: str, variables: Any = None, size: int = 0) -> dict[str, Any]:
    """The answer; `size` is that of the request in bytes."""

    async def main() -> dict[str, Any]:
        context = Context(gateway.databases)
        return (await gateway.schema.answer(Asked(document, variables, size=size), context)).payload()

    return asyncio.run(main())


def refusal(payload: dict[str, Any]) -> str:
    """The message of the one error of a request that was over budget."""
    assert "data" not in payload
    [error] = payload["errors"]
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED", error
    assert error["extensions"]["hint"]
    return str(error["message"])


@pytest.mark.parametrize("name", LIMITS)
def test_beyond_a_limit_is_refused_by_its_name(urls: Any, name: str) -> None:
    within, beyond = LIMITS[name]
    with closing(demo_gateway(urls, **{name: MOST[name]})) as gateway:
        assert "errors" not in ask(gateway, within)
        message = refusal(ask(gateway, beyond))
        assert name in message
        assert str(MOST[name]) in message


@pytest.mark.parametrize(
    ("name", "count"),
    [("aliases_max", 3), ("directives_max", 2), ("root_fields_max", 4), ("depth_max", 3), ("fields_max", 6)],
)
def test_fragments_count_where_they_are_spread(urls: Any, name: str, count: int) -> None:
    with closing(demo_gateway(urls, **{name: count})) as gateway:
        assert "errors" not in ask(gateway, SPREAD)
    with closing(demo_gateway(urls, **{name: count - 1})) as gateway:
        assert name in refusal(ask(gateway, SPREAD))


def test_values_of_variables_are_counted(urls: Any) -> None:
    document = "query ($in: [Int!]) { customers(where: { rowId: { in: $in } }) { totalCount } }"
    with closing(demo_gateway(urls, values_max=5_000)) as gateway:
        few, many = {"in": [1] * 4_000}, {"in": [1] * 6_000}
        assert ask(gateway, document, few, size=20_000)["data"] == {"customers": {"totalCount": 1}}
        assert "values_max" in refusal(ask(gateway, document, many, size=20_000))


def test_at_most_so_many_mistakes_are_told(urls: Any) -> None:
    document = f"{{ {repeated('field@', 40)} }}"
    with closing(demo_gateway(urls, errors_max=3)) as gateway:
        errors = ask(gateway, document)["errors"]
        assert len(errors) == 4
        assert "error limit reached" in errors[-1]["message"]


def test_an_error_repeats_no_more_than_the_beginning_of_a_name(gateway: Gateway) -> None:
    [error] = ask(gateway, f"{{ {'x' * 100_000} }}")["errors"]
    assert len(error["message"]) < 1_100


def test_an_ordinary_introspection_is_within_the_limits(gateway: Gateway) -> None:
    document = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True, one_of=True
    )
    first = ask(gateway, document)
    assert "errors" not in first
    misses = gateway.schema.caches()["introspection"].misses
    assert ask(gateway, document) == first
    assert gateway.schema.caches()["introspection"].misses == misses


@pytest.mark.parametrize(
    "document",
    [
        "{ a: __schema { description } b: __schema { description } }",
        "{ __schema { a: types { name } b: types { name } } }",
        '{ __type(name: "Customer") { a: fields { name } } }',
    ],
)
def test_introspection_is_not_multiplied(gateway: Gateway, document: str) -> None:
    assert ask(gateway, document)["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


# Caches


def test_a_cache_is_bound_by_number_and_by_size() -> None:
    cache: Cache[int, str] = Cache(3, 100)
    for key in range(5):
        cache.put(key, str(key), 10)
    assert [cache.get(key) for key in range(5)] == [None, None, "2", "3", "4"]
    cache.put(5, "large", 85)
    assert [cache.get(key) for key in range(6)] == [None, None, None, None, "4", "large"]
    cache.put(6, "larger than all", 101)
    assert cache.get(6) is None
    state = cache.state()
    assert (state.entries, state.bytes, state.hits, state.misses) == (2, 95, 5, 7)


def test_a_flood_of_large_documents_keeps_to_its_memory(urls: Any) -> None:
    size = 4_000_000
    with closing(demo_gateway(urls, cache_max=size, fields_max=5_000)) as gateway:
        for number in range(12):
            fields = repeated(f"a@_{number}: name", 190)
            assert "errors" not in ask(gateway, f"{{ customers(first: 1) {{ nodes {{ {fields} }} }} }}")
        for state in (gateway.schema.caches()["document"], gateway.schema.caches()["plan"]):
            assert 0 < state.bytes <= size
            assert state.misses == 12


# Any document


NAMES = st.sampled_from(
    ["customers", "nodes", "orders", "name", "items", "id", "__typename", "x", "totalCount"]
)
SELECTIONS = st.recursive(
    st.one_of(
        NAMES, st.builds("a{}: {}".format, st.integers(0, 3), NAMES), st.sampled_from(["...f0", "...f1"])
    ),
    lambda inner: st.one_of(
        st.builds(lambda name, parts: f"{name} {{ {' '.join(parts)} }}", NAMES, st.lists(inner, max_size=6)),
        st.builds(lambda parts: f"... {{ {' '.join(parts)} }}", st.lists(inner, min_size=1, max_size=4)),
        st.builds(lambda name: f"{name}(first: 3)", NAMES),
    ),
    max_leaves=40,
)
DOCUMENTS = st.builds(
    lambda root, first, second, times: (
        f"query {{ {(root + ' ') * times} }}"
        f"fragment f0 on Customer {{ {first} }} fragment f1 on Query {{ {second} }}"
    ),
    SELECTIONS,
    SELECTIONS,
    SELECTIONS,
    st.integers(1, 30),
)
CODES = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BUDGET_EXCEEDED"}


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=st.one_of(DOCUMENTS, st.text(max_size=200), st.builds("{{ {} }}".format, SELECTIONS)))
def test_any_document_is_answered_or_refused(gateway: Gateway, document: str) -> None:
    payload = ask(gateway, document)
    if "data" not in payload:
        assert {error["extensions"]["code"] for error in payload["errors"]} <= CODES
    else:
        assert "errors" not in payload
