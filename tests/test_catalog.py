"""The catalog: what mapped classes and links become, and which mistakes are refused together."""

import enum
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    column_property,
    foreign,
    mapped_column,
    relationship,
    synonym,
)

from gateway.catalog import naming
from gateway.catalog.build import build_catalog
from gateway.catalog.types import Catalog, Entity, Relation, UniqueKey
from gateway.demo.crm import CrmBase, Customer
from gateway.demo.sales import SalesBase
from gateway.demo.shop import ShopBase, product_tags
from gateway.errors import ConfigurationError, Forbidden, Problem
from gateway.sources.declare import EntityOptions, FieldOptions, Link, claim
from gateway.sources.source import Source

DEMO_LINKS = (
    Link("sales.orders.customer_id", "crm.customers.id", name="customer", back="orders"),
    Link("sales.order_items.product_id", "shop.products.id", name="product", back="orderItems"),
    Link("shop.reviews.customer_id", "crm.customers.id", name="customer", back="reviews"),
)


def new_base() -> type[DeclarativeBase]:
    return type("Models", (DeclarativeBase,), {})


def source(name: str, base: Any, entities: dict[type[Any], EntityOptions] | None = None) -> Source:
    return Source.from_models(name, f"sqlite:///{name}.sqlite3", models=base, entities=entities or {})


def catalog_of(base: Any, entities: dict[type[Any], EntityOptions] | None = None, *links: Link) -> Catalog:
    return build_catalog([source("app", base, entities)], links)


def problems_of(sources: Sequence[Source], *links: Link) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        build_catalog(sources, links)
    assert all(problem.hint for problem in caught.value.problems)
    return [f"{problem.place}: {problem.message}" for problem in caught.value.problems]


def table_class(base: Any, name: str, table: str, /, **columns: Any) -> Any:
    """A mapped class made in one line; with a primary key `id` unless the columns have one."""
    keyed = any(isinstance(column, sa.Column) and column.primary_key for column in columns.values())
    own = {} if keyed else {"id": sa.Column(sa.Integer, primary_key=True)}
    mapped = type(name, (base,), {"__tablename__": table, **own, **columns})
    # A registry holds its classes weakly, and so would a test that names none of them.
    base.metadata.info.setdefault("classes", []).append(mapped)
    return mapped


def demo_catalog() -> Catalog:
    sources = [source("crm", CrmBase), source("sales", SalesBase), source("shop", ShopBase)]
    return build_catalog(sources, DEMO_LINKS)


# --- names


@pytest.mark.parametrize(
    ("name", "camel", "plural"),
    [
        ("Order", "order", "orders"),
        ("OrderItem", "orderItem", "orderItems"),
        ("Category", "category", "categories"),
        ("Person", "person", "people"),
        ("Status", "status", "statuses"),
        ("Analysis", "analysis", "analyses"),
        ("Lens", "lens", "lenses"),
        ("URLPath", "urlPath", "urlPaths"),
        ("OAuth2Token", "oAuth2Token", "oAuth2Tokens"),
        ("Series", "series", "seriesList"),
        ("Sheep", "sheep", "sheepList"),
        ("Settings", "settings", "settingsList"),
        ("AppSettings", "appSettings", "appSettingsList"),
        ("Data", "data", "dataList"),
    ],
)
def test_singular_and_plural(name, camel, plural):
    assert naming.camel_case(name) == camel
    assert naming.plural(camel) == plural


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("created_at", "createdAt"),
        ("line1", "line1"),
        ("address_line_2", "addressLine2"),
        ("a1b2", "a1b2"),
        ("userID", "userId"),
        ("type_", "type"),
        ("_secret", "_secret"),
        ("ALL_CAPS", "allCaps"),
        ("größe", "größe"),
    ],
)
def test_camel_case(attribute, name):
    assert naming.camel_case(attribute) == name


# --- the demo


