"""The lint's command line: one line for each breach, exit code 1 when there is any."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.lint.runner import ROOT, SAMPLES, reports_of_file


def lint(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.lint", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_breach_ends_with_exit_code_1_and_one_line():
    done = lint(str(SAMPLES / "TL008" / "bad_receiver.py"), str(SAMPLES / "TL008" / "good_no_signals.py"))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 3
    assert all(" TL008 " in line for line in done.stdout.splitlines())


def test_no_breach_ends_with_exit_code_0_and_silence():
    done = lint(str(SAMPLES / "TL008" / "good_no_signals.py"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_story_of_a_rule_can_be_asked_for():
    done = lint("--explain", "TL006")
    assert done.returncode == 0
    assert "Unknown is a value" in done.stdout
    assert lint("--explain", "TL900").returncode == 2


def test_a_warning_is_told_and_fails_nothing(tmp_path):
    body = "\n".join(f"    total += {number}" for number in range(45))
    (tmp_path / "long.py").write_text(f"def total_of(total):\n{body}\n    return total\n")
    done = lint(str(tmp_path / "long.py"))
    assert done.returncode == 0
    assert "long.py:1: TL010 warning: total_of() has 47 lines" in done.stdout
    assert lint("--quiet", str(tmp_path / "long.py")).stdout == ""


def test_a_path_that_is_not_there_is_no_pass():
    done = lint("src/trueline/nowhere")
    assert (done.returncode, done.stderr) == (2, "There is no src/trueline/nowhere to look at.\n")


def test_only_a_sample_can_pretend_to_stand_elsewhere(tmp_path):
    path = tmp_path / "services.py"
    path.write_text("# place: src/trueline/findings/rules.py\nLIMIT = 5\n")
    assert [report.code for report in reports_of_file(path)] == ["TL012"]


@pytest.mark.parametrize("text", ["def broken(:\n", "# -*- coding: utf-8 -*-\nx = '\udce4'\n"], ids=["syntax", "bytes"])
def test_a_file_that_is_no_python_is_told_and_not_skipped(tmp_path, text):
    (tmp_path / "odd.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert [report.code for report in reports_of_file(tmp_path / "odd.py")] == ["TL000"]


def test_an_exception_above_a_file_does_not_reach_its_functions(tmp_path):
    path = tmp_path / "rules.py"
    path.write_text("# lint: allow TL014 this covers the first lines only\nX = 1  # FIXME one\nY = 2  # FIXME two\n")
    assert [(report.code, report.breach.line) for report in reports_of_file(path)] == [("TL014", 3)]
