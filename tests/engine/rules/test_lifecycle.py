from __future__ import annotations

import pytest

from tests.engine.rules.test_models import EXAMPLES
from tests.engine.rules.worlds import model, rule
from trueline.engine.rules.lifecycle import TRANSITIONS, conformity_complaints, may_become
from trueline.engine.rules.model import RuleStatus

C, P, W, E, R = RuleStatus


@pytest.mark.parametrize("legal", [(C, P), (C, W), (C, R), (P, W), (P, R), (W, E), (W, C), (W, R), (E, R)])
def test_the_legal_moves_of_a_rule(legal):
    assert may_become(*legal)


def test_there_are_no_other_moves_and_none_out_of_retirement():
    assert sum(map(len, TRANSITIONS.values())) == 9
    assert TRANSITIONS[R] == frozenset()


def gate(proposed: str) -> list[str]:
    standing = model(rule("{never_call: x}", rule_id="a", extra=EXAMPLES))
    candidate = model(rule("{never_call: x}", rule_id="a", extra=EXAMPLES) + proposed).rules[-1]
    return [complaint.message for complaint in conformity_complaints(standing, candidate)]


def test_a_rule_that_keeps_its_examples_passes_the_gate():
    assert (
        gate(rule("{never_call: y}", rule_id="b", status="candidate", extra=EXAMPLES.replace("call: x", "call: y")))
        == []
    )


@pytest.mark.parametrize(
    ("check", "extra", "message"),
    [
        ("{never_call: x}", EXAMPLES, "already says it"),
        ("{never_call: y}", EXAMPLES, "gives passed, not failed"),
        ("{never_call: y}", "relations: {conflicts_with: a}", "both are in force"),
        ("{run: {require: 'x.y'}}", "", "which nothing defines"),
    ],
)
def test_what_stands_against_a_rule_is_said(check, extra, message):
    assert any(message in each for each in gate(rule(check, rule_id="b", status="candidate", extra=extra)))
