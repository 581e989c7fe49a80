"""Codes are sentences in both languages; one that nobody explained says so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import trueline
from trueline.casework.guidance.reasons import REASONS, explain
from trueline.connections.contract import Coverage

ROOT = Path(trueline.__file__).parent
MAY_END_A_RUN = ("connections", "inventory", "operations", "kit", "evaluations", "reviews", "traces")
_BY_HAND = (
    *("rule_move_refused", "world_model_retired", "world_model_unreadable", "rule_frozen", "gate_not_passed"),
    *("own_submission", "why_missing", "nothing_enshrined", "nothing_new", "review_fixed", "review_already_open"),
    *("cycle_refused", "not_receiving", "receiver_busy"),
)
NEVER_KEPT = {
    "error": "the root of the tree, never raised itself",
    "address_refused": "kept at a delivery, whose own page says it in words",
    "receiver_unreachable": "the same",
    "baseline_key_taken": "told where a file is handed over, and kept nowhere",
    "baseline_of_another_id": "the same",
    "baseline_base_missing": "the same",
    "baseline_nothing_to_upgrade": "the same",
    "baseline_pieces_open": "told at the plan, and kept nowhere",
    "baseline_upgrade_overtaken": "the same",
    "lease_lost": "the attempt is dropped without a word: another one has the run",
    "model_silent": "a rule that it was asked about is then not decided, which the scan says",
    **dict.fromkeys(_BY_HAND, "told to whoever does it, and kept nowhere"),
    "run_cancelled": "the run ends as cancelled, which is no fault",
}


def _codes_of_errors() -> set[str]:
    found = set()
    for room in MAY_END_A_RUN:
        for path in (ROOT / room).rglob("*.py"):
            if "postgres" in path.parts:  # before there is a database, there is no run
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found |= {_text(line.value) for line in node.body if _names_code(line)}
    return found - {""}


def _names_code(line: ast.stmt) -> bool:
    return isinstance(line, ast.Assign) and [getattr(one, "id", "") for one in line.targets] == ["code"]


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _codes_of_denials() -> set[str]:
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Denial":
                found.add(_text(node.args[0]))
    return found


def test_every_code_that_a_run_can_end_with_is_explained():
    ends = _codes_of_errors() | _codes_of_denials() | {"stalled", "internal_error"}
    assert len(ends) > 20
    assert ends - set(REASONS) - set(NEVER_KEPT) == set()


def test_every_way_of_not_reading_an_area_is_explained():
    assert {f"area_{one}" for one in Coverage if one is not Coverage.COMPLETE} <= set(REASONS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_code_has_a_label_a_sentence_a_cause_and_a_next_step_in_both_languages(code):
    reason = REASONS[code]
    for said in (reason.label, reason.sentence, reason.cause, reason.next_step):
        with translation.override("en"):
            english = str(said)
        with translation.override("de"):
            assert str(said) != english
        assert english
        assert code not in english.replace(" ", "_") or " " in english


def test_an_unknown_code_says_that_it_is_not_explained_and_not_its_name():
    reason = explain("half_melted")
    assert str(reason.sentence) == "Trueline has no explanation for this yet."
    for said in (reason.label, reason.sentence, reason.cause, reason.next_step):
        assert "half_melted" not in str(said)
    assert reason.code == "half_melted"
