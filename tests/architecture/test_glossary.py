"""One word for each concept: what the code calls things stands in the glossary, with a meaning."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from tools import docs
from trueline.audit.registry import EVENTS
from trueline.audit.rules import Outcome as AuditOutcome
from trueline.connections import registry as providers
from trueline.connections.contract import Coverage, Facet
from trueline.connections.rules import ConnectionKind, UploadState
from trueline.findings.rules import FindingState, Severity
from trueline.inventory.compare import Outcome
from trueline.inventory.differences import ChangeKind
from trueline.kit.scope import ActorKind
from trueline.notices.rules import Cause, DeliveryStatus, DestinationKind, Rhythm
from trueline.operations.registry import run_types
from trueline.operations.rules import RunOutcome, State
from trueline.workspaces.rules import CommercialState, GrantEffect, InvitationState, Lifecycle, Role

TEXT = (docs.ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!word \|)([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
WORDS = [word.strip() for terms, _ in ROWS for word in terms.split(",")]
ENUMERATIONS: list[type[StrEnum]] = [
    AuditOutcome, ChangeKind, CommercialState, Coverage, Facet, FindingState, GrantEffect, InvitationState, Lifecycle,
    Outcome, Role, RunOutcome, Severity, State, UploadState, ConnectionKind, DestinationKind, DeliveryStatus, Cause,
    Rhythm,
]  # fmt: skip


def test_the_glossary_is_read_at_all():
    assert {"workspace", "sign in link", "verified cleared"} <= set(WORDS)


def test_every_model_has_its_word():
    found = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower() for name in docs.models(docs.ROOT)}
    assert found - set(WORDS) == set()


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda item: f"{item.__module__}.{item.__name__}")
def test_every_state_has_its_word(enumeration):
    assert {str(item).replace("_", " ") for item in enumeration} - set(WORDS) == set()


@pytest.mark.parametrize("action", sorted(EVENTS))
def test_an_event_is_a_room_a_subject_and_a_verb_that_have_words(action):
    room, subject, verb = action.split(":")
    assert (docs.ROOT / "src" / "trueline" / room / "__init__.py").is_file()
    known = " ".join(WORDS).split()
    assert subject in known
    assert verb in known


def test_run_types_are_a_room_and_a_verb_that_have_words():
    assert run_types()
    for run_type in run_types():
        room, verb = run_type.code.split(".")
        assert (docs.ROOT / "src" / "trueline" / room / "__init__.py").is_file()
        assert verb in WORDS


def test_every_provider_has_its_word():
    assert {provider.key for provider in providers.providers()} - set(WORDS) == set()


def test_kinds_of_actor_are_told():
    actor = next(meaning for terms, meaning in ROWS if terms.strip() == "actor")
    assert [str(kind) for kind in ActorKind if str(kind) not in actor] == []


def test_a_word_has_one_meaning_on_the_page_or_says_what_each_is_of():
    twice = {word for word in WORDS if WORDS.count(word) > 1}
    # Each of these says in its meaning what it is the state of.
    assert twice == {"capture", "info"}
