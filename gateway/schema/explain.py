"""What an operation would do, in text: its plan and each statement. Nothing is run."""

from collections.abc import Mapping
from typing import Any

from gateway.context import Caller, Context
from gateway.errors import GatewayError
from gateway.query.plan.show import show_plan
from gateway.query.prepare import Prepared
from gateway.schema.answer import Asked, GatewaySchema
from gateway.schema.document import RequestError


def explain(
    schema: GatewaySchema,
    query: str,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    caller: Caller | None = None,
) -> str:
    """The plan and the statements of an operation, or what is wrong with it."""
    context = Context(schema.databases, caller=caller or Caller())
    try:
        ready = schema.ready(Asked(query, variables, operation_name), context)
    except RequestError as error:
        return "\n".join(f"error: {each['message']}" for each in error.errors)
    except GatewayError as error:
        return f"error: {error.message}"
    return "\n".join(
        ["Plan:", *_indented(show_plan(ready.prepared.plan)), "", show_statements(ready.prepared)]
    )


def show_statements(prepared: Prepared) -> str:
    """Each statement with the number of its node, source by source."""
    lines: list[str] = []
    for source in dict.fromkeys(step.node.source for step in prepared.steps):
        lines.append(f"Statements on {source}:")
        for step in prepared.steps:
            if step.node.source == source:
                lines.append(f"  {step.node.id}.")
                lines.extend(_indented(step.statement.text, "     "))
    return "\n".join(lines)


def _indented(text: str, by: str = "  ") -> list[str]:
    return [f"{by}{line.rstrip()}" for line in text.splitlines()]
