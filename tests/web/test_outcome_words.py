"""One vocabulary of outcomes, every badge and label in both languages: no bare partial, blocked, missing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from trueline.casework.guidance.reasons import REASONS
from trueline.casework.wording import LANES
from trueline.findings import wording
from trueline.web import words
from trueline.web.context import PLACES
from trueline.web.marks import SEVERITIES, STATES

LABELS: dict[str, Any] = {
    **{f"severity {key}": mark.word for key, mark in SEVERITIES.items()},
    **{f"state {key}": mark.word for key, mark in STATES.items()},
    **{f"lane {key}": label for key, label in LANES.items()},
    **{f"reason {key}": reason.label for key, reason in REASONS.items()},
    **{f"place {name}": label for name, label, *_ in PLACES},
    **{f"role {key}": label for key, label in wording.ROLES.items()},
}
for name in ("COUNTS", "OUTCOMES", "VERBS", "CLOSE_REASONS", "RESOLVED"):
    LABELS |= {f"{name.lower()} {key}": label for key, label in getattr(words, name).items()}
LABELS |= {f"gap {key}": label for key, label in wording.GAPS.items()}
LABELS |= {f"facet {key}": label for key, label in wording.FACETS.items()}
BARE = {
    "en": r"partial(ly)?|in part|blocked|missing|unsupported|not supported",
    "de": r"teilweise|partiell|blockiert|gesperrt|fehlt|fehlend|nicht unterstützt",
}


@pytest.mark.parametrize("language", BARE)
def test_partial_blocked_missing_and_unsupported_always_say_of_what(language):
    with translation.override(language):
        bare = {
            key: str(label) for key, label in LABELS.items() if re.fullmatch(BARE[language], str(label), re.IGNORECASE)
        }
    assert bare == {}


def test_every_label_is_said_in_both_languages():
    assert len(LABELS) > 120
    for key, label in LABELS.items():
        for language in BARE:
            with translation.override(language):
                assert str(label).strip(), key


def test_one_label_of_a_family_of_states_has_one_meaning():
    for language in BARE:
        with translation.override(language):
            by_word: dict[str, set[tuple[str, str]]] = {}
            for mark in STATES.values():
                by_word.setdefault(str(mark.word), set()).add((mark.tone, mark.shape))
        assert {word: looks for word, looks in by_word.items() if len(looks) > 1} == {}


def test_the_check_would_catch_a_bare_word():
    for language, word in (("en", "Blocked"), ("en", "Missing"), ("de", "Teilweise"), ("de", "Fehlt")):
        assert re.fullmatch(BARE[language], word, re.IGNORECASE)
