"""What a gateway does without is not imported: it would take memory and time from every process."""

import subprocess
import sys

STANDS = """
import sys
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from gateway import Gateway, Source


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)


app = Gateway([Source.from_models("notes", "sqlite:///none.sqlite3", models=Base)]).app()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_drivers_of_other_databases_are_not_imported() -> None:
    done = subprocess.run([sys.executable, "-c", STANDS], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "sqlite3" in imported
    assert not imported & {"psycopg", "mysql", "_mysql_connector", "alembic", "prometheus_client"}