def test_the_demo_has_its_entities_and_roots():
    catalog = demo_catalog()
    assert catalog.sources == ("crm", "sales", "shop")
    assert [(entity.singular, entity.plural) for entity in catalog.entities.values()] == [
        ("address", "addresses"),
        ("customer", "customers"),
        ("ticket", "tickets"),
        ("order", "orders"),
        ("orderItem", "orderItems"),
        ("payment", "payments"),
        ("category", "categories"),
        ("product", "products"),
        ("review", "reviews"),
        ("tag", "tags"),
    ]
    assert catalog.entity_of(Customer) is catalog.entities["Customer"]


def test_the_demo_has_its_relations():
    found = {
        f"{entity.name}.{relation.name}": (
            f"{relation.target} {'many' if relation.many else 'one'}"
            f" {'remote' if relation.remote else 'local'}{'' if relation.nullable else ' non-null'}"
        )
        for entity in demo_catalog().entities.values()
        for relation in entity.relations.values()
    }
    assert found == {
        "Address.customer": "Customer one local non-null",
        "Customer.addresses": "Address many local",
        "Customer.tickets": "Ticket many local",
        "Customer.orders": "Order many remote",
        "Customer.reviews": "Review many remote",
        "Ticket.customer": "Customer one local non-null",
        "Order.customer": "Customer one remote",
        "Order.items": "OrderItem many local",
        "Order.payments": "Payment many local",
        "OrderItem.order": "Order one local non-null",
        "OrderItem.product": "Product one remote",
        "Payment.order": "Order one local non-null",
        "Category.parent": "Category one local",
        "Category.children": "Category many local",
        "Category.products": "Product many local",
        "Product.category": "Category one local non-null",
        "Product.tags": "Tag many local",
        "Product.reviews": "Review many local",
        "Product.orderItems": "OrderItem many remote",
        "Review.product": "Product one local non-null",
        "Review.customer": "Customer one remote",
        "Tag.products": "Product many local",
    }


def test_an_entity_of_the_demo():
    customer = demo_catalog().entities["Customer"]
    assert customer.description == "A person or company that has registered with the shop."
    assert (customer.key, customer.key_attributes) == (("rowId",), ("id",))
    assert customer.unique_keys == (UniqueKey("rowId", ("rowId",)), UniqueKey("email", ("email",)))
    assert list(customer.fields) == ["rowId", "name", "email", "country", "tier", "createdAt"]
    created = customer.fields["createdAt"]
    assert (created.attribute, created.scalar.name, created.nullable) == ("created_at", "DateTime", False)
    assert created.description == "When the customer registered, UTC."
    assert customer.by_attribute["created_at"] is created
    assert customer.fields["tier"].scalar.values == ("FREE", "PRO", "ENTERPRISE")


def test_keys_of_the_demo_meet():
    entities = demo_catalog().entities
    children = entities["Category"].relations["children"]
    assert (children.owner_key, children.target_key) == (("id",), ("parent_id",))
    parent = entities["Category"].relations["parent"]
    assert (parent.owner_key, parent.target_key) == (("parent_id",), ("id",))
    tags = entities["Product"].relations["tags"].through
    assert tags is not None
    assert (tags.table, tags.near, tags.far) == (
        product_tags,
        (product_tags.c.product_id,),
        (product_tags.c.tag_id,),
    )


# --- entities and fields


def test_descriptions_come_from_docstrings_comments_and_options():
    base = new_base()

    class Documented(base):
        """First line.

        Second paragraph.
        """

        __tablename__ = "documented"
        id: Mapped[int] = mapped_column(primary_key=True, doc="From doc.")
        note: Mapped[str] = mapped_column(comment="From the comment.", doc="Not this.")
        other: Mapped[str] = mapped_column(comment="Replaced.")

    class Silent(MappedAsDataclass, base):
        __tablename__ = "silent"
        __table_args__ = {"comment": "From the table."}
        id: Mapped[int] = mapped_column(primary_key=True)

    options = {Documented: EntityOptions(fields={"other": FieldOptions(describe="From options.")})}
    catalog = catalog_of(base, options)
    documented = catalog.entities["Documented"]
    assert documented.description == "First line.\n\nSecond paragraph."
    assert [field.description for field in documented.fields.values()] == [
        "From doc.",
        "From the comment.",
        "From options.",
    ]
    assert catalog.entities["Silent"].description == "From the table."
    overridden = catalog_of(base, {Silent: EntityOptions(describe="Quiet.")}).entities["Silent"]
    assert overridden.description == "Quiet."


