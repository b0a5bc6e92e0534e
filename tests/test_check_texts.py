"""`gateway check` names text columns about which the model says less than the statements need to know."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Source
from gateway.check.check import check
from gateway.check.findings import Weight
from tests.servers import connected, database
from tests.setups import closing

# Dialect, the column in the database, and in models: what is refused with a word of the hint, what is right.
CASES = {
    "citext": ("postgresql", "citext", sa.String(20), "CITEXT", CITEXT()),
    "nondeterministic": (
        "postgresql",
        "VARCHAR(20) COLLATE loose",
        sa.String(20),
        'collation="loose"',
        sa.String(20, collation="loose"),
    ),
    "char": ("postgresql", "CHAR(20)", sa.String(20), "sa.CHAR", sa.CHAR(20)),
    "no char": ("postgresql", "VARCHAR(20)", sa.CHAR(20), "sa.String", sa.String(20)),
    "enum": ("postgresql", "letter", sa.String(20), "sa.Enum", sa.Enum("a", "b", name="letter")),
    "domain": ("postgresql", "padded", sa.String(20), "sa.CHAR", sa.CHAR(20)),
    "mysql enum": ("mysql", "ENUM('a', 'b')", sa.String(20), "sa.Enum", sa.Enum("a", "b")),
    "mariadb enum": ("mariadb", "ENUM('a', 'b')", sa.String(20), "sa.Enum", sa.Enum("a", "b")),
    "set": ("mariadb", "SET('a', 'b')", sa.String(20), "Make it text", None),
    "bytes": ("mysql", "VARBINARY(20)", sa.String(20), "LargeBinary", sa.LargeBinary(20)),
    "collation": (
        "mysql",
        "VARCHAR(20) COLLATE utf8mb4_0900_ai_ci",
        VARCHAR(20, collation="utf8mb4_0900_bin"),
        "utf8mb4_0900_ai_ci",
        VARCHAR(20, collation="utf8mb4_0900_ai_ci"),
    ),
    "nocase": ("sqlite", "VARCHAR(20) COLLATE NOCASE", sa.String(20), "NOCASE", sa.String(20, "NOCASE")),
    "rtrim": ("sqlite", "VARCHAR(20) COLLATE RTRIM", sa.String(20), "RTRIM", sa.String(20, "RTRIM")),
}


def errors(url: sa.URL, kind: sa.types.TypeEngine[str]) -> list[tuple[str, str]]:
    """The place and the hint of each error about a model with a column of this type."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str | None] = mapped_column(kind)

    source = Source.from_models("one", url, models=Base)
    with closing(Gateway([source])) as gateway:
        found = check([source], gateway.catalog)
    return [(each.place, each.hint or "") for each in found if each.weight is Weight.ERROR]


@pytest.mark.parametrize("case", CASES)
def test_what_to_declare(case: str, tmp_path: Path) -> None:
    dialect, stored, wrong, hint, right = CASES[case]
    with database(dialect, "gw_check_texts", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            if dialect == "postgresql":
                connection.execute(sa.text("CREATE EXTENSION citext"))
                connection.execute(sa.text("CREATE TYPE letter AS ENUM ('a', 'b')"))
                connection.execute(sa.text("CREATE DOMAIN padded AS CHAR(20)"))
                loose = "provider = icu, locale = 'und-u-ks-level2', deterministic = false"
                connection.execute(sa.text(f"CREATE COLLATION loose ({loose})"))
            connection.exec_driver_sql(f"CREATE TABLE things (id INTEGER PRIMARY KEY, word {stored})")
        ((place, said),) = errors(url, wrong)
        assert place == "things.word"
        assert hint in said
        assert right is None or errors(url, right) == []
