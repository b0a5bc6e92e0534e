"""The GraphQL-over-HTTP specification, as the npm package `graphql-http` audits it."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.browser import absent

FILES = Path(__file__).parent / "http_audit"
AUDITS = 61


@pytest.fixture(scope="module")
def audit_folder(pytestconfig: pytest.Config) -> Path:
    """A cached copy of `http_audit` with its packages installed; a new lock file makes a new folder."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        absent("node or npm is not installed")
    contents = b"".join(path.read_bytes() for path in sorted(FILES.iterdir()) if path.is_file())
    folder = pytestconfig.cache.mkdir(f"http_audit-{sha256(contents).hexdigest()[:12]}")
    if (folder / "installed").exists():
        return folder
    shutil.copytree(FILES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=5"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (folder / "installed").touch()
    return folder


def test_every_audit_passes(demo_server: str, audit_folder: Path) -> None:
    done = subprocess.run(
        ["node", "audit.mjs", f"{demo_server}/graphql"],
        cwd=audit_folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    failed = [f"{r['status']}: {r['name']}: {r['reason']}" for r in results if r["status"] != "ok"]
    assert failed == [], "\n".join(failed)
    assert len(results) == AUDITS


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((FILES / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
