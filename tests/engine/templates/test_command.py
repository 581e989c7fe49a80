from __future__ import annotations

import argparse
import json
import random

from tests.engine.templates.test_alignment import sentence
from tests.engine.templates.test_inference import SOLVER
from trueline.cli import prompt_templates


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    prompt_templates.add_arguments(parser)
    return prompt_templates.run(parser.parse_args(list(words)))


def test_a_list_of_prompts_gives_templates_with_the_slot_values(tmp_path, capsys):
    rng = random.Random(0)
    puzzles = [sentence(rng) for _ in range(30)]
    (tmp_path / "p.json").write_text(json.dumps([SOLVER + puzzle for puzzle in puzzles]), encoding="utf-8")
    assert command(str(tmp_path / "p.json"), "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["slots"]["slot_1"] for each in found["templates"][0]["renderings"]} == set(puzzles)
    assert found["cover"] == 1.0


def test_transcripts_give_the_template_of_their_opening(tmp_path, capsys):
    rng = random.Random(0)
    for number in range(15):
        messages = [
            {"role": "user", "content": SOLVER + sentence(rng)},
            {"role": "assistant", "content": sentence(rng)},
        ]
        (tmp_path / f"{number}.json").write_text(
            json.dumps({"id": str(number), "messages": messages}), encoding="utf-8"
        )
    assert command(str(tmp_path), "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["traces"] == 15
    assert found["templates"][0]["text"] == SOLVER + "{{slot_1}}"


def test_a_file_that_is_neither_is_named_and_nothing_read_is_an_error(tmp_path, capsys):
    (tmp_path / "x.json").write_text('{"colour": "blue"}', encoding="utf-8")
    assert command(str(tmp_path)) == 2
    captured = capsys.readouterr()
    assert "x.json" in captured.err
    assert captured.err.count("\n") == 1


def test_nothing_that_repeats_is_the_answer_no(tmp_path, capsys):
    (tmp_path / "p.json").write_text(json.dumps(["One question about nothing?", "Another thing entirely, much later."]))
    assert command(str(tmp_path / "p.json")) == 1
    assert capsys.readouterr().out.startswith("0 templates")
