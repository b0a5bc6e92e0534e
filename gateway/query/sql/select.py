"""The SELECT of each plan node."""

from typing import Any

import sqlalchemy as sa

from gateway.query.plan.types import Count, Fetch, Join
from gateway.query.selection import Page
from gateway.query.sql.bind import Binder
from gateway.query.sql.condition import condition_sql
from gateway.query.sql.page import offset_bind, order_sql, place_sql, size_bind
from gateway.query.sql.text import exact
from gateway.sources.features import Features

_PLACE = "gateway_place"


def fetch_sql(fetch: Fetch, binder: Binder, features: Features) -> sa.Select[Any]:
    """Rows laid out as `fetch.columns`, then the junction's near columns if there is one."""
    entity = fetch.entity
    columns = [entity.column(name).label(f"c{index}") for index, name in enumerate(fetch.columns)]
    if fetch.join is not None and fetch.join.through is not None:
        columns += [near.label(f"n{index}") for index, near in enumerate(fetch.join.through.near)]
    conditions = _conditions(fetch, binder, features)
    if fetch.ids is not None:
        keys = [entity.column(name) for name in entity.key_attributes]
        conditions.append(binder.is_in(keys, fetch.ids, features))
    if fetch.page is not None:
        conditions += place_sql(fetch.page, fetch.order, entity, binder)
    if fetch.join is not None and fetch.join.many and fetch.page is not None:
        return _page_per_parent(fetch, fetch.page, columns, conditions, binder, features)
    statement = sa.select(*columns).select_from(_from(fetch)).where(*conditions)
    if fetch.page is None:
        return statement
    ordered = statement.order_by(*order_sql(fetch.order, entity, features, backward=fetch.page.backward))
    limited = ordered.limit(size_bind(fetch.page, fetch.peek, binder))
    offset = offset_bind(fetch.page, binder)
    return limited if offset is None else limited.offset(offset)


def count_sql(count: Count, binder: Binder, features: Features) -> sa.Select[Any]:
    """One number, or rows of join key and number."""
    conditions = _conditions(count, binder, features)
    if count.join is None:
        return sa.select(sa.func.count()).select_from(count.entity.table).where(*conditions)
    keys = _key_columns(count, count.join)
    groups = [exact(key) for key in keys]
    shown = [sa.func.min(key) if group is not key else key for key, group in zip(keys, groups, strict=True)]
    counted = sa.select(*shown, sa.func.count()).select_from(_from(count)).where(*conditions)
    return counted.group_by(*groups)


def _page_per_parent(
    fetch: Fetch,
    page: Page,
    columns: list[sa.Label[Any]],
    conditions: list[sa.ColumnElement[bool]],
    binder: Binder,
    features: Features,
) -> sa.Select[Any]:
    assert fetch.join is not None
    partition = [exact(key) for key in _key_columns(fetch, fetch.join)]
    order = order_sql(fetch.order, fetch.entity, features, backward=page.backward)
    place = sa.func.row_number().over(partition_by=partition, order_by=order).label(_PLACE)
    inner = sa.select(*columns, place).select_from(_from(fetch)).where(*conditions).subquery("page")
    outer = sa.select(*(inner.c[column.name] for column in columns))
    last: sa.ColumnElement[int] = size_bind(page, fetch.peek, binder)
    offset = offset_bind(page, binder)
    if offset is not None:
        outer = outer.where(inner.c[_PLACE] > offset)
        last = offset + last
    return outer.where(inner.c[_PLACE] <= last).order_by(inner.c[_PLACE])


def _conditions(node: Fetch | Count, binder: Binder, features: Features) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if node.join is not None:
        conditions.append(binder.is_in(_key_columns(node, node.join), None, features))
    if node.condition is not None:
        conditions.append(condition_sql(node.condition, node.entity, binder, features))
    if node.rows is not None:
        conditions.append(binder.adopt(node.rows))
    return conditions


def _key_columns(node: Fetch | Count, join: Join) -> list[sa.ColumnElement[Any]]:
    if join.through is not None:
        return list(join.through.near)
    return [node.entity.column(name) for name in join.key]


def _from(node: Fetch | Count) -> sa.FromClause:
    through = node.join.through if node.join is not None else None
    if through is None:
        return node.entity.table
    assert node.join is not None
    target = [node.entity.column(name) for name in node.join.key]
    meets = [far == column for far, column in zip(through.far, target, strict=True)]
    return through.table.join(node.entity.table, sa.and_(*meets))
