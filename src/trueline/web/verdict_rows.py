"""What rules said of one trace, in place: at its spans, at the run as a whole, and rule by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.model import RuleVerdict
from trueline.evaluations import queries as evaluations
from trueline.evaluations.verdicts import by_span
from trueline.web import model_words, words
from trueline.web.pages import url
from trueline.web.reasons import of_rules
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.engine.rules.model import Rule
    from trueline.engine.traces.model import Trace as Told
    from trueline.evaluations.models import Scan, TraceJudgement, WorldRule
    from trueline.traces.models import Trace
    from trueline.web.asked import Asked

MARKS = {"failed": "rule_failed", "unscored": "unscored", "passed": "passed", "not_applicable": "not_applicable"}
"""Names of marks; what was not decided has one of its own, and never that of what holds."""
_ORDER = (RuleVerdict.FAILED, RuleVerdict.UNSCORED, RuleVerdict.PASSED, RuleVerdict.NOT_APPLICABLE)
MOST_SPOTS = 12


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """One rule and what it said: of the trace, or at one place of it."""

    text: str
    verdict: str
    mark: str
    detail: str
    tier: str
    source: str
    is_hard: bool
    url: str
    spots: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the latest look that judged a trace said of it.

    Attributes:
        rules: Rule by rule, broken ones first.
        at: For each span id the worst verdict there, for the tree.
        is_overtaken: Whether spans came in after that look.
    """

    scan: Scan
    scan_url: str
    version: str
    authority: str
    rules: Sequence[RuleSaid]
    counts: Sequence[tuple[str, int]]
    at: Mapping[str, str]
    is_overtaken: bool
    judgement: TraceJudgement
    model_rules: Mapping[str, Rule]
    urls: Mapping[str, str]

    def said_at(self, span_id: str) -> list[RuleSaid]:
        """What rules said at one span, failures first."""
        return [self._said(rule, verdict, detail) for rule, verdict, detail in self._by_span().get(span_id, ())]

    def _by_span(self) -> Mapping[str, list[tuple[str, str, str]]]:
        return by_span(self.judgement.verdicts)

    def _said(self, key: str, verdict: str, detail: str) -> RuleSaid:
        return _said(self.model_rules.get(key), key, verdict, detail, self.urls.get(key, ""))


def judged_of(asked: Asked, line: Trace, told: Told | None = None) -> Judged | None:
    """What rules said of a trace; None when no look has judged it, or the reader may not see findings."""
    if not asked.scope.may(Capability.FINDINGS_VIEW, line.environment_id):
        return None
    found = evaluations.judgement(asked.scope, line.environment_id, line.trace_id)
    if found is None or found.scan.version is None:
        return None
    version = found.scan.version
    model = evaluations.as_published(asked.scope, version.pk)
    rules = {rule.id: rule for rule in model.rules}
    urls = _urls(asked, evaluations.rules_by_key(asked.scope, version.pk))
    names = {span.span_id: span.name for span in told.spans} if told else {}
    verdicts = sorted(found.verdicts, key=lambda one: _ORDER.index(RuleVerdict(one["verdict"])))
    counts = Counter(one["verdict"] for one in verdicts)
    return Judged(
        scan=found.scan,
        scan_url=url(asked, "scan", found.scan_id),
        version=f"{model.name} {version.label}",
        authority=f"{model.authority} {model.authority_version}".strip(),
        rules=[_of_rule(one, rules, urls, names) for one in verdicts],
        counts=[(MARKS[verdict], counts[verdict]) for verdict in _ORDER if counts[verdict]],
        at={span_id: said[0][1] for span_id, said in by_span(found.verdicts).items() if span_id},
        is_overtaken=line.changed_at > found.scan.scanned_at,
        judgement=found,
        model_rules=rules,
        urls=urls,
    )


def _urls(asked: Asked, rules: Mapping[str, WorldRule]) -> dict[str, str]:
    if not asked.scope.may(Capability.WORKSPACE_VIEW):
        return {}
    return {key: url(asked, "world_rule", rule.pk) for key, rule in rules.items()}


def _of_rule(
    one: dict[str, Any], rules: Mapping[str, Rule], urls: Mapping[str, str], names: Mapping[str, str]
) -> RuleSaid:
    key = one["rule"]
    spots = [
        (place["span_id"], names.get(place["span_id"], ""), MARKS[place["verdict"]])
        for place in one["places"]
        if place["span_id"]
    ]
    return _said(rules.get(key), key, one["verdict"], one["reason"], urls.get(key, ""), spots[:MOST_SPOTS])


def _said(  # noqa: PLR0913, PLR0917 - a line is these facts
    rule: Rule | None, key: str, verdict: str, detail: str, there: str, spots: Sequence[tuple[str, str, str]] = ()
) -> RuleSaid:
    return RuleSaid(
        text=rule.text if rule else key,
        verdict=verdict,
        mark=MARKS[verdict],
        detail=_told(rule, detail),
        tier=model_words.tier(str(rule.tier)) if rule else "",
        source=rule.source if rule else "",
        is_hard=rule.hard if rule else False,
        url=there,
        spots=spots,
    )


def _told(rule: Rule | None, detail: str) -> str:
    """In the reader's language, but not the reason of a language model, which may resemble a sentence of ours."""
    return words.sentence(detail) if rule is not None and rule.kind == "judged" else of_rules(detail)
