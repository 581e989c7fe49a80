from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.engine.templates.test_alignment import sentence
from trueline.engine.templates.document import templates_document, templates_lines, wilson_lower
from trueline.engine.templates.inference import infer_templates
from trueline.engine.templates.parts import Part, split_constant
from trueline.engine.templates.prompts import Material, Prompt, Utterance

SOLVER = "You are a careful solver of puzzles. Think step by step before you answer.\n\nPuzzle: "
WRITER = "You write short summaries for busy readers in plain words, never longer than two lines.\n\nNotes:\n"


def prompts(opening: str, agent: str, count: int, seed: int = 0, role: str = "user") -> list[Prompt]:
    rng = random.Random(seed)
    return [Prompt(f"{agent}-{n}", f"trace-{n}", agent, role, opening + sentence(rng), 5) for n in range(count)]


def document(given: list[Prompt], said=None):
    material = Material(tuple(given), said or {})
    return templates_document(infer_templates(given), material, traces=1, unread=[])


def test_two_templates_of_one_agent_are_told_apart():
    found = document(prompts(SOLVER, "a", 20) + prompts(WRITER, "a", 15, seed=1))["templates"]
    assert [(each["prompts"], each["cover"], len(each["slots"])) for each in found] == [(20, 1.0, 1), (15, 1.0, 1)]


def test_a_segment_carries_confidence_and_its_traces():
    template = document(prompts(SOLVER, "a", 20))["templates"][0]
    assert all(0 < segment["confidence"] < 1 for segment in template["segments"])
    assert template["segments"][0]["traces"] == sorted(f"trace-{n}" for n in range(20))
    assert template["text"] == SOLVER + "{{slot_1}}"
    assert template["state"] == "draft"


def test_few_prompts_give_less_confidence_than_many():
    few, many = (document(prompts(SOLVER, "a", count))["templates"][0]["confidence"] for count in (4, 60))
    assert few < many


def test_words_of_another_agent_make_a_slot_an_upstream_injection():
    given = prompts(WRITER, "writer", 20)
    said = {each.trace_id: [Utterance("researcher", each.text.removeprefix(WRITER), 3)] for each in given}
    slot = document(given, said)["templates"][0]["slots"][0]
    assert slot["part"] == "upstream_injection"
    assert slot["source"]["speaker"] == "researcher"
    assert slot["source"]["share"] >= 0.8  # a value of a word or two could be anybody's


def test_words_said_after_the_prompt_are_no_source():
    given = prompts(WRITER, "writer", 20)
    said = {each.trace_id: [Utterance("researcher", each.text.removeprefix(WRITER), 9)] for each in given}
    assert document(given, said)["templates"][0]["slots"][0]["source"] is None


def test_a_fixed_system_prompt_is_a_template_without_slots():
    given = [
        Prompt(str(n), f"t{n}", "a", "system", SOLVER + "always the same, and always in these words.") for n in range(5)
    ]
    template = document(given)["templates"][0]
    assert template["slots"] == []
    assert template["prompts"] == 5


def test_free_speech_is_no_template():
    rng = random.Random(3)
    given = [Prompt(str(n), f"t{n}", "", "user", sentence(rng, 8, 40)) for n in range(30)]
    found = document(given)
    assert found["templates"] == []
    assert len(found["unassigned"]) == 30


def test_a_task_repeated_under_several_seeds_is_no_template():
    rng = random.Random(5)
    tasks = [sentence(rng, 20, 30) for _ in range(60)]
    given = [
        Prompt(f"{task}-{seed}", f"{task}-{seed}", "", "user", text)
        for task, text in enumerate(tasks)
        for seed in range(4)
    ]
    assert document(given)["templates"] == []


def test_order_does_not_matter():
    given = prompts(SOLVER, "a", 30) + prompts(WRITER, "b", 30, seed=1)
    shuffled = given[:]
    random.Random(1).shuffle(shuffled)
    assert document(given) == document(shuffled)


