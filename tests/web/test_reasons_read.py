"""Why something could not be read is told in the reader's language, whatever a provider wrote."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

from tests.samples import TAKEN_AT, capture, compliance, write_export
from trueline import providers
from trueline.engine import comparison, rules, traces
from trueline.providers.microsoft365.ruleset import not_policies
from trueline.web.reasons import in_readers_language, of_rules
from trueline.web.words import sentence

SAID_AT = {"Unusable": 1, "Unread": 2, "Failed": 2, "Ignored": 1}
"""The calls by which a provider says why, and where in them the sentence stands."""

RULES_SAY_AT = {"MissingValueError": 0, "ExpressionError": 0, "SchemaError": 0, "Complaint": 2, "Finding": 1, "_at": 2}

OF_A_REQUEST = ("the body", "7 of the body", "the gzip body", "the content encoding")
"""Told to a sender, in the answer of the receiver."""


def written() -> set[str]:
    """Every sentence that a provider writes in place, with something in its holes."""
    found = set()
    for path in Path(providers.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in SAID_AT and len(node.args) > SAID_AT[name]:
                found.add(filled(node.args[SAID_AT[name]]))
    return found - {""}


def filled(node: ast.expr) -> str:
    """A text with its holes filled; empty for what is no text in place."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_sentence_of_a_provider_has_german_words():
    sentences = written() | {reason for _keys, reason in not_policies()[0]}
    assert len(sentences) > 30
    with translation.override("de"):
        assert [one for one in sorted(sentences) if in_readers_language(one) == one] == []


def engine_said() -> set[str]:
    """Every sentence by which the engine tells that a trace, or a file of traces, could not be read."""
    found = set()
    for path in Path(traces.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in {"UnreadableError", "UnknownFormError", "reject"}:
                found |= {filled(part) for part in node.args[:1]}
    return {one for one in found if one and not one.startswith(OF_A_REQUEST)}


def test_every_sentence_of_the_engine_about_traces_has_german_words():
    sentences = engine_said()
    assert len(sentences) > 30
    with translation.override("de"):
        for one in sorted(sentences):
            assert in_readers_language(one) != one, one
            assert in_readers_language(f"3 left out: {one}").endswith(in_readers_language(one))


def rules_said() -> set[str]:
    """Every sentence by which rules and comparisons say why, as far as it stands in place."""
    found = set()
    for path in (*Path(rules.__file__).parent.glob("*.py"), *Path(comparison.__file__).parent.glob("verdict.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in RULES_SAY_AT:
                found |= {filled(part) for part in node.args[RULES_SAY_AT[name] :]}
            elif isinstance(node, ast.Yield) and path.name in {"lint.py", "json_schema.py"} and node.value:
                found.add(filled(node.value).replace(" at 7 ", " at least "))
    return {one for one in found if " " in one}


def test_every_sentence_of_rules_and_comparisons_has_german_words():
    sentences = rules_said()
    assert len(sentences) > 35
    with translation.override("de"):
        assert [one for one in sorted(sentences) if of_rules(one) == one] == []


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "whether the rule applies is unknown: there was no earlier look_up or search for id 'A7'",
            "ob die Regel gilt, ist nicht bekannt: Es gab vorher kein look_up oder search für id 'A7'",
        ),
        ("cancel must be string or null", "cancel muss string oder null sein"),
        ("the answer lacks total", "die Antwort hat kein total"),
        (
            "world_model_score: +0.01 [-0.02, +0.04], p = 0.5, unclear (margin 0.02, higher is better).",
            "world_model_score: +0.01 [-0.02, +0.04], p = 0.5, unklar (Spielraum 0.02, mehr ist besser).",
        ),
        ("A single seed, at least 2 are needed.", "Ein einziger Seed, mindestens 2 sind nötig."),
        ("something else", "something else"),
    ],
)
def test_what_rules_quote_stays(english, german):
    with translation.override("de"):
        assert of_rules(english) == german
    assert of_rules(english) == english


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "The file is not valid JSON, at line 3, column 12.",
            "Die Datei ist kein gültiges JSON, in Zeile 3, Spalte 12.",
        ),
        ("a/b.json: The file is empty.", "a/b.json: Die Datei ist leer."),
        (
            "4 files could not be read, the first is a.json: The file is larger than 64 MB.",
            "4 Dateien konnten nicht gelesen werden, die erste ist a.json: Die Datei ist größer als 64 MB.",
        ),
        ("Wartungsfenster", "Wartungsfenster"),
        ("what: a tenant wrote", "what: a tenant wrote"),
    ],
)
def test_what_differs_from_file_to_file_stays(english, german):
    with translation.override("de"):
        assert sentence(english) == german
    assert sentence(english) == english


def test_a_german_page_tells_it_in_german(world, tmp_path, signed_in):
    export = write_export(tmp_path, [compliance(1)])
    (export / "CompliancePolicies" / "Broken.json").write_text("{", encoding="utf-8")
    made = capture(world, world.environment, export, TAKEN_AT)
    address = f"/w/acme/environments/north/captures/{made.pk}"
    page = signed_in(world.owner).get(address, headers={"accept-language": "de"}).content.decode()
    assert "Die Datei ist kein gültiges JSON, in Zeile 1" in page
    assert "The file" not in page
