"""What the documents promise is what the code does."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from graphql import parse, validate
from pydantic import BaseModel

import gateway
from gateway.cli import cli
from gateway.config import Settings, SourceSettings
from gateway.demo.graph import SAMPLE, demo
from gateway.errors import Code
from gateway.schema.build import graphql_schema
from gateway.schema.export import drift

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def section(text: str, heading: str) -> str:
    """The text below a heading up to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in a text, without headings."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def command_lines() -> list[str]:
    """Every command line in the shell examples and inline code of the documents."""
    lines = [line for file in DOCUMENTS for block in blocks(file, "sh") for line in block.splitlines()]
    lines += [code for file in DOCUMENTS for code in re.findall(r"`([^`\n]+)`", file.read_text("utf-8"))]
    return [line.partition("  #")[0].strip() for line in lines]


def test_public_names_are_documented() -> None:
    documented = [row[0].strip("`") for row in rows(section(README.read_text("utf-8"), "Names"))]
    assert sorted(documented) == sorted(gateway.__all__)
    assert all(hasattr(gateway, name) for name in gateway.__all__)


@pytest.mark.parametrize(
    ("heading", "model"), [("Settings", Settings), ("Settings of a source", SourceSettings)]
)
def test_settings_are_documented_with_their_defaults(heading: str, model: type[BaseModel]) -> None:
    text = section((ROOT / "docs" / "configuration.md").read_text("utf-8"), heading)
    documented = {row[0]: row[1] for row in rows(text)}
    assert documented == {f"`{name}`": shown(field.default) for name, field in model.model_fields.items()}


def shown(default: Any) -> str:
    if default in (None, [], {}) and default is not False:
        return "none"
    return f"`{json.dumps(default)}`" if isinstance(default, bool) else f"`{default}`"


def test_error_codes_are_documented() -> None:
    documented = [row[0].strip("`") for row in rows((ROOT / "docs" / "errors.md").read_text("utf-8"))]
    assert sorted(documented) == sorted(code.value for code in Code)


def test_exported_files_are_fresh() -> None:
    graph = demo(Settings())
    assert drift(ROOT, graph.schema, graph.catalog) == [], "run `make schema`"


def test_the_sample_fits_the_schema() -> None:
    assert validate(graphql_schema(demo(Settings()).schema), parse(SAMPLE.read_text("utf-8"))) == []


def test_the_answer_in_the_readme_is_the_demos(demo_server: str) -> None:
    (query,) = blocks(README, "graphql")
    (answer,) = blocks(README, "json")
    assert httpx.post(f"{demo_server}/graphql", json={"query": query}, timeout=60).json() == json.loads(
        answer
    )


def test_the_code_in_the_readme_builds_a_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(README, "python")
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), names)
    customer = names["gateway"].catalog.entities["Customer"]
    assert customer.relations["orders"].remote
    assert "passwordHash" not in customer.fields


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    promised = {line.split()[1] for line in command_lines() if re.match(r"make [a-z]+\b", line)}
    assert {"demo", "test", "check"} <= promised <= targets


def test_commands_and_their_options_exist() -> None:
    commands: Any = typer.main.get_command(cli)
    known = {name: command_options(command) for name, command in commands.commands.items()}
    promised = [line.split() for line in command_lines() if re.match(r"gateway [a-z]+\b", line)]
    assert {words[1] for words in promised} == set(known)
    for words in promised:
        options = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
        assert options <= known[words[1]], " ".join(words)


def command_options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []
