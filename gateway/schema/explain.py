"""What an operation would do, in text: its plan and each statement. Nothing is run."""

from gateway.context import Caller, Context
from gateway.errors import GatewayError
from gateway.query.ids import TENANT
from gateway.query.plan.show import show_plan
from gateway.query.prepare import Prepared
from gateway.schema.answer import BUDGETS, Asked
from gateway.schema.document import RequestError
from gateway.schema.pipeline import GatewaySchema
from gateway.schema.show_mutation import show_mutation


def explain(
    schema: GatewaySchema, asked: Asked, caller: Caller | None = None, tenant: str | None = None
) -> str:
    """The plan and the statements of an operation, or what is wrong with it.

    `tenant` is who may ask for ids and cursors of its own.
    """
    context = Context(schema.databases, caller=caller or Caller())
    token = TENANT.set(tenant)
    try:
        received = schema.received(asked, context)
        if received.operation.kind == "mutation":
            mutating = schema.mutating(asked, received, context)
            return "\n".join(["Plan:", *_indented(show_mutation(mutating, mutating.roots()))])
        ready = schema.planned(asked, received, context)
    except RequestError as error:
        return "\n".join(f"error: {each['message']}" for each in error.errors)
    except GatewayError as error:
        return f"error: {error.message}"
    finally:
        TENANT.reset(token)
    budgets = ", ".join(f"{name} {getattr(schema.settings, name)}" for name in BUDGETS)
    plan = _indented(show_plan(ready.prepared.plan))
    return "\n".join(["Plan:", *plan, f"Budgets: {budgets}", "", show_statements(ready.prepared)])


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
