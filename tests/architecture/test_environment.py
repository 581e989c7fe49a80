"""The environment is made with nothing but Python, on machines with settings of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import browser, debian, environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_chromium(monkeypatch):
    monkeypatch.setattr(browser, "browser_path", lambda: None)
    monkeypatch.setattr(debian, "privilege", lambda: None)


def test_the_tools_that_make_the_environment_need_no_package():
    code = "import tools.environment, tools.browser, sys; print(any('site-packages' in p for p in sys.path))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr


def test_uv_hears_of_the_index_that_is_set_for_pip():
    told = environment._uv_environment({"PIP_INDEX_URL": "https://mirror.example/simple", "VIRTUAL_ENV": "/other"})
    assert told == {
        "PIP_INDEX_URL": "https://mirror.example/simple",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
    }


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_is_set_for_uv_itself_wins(name):
    told = environment._uv_environment({"PIP_INDEX_URL": "https://a.example", name: "https://b.example"})
    assert {key: value for key, value in told.items() if key.startswith("UV_")} == {name: "https://b.example"}


def test_an_environment_with_a_dead_python_is_made_again(tmp_path):
    python = environment._virtual_environment(tmp_path / "env")
    assert environment._answers(python)
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not environment._answers(python)
    assert environment._answers(environment._virtual_environment(tmp_path / "env"))


def test_an_unknown_lock_is_refused_in_one_sentence(capsys):
    assert environment.main(["everything"]) == 2
    assert capsys.readouterr().err == "usage: python -m tools.environment {run|dev}\n"


def test_a_machine_without_ensurepip_is_told_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(environment, "_find_pip_wheel", lambda: None)
    monkeypatch.setattr(debian, "privilege", lambda: None)
    monkeypatch.setattr(environment, "prepare", lambda _: environment._bundled_pip())
    assert environment.main(["run"]) == 2
    assert "apt-get install python3-venv" in capsys.readouterr().err


@pytest.mark.usefixtures("no_chromium")
def test_without_a_browser_one_line_says_that_its_tests_are_skipped(monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    assert browser.main() == 0
    assert capsys.readouterr().out.splitlines() == [browser.SKIPPED]


@pytest.mark.usefixtures("no_chromium")
def test_in_ci_a_missing_browser_is_a_failure(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert browser.main() == 1
    assert "no chromium" in capsys.readouterr().err


def test_make_without_a_goal_lists_every_command_a_person_uses():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=False)
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"demo", "up", "test", "check", "bench", "soak", "fmt", "docs", "lock", "clean"} <= listed


def test_ci_runs_the_commands_of_a_person():
    script = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in script
    assert script.index("make test") < script.index("check\n")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
