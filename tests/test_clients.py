"""What frontends use: their code generators over the exported schema, their clients against a real server.

The tools come from the npm registry, in the versions of `tests/clients/package-lock.json`.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent / "clients"
INSTALL_SECONDS = 300
TOOL_SECONDS = 120


def npm(*arguments: str, seconds: float = TOOL_SECONDS, **environment: str) -> str:
    """What an npm command printed. Fails the test with it when the command fails."""
    done = subprocess.run(
        ["npm", *arguments],
        cwd=CLIENTS,
        env=os.environ | {"NO_COLOR": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """The tools, as the lock file names them; installed when they are not there or older than it."""
    if shutil.which("npm") is None:
        message = "npm is not installed"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    wanted, present = CLIENTS / "package-lock.json", CLIENTS / "node_modules" / ".package-lock.json"
    if not present.exists() or present.stat().st_mtime < wanted.stat().st_mtime:
        install = ("ci", "--no-audit", "--no-fund", "--fetch-retries=5")
        try:
            npm(*install, seconds=INSTALL_SECONDS)
        except AssertionError:  # npm removes a folder that it is still unpacking into, now and then
            shutil.rmtree(CLIENTS / "node_modules", ignore_errors=True)
            npm(*install, seconds=INSTALL_SECONDS)


@pytest.fixture(scope="module")
def generated() -> None:
    """TypeScript types of the schema and of the documents in `tests/clients/src`."""
    npm("run", "codegen")


@pytest.fixture(scope="module")
def compiled(generated: None) -> None:
    npm("run", "types")


def test_codegen_makes_types_that_strict_typescript_accepts(compiled: None) -> None:
    made = (CLIENTS / "generated" / "graphql.ts").read_text("utf-8")
    assert "total: string" in made  # a Decimal, as clients/codegen-scalars.json says
    assert not re.search(r"(: |<|\| )any\b", made)


def test_relay_compiles_connections_at_the_root_and_in_a_node() -> None:
    shutil.rmtree(CLIENTS / "relay" / "__generated__", ignore_errors=True)
    npm("run", "relay")
    made = {file.name for file in (CLIENTS / "relay" / "__generated__").iterdir()}
    assert {"CustomersNextPage.graphql.ts", "CustomerOrdersNextPage.graphql.ts"} <= made


def test_the_schema_passes_the_rules_of_graphql_eslint() -> None:
    npm("run", "lint")


def test_apollo_and_urql_run_queries_pages_aliases_and_errors(compiled: None, demo_server: str) -> None:
    output = npm("run", "query", GATEWAY_CLIENTS_URL=f"{demo_server}/graphql")
    assert "# fail 0" in output, output
    assert "# pass 0" not in output, output
