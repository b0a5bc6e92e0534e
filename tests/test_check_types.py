"""`gateway check` about types: UUIDs that would not be found, and what types of the app's own lack."""

import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Source
from gateway.catalog.build import build_catalog
from gateway.check.check import check
from tests.decorated import Sealed
from tests.servers import DIALECTS, connected, database


class Base(DeclarativeBase):
    pass


class Doc(Base):
    __tablename__ = "docs"

    id: Mapped[int] = mapped_column(primary_key=True)
    fits: Mapped[uuid.UUID]
    other: Mapped[uuid.UUID]
    sealed: Mapped[str] = mapped_column(Sealed)


UUIDS = {"sqlite": "CHAR(32)", "mariadb": "UUID", "mysql": "CHAR(32)", "postgresql": "UUID"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_columns_that_do_not_hold_what_their_type_binds(dialect: str, tmp_path: Path) -> None:
    with database(dialect, "gw_check_types", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            columns = f"fits {UUIDS[dialect]} NOT NULL, other CHAR(36) NOT NULL, sealed VARCHAR(100) NOT NULL"
            connection.execute(sa.text(f"CREATE TABLE docs (id INTEGER PRIMARY KEY NOT NULL, {columns})"))
        source = Source.from_models("docs", url, models=Base)
        found = [
            (each.place, each.weight.value, each.message)
            for each in check([source], build_catalog([source]))
            if each.place.startswith("docs.")
        ]
    assert [place for place, weight, _ in found if weight == "error"] == ["docs.other"]
    told = [message for place, weight, message in found if (place, weight) == ("docs.sealed", "warning")]
    assert any("no conditions" in message for message in told)
    notes = [place for place, weight, _ in found if weight == "note"]
    assert notes == (["docs.fits"] if dialect == "mariadb" else [])
