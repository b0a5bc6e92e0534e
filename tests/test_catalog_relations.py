"""Relations of the catalog: from relationships, junctions and links."""

import sqlalchemy as sa
from sqlalchemy.orm import (
    Mapped,
    foreign,
    mapped_column,
    relationship,
)

from gateway.catalog.build import build_catalog
from gateway.catalog.types import Entity, Relation
from gateway.demo.crm import CrmBase, Customer
from gateway.demo.graph import LINKS
from gateway.demo.sales import SalesBase
from gateway.demo.shop import ShopBase
from gateway.sources.declare import EntityOptions, FieldOptions, Link, claim
from tests.catalog_models import catalog_of, junction_models, new_base, problems_of, source, table_class


def relation(entity: Entity, name: str) -> tuple[str, tuple[str, ...], tuple[str, ...], bool, bool]:
    found: Relation = entity.relations[name]
    return found.target, found.owner_key, found.target_key, found.many, found.nullable


def test_relations_follow_composite_keys_and_foreign_keys():
    base = new_base()

    class Parent(base):
        __tablename__ = "parents"
        tenant: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column("no", primary_key=True, unique=True)
        child: Mapped["Child"] = relationship(back_populates="parent", uselist=False)
        unbound: Mapped[list["Child"]] = relationship(
            primaryjoin=lambda: Parent.number == foreign(Child.other), viewonly=True
        )

    class Child(base):
        __tablename__ = "children"
        __table_args__ = (
            sa.ForeignKeyConstraint(["tenant", "parent_no"], ["parents.tenant", "parents.no"]),
            sa.UniqueConstraint("tenant", "parent_no"),
        )
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


def test_a_relation_to_one_leads_to_a_unique_key():
    """Rows joined for an order, a group or a field would else stand there several times."""
    base = new_base()

    class Parent(base):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[int]
        child: Mapped["Child"] = relationship(back_populates="parent", uselist=False)
        other: Mapped["Child"] = relationship(
            secondary=lambda: pairs, uselist=False, viewonly=True, overlaps="child"
        )

    class Child(base):
        __tablename__ = "children"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[int]
        parent_id: Mapped[int] = mapped_column(sa.ForeignKey("parents.id"))
        parent: Mapped[Parent] = relationship(back_populates="child")
        loose: Mapped[Parent] = relationship(
            primaryjoin=lambda: foreign(Child.code) == Parent.code, viewonly=True
        )
        narrow: Mapped[Parent] = relationship(
            primaryjoin=lambda: sa.and_(foreign(Child.code) == Parent.code, Child.parent_id == Parent.id),
            viewonly=True,
        )

    pairs = sa.Table(
        "pairs",
        base.metadata,
        sa.Column("parent_id", sa.ForeignKey("parents.id"), primary_key=True),
        sa.Column("child_id", sa.ForeignKey("children.id"), primary_key=True),
    )
    told = [problem.partition(":")[0::2] for problem in problems_of([source("app", base)])]
    assert told == [
        (place, f" it is declared to-one, but {key} is no unique key, so there may be several")
        for place, key in (
            ("app.Parent.child", "parent_id of children"),
            ("app.Parent.other", "parent_id of pairs"),
            ("app.Child.loose", "code of parents"),
        )
    ]


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
    catalog = build_catalog([crm, sales, shop], LINKS)
    assert "customer" not in catalog.entities["Order"].relations
    assert "customer" not in catalog.entities["Address"].relations
    options = EntityOptions(
        fields={"orders": FieldOptions(rename="purchases"), "reviews": FieldOptions(hide=True)}
    )
    catalog = build_catalog([source("crm", CrmBase, {Customer: options}), sales, shop], LINKS)
    assert list(catalog.entities["Customer"].relations) == ["addresses", "tickets", "purchases"]
