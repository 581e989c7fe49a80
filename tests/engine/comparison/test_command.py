from __future__ import annotations

import argparse
import json
import random

import pytest

from trueline.cli import compare_runs


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    compare_runs.add_arguments(parser)
    return compare_runs.run(parser.parse_args(list(words)))


def results_file(path, rate: float) -> str:
    rng = random.Random(rate)
    rows = [{"case": case, "seed": seed, "correct": rng.random() < rate} for case in range(60) for seed in range(3)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("rates", "verdict", "code"), [((0.4, 0.9), "improve", 0), ((0.9, 0.4), "regress", 1)])
def test_the_exit_code_says_whether_the_candidate_is_worse(tmp_path, capsys, rates, verdict, code):
    a, b = results_file(tmp_path / "a.json", rates[0]), results_file(tmp_path / "b.json", rates[1])
    assert command(a, b, "--format", "json", "--resamples", "500") == code
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == verdict
    assert document["n"] == {"cases": 60, "seeds": 3, "pairs": 180}
    assert any(gate["decided"] for gate in document["gates"])


def test_a_missing_file_is_one_sentence_on_stderr(tmp_path, capsys):
    assert command(str(tmp_path / "none"), str(tmp_path / "none")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_the_text_form_shows_verdict_and_gates(tmp_path, capsys):
    a, b = results_file(tmp_path / "a.json", 0.4), results_file(tmp_path / "b.json", 0.9)
    assert command(a, b, "--resamples", "500") == 0
    out = capsys.readouterr().out
    assert out.startswith("improve: The candidate is better.")
    assert "enough_seeds:correct" in out