def test_an_optional_sentence_becomes_a_slot_and_cover_stays_whole():
    opening = "The reader knows nothing about puzzles and wants to learn how they are solved by others. " + SOLVER
    given = [
        replace(each, text=each.text.replace("step by step ", "")) if number == 17 else each
        for number, each in enumerate(prompts(opening, "a", 40))
    ]
    template = document(given)["templates"][0]
    assert template["cover"] == 1.0
    assert len(template["slots"]) == 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Do the task.\n\nLet's think step by step.\n\nBe brief.",
            [Part.BASE_PROMPT, Part.CHAIN_OF_THOUGHT, Part.BASE_PROMPT],
        ),
        (
            "Do it.\n\nHere are some examples:\n\nQ: one\nA: 1\n\nsee above\n\nQ: two\nA: 2\n",
            [Part.BASE_PROMPT, Part.FEW_SHOT],
        ),
        ('Times are local. For example "02:30:00" is at night.', [Part.BASE_PROMPT]),
    ],
)
def test_constants_are_cut_into_their_parts(text, parts):
    stretches = split_constant(text)
    assert [each.part for each in stretches] == parts
    assert "".join(each.text for each in stretches) == text


def test_the_terminal_form_names_every_template():
    lines = templates_lines(document(prompts(SOLVER, "a", 20)))
    assert lines[0] == "1 templates in 20 prompts of 1 traces."
    assert any("{{slot_1}}" in line for line in lines)


def test_the_lower_bound_of_a_share_is_zero_without_trials_and_below_one():
    assert wilson_lower(0, 0) == 0
    assert wilson_lower(10, 10) == pytest.approx(0.7225, abs=1e-3)


PLACES = ["Germany", "New Zealand", "Japan", "Chile", "South Africa"]
FORMS = [
    ("You help customers of a book shop, politely and briefly.\n\nName: {0}\nPlace: {1}\n\nQuestion: {2}\n", "psl"),
    ("Say what this text is about in one sentence:\n\n{0}", "l"),
    ("<task>Sort the letter below into one of the known drawers.</task>\n<letter>{0}</letter>\n<past>{1}</past>", "ll"),
    ("Translate from {0} to {1}: {2}", "ppl"),
    ("Facts:\n{0}\n\nWith the facts above, answer the question.\n\nQ: {1}\nA:", "ll"),
]


@pytest.mark.parametrize("count", [12, 40])
@pytest.mark.parametrize(("form", "kinds"), FORMS)
def test_every_slot_of_common_forms_is_exact(form, kinds, count):
    rng = random.Random(7)

    def value(kind: str) -> str:
        return rng.choice(PLACES) if kind == "p" else sentence(rng, 2 if kind == "s" else 4, 25)

    truth = {str(number): tuple(value(kind) for kind in kinds) for number in range(count)}
    given = [Prompt(key, key, "a", "user", form.format(*values)) for key, values in truth.items()]
    fitted = infer_templates(given).templates
    assert {each.prompt.id: each.values for template in fitted for each in template.renderings} == truth


def test_a_prompt_that_cannot_be_read_is_a_misfit_and_lowers_the_cover():
    given = prompts(SOLVER, "a", 30)
    other = replace(
        given[0], id="x", text=given[0].text.replace("careful solver", "quick solver").replace("puzzles", "riddles")
    )
    template = document([*given, other])["templates"][0]
    assert template["prompts"] + len(document([*given, other])["unassigned"]) == 31
    assert template["cover"] in {1.0, 30 / 31}


def test_words_that_every_quotation_shares_belong_to_the_quotation():
    rng = random.Random(7)
    plans = [f"{sentence(rng)} so the device-clerk should find {sentence(rng)}" for _ in range(24)]
    given = [Prompt(f"c-{n}", f"trace-{n}", "clerk", "user", f"{WRITER}{plan}\n\nThank you very much indeed.", 5)
             for n, plan in enumerate(plans)]  # fmt: skip
    said = {f"trace-{n}": [Utterance("dispatcher", plan, 3)] for n, plan in enumerate(plans)}
    (alone,) = document(given)["templates"]
    (found,) = document(given, said)["templates"]
    assert len(alone["slots"]) > 1
    assert [slot["part"] for slot in found["slots"]] == ["upstream_injection"]
    assert found["renderings"][0]["slots"]["slot_1"].strip() in plans
    assert "device-clerk" not in found["text"]
