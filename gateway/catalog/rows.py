"""The `rows` option: which rows exist for a caller, checked to speak of the entity's own table only."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, TextClause
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import ReturnsRows

from gateway.catalog.claims import is_claim, with_types
from gateway.catalog.draft import Draft, Problems
from gateway.catalog.types import RowsRule
from gateway.errors import ConfigurationError, GatewayError, Problem

HINT = 'Write a condition on columns of its own table, such as Order.tenant == claim("tenant").'


def rows_rule(draft: Draft, problems: Problems) -> RowsRule | None:
    """The option as a function of the role, or None. A function is tried with the role "anonymous"."""
    rows = draft.options.rows
    if rows is None:
        return None
    place = f"{draft.place} rows"
    if not callable(rows):
        try:
            condition = _checked(rows, draft.table)
        except ValueError as error:
            problems.add(place, str(error), HINT)
            return None
        return lambda _role: condition
    rule = _rule(rows, draft.table, place)
    try:
        rule("anonymous")
    except ConfigurationError as error:
        problems.extend(error.problems)
    except GatewayError:
        pass  # refusing a role is a rule's right
    except Exception as error:
        message = f"the function raised {type(error).__name__} for the role 'anonymous': {error}"
        problems.add(place, message, "Let it return a condition or None for every role.")
    return rule


def _rule(rows: Callable[[str], Any], table: Table, place: str) -> RowsRule:
    """The function, checked for every role: a condition that cannot be planned never lets rows through."""

    def rule(role: str) -> ColumnElement[bool] | None:
        found = rows(role)
        if found is None:
            return None
        try:
            return _checked(found, table)
        except ValueError as error:
            raise ConfigurationError([Problem(place, f"for the role {role!r}, {error}", HINT)]) from error

    return rule


def _checked(rows: Any, table: Table) -> ColumnElement[bool]:
    """The condition with types for its claims. Raises ValueError, which says what is wrong with it.

    A mapped attribute (`rows=Product.active`) stands for its column.
    """
    condition = rows.__clause_element__() if hasattr(rows, "__clause_element__") else rows
    fault = _fault(condition, table)
    if fault is not None:
        raise ValueError(fault)
    return with_types(condition)


def _fault(condition: Any, table: Table) -> str | None:
    if not isinstance(condition, ColumnElement):
        return f"{condition!r} is no condition"
    for element in visitors.iterate(condition):
        if isinstance(element, ReturnsRows) and not isinstance(element, FunctionElement):
            return "the condition has a subquery"
        if isinstance(element, TextClause):
            return f"the condition has raw SQL, {str(element)!r}"
        if isinstance(element, ColumnClause) and element.table is not table:
            return f"the condition uses {str(element)!r}, which is no column of {table.name}"
        if isinstance(element, BindParameter) and element.required and not is_claim(element):
            return f"the condition has a parameter {element.key!r} that nothing fills"
    return None