def test_options_rename_hide_and_restrict():
    base = new_base()
    owner = table_class(base, "Owner", "owners", name=sa.Column(sa.String, nullable=False))
    item = table_class(
        base,
        "Item",
        "items",
        owner_id=sa.Column(sa.ForeignKey("owners.id"), nullable=False),
        secret=sa.Column(sa.String),
        salary=sa.Column(sa.Integer),
        title=sa.Column(sa.String),
        owner=relationship("Owner", backref="items", doc="Whose it is."),
    )
    gone = table_class(base, "Gone", "gone", item_id=sa.Column(sa.ForeignKey("items.id")))
    gone.item = relationship("Item", backref="gone")
    options = {
        item: EntityOptions(
            rename="Thing",
            hide_from=["anonymous"],
            fields={
                "secret": FieldOptions(hide=True),
                "salary": FieldOptions(hide_from={"clerk"}, read_only=True),
                "title": FieldOptions(rename="heading"),
                "owner": FieldOptions(rename="holder", hide_from={"clerk"}),
            },
        ),
        owner: EntityOptions(read_only=True, fields={"items": FieldOptions(hide=True)}),
        gone: EntityOptions(hide=True),
    }
    catalog = catalog_of(base, options)
    assert list(catalog.entities) == ["Owner", "Thing"]
    thing = catalog.entities["Thing"]
    assert (thing.singular, thing.plural, thing.hidden_from) == ("thing", "things", {"anonymous"})
    assert list(thing.fields) == ["rowId", "ownerId", "salary", "heading"]
    assert thing.fields["salary"].hidden_from == {"clerk"}
    assert [field.read_only for field in thing.fields.values()] == [False, False, True, False]
    assert list(thing.relations) == ["holder"]
    holder = thing.relations["holder"]
    assert (holder.description, holder.hidden_from, holder.nullable) == ("Whose it is.", {"clerk"}, False)
    assert thing.column("secret") is item.__table__.c.secret
    assert catalog.entities["Owner"].relations == {}
    assert catalog.entities["Owner"].read_only
    assert all(field.read_only for field in catalog.entities["Owner"].fields.values())


def test_what_is_no_column_of_the_table_is_left_out():
    base = new_base()

    class Word(base):
        __tablename__ = "words"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str] = mapped_column("word_text")
        length: Mapped[int] = column_property(sa.func.length(text))
        doubled: Mapped[int] = mapped_column(sa.Computed("id * 2"))
        spelling = synonym("text")

    word = catalog_of(base).entities["Word"]
    assert list(word.fields) == ["rowId", "text", "doubled"]
    assert word.fields["text"].column.name == "word_text"
    assert word.fields["doubled"].read_only


def test_unique_keys():
    base = new_base()

    class Line(base):
        __tablename__ = "lines"
        __table_args__ = (
            sa.UniqueConstraint("code", "order_id"),
            sa.UniqueConstraint("secret"),
            sa.Index("whole", "slug", unique=True),
            sa.Index("partial", "code", unique=True, sqlite_where=sa.text("slug IS NULL")),
            sa.Index("plain", "order_id"),
            sa.Index("lowered", sa.text("lower(code)"), unique=True),
        )
        order_id: Mapped[int] = mapped_column(primary_key=True)
        line: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str]
        slug: Mapped[str | None]
        secret: Mapped[str]
        serial: Mapped[str] = mapped_column(unique=True, index=True)

    options = {Line: EntityOptions(fields={"secret": FieldOptions(hide=True)})}
    line = catalog_of(base, options).entities["Line"]
    assert line.key == ("orderId", "line")
    assert line.unique_keys == (
        UniqueKey("orderIdAndLine", ("orderId", "line")),
        UniqueKey("codeAndOrderId", ("code", "orderId")),
        UniqueKey("slug", ("slug",)),
        UniqueKey("serial", ("serial",)),
    )


