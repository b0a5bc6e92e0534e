"""`gateway check` on a server that keeps the names of tables in lower case, or compares them so."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Source
from gateway.check.check import check
from gateway.check.findings import Weight
from tests.private import create_database, private_mariadb
from tests.servers import connected
from tests.setups import closing


class Base(DeclarativeBase): ...


class Owner(Base):
    __tablename__ = "PetOwners"
    id: Mapped[int] = mapped_column(primary_key=True)
    Name: Mapped[str] = mapped_column(sa.String(20, collation="utf8mb4_general_ci"), unique=True)


class Pet(Base):
    __tablename__ = "Pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("PetOwners.id"), index=True)


class Missing(Base):
    __tablename__ = "Missing"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(scope="module", params=[1, 2])
def url(request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    with private_mariadb(f"--lower-case-table-names={request.param}") as server:
        made = create_database(server, "gw_lower")
        with connected(made) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection, tables=[Owner.metadata.tables["PetOwners"]])
            Base.metadata.create_all(connection, tables=[Pet.metadata.tables["Pets"]])
        yield made


def test_only_what_is_missing_is_told(url: sa.URL) -> None:
    with closing(Gateway([Source.from_models("zoo", url, models=Base, mutations=True)])) as made:
        found = check([one.source for one in made.databases.values()], made.catalog)
    told = [(each.weight, each.place) for each in found if each.weight is not Weight.NOTE]
    assert told == [(Weight.ERROR, "Missing"), (Weight.WARNING, "PetOwners.Name")]
