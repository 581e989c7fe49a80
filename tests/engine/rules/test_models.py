from __future__ import annotations

from importlib import resources

import pytest

from tests.engine.rules.worlds import HEAD, model, rule
from trueline.engine.rules.json_schema import KEYWORDS, SchemaError, violations
from trueline.engine.rules.lint import lint
from trueline.engine.rules.reading import WorldModelError, parse_world_model, published_schema, read_world_model

MODELS = sorted(path.name for path in resources.files("trueline.engine.rules").joinpath("models").iterdir())
PLAIN = "text: t, status: provisional, provenance: {tier: curated, source: s}"
EXAMPLES = "examples: [{name: p, expect: passed, steps: []}, {name: f, expect: failed, steps: [{call: x}]}]"


def complaints(rules: str) -> list[str]:
    return [complaint.message for complaint in lint(model(rules))]


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_is_clean_and_every_rule_in_force_has_a_passing_and_a_failing_example(name):
    shipped = read_world_model(resources.files("trueline.engine.rules").joinpath("models", name))
    assert lint(shipped) == ()
    assert len(shipped.in_force) >= 15


def test_both_policies_are_shipped():
    assert MODELS == ["airline.yaml", "retail.yaml"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (rule("{never_call: x}", extra=EXAMPLES) * 2, "The id is used 2 times."),
        (rule("{run: {require: 'order.x == 1'}}"), "'order.x == 1' reads order, which nothing defines."),
        (rule("{run: {require: 'import os'}}"), "is no condition"),
        (rule("{run: {require: 'shell(1)'}}"), "calls shell, which is no function"),
        (rule("{done_claims: {says: '(', needs: x}}"), "is no regular expression"),
        (rule("{arguments: {of: x, schema: {kind: 3}}}"), "which is not supported"),
        (rule("{never_call: x}", status="enshrined"), "needs a person who approved it"),
        (rule("{never_call: x}", status="candidate"), "No rule is in force"),
        (rule("{never_call: x}", extra="relations: {depends_on: gone}"), "which is no other rule"),
        (rule("{never_call: x}"), "nobody knows that it can do both"),
        (rule("{never_call: x}", extra=EXAMPLES.replace("passed", "failed")), "gives passed, not failed"),
    ],
)
def test_lint_says_what_is_wrong(rules, message):
    assert any(message in each for each in complaints(rules))


def test_two_conflicting_rules_in_force_are_an_error_and_a_retired_one_is_not():
    conflict = rule("{never_call: x}", rule_id="a", extra=f"relations: {{conflicts_with: b}}\n    {EXAMPLES}")
    other = rule("{never_call: y}", rule_id="b", extra=EXAMPLES.replace("call: x", "call: y"))
    assert any("both are in force" in each for each in complaints(conflict + other))
    assert complaints(conflict + other.replace("provisional", "retired")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is no YAML"),
        ("just text", "must be object"),
        (f"{HEAD}\nrules: []", "at least 1 entries"),
        (
            f"{HEAD}\nrules: [{{id: A B, {PLAIN}, check: {{never_call: x}}}}]",
            "does not match",
        ),
        (
            f"{HEAD}\nrules: [{{id: a, {PLAIN}, check: {{}}}}]",
            "at least 1 entries",
        ),
        (
            f"{HEAD}\nrules: [{{id: a, {PLAIN.replace('provisional', 'lively')}, check: {{never_call: x}}}}]",
            "must be one of",
        ),
        (f"{HEAD}\ncolour: blue\nrules: [1]", "has colour, which is not known here"),
    ],
)
def test_a_file_that_breaks_the_schema_is_refused_with_the_place(text, message):
    with pytest.raises(WorldModelError, match=message):
        parse_world_model(text)


def test_an_unknown_keyword_of_a_schema_is_an_error_and_no_silent_pass():
    with pytest.raises(SchemaError, match="uniqueItems"):
        list(violations([1, 1], {"uniqueItems": True}))


def test_the_published_schema_uses_only_what_the_checker_knows():
    def keywords(schema):
        yield from (name for name in schema if not name.startswith("$"))
        nested = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", [])]
        nested += [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)]
        for inner in nested:
            yield from keywords(inner)

    assert set(keywords(published_schema())) <= KEYWORDS.keys() | {"title", "description"}


def test_dates_of_a_model_stay_the_text_they_are_written_in():
    parsed = parse_world_model(f"{HEAD}\nvalues: {{today: 2024-05-15}}\nrules:{rule('{never_call: x}')}")
    assert parsed.values["today"] == "2024-05-15"
