"""Resolvers of the app over values that their columns' types do not have: those rows cost their own field."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from gateway import Gateway, Source, computed, extend
from tests.servers import DIALECTS, connected, database


class Base(DeclarativeBase): ...


class Visit(Base):
    __table__ = sa.Table(
        "visits",
        Base.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.DateTime, nullable=True),
    )


@extend("Visit")
class Calendar:
    day: Any

    @computed(needs=["day"])
    def year(self) -> int | None:
        return self.day.year if self.day else None

    @computed(needs=["day"])
    async def month(self) -> int | None:
        return self.day.month if self.day else None

    @computed(needs=["day"], batch=True)
    async def number(rows: list[Any]) -> list[int | None]:
        return [row.day.day if row.day else None for row in rows]


ODD = {"sqlite": "''", "mariadb": "'0000-00-00'", "mysql": "'0000-00-00'", "postgresql": "'infinity'"}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("name", "value"), [("year", 2024), ("month", 5), ("number", 17)])
def test_only_the_row_with_the_odd_value_is_lost(dialect: str, name: str, value: int, tmp_path: Path) -> None:
    with database(dialect, "gw_stored_own", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            if engine.dialect.name == "mysql":
                connection.exec_driver_sql("SET sql_mode = ''")
            for row, day in enumerate(("'2024-05-17 10:00:00'", ODD[dialect], "NULL"), 1):
                connection.exec_driver_sql(f"INSERT INTO visits VALUES ({row}, {day})")
        gateway = Gateway([Source.from_models("desk", url, models=Base)], extensions=[Calendar])

        async def main() -> Any:
            answer = await gateway.execute(f"{{ visits {{ nodes {{ rowId {name} }} }} }}")
            await gateway.close()
            return answer.payload()

        payload = asyncio.run(main())
    nodes = payload["data"]["visits"]["nodes"]
    assert nodes == [{"rowId": 1, name: value}, {"rowId": 2, name: None}, {"rowId": 3, name: None}]
    (error,) = payload["errors"]
    assert error["extensions"]["code"] == "VALUE_NOT_REPRESENTABLE"
    assert error["path"] == ["visits", "nodes", 1, name]
