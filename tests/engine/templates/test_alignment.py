from __future__ import annotations

import itertools
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trueline.engine.templates.alignment import align, matching, tokens
from trueline.engine.templates.extraction import extract

WORDS = ["".join(random.Random(n).choices(string.ascii_lowercase, k=3 + n % 7)) for n in range(400)]


def sentence(rng: random.Random, low: int = 3, high: int = 15) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(low, high))).capitalize() + rng.choice(".?!")


def renderings(template: list[str], count: int, seed: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    """`template` is constants; a random sentence goes between each two and after the last."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        values = tuple(sentence(rng) for _ in template)
        made.append(("".join(part + value for part, value in zip(template, values, strict=True)), values))
    return made


@given(st.text(max_size=200))
def test_tokens_joined_are_the_text(text):
    assert "".join(tokens(text)) == text


@given(st.lists(st.sampled_from("abc "), max_size=40), st.lists(st.sampled_from("abc "), max_size=40))
@settings(deadline=None)
def test_matched_tokens_are_equal_and_positions_rise_on_both_sides(left, right):
    pairs = list(matching(left, right))
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(pairs))


@given(st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_slots_are_read_exactly_from_prompts_not_seen_in_the_fit(seed):
    template = [
        "You answer questions of travellers with care.\nTraveller asks: ",
        "\nWhat you know about the place: ",
        "\nAnswer:\n",
    ]
    made = renderings(template, 40, seed)
    skeleton = align([text for text, _ in made[:12]])
    assert all(extract(skeleton, text) == values for text, values in made[12:])


def test_one_labelled_word_between_two_slots_is_a_constant():
    made = renderings(["Context: ", "\nQuestion: ", "\n<notes>"], 20)
    skeleton = align([text for text, _ in made[:12]])
    assert skeleton.islands == ("Context: ", "\nQuestion: ", "\n<notes>")


def test_a_shared_question_mark_at_the_end_belongs_to_the_slot():
    texts = [f"Solve this problem with care: {' '.join(random.Random(n).sample(WORDS, 6))}?" for n in range(12)]
    skeleton = align(texts)
    assert skeleton.islands == ("Solve this problem with care: ",)
    assert extract(skeleton, "Solve this problem with care: why?") == ("why?",)


def test_one_text_is_all_constant():
    skeleton = align(["Always the same words."])
    assert skeleton.slot_count == 0
    assert extract(skeleton, "Always the same words.") == ()
    assert extract(skeleton, "Always the same words. And more.") is None


@pytest.mark.parametrize("texts", [["alpha beta gamma", "delta epsilon zeta"], ["alpha", "delta"], ["", "x"], [""]])
def test_texts_with_nothing_in_common_leave_no_island(texts):
    skeleton = align(texts)
    assert skeleton.islands == ()
    assert extract(skeleton, "anything") == ("anything",)


@pytest.mark.parametrize(
    "text", ["Other opening. The middle stays here always. x", "Start here: x The middle stays here"]
)
def test_a_text_without_the_constants_is_no_rendering(text):
    skeleton = align([f"Start here: {word} The middle stays here always. {word * 2}" for word in WORDS[:12]])
    assert skeleton.slot_count == 2
    assert extract(skeleton, text) is None


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_texts_can_be_aligned_and_what_is_read_back_is_the_text(texts):
    skeleton = align(texts)
    for text in texts:
        values = extract(skeleton, text)
        if values is not None:
            slots = list(values)
            parts = [] if not skeleton.open_start else [slots.pop(0)]
            for island in skeleton.islands:
                parts += [island, slots.pop(0) if slots else ""]
            assert "".join(parts) == text
