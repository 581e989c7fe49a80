"""No file names what it must not, and the locks say what is installed without saying from where."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ("run", "dev", "build", "uv")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[a-z0-9,-]+\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
# Put together here, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    "|".join(
        ("pypi" + r"\.org", "python" + "hosted", "--(extra-)?index" + "-url", "--find" + "-links", r"artifact" + "ory")
    )
)


def pins(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PIN.finditer((REQUIREMENTS / f"{lock}.txt").read_text())}


def committed_texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {".venv", ".git", "var", "build", "dist", "test-output"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]


def test_no_committed_file_names_a_package_registry():
    named = [
        str(path.relative_to(ROOT))
        for path in committed_texts()
        if path.suffix not in {".woff2", ".png", ".mo"}
        and REGISTRIES.search(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert named == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_hash(lock):
    blocks = re.split(r"\n(?=[a-z0-9])", (REQUIREMENTS / f"{lock}.txt").read_text().strip())
    assert len(blocks) == len(pins(lock)) > 0
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_what_is_tested_is_what_is_run():
    tested = pins("dev")
    assert {name: tested.get(name) for name in pins("run")} == pins("run")


def test_the_locks_hold_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for lock, wanted in (("run", project["project"]["dependencies"]), ("dev", project["dependency-groups"]["dev"])):
        names = {re.split(r"[\[<>=;! ]", line)[0].lower().replace("_", "-") for line in wanted}
        assert names <= set(pins(lock)), f"run `make lock`: {sorted(names - set(pins(lock)))} missing in {lock}.txt"
