from __future__ import annotations

import argparse
import json

import pytest

from tests.engine.rules.test_course import TRANSCRIPT
from tests.engine.rules.worlds import HEAD, rule
from trueline.cli import evaluate
from trueline.engine.comparison.reading import read_results
from trueline.engine.scores import Unscored

LOOK_ALONE = "{calls: {of: look, require: not call.with_text}}"


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    return evaluate.run(parser.parse_args(list(words)))


@pytest.fixture
def files(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(TRANSCRIPT), encoding="utf-8")

    def write(check: str, extra: str = "") -> list[str]:
        (tmp_path / "model.yaml").write_text(f"{HEAD}\nrules:{rule(check, extra=extra)}", encoding="utf-8")
        return [str(tmp_path / "run.json"), "--world-model", str(tmp_path / "model.yaml")]

    return write


@pytest.mark.parametrize(("extra", "code"), [("hard: true", 1), ("hard: false", 0)])
def test_the_exit_code_is_1_only_when_a_hard_rule_is_broken(files, capsys, extra, code):
    assert command(*files(LOOK_ALONE, extra), "--format", "json") == code
    document = json.loads(capsys.readouterr().out)
    assert document["verdicts"][0]["verdict"] == "failed"
    assert document["verdicts"][0]["places"][0]["step"] == 3
    assert document["score"]["blended_score"]["n"] == 1
    assert len(document["world_model"]["authority_ref"]["sha256"]) == 64


def test_a_model_with_an_error_is_one_sentence_on_stderr(files, capsys):
    assert command(*files("{run: {require: 'nonsense('}}")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_lint_runs_the_examples_of_a_shipped_model(capsys):
    assert command("--lint", "--world-model", "airline") == 0
    assert "47 examples" in capsys.readouterr().out


def test_the_schema_is_printed_as_json(capsys):
    assert command("--schema") == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "urn:trueline:world-model:1"


@pytest.mark.parametrize(
    "words",
    [
        ["--world-model", "airline"],
        ["nowhere", "--world-model", "airline"],
        ["nowhere"],
        ["x", "--world-model", "none.yaml"],
    ],
)
def test_what_is_missing_is_said(words, capsys):
    assert command(*words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_text_form_shows_the_score_with_its_interval(files, capsys):
    assert command(*files(LOOK_ALONE)) == 0
    assert "Blended score: 0.000 [0.000, 0.000], n = 1, 0 unscored" in capsys.readouterr().out


def test_two_evaluations_can_be_compared_by_case(tmp_path, capsys):
    run = {"task_id": 7, "trial": 2, "reward": 1.0, "traj": [{"role": "user", "content": "Hi"}]}
    (tmp_path / "run.json").write_text(json.dumps([run]), encoding="utf-8")
    assert command(str(tmp_path / "run.json"), "--world-model", "retail", "--format", "json") == 0
    (tmp_path / "evaluation.json").write_text(capsys.readouterr().out, encoding="utf-8")
    result = read_results(tmp_path / "evaluation.json").results[0]
    assert (result.case, result.seed) == ("7", "2")
    assert result.scores["blended_score"] == Unscored("no rule could be decided on this run")


def test_a_value_with_the_name_of_a_function_is_refused(tmp_path, capsys):
    text = f"{HEAD}values: {{count: 3}}\nrules:{rule('{never_call: x}')}"
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    assert command("--lint", "--world-model", str(tmp_path / "model.yaml")) == 1
    assert "already know" in capsys.readouterr().out
