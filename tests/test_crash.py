"""The gateway and its databases are killed or stopped while they write; `make crash` does so for longer."""

from pathlib import Path

import pytest

from tests.crash.app import STEPS
from tests.crash.run import Round, run
from tests.crash.world import world


@pytest.mark.parametrize("north", ["mariadb", "mysql"])
def test_kills_tear_and_lose_nothing(tmp_path: Path, north: str) -> None:
    planned = [Round(step=step, log=log) for step, log in zip(STEPS, ("file", "source") * 3, strict=True)]
    planned += [Round("north"), Round("south", log="source"), Round(), Round(log="source")]
    planned += [Round("north", log="source", stops=True), Round("south", stops=True)]
    with world(tmp_path, north) as databases:
        result = run(databases, planned, seed=1)
    print(result)
    assert result.is_clean
    assert result.kills == len(planned)
