"""Baselines as files: what is written is read again, and what is wrong is told with its line."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.inventory.assertions.errors import InvalidBaseline
from trueline.inventory.assertions.model import Assertion, Baseline, Level, Operator, Override, Reference, Template
from trueline.inventory.assertions.reading import parse_baseline, published_schema, read_baseline
from trueline.inventory.assertions.writing import baseline_document, baseline_text

HEAD = "baseline:\n  id: small\n  version: '1'\n  title: Small\n"

IDS = st.text("abcdefghij", min_size=1, max_size=6)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
WORDS = st.one_of(
    TEXT,
    st.sampled_from(["yes", "no", "on", "1e3", "0x10", "1_000", "22:30", "2024-01-01", "~", "null", "true", "1.0"]),
)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(-(2**60), 2**60))
REFERENCES = st.lists(st.builds(Reference, WORDS, WORDS), max_size=2).map(tuple)


@st.composite
def assertions(draw, name):
    operator = draw(st.sampled_from(list(Operator)))
    values = {
        Operator.EQUALS: st.one_of(SCALARS, st.lists(SCALARS, max_size=3)),
        Operator.CONTAINS: SCALARS,
        Operator.ONE_OF: st.lists(st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), min_size=1, max_size=3),
        Operator.AT_LEAST: st.integers(),
        Operator.AT_MOST: st.integers(),
    }
    common = {"id": name, "title": draw(WORDS), "rationale": draw(WORDS), "references": draw(REFERENCES)}
    if draw(st.booleans()):
        parameters = draw(st.dictionaries(TEXT, SCALARS, max_size=2))
        return Assertion(**common, question=draw(WORDS), parameters=parameters)
    value = draw(values[operator]) if operator in values else None
    return Assertion(**common, setting=draw(WORDS).lower(), area=draw(WORDS), operator=operator, value=value)


@st.composite
def baselines(draw):
    names = draw(st.lists(IDS, unique=True, max_size=5))
    split = draw(st.integers(0, len(names)))
    templates = [
        Template(name, draw(WORDS), "t", "a", draw(st.dictionaries(TEXT, SCALARS, min_size=1, max_size=3)))
        for name in names[split:]
    ]
    return Baseline(
        "b",
        draw(WORDS),
        draw(WORDS),
        description=draw(st.one_of(st.just(""), WORDS)),
        assertions=tuple(draw(assertions(name)) for name in names[:split]),
        templates=tuple(templates),
    )


@given(baselines())
def test_what_is_written_is_read_again_and_written_as_the_same_bytes(baseline):
    text = baseline_text(baseline)
    again = parse_baseline(text)
    assert again == baseline
    assert baseline_text(again) == text


def test_a_layer_is_written_and_read_again():
    layer = Baseline(
        "site",
        "1",
        "Site",
        level=Level.PROFILE,
        extends="small",
        overrides=(
            Override("a", "Old machines.", {"operator": "at_least", "value": 8}),
            Override("b", "Not here.", is_drop=True),
        ),
    )
    assert parse_baseline(baseline_text(layer)) == layer
    assert "level: profile" in baseline_text(layer)


def test_what_people_write_means_what_they_see():
    text = HEAD + (
        "assertions:\n- {id: a, title: A, severity: low, setting: S_Word, area: x, operator: one_of,"
        " value: [yes, on, 22:30, 2024-01-01, 1_000, true, 10, 1.5]}\n"
    )
    (assertion,) = parse_baseline(text).assertions
    assert assertion.setting == "s_word"
    assert assertion.value == ["yes", "on", "22:30", "2024-01-01", "1_000", True, 10, 1.5]


def test_the_area_of_the_head_holds_where_none_is_named():
    text = HEAD + "  area: here\nassertions:\n- {id: a, title: A, severity: low, setting: s, operator: any}\n"
    assert parse_baseline(text).assertions[0].area == "here"


ENTRY = "- id: a\n  title: A\n  severity: low\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 0, "is empty"),
        ("baseline: ]", 1, "no YAML"),
        ("a: 1\n\tb: 2\n", 2, "no YAML"),
        ("- 1\n", 1, "must be object"),
        (HEAD + "  colour: red\n", 5, "remove it or correct its name"),
        (HEAD + "  title: Again\n", 5, "`title` stands here twice"),
        (HEAD + "assertions:\n" + ENTRY, 6, "must name a `setting` or a `question`"),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  operator: any\n", 6, "names no area"),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n", 6, "lacks operator; add it"),
        (HEAD + "assertions:\n- id: a\n  title: A\n  setting: s\n", 6, "lacks severity; add it"),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n  operator: like\n", 11, "must be one of"),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n  operator: equals\n", 6, "needs a value"),
        (
            HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n  operator: any\n  value: 1\n",
            12,
            "takes no value",
        ),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n  operator: at_least\n  value: x\n", 12, "number"),
        (HEAD + "assertions:\n" + ENTRY + "  setting: s\n  area: x\n  operator: one_of\n  value: x\n", 12, "list"),
        (HEAD + "assertions:\n" + ENTRY + "  question: q\n  operator: any\n", 10, "a question has no `operator`"),
        (HEAD + "assertions:\n" + ENTRY + "  question: q\n" + ENTRY + "  question: r\n", 10, "is taken by"),
        (HEAD + "overrides:\n- assertion: a\n  reason: Because.\n  drop: true\n", 5, "say `extends`"),
        (HEAD + "  extends: x\noverrides:\n- assertion: a\n  reason: Because.\n", 7, "drops or sets"),
        (HEAD + "x: &a 1\ny: *a\n", 6, "aliases are not allowed"),
        (HEAD + "x: !!python/object:os.system 1\n", 5, "tag"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_to_do(text, line, said):
    with pytest.raises(InvalidBaseline) as refused:
        parse_baseline(text, name="b.yaml")
    assert said in str(refused.value)
    assert f"line {line}" in str(refused.value) or line == 0


def test_a_text_of_endless_depth_is_refused_with_a_sentence():
    with pytest.raises(InvalidBaseline):
        parse_baseline("baseline: " + "[" * 3000 + "]" * 3000)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", "baseline: \u0007".encode()])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "b.yaml").write_bytes(content)
    with pytest.raises(InvalidBaseline):
        read_baseline(tmp_path / "b.yaml")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidBaseline, match="cannot be read"):
        read_baseline(tmp_path / "gone.yaml")


@given(st.text(string.printable, max_size=60))
def test_any_text_is_a_baseline_or_a_sentence(text):
    said = "A baseline."
    try:
        parse_baseline(text)
    except InvalidBaseline as error:
        said = str(error)
    assert said.rstrip().endswith((".", ")"))


def test_the_published_schema_names_what_is_written():
    baseline = Baseline("b", "1", "B", assertions=(Assertion("a", "A", question="q"),))
    assert json.dumps(published_schema())
    assert set(baseline_document(baseline)) <= set(published_schema()["properties"])
