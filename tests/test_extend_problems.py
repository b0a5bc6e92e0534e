"""What is wrong with an app's own resolvers is said when the gateway is made, all at once, with hints."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry

from gateway import ConfigurationError, computed, extend
from gateway.demo.crm import Customer
from tests.setups import own_gateway

URLS = {name: sa.make_url(f"sqlite:///{name}.sqlite3") for name in ("crm", "sales", "shop")}


class Unmapped:
    pass


@extend("Costumer")
class Misspelt:
    @computed(needs=("name",))
    def label(self) -> str:
        return ""


@extend(Unmapped)
class NoEntity:
    @computed()
    def label(self) -> str:
        return ""


class Undecorated:
    @computed()
    def label(self) -> str:
        return ""


@extend("Customer")
class Empty:
    pass


@extend("Customer")
class Wrong:
    @computed(needs=("nmae", "orders", "createdAt", "tickets"))
    def needy(self) -> str:
        return ""

    @computed(needs="name")
    def text(self) -> str:
        return ""

    @computed()
    def name(self) -> str:
        return ""

    @computed(name="orders")
    def mine(self) -> str:
        return ""

    @computed(name="two words")
    def spaced(self) -> str:
        return ""

    @computed()
    def silent(self):  # type: ignore[no-untyped-def]
        return ""

    @computed(batch=True)
    def single(self) -> str:
        return ""

    @computed()
    def strange(self) -> Unmapped:
        return Unmapped()

    @computed()
    def anything(self) -> Any:
        return ""

    @computed()
    def untyped(self, argument) -> str:  # type: ignore[no-untyped-def]
        return str(argument)

    @computed()
    def unknown(self) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821
        return ""

    @computed()
    def generator(self) -> Iterator[str]:
        yield ""

    @computed()
    def mapped(self, other: Customer) -> str:
        return other.name

    @computed()
    def rowless() -> str:  # type: ignore[misc]
        return ""


@extend("Customer")
class Second:
    @computed()
    def label(self) -> str:
        return ""


@extend(Customer)
class Third:
    @computed()
    def label(self) -> str:
        return ""


def problems(**own: Any) -> dict[str, tuple[str, str]]:
    """Place -> what is wrong there, and the hint."""
    with pytest.raises(ConfigurationError) as caught:
        own_gateway(URLS, own=own)
    return {f"{one.place}": (one.message, one.hint) for one in caught.value.problems}


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(extensions=[Misspelt, NoEntity, Undecorated, Empty, Wrong], query=Unmapped)
    assert set(found) == {
        "Misspelt",
        "NoEntity",
        "Undecorated",
        "Empty",
        "Gateway(query=…)",
        *(f"Wrong.{name}" for name in vars(Wrong) if not name.startswith("_")),
    }
    assert found["Misspelt"] == ("there is no entity 'Costumer' to extend", "Did you mean 'Customer'?")
    assert "'Unmapped'" in found["NoEntity"][0]
    assert "@extend" in found["Undecorated"][1]
    assert found["Wrong.text"] == ("needs='name' is no tuple", "Write needs=('name',).")
    assert "has a field name already" in found["Wrong.name"][0]
    assert "has a field orders already" in found["Wrong.mine"][0]
    assert "no return annotation" in found["Wrong.silent"][0]
    assert "list" in found["Wrong.single"][1]
    assert found["Wrong.strange"][0] == "Unmapped is no type of the graph"
    assert "arguments cannot be read" in found["Wrong.untyped"][0]
    assert "Nowhere" in found["Wrong.unknown"][0]


def test_every_wrong_need_has_its_hint() -> None:
    with pytest.raises(ConfigurationError) as caught:
        own_gateway(URLS, own={"extensions": [Wrong]})
    needs = [(one.message, one.hint) for one in caught.value.problems if one.place == "Wrong.needy"]
    assert needs == [
        ("needs 'nmae', which is no column of Customer", "Did you mean 'name'?"),
        (
            "needs 'orders', which is no column of Customer",
            "Only columns can be needed: read related rows in a method with batch=True.",
        ),
        ("needs 'createdAt', which is no column of Customer", "Name the mapped attribute: 'created_at'."),
        (
            "needs 'tickets', which is no column of Customer",
            "Only columns can be needed: read related rows in a method with batch=True.",
        ),
    ]


def test_two_extensions_may_not_add_the_same_field() -> None:
    assert problems(extensions=[Second, Third]) == {
        "Third.label": (
            "Customer has a field label already",
            'Name it otherwise: @computed(name="…").',
        )
    }


def test_a_type_may_not_have_the_name_of_a_generated_one() -> None:
    @strawberry.type
    class Order:
        number: int

    @extend("Customer")
    class Fields:
        @computed()
        def last(self) -> Order:
            return Order(number=1)

    ((place, (message, _)),) = problems(extensions=[Fields]).items()
    assert place == "own resolvers"
    assert "Order" in message


def test_own_roots_may_not_have_the_names_of_generated_ones() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def customers(self) -> str:
            return ""

        @strawberry.field
        def order_by(self) -> str:
            return ""

        @strawberry.field
        def fine(self) -> str:
            return ""

    found = problems(query=Query)
    assert set(found) == {"Query.customers", "Query.orderBy"}
    assert all("already" in message and "name=" in hint for message, hint in found.values())