def test_enums_take_the_name_of_the_python_enum_or_of_the_field():
    base = new_base()
    state = enum.Enum("State", ["OPEN", "DONE"])
    table_class(base, "Task", "tasks", state=sa.Column(sa.Enum(state)), size=sa.Column(sa.Enum("S", "M")))
    table_class(base, "Step", "steps", state=sa.Column(sa.Enum(state)))
    entities = catalog_of(base).entities
    assert entities["Task"].fields["state"].scalar.name == entities["Step"].fields["state"].scalar.name
    assert entities["Task"].fields["size"].scalar.name == "TaskSize"


# --- relations


def relation(entity: Entity, name: str) -> tuple[str, tuple[str, ...], tuple[str, ...], bool, bool]:
    found: Relation = entity.relations[name]
    return found.target, found.owner_key, found.target_key, found.many, found.nullable


def test_relations_follow_composite_keys_and_foreign_keys():
    base = new_base()

    class Parent(base):
        __tablename__ = "parents"
        tenant: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column("no", primary_key=True)
        child: Mapped["Child"] = relationship(back_populates="parent", uselist=False)
        unbound: Mapped[list["Child"]] = relationship(
            primaryjoin=lambda: Parent.number == foreign(Child.other), viewonly=True
        )

    class Child(base):
        __tablename__ = "children"
        __table_args__ = (sa.ForeignKeyConstraint(["tenant", "parent_no"], ["parents.tenant", "parents.no"]),)
        id: Mapped[int] = mapped_column(primary_key=True)
        tenant: Mapped[int]
        parent_number: Mapped[int] = mapped_column("parent_no")
        other: Mapped[int]
        parent: Mapped[Parent] = relationship(back_populates="child")
        loose: Mapped[Parent] = relationship(
            primaryjoin=lambda: foreign(Child.other) == Parent.number, viewonly=True
        )

    entities = catalog_of(base).entities
    both, own = ("tenant", "number"), ("tenant", "parent_number")
    assert relation(entities["Child"], "parent") == ("Parent", own, both, False, False)
    assert relation(entities["Child"], "loose") == ("Parent", ("other",), ("number",), False, True)
    assert relation(entities["Parent"], "child") == ("Child", both, own, False, True)
    assert relation(entities["Parent"], "unbound") == ("Child", ("number",), ("other",), True, True)


def test_a_reference_to_rows_that_not_everyone_sees_is_nullable():
    base = new_base()
    team = table_class(base, "Team", "teams", tenant=sa.Column(sa.Integer))
    table_class(
        base,
        "Member",
        "members",
        team_id=sa.Column(sa.ForeignKey("teams.id"), nullable=False),
        team=relationship("Team"),
    )
    assert not catalog_of(base).entities["Member"].relations["team"].nullable
    limited = catalog_of(base, {team: EntityOptions(rows=team.tenant == claim("tenant"))})
    assert limited.entities["Member"].relations["team"].nullable


def junction_models(**more: Any) -> tuple[Any, Any]:
    base = new_base()
    table_class(base, "Film", "films")
    table_class(base, "Person", "people")
    cast = table_class(
        base,
        "Casting",
        "castings",
        film_id=sa.Column(sa.ForeignKey("films.id"), primary_key=True),
        person_id=sa.Column(sa.ForeignKey("people.id"), primary_key=True),
        **more,
    )
    return base, cast


def test_a_mapped_pure_junction_is_a_many_to_many_field():
    base, casting = junction_models()
    catalog = catalog_of(base)
    assert list(catalog.entities) == ["Film", "Person"]
    people = catalog.entities["Film"].relations["people"]
    assert (people.target, people.owner_key, people.target_key, people.many) == (
        "Person",
        ("id",),
        ("id",),
        True,
    )
    columns = casting.__table__.c
    assert people.through is not None
    assert (people.through.near, people.through.far) == ((columns.film_id,), (columns.person_id,))
    films = catalog.entities["Person"].relations["films"].through
    assert films is not None
    assert (films.near, films.far) == ((columns.person_id,), (columns.film_id,))


