"""The gateway and its databases are killed or stopped while they write; `make crash` does so for longer."""

from pathlib import Path

import pytest

from tests.crash.app import STEPS
from tests.crash.run import Round, run
from tests.crash.world import world


@pytest.mark.parametrize("north", ["mariadb", "mysql"])
def test_kills_tear_and_lose_nothing(tmp_path: Path, north: str) -> None:
    logs = ("file", "source") if north == "mariadb" else ("source", "file")
    planned = [Round(step=step, log=log) for step, log in zip(STEPS, logs * 3, strict=True)]
    planned += [Round("north"), Round("north", log="source", stops=True)]
    if north == "mariadb":  # what is killed here is the same beside MySQL
        planned += [Round("south", log="source"), Round("south", stops=True), Round(), Round(log="source")]
    with world(tmp_path, north) as databases:
        result = run(databases, planned, seed=1)
    print(result)
    assert result.is_clean
    assert result.kills == len(planned)
