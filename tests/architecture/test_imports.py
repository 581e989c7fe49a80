"""The import contracts: they hold, they name every room there is, and each of them catches a planted breach."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "src" / "trueline"
ENTRIES = {"config", "web", "api", "cli", "providers"}
WITHOUT_TABLES = {"engine", "kit"}

PLANTS = {
    "rooms": ("audit/rules.py", "import trueline.findings"),
    "inside-a-room": ("workspaces/errors.py", "import trueline.workspaces.models"),
    "plugins": ("inventory/planted.py", "import trueline.providers.microsoft365"),
    "plugins-are-blind": ("providers/microsoft365/planted.py", "import trueline.inventory"),
    "engine-alone": ("engine/planted.py", "import django"),
    "one-queue-door": ("findings/planted.py", "import procrastinate"),
}


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def listed(contract: str, option: str) -> set[str]:
    return set(contracts()[f"importlinter:contract:{contract}"][option].split())


def rooms() -> set[str]:
    return {folder.name for folder in PRODUCT.iterdir() if (folder / "__init__.py").exists()}


def lint_imports(root: Path, *contract: str) -> subprocess.CompletedProcess[str]:
    chosen = [part for name in contract for part in ("--contract", name)]
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *chosen]
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def copy(tmp_path_factory) -> Path:
    """A copy of the product in which breaches can be planted."""
    root = tmp_path_factory.mktemp("planted")
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(PRODUCT, root / "src" / "trueline", ignore=ignored)
    shutil.copy(ROOT / ".importlinter", root)
    return root


def test_every_contract_holds():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("contract", PLANTS)
def test_a_planted_breach_breaks_its_contract(copy, contract):
    path, line = PLANTS[contract]
    planted = copy / "src" / "trueline" / path
    before = planted.read_text() if planted.exists() else None
    try:
        planted.write_text(f"{before or ''}\n{line}\n")
        done = lint_imports(copy, contract)
    finally:
        planted.write_text(before) if before is not None else planted.unlink()
    assert done.returncode == 1
    assert f"trueline.{path.removesuffix('.py').replace('/', '.')} -> " in done.stdout


def test_every_room_with_tables_is_held_to_the_order_of_its_drawers():
    assert listed("inside-a-room", "containers") == {f"trueline.{room}" for room in rooms() - ENTRIES - WITHOUT_TABLES}


def test_the_engine_is_forbidden_every_other_room():
    assert listed("engine-alone", "forbidden_modules") == {"django"} | {
        f"trueline.{room}" for room in rooms() - {"engine"}
    }


def test_providers_are_forbidden_every_room_but_those_of_the_contract():
    may_see = {"connections", "workspaces", "kit", "engine"}
    assert listed("plugins-are-blind", "forbidden_modules") == {
        f"trueline.{room}" for room in rooms() - ENTRIES - may_see
    }


def test_every_room_but_operations_is_forbidden_the_queue():
    held = {f"trueline.{room}" for room in rooms() - {"operations", "config", "cli"}}
    assert listed("one-queue-door", "source_modules") == held


def test_every_provider_is_held_apart_from_the_others():
    there_are = {path.name for path in (PRODUCT / "providers").iterdir() if (path / "__init__.py").exists()}
    assert listed("plugins-independent", "modules") == {f"trueline.providers.{name}" for name in there_are}