def test_a_junction_with_more_columns_or_with_options_is_an_entity():
    base, _ = junction_models(role=sa.Column(sa.String))
    assert list(catalog_of(base).entities) == ["Casting", "Film", "Person"]
    base, casting = junction_models()
    catalog = catalog_of(base, {casting: EntityOptions()})
    assert list(catalog.entities) == ["Casting", "Film", "Person"]
    assert catalog.entities["Film"].relations == {}


def test_a_junction_of_an_entity_with_itself_is_named_by_its_columns():
    base = new_base()
    table_class(base, "Person", "people")
    table_class(
        base,
        "Follow",
        "follows",
        follower_id=sa.Column(sa.ForeignKey("people.id"), primary_key=True),
        idol_id=sa.Column(sa.ForeignKey("people.id"), primary_key=True),
    )
    relations = catalog_of(base).entities["Person"].relations
    assert list(relations) == ["idols", "followers"]
    assert [found.through.far[0].name for found in relations.values() if found.through] == [
        "idol_id",
        "follower_id",
    ]


def test_a_junction_that_a_relationship_uses_adds_nothing():
    base, casting = junction_models()
    film = next(mapped for mapped in base.metadata.info["classes"] if mapped.__name__ == "Film")
    film.actors = relationship("Person", secondary=casting.__table__, viewonly=True)
    catalog = catalog_of(base)
    assert list(catalog.entities["Film"].relations) == ["actors"]
    assert catalog.entities["Person"].relations == {}


def test_links_inside_one_source_and_back_to_one():
    base = new_base()
    table_class(
        base,
        "Profile",
        "profiles",
        user_tenant=sa.Column(sa.Integer),
        user_mail=sa.Column(sa.String(50)),
        __table_args__=(sa.UniqueConstraint("user_mail", "user_tenant"),),
    )
    table_class(
        base,
        "User",
        "users",
        tenant=sa.Column(sa.BigInteger),
        mail=sa.Column(sa.Text),
        __table_args__=(sa.UniqueConstraint("tenant", "mail"),),
    )
    link = Link(
        ("app.profiles.user_tenant", "app.profiles.user_mail"),
        ("app.users.tenant", "app.users.mail"),
        name="owned_by",
        back="profile",
        describe="Whose profile it is.",
    )
    entities = catalog_of(base, None, link).entities
    owner = entities["Profile"].relations["ownedBy"]
    assert (owner.remote, owner.nullable, owner.description) == (False, True, "Whose profile it is.")
    assert owner.owner_key == ("user_tenant", "user_mail")
    assert not entities["User"].relations["profile"].many


def test_links_to_a_hidden_entity_vanish_and_options_reach_links():
    crm = source("crm", CrmBase, {Customer: EntityOptions(hide=True)})
    sales, shop = source("sales", SalesBase), source("shop", ShopBase)
    catalog = build_catalog([crm, sales, shop], DEMO_LINKS)
    assert "customer" not in catalog.entities["Order"].relations
    assert "customer" not in catalog.entities["Address"].relations
    options = EntityOptions(
        fields={"orders": FieldOptions(rename="purchases"), "reviews": FieldOptions(hide=True)}
    )
    catalog = build_catalog([source("crm", CrmBase, {Customer: options}), sales, shop], DEMO_LINKS)
    assert list(catalog.entities["Customer"].relations) == ["addresses", "tickets", "purchases"]


# --- rows


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


# --- mistakes


def test_all_mistakes_at_once():
    base = new_base()
    order = table_class(
        base,
        "Order",
        "orders",
        customer_id=sa.Column(sa.String),
        row_id=sa.Column(sa.Integer),
        shape=sa.Column(sa.Enum("in progress", "done")),
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
    assert (
        found
        == [
            "source 'bad-name': its name is no GraphQL name",
            "source 'bad-name': options for Customer, which is none of its models",
        ]
        + found[2:]
    )
    print("\n".join(found))


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
