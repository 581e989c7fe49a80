"""Results of assertions in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.inventory.assertions.samples import asks, one_result, record, where
from tests.providers.microsoft365.questions.tenant import ask, group, policy
from trueline.inventory.assertions.errors import InvalidBaseline, LayersRefused
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.model import Baseline, Level, Override
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.assertions.saying import SENTENCES, Said, phrase_document
from trueline.inventory.definitions import Definitions
from trueline.web import assertion_words, words
from trueline.web.marks import STATES

NOTHING = Definitions()
HEAD = "baseline:\n  id: a\n  version: '1'\n  title: A\n  area: x\n"


def test_a_page_says_in_english_what_the_command_line_says():
    with translation.override("en"):
        assert {code: str(said) for code, said in assertion_words.SENTENCES.items()} == SENTENCES
        result = one_result(asks("home"), where(record("A", settings={"home": "off"})))
        assert assertion_words.said(result.said) == result.sentence


def test_what_a_provider_answers_is_german_on_a_german_page():
    answer = ask("mfa_for_all_users", policy("Alle", users={"excludeGroups": ["e"]}), group("e", "Notfall"))
    with translation.override("de"):
        assert assertion_words.said(Said("answered", {"sentence": answer.sentence})) == (
            "Mehrstufige Authentifizierung für alle Benutzer: zum Teil, durch Alle. "
            "Nicht erfasst: Mitglieder der Gruppe Notfall."
        )
        assert assertion_words.provider(answer.proofs[0].says) == "verlangt mehrstufige Authentifizierung"
        assert assertion_words.observed({"gaps": [phrase_document(answer.gaps[0])]}, "", NOTHING) == (
            "Mitglieder der Gruppe Notfall"
        )
        assert words.shipped("Legacy authentication is blocked") == "Veraltete Authentifizierung ist gesperrt"


def test_every_sentence_is_german_on_a_german_page():
    with translation.override("de"):
        same = [code for code, said in assertion_words.SENTENCES.items() if str(said) == SENTENCES[code]]
    assert same == ["answered"]


@pytest.mark.parametrize("state", ["met", "met_partly", "conflicting", "not_met", "not_measured", "not_licensed"])
def test_every_state_has_a_mark_and_only_one_is_good(state):
    assert (STATES[state].tone == "good") == (state == "met")


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (asks("home"), "on"),
        (asks("home", "one_of", ["a", ["b", "c"]]), "one of a, b + c"),
        (asks("home", "at_least", 5), "at least 5"),
        (asks("home", "absent", None), "not configured"),
    ],
)
def test_what_is_asked_is_said_in_words(demand, said):
    with translation.override("en"):
        assert assertion_words.asked(demand, NOTHING, {}) == said


def test_several_policies_are_the_first_and_a_number():
    with translation.override("en"):
        assert assertion_words.said(Said("met_by", {"right": ("A", "B", "C")})) == "Met by A (and 2 more)."


def test_a_finding_shows_values_and_whom_they_reach():
    with translation.override("en"):
        seen = {"values": [["off", "all"], ["on", "part"]], "left_out": ["group:x"]}
        lines = assertion_words.observed(seen, "home", NOTHING).split("\n")
    assert lines == ["off, for everybody", "on, for a part only", "Left out: group:x"]


def test_what_is_wrong_with_a_file_is_german_on_a_german_page_with_its_line():
    with pytest.raises(InvalidBaseline) as refused:
        parse_baseline("baseline:\n  id: a\n  id: b\n", name="haus.yaml")
    assert str(refused.value) == "haus.yaml, line 3: `id` stands here twice; keep one of them."
    with translation.override("de"):
        assert words.told(refused.value) == ("haus.yaml, Zeile 3: `id` steht hier zweimal; behalten Sie eines davon.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "  titel: x\n", "haus.yaml, Zeile 6: baseline hat titel, das hier unbekannt ist"),
        ("baseline:\n  id: a\n  version: '1'\n", "haus.yaml, Zeile 1: baseline fehlt title; ergänzen Sie es."),
        (
            HEAD + "assertions:\n- id: a\n  title: A\n  severity: high\n  setting: s\n  operator: one_of\n",
            "one_of braucht einen Wert",
        ),
    ],
)
def test_what_a_schema_says_of_a_file_is_german_on_a_german_page(text, said):
    with pytest.raises(InvalidBaseline) as refused:
        parse_baseline(text, name="haus.yaml")
    with translation.override("de"):
        assert said in words.told(refused.value)


def test_layers_that_do_not_fit_are_refused_in_german():
    layer = Baseline("l", "1", "L", extends="house", level=Level.PROFILE, overrides=(Override("x", "r", {"value": 1}),))
    with pytest.raises(LayersRefused) as refused:
        effective([Baseline("house", "1", "H"), layer])
    with translation.override("de"):
        assert words.told(refused.value) == (
            "l überschreibt x, das es in den Ebenen darüber nicht gibt; entfernen Sie die Überschreibung."
        )
