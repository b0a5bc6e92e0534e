"""Mistakes that the catalog refuses, all at once; `rows` and what it may not say."""

import enum
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    foreign,
    relationship,
)

from gateway.catalog.build import build_catalog
from gateway.demo.crm import CrmBase, Customer
from gateway.demo.shop import ShopBase
from gateway.errors import ConfigurationError, Forbidden, Problem
from gateway.sources.declare import EntityOptions, FieldOptions, Link, claim
from tests.catalog_models import catalog_of, junction_models, new_base, problems_of, source, table_class


def test_rows_become_a_function_of_the_role():
    base = new_base()
    note = table_class(base, "Note", "notes", tenant=sa.Column(sa.Integer), public=sa.Column(sa.Boolean))

    def rule(rows: Any) -> Any:
        return catalog_of(base, {note: EntityOptions(rows=rows)}).entities["Note"].rows

    condition = note.tenant == claim("tenant")
    assert str(rule(condition)("clerk")) == "notes.tenant = :claim__tenant"
    assert str(rule(note.public)("clerk")) == "notes.public"
    by_role = rule(lambda role: None if role == "admin" else note.public)
    assert by_role("admin") is None
    assert str(by_role("clerk")) == "notes.public"
    assert catalog_of(base).entities["Note"].rows is None


def test_a_rule_may_refuse_a_role_and_is_checked_for_each():
    base = new_base()
    note = table_class(base, "Note", "notes", public=sa.Column(sa.Boolean))
    other = sa.table("other", sa.column("x"))

    def rows(role: str) -> Any:
        if role == "anonymous":
            raise Forbidden("Sign in first.")
        return other.c.x == 1

    rule = catalog_of(base, {note: EntityOptions(rows=rows)}).entities["Note"].rows
    assert rule is not None
    with pytest.raises(Forbidden):
        rule("anonymous")
    with pytest.raises(ConfigurationError, match=r"'other\.x', which is no column of notes"):
        rule("clerk")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (lambda note, other: other.id == 1, "the condition uses 'others.id', which is no column of notes"),
        (lambda note, other: note.id.in_(sa.select(other.id)), "the condition has a subquery"),
        (lambda note, other: sa.exists().where(other.id == note.id), "the condition has a subquery"),
        (lambda note, other: sa.text("1 = 1") & (note.id == 1), "the condition has raw SQL, '1 = 1'"),
        (lambda note, other: note.id == sa.bindparam("who"), "parameter 'who' that nothing fills"),
        (lambda note, other: True, "True is no condition"),
        (lambda note, other: lambda role: {}[role], "raised KeyError for the role 'anonymous'"),
        (lambda note, other: lambda role: other.id == 1, "for the role 'anonymous', the condition uses"),
    ],
)
def test_rows_that_cannot_be_planned(rows, message):
    base = new_base()
    note, other = table_class(base, "Note", "notes"), table_class(base, "Other", "others")
    (problem,) = problems_of([source("app", base, {note: EntityOptions(rows=rows(note, other))})])
    assert problem.startswith("app.Note rows: ")
    assert message in problem


