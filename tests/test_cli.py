"""The `gateway` command, run as a process the way people run it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gateway.demo.graph import SAMPLE
from gateway.serving import DEMO
from tests.process import bare_environment, free_port, serving

COMMANDS = ("demo", "serve", "export", "migrate", "explain")


def gateway(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; never longer than a minute."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env=bare_environment(COLUMNS="200", NO_COLOR="1", **environment),
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = gateway(command, "--help")
    assert result.returncode == 0, result.stderr
    assert f"gateway {command}" in result.stdout


def test_version() -> None:
    result = gateway("--version")
    assert result.returncode == 0
    assert result.stdout.strip() == "0.1.0"


def test_the_demo_answers_its_sample_from_three_databases(demo_server: str) -> None:
    response = httpx.post(f"{demo_server}/graphql", json={"query": SAMPLE.read_text("utf-8")}, timeout=60)
    answer = response.json()
    assert "errors" not in answer
    orders = answer["data"]["orders"]["nodes"]
    assert len(orders) == 3
    assert [order["placedAt"] for order in orders] == sorted((o["placedAt"] for o in orders), reverse=True)
    assert any(order["customer"] for order in orders)
    assert all(item["product"]["category"]["name"] for order in orders for item in order["items"]["nodes"])


def test_the_demo_serves_graphiql(demo_server: str) -> None:
    page = httpx.get(f"{demo_server}/graphql", headers={"accept": "text/html"}, timeout=60)
    assert page.status_code == 200
    assert "html" in page.headers["content-type"]


def test_a_second_demo_on_the_port_says_so(demo_server: str, tmp_path: Path) -> None:
    port = demo_server.rpartition(":")[2]
    result = gateway("demo", "--port", port, "--data", str(tmp_path))
    assert result.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())  # it was found out before any work was done


def test_the_demo_serves_without_a_source_that_is_down(tmp_path: Path) -> None:
    nobody = f"mysql+mysqlconnector://root@127.0.0.1:{free_port()}/crm"
    log = tmp_path / "log"
    arguments = ["demo", "--data", str(tmp_path / "data")]
    with serving(arguments, free_port(), log, GATEWAY_SOURCES__CRM__URL=nobody) as url:
        query = "{ orders(first: 5) { nodes { number customer { name } } } categories { nodes { name } } }"
        answer = httpx.post(f"{url}/graphql", json={"query": query}, timeout=60).json()
        ready = httpx.get(f"{url}/health/ready", timeout=60).json()
    assert len(answer["data"]["orders"]["nodes"]) == 5
    assert answer["data"]["categories"]["nodes"]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert ready["sources"]["crm"]["state"] == "down"
    assert "crm is left out until it answers" in log.read_text()


def test_serve_with_workers_serves_an_app_by_name(tmp_path: Path) -> None:
    assert gateway("migrate", cwd=tmp_path).returncode == 0
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", *f"serve --app {DEMO} --workers 2 --port {port}".split()],
        cwd=tmp_path,
        env=bare_environment(),
        stderr=subprocess.PIPE,
    )
    try:
        transport = httpx.HTTPTransport(retries=20)  # with a growing pause: the processes are starting
        with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}") as client:
            answer = client.post(
                "/graphql", json={"query": "{ customers { nodes { id } } }"}, timeout=20
            ).json()
        assert answer == {"data": {"customers": {"nodes": []}}}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_a_wrong_configuration_lists_every_problem(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("page_sise = 10\nport = 99999\n")
    result = gateway("demo", cwd=tmp_path, GATEWAY_SOURCES__CRM__URL="mysql//me:hunter2@db.test/x")
    assert result.returncode == 2
    assert "3 problems in the configuration" in result.stderr
    for place in ("gateway.toml: page_sise", "gateway.toml: port", "GATEWAY_SOURCES__CRM__URL"):
        assert place in result.stderr
    assert "Did you mean 'page_size'?" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_unsupported_databases_are_refused_together(tmp_path: Path) -> None:
    urls = {f"GATEWAY_SOURCES__{name}__URL": "oracle://me:hunter2@db.test/x" for name in ("CRM", "SALES")}
    result = gateway("demo", cwd=tmp_path, **urls)
    assert result.returncode == 2
    assert "2 problems in the configuration" in result.stderr
    assert "'oracle' is not a supported database" in result.stderr
    assert "hunter2" not in result.stderr


def test_a_source_the_demo_does_not_have_is_refused(tmp_path: Path) -> None:
    result = gateway("demo", cwd=tmp_path, GATEWAY_SOURCES__CMR__URL="sqlite:///crm.sqlite3")
    assert result.returncode == 2
    assert "sources.cmr: there is no such source" in result.stderr


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("nowhere.graph:gateway", "there is no module 'nowhere'"),
        ("gateway.demo.graph:nothing", "gateway.demo.graph has no 'nothing'"),
        ("gateway.demo.graph:LINKS", "it is a tuple, not a Gateway"),
    ],
)
def test_a_wrong_app_is_explained(app: str, message: str) -> None:
    result = gateway("serve", "--app", app)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_export_writes_what_check_then_accepts(tmp_path: Path) -> None:
    assert gateway("export", "--directory", str(tmp_path)).returncode == 0
    assert "type Query" in (tmp_path / "schema.graphql").read_text()
    assert gateway("export", "--check", "--directory", str(tmp_path)).returncode == 0


def test_export_check_names_what_drifted_and_the_command_that_mends_it(tmp_path: Path) -> None:
    gateway("export", "--directory", str(tmp_path))
    schema = tmp_path / "schema.graphql"
    drifted = schema.read_text() + "# by hand\n"
    schema.write_text(drifted)
    result = gateway("export", "--check", "--directory", str(tmp_path))
    assert result.returncode == 1
    assert str(schema) in result.stderr
    assert f"gateway export --directory {tmp_path}" in result.stderr
    assert schema.read_text() == drifted


def test_migrate_goes_forwards_and_back(tmp_path: Path) -> None:
    result = gateway("migrate", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    files = sorted(file.name for file in (tmp_path / "demo-data").iterdir())
    assert files == ["crm.sqlite3", "sales.sqlite3", "shop.sqlite3"]
    result = gateway("migrate", "crm", "base", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "crm: at base" in result.stderr


def test_migrate_prints_statements_and_touches_nothing(tmp_path: Path) -> None:
    result = gateway("migrate", "shop", "--sql", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "CREATE TABLE categories" in result.stdout
    assert not list(tmp_path.iterdir())


def test_migrate_says_what_is_wrong(tmp_path: Path) -> None:
    unknown = gateway("migrate", "ship", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "crm, sales, shop" in unknown.stderr
    revision = gateway("migrate", "crm", "nope", cwd=tmp_path)
    assert revision.returncode == 1
    assert "crm: " in revision.stderr
    nobody = f"postgresql+psycopg://me:hunter2@127.0.0.1:{free_port()}/x"
    down = gateway("migrate", "crm", cwd=tmp_path, GATEWAY_SOURCES__CRM__URL=nobody)
    assert down.returncode == 1
    assert "hunter2" not in down.stderr
    assert "Traceback" not in unknown.stderr + revision.stderr + down.stderr


def test_explain_prints_the_plan_without_a_database(tmp_path: Path) -> None:
    result = gateway("explain", str(SAMPLE), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for source in ("sales", "crm", "shop"):
        assert source in result.stdout
    assert "SELECT" in result.stdout
    assert not list(tmp_path.iterdir())


def test_explain_runs_with_variables(tmp_path: Path) -> None:
    assert gateway("migrate", cwd=tmp_path).returncode == 0
    query = tmp_path / "query.graphql"
    query.write_text("query A($n: Int) { customers(first: $n) { nodes { name } } } query B { __typename }")
    result = gateway(
        "explain", str(query), "--operation", "A", "--variables", '{"n": 2}', "--run", cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert "0 rows" in result.stdout
    (tmp_path / "variables.json").write_text(json.dumps([1]))
    wrong = gateway("explain", str(query), "--variables", f"@{tmp_path / 'variables.json'}", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "must be a JSON object" in wrong.stderr


def test_a_port_is_held_before_the_databases_are_made(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = gateway("serve", "--port", str(port), cwd=tmp_path)
    assert result.returncode == 1
    assert "is taken" in result.stderr
