"""The catalog: what mapped classes become."""

import enum

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    Mapped,
    MappedAsDataclass,
    column_property,
    mapped_column,
    relationship,
    synonym,
)

from gateway.catalog import naming
from gateway.catalog.build import build_catalog
from gateway.catalog.types import Catalog, UniqueKey
from gateway.demo.crm import CrmBase, Customer
from gateway.demo.graph import LINKS
from gateway.demo.sales import SalesBase
from gateway.demo.shop import ShopBase, product_tags
from gateway.sources.declare import EntityOptions, FieldOptions
from tests.catalog_models import catalog_of, new_base, source, table_class


def demo_catalog() -> Catalog:
    sources = [source("crm", CrmBase), source("sales", SalesBase), source("shop", ShopBase)]
    return build_catalog(sources, LINKS)


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