def test_all_mistakes_at_once():
    base = new_base()
    order = table_class(
        base,
        "Order",
        "orders",
        customer_id=sa.Column(sa.Boolean),
        row_id=sa.Column(sa.Integer),
        shape=sa.Column(sa.Enum("in-progress", "in progress")),
        span=sa.Column(sa.Interval),
        and_=sa.Column("and", sa.Integer),
        orderBy=sa.Column(sa.Enum("a")),
    )
    node = table_class(base, "Node", "nodes")
    table_class(base, "OrderConnection", "connections")
    table_class(base, "order", "small_orders")
    table_class(
        base, "Animal", "animals", kind=sa.Column(sa.String), __mapper_args__={"polymorphic_on": "kind"}
    )
    keyless = sa.Table("keyless", base.metadata, sa.Column("x", sa.Integer))
    no_key = type(
        "Keyless", (base,), {"__table__": keyless, "__mapper_args__": {"primary_key": [keyless.c.x]}}
    )
    view = sa.select(node.__table__).subquery()
    a_view = type("View", (base,), {"__table__": view, "__mapper_args__": {"primary_key": [view.c.id]}})
    order.first = relationship(
        node, primaryjoin=sa.and_(foreign(order.row_id) == node.id, node.id > 5), viewonly=True
    )
    options = {
        order: EntityOptions(
            hide_from="anonymous", fields={"id": FieldOptions(hide=True), "custmer_id": FieldOptions()}
        )
    }
    sources = [source("app", base, options), source("crm", CrmBase), source("crm", ShopBase)]
    sources[2] = replace(sources[2], name="bad-name", entities={Customer: EntityOptions()})
    found = problems_of(
        sources,
        Link("app.orders.customer_id", "crm.customers.id", name="customer"),
        Link("app.orders.custmer_id", "crm.customers.id", name="a"),
        Link("app.orders.customer_id", "crm.customer.email", name="b"),
        Link("app.orders.row_id", "mrc.customers.id", name="c"),
        Link("app.orders.row_id", "crm.addresses.customer_id", name="d"),
        Link(("app.orders.row_id", "app.orders.id"), "crm.customers.id", name="e"),
        Link("row_id", "crm.customers.id", name="f"),
        Link("app.orders.row_id", "crm.customers.id", name="row_id", back="addresses"),
    )
    assert {no_key, a_view} < {mapper.class_ for mapper in base.registry.mappers}
    assert found == [
        "source 'bad-name': its name is no GraphQL name",
        "source 'bad-name': options for Customer, which is none of its models",
        "app.Order: hide_from is the text 'anonymous'",
        "app.Animal: inheritance between mapped classes is not supported yet",
        "app.Keyless: keyless has no primary key",
        "app.View: it is mapped to a select, not to a table",
        "app.Order.id: a field of the primary key cannot be hidden",
        "app.Order.shape: its enum values 'in-progress', 'in progress' would all be shown as in_progress",
        "app.Order.span: columns of type Interval are not supported",
        "app.Order.first: its join is more than columns of two tables (and a secondary table) being equal",
        "Link app.orders.customer_id -> crm.customers.id: "
        "customer_id (Boolean()) can never exactly equal id (Integer())",
        "Link app.orders.custmer_id -> crm.customers.id: table 'orders' has no column 'custmer_id'",
        "Link app.orders.customer_id -> crm.customer.email: source 'crm' has no model of a table 'customer'",
        "Link app.orders.row_id -> mrc.customers.id: there is no source 'mrc'",
        "Link app.orders.row_id -> crm.addresses.customer_id: "
        "the target is neither a primary nor a unique key",
        "Link (app.orders.row_id, app.orders.id) -> crm.customers.id: 2 columns cannot meet 1",
        "Link row_id -> crm.customers.id: row_id names no column of one table",
        "app.Order: options for 'custmer_id', which is no attribute",
        "app.Node: the type Node is part of every graph",
        "app.Order: its type OrderConnection is taken by app.OrderConnection",
        "app.Order: its type OrderOrderBy is taken by app.Order.orderBy",
        "app.order: its root field order is taken by app.Order",
        "app.order: its root field orders is taken by app.Order",
        "app.order: its root field orderBy is taken by app.Order",
        "app.Order.and_: the field and of this column is taken by the logic of filters",
        "app.Order.row_id: the field rowId of this relation is taken by the column row_id",
        "crm.Customer.addresses: the field addresses of this relation is taken by the relation addresses",
    ]


def test_mistakes_between_sources():
    first, second = new_base(), new_base()
    table_class(first, "Event", "events", state=sa.Column(sa.Enum(enum.Enum("State", ["A"]))))
    table_class(second, "Event", "events")
    table_class(second, "Series", "series")
    table_class(second, "SeriesList", "lists", state=sa.Column(sa.Enum(enum.Enum("State", ["B"]))))
    found = problems_of([source("one", first), source("one", second), source("three", first)])
    assert found == [
        "source 'one': two sources have this name",
        "source 'three': Event is a model of the source 'one' too",
        "one.Event: three.Event is the entity Event too",
        "one.SeriesList.state: the enum State has other values in three.Event.state",
        "one.SeriesList: its type SeriesListWhere is taken by one.Series",
        "one.SeriesList: its root field seriesList is taken by one.Series",
    ]


