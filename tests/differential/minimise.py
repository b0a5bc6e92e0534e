"""Makes a counterexample small: takes parts of the document and the variables away while it still differs."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
    print_ast,
    validate,
)

from tests.differential.plain import Request

MOST_TRIES = 3000

Differs = Callable[[Request], Awaitable[bool]]


async def minimise(request: Request, schema: GraphQLSchema, differs: Differs) -> Request:
    """A request that differs and from which nothing more can be taken away."""
    tries = 0
    shrunk = True
    while shrunk and tries < MOST_TRIES:
        shrunk = False
        for candidate in _smaller(request):
            tries += 1
            if _is_valid(candidate, schema) and await differs(candidate):
                request, shrunk = candidate, True
                break
    return request


def _is_valid(request: Request, schema: GraphQLSchema) -> bool:
    try:
        return not validate(schema, parse(request.document))
    except GraphQLSyntaxError:
        return False


def _smaller(request: Request) -> Iterator[Request]:
    document = parse(request.document)
    for smaller in _smaller_nodes(document):
        assert isinstance(smaller, DocumentNode)
        yield _tidy(replace(request, document=print_ast(smaller)), smaller)
    for name, value in request.variables.items():
        for simpler in _smaller_values(value):
            yield replace(request, variables={**request.variables, name: simpler})


def _smaller_nodes(node: Node) -> Iterator[Node]:
    """Copies of a node with one part less, the largest parts first."""
    below: list[tuple[str, Any]] = []
    for key in node.keys:
        value = getattr(node, key)
        if isinstance(value, tuple):
            for place, part in enumerate(value):
                if key == "selections" and len(value) == 1 and not isinstance(part, InlineFragmentNode):
                    continue
                yield _with(node, key, (*value[:place], *value[place + 1 :]))
                if isinstance(part, InlineFragmentNode):
                    inner = part.selection_set.selections
                    yield _with(node, key, (*value[:place], *inner, *value[place + 1 :]))
            below += [(key, place) for place in range(len(value))]
        elif isinstance(value, Node):
            below.append((key, None))
    if isinstance(node, FieldNode) and node.alias is not None:
        yield _with(node, "alias", None)
    if isinstance(node, VariableDefinitionNode) and node.default_value is not None:
        yield _with(node, "default_value", None)
    for key, place in below:
        value = getattr(node, key)
        for smaller in _smaller_nodes(value if place is None else value[place]):
            new: Any = smaller if place is None else (*value[:place], smaller, *value[place + 1 :])
            yield _with(node, key, new)


def _with(node: Node, key: str, value: Any) -> Node:
    return replace(node, **{key: value})


def _smaller_values(value: Any) -> Iterator[Any]:
    """JSON values with one member or item less."""
    if isinstance(value, dict):
        for name in value:
            rest = {other: inner for other, inner in value.items() if other != name}
            yield rest
            for smaller in _smaller_values(value[name]):
                yield {**value, name: smaller}
    elif isinstance(value, list):
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
            for smaller in _smaller_values(value[place]):
                yield [*value[:place], smaller, *value[place + 1 :]]


def _tidy(request: Request, document: DocumentNode) -> Request:
    """Without operations that do not run, and unused fragments and variables."""
    definitions = list(document.definitions)
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    running = next(
        (
            node
            for node in operations
            if request.operation is None or (node.name and node.name.value == request.operation)
        ),
        None,
    )
    if running is None:
        return replace(request, document="")
    used: dict[str, FragmentDefinitionNode] = {}
    variables: set[str] = set()
    waiting: list[Any] = [running.selection_set, *(running.directives or ())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, VariableNode):
            variables.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments.keys() - used.keys():
            used[node.name.value] = fragments[node.name.value]
            waiting.append(fragments[node.name.value].selection_set)
        if isinstance(node, Node):
            waiting += [getattr(node, key) for key in node.keys if key != "loc"]
        elif isinstance(node, tuple):
            waiting += node
    defined = tuple(
        each for each in running.variable_definitions or () if each.variable.name.value in variables
    )
    kept = DocumentNode(definitions=(_with(running, "variable_definitions", defined), *used.values()))  # type: ignore[arg-type]
    sent = {name: value for name, value in request.variables.items() if name in variables}
    return replace(request, document=print_ast(kept), variables=sent)
