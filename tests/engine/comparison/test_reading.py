from __future__ import annotations

import gzip
import json

import pytest

from trueline.engine.comparison.reading import read_results
from trueline.engine.comparison.results import case_result
from trueline.engine.scores import EngineError, Score, Unscored

ROWS = [{"case": "a", "seed": 1, "correct": True}, {"case": "b", "seed": 1, "correct": False}]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.json", json.dumps(ROWS)),
        ("r.json", json.dumps({"results": ROWS})),
        ("r.json", "\n".join(map(json.dumps, ROWS))),
        ("r.jsonl", "\n".join(map(json.dumps, ROWS)) + "\n\n"),
        ("r.csv", "case,seed,correct,comment\na,1,true,fine\nb,1,0,bad\n"),
        ("r.json", json.dumps({"seed": 1, "cases": [{"case": "a", "correct": 1}, {"case": "b", "correct": 0}]})),
    ],
)
def test_every_accepted_form_reads_the_same(tmp_path, name, text):
    read = read_results(write(tmp_path / name, text))
    assert [(each.case, each.seed, each.scores["correct"]) for each in read.results] == [
        ("a", "1", Score(1.0)),
        ("b", "1", Score(0.0)),
    ]
    assert read.unread == ()


def test_a_folder_takes_the_seed_from_the_end_of_each_file_name(tmp_path):
    for seed in (42, 43):
        (tmp_path / f"base_{seed}.jsonl.gz").write_bytes(gzip.compress(b'{"case": "a", "correct": true}\n'))
    assert [each.seed for each in read_results(tmp_path).results] == ["42", "43"]


def test_a_bad_row_and_a_bad_file_are_named_and_the_rest_is_read(tmp_path):
    write(tmp_path / "a.jsonl", '{"case": "a", "correct": true}\n{"correct": true}\n7\n')
    write(tmp_path / "b.json", "{")
    read = read_results(tmp_path)
    assert len(read.results) == 1
    assert [each.path.rsplit("/", 1)[1] for each in read.unread] == ["a.jsonl:2", "a.jsonl:3", "b.json"]


def test_nothing_to_read_is_an_error_with_the_first_reason(tmp_path):
    with pytest.raises(EngineError, match="no file or folder"):
        read_results(tmp_path / "absent")
    with pytest.raises(EngineError, match="no case field"):
        read_results(write(tmp_path / "r.json", '[{"correct": true}]'))


def test_missing_and_unreadable_values_are_unscored_and_answers_are_no_scores():
    row = {
        "case": "a",
        "correct": None,
        "answer": "100",
        "other_data": {"given": "90", "score": 0.5},
        "cost": float("nan"),
    }
    scores = case_result(row).scores
    assert scores["correct"] == Unscored("the value is missing")
    assert isinstance(scores["cost"], Unscored)
    assert scores["score"] == Score(0.5)
    assert "answer" not in scores
    assert "given" not in scores