def test_models_that_sqlalchemy_refuses():
    base = new_base()
    table_class(base, "Event", "events", place=relationship("Nowhere"))
    (problem,) = problems_of([source("app", base), source("crm", CrmBase)])
    assert problem.startswith("source 'app': SQLAlchemy refuses the models: ")
    assert "Nowhere" in problem


def test_options_and_links_that_cannot_be_meant():
    base, _ = junction_models()
    film = next(mapped for mapped in base.metadata.info["classes"] if mapped.__name__ == "Film")
    extra = table_class(base, "Extra", "extras")
    fields = {"id": FieldOptions(rename="id"), "people": FieldOptions(read_only=True)}
    options = {film: EntityOptions(fields=fields), extra: EntityOptions(rename="2Extras")}
    link = Link("app.castings.film_id", "app.films.id", name="film")
    assert problems_of([source("app", base, options)], link) == [
        "app.Film.people: a relation cannot be read_only",
        "Link app.castings.film_id -> app.films.id: Casting is a pure junction, which is no entity",
        "app.Extra: '2Extras' is no GraphQL name",
        "app.Film.id: the field id of this column is taken by the global id",
    ]


def test_hints_name_what_was_meant():
    with pytest.raises(ConfigurationError) as caught:
        catalog_of(CrmBase, None, Link("app.customers.emial", "app.customer.id", name="x"))
    assert [problem.hint for problem in caught.value.problems] == [
        "Did you mean 'email'?",
        "Did you mean 'customers'?",
    ]


@pytest.mark.parametrize(
    ("own", "other", "meet"),
    [
        (sa.Integer(), sa.BigInteger(), True),
        (sa.String(5), sa.Text(), True),
        (sa.Uuid(), sa.Uuid(native_uuid=False), True),
        (sa.Numeric(5, 2), sa.Numeric(9, 2), True),
        (sa.Date(), sa.Date(), True),
        (sa.Enum("a", "b"), sa.Enum("b", "a"), True),
        (sa.Integer(), sa.String(5), True),
        (sa.Uuid(), sa.String(36), True),
        (sa.Date(), sa.String(10), True),
        (sa.Enum("a", "b"), sa.String(5), True),
        (sa.Integer(), sa.Numeric(9, 0), False),
        (sa.Numeric(9, 2), sa.String(5), False),
        (sa.Date(), sa.DateTime(), False),
        (sa.DateTime(), sa.String(30), False),
        (sa.Uuid(), sa.LargeBinary(16), False),
        (sa.Enum("a", "b"), sa.Enum("a", "c"), False),
        (sa.DateTime(), sa.DateTime(timezone=True), False),
        (sa.Float(), sa.Float(), False),
        (sa.LargeBinary(), sa.LargeBinary(), False),
        (sa.Interval(), sa.Interval(), False),
    ],
    ids=repr,
)
def test_key_types_that_can_meet(own, other, meet):
    base = new_base()
    hidden = EntityOptions(fields={"key": FieldOptions(hide=True)})
    left = table_class(base, "Left", "lefts", key=sa.Column(own))
    right = table_class(base, "Right", "rights", key=sa.Column(other, unique=True))
    app = source("app", base, {left: hidden, right: hidden})
    link = Link("app.lefts.key", "app.rights.key", name="right")
    if meet:
        assert build_catalog([app], [link]).entities["Left"].relations["right"].owner_key == ("key",)
    else:
        (problem,) = problems_of([app], link)
        assert "can never exactly equal" in problem


def test_a_problem_has_place_message_and_hint():
    base = new_base()
    table_class(base, "Event", "events", span=sa.Column(sa.Interval))
    with pytest.raises(ConfigurationError) as caught:
        catalog_of(base)
    assert caught.value.problems == (
        Problem(
            "app.Event.span",
            "columns of type Interval are not supported",
            'Hide the field: EntityOptions(fields={"span": FieldOptions(hide=True)}).',
        ),
    )
