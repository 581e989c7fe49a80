"""Two scans side by side: is the second configuration better than the first?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from trueline.engine.comparison.document import comparison_document
from trueline.engine.comparison.results import CaseResult, ResultError, case_result
from trueline.engine.comparison.verdict import compare_results
from trueline.engine.scores import EngineError
from trueline.evaluations import queries as evaluations
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.pages import page, url
from trueline.web.reasons import of_rules
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.evaluations.models import Scan
    from trueline.web.asked import Asked

_VIEW = Capability.FINDINGS_VIEW
_SHOWN = 50
_SCORES = ("blended_score", "world_model_score", "rubric_score")


@workspace_page(_VIEW, record=True)
def compare(asked: Asked, scan_id: UUID) -> HttpResponse:
    """The scan as the candidate, another one of the same environment as the baseline, paired by case."""
    candidate = evaluations.scan(asked.scope, scan_id)
    asked.scope.require(_VIEW, candidate.environment_id)
    environment = access.environment_by_id(asked.scope, candidate.environment_id)
    others = list(evaluations.scans(asked.scope, environment.pk).exclude(id=candidate.pk)[:_SHOWN])
    chosen = _chosen(asked, others)
    context: dict[str, Any] = {
        "candidate": candidate,
        "choices": [(str(one.pk), f"{words.moment(one.observed_at)} {one.source_label}") for one in others],
        "chosen": str(chosen.pk) if chosen else "",
    }
    if chosen is not None:
        context |= _compared(chosen, candidate)
    crumbs = [
        (_("Environments"), url(asked, "environments")),
        (environment.name, url(asked, "environment", environment.slug)),
        (_("Scans"), url(asked, "scans", environment.slug)),
    ]
    return page(asked, "scan_compare.html", _("Compare two scans"), context, crumbs=crumbs, environment=environment)


def _chosen(asked: Asked, others: list[Scan]) -> Scan | None:
    """The baseline that the address names, with its report; None when it names none of them."""
    wish = asked.request.GET.get("baseline", "")
    found = next((one for one in others if str(one.pk) == wish), None)
    return evaluations.scan(asked.scope, found.pk) if found else None


def _compared(baseline: Scan, candidate: Scan) -> dict[str, Any]:
    """The verdict with what decided it, or the sentence that says why there is none."""
    before, after = _results(baseline), _results(candidate)
    if not before or not after:
        return {"refusal": _("One of the two has no scored run that names its case, so nothing can be paired.")}
    try:
        document = comparison_document(compare_results(before, after))
    except EngineError as error:
        return {"refusal": of_rules(str(error))}
    return {
        "verdict": document["verdict"],
        "reason": _reason(document),
        "n": document["n"],
        "objectives": [_objective(one) for one in document["objectives"]],
        "decided": [_gate(one) for one in document["gates"] if one["decided"]],
        "gates": [_gate(one) for one in document["gates"] if not one["decided"]],
        "is_same": baseline.model_digest == candidate.model_digest,
    }


def _reason(document: dict[str, Any]) -> str:
    """The verdict in a sentence, then the figures of each gate that decided it."""
    opening, figures = document["reason"], []
    for detail in dict.fromkeys(one["detail"] for one in document["gates"] if one["decided"]):
        opening = opening.replace(detail, "")
        figures.append(_told(detail))
    return " ".join([of_rules(opening.strip()), *figures])


def _told(sentence: str) -> str:
    """A sentence of the engine in the reader's language, with the scores as people call them."""
    told = of_rules(sentence)
    for name, label in _labels().items():
        told = told.replace(name, label)
    return told


def _gate(one: dict[str, Any]) -> dict[str, Any]:
    name, _colon, about = one["name"].partition(":")
    asked = {
        "enough_cases": _("Enough cases"),
        "enough_seeds": _("Enough seeds"),
        "coverage": _("Enough pairs"),
        "better": _("Better"),
        "non_inferior": _("Not worse"),
    }
    return {"name": f"{asked.get(name, name)}: {_told(about)}", "detail": _told(one["detail"]), "passed": one["passed"]}


def _results(found: Scan) -> list[CaseResult]:
    """A result for each run that names its case; a run without one cannot be paired."""
    results = []
    for run in found.report["runs"]:
        if run.get("case") is None:
            continue
        told = {"case": run["case"], "seed": run.get("seed"), **{name: run[name] for name in _SCORES}}
        try:
            results.append(case_result(told))
        except ResultError:
            continue  # a case that is empty names nothing
    return results


def _labels() -> dict[str, str]:
    return {
        "blended_score": _("Score"),
        "world_model_score": _("By the rules"),
        "rubric_score": _("By the rubric"),
    }


def _objective(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "label": _labels().get(one["name"], one["name"]),
        "values": [_number(one[key]) for key in ("baseline", "candidate")],
        "change": _change(one),
    }


def _number(value: float | None) -> str:
    return _("not measured") if value is None else words.decimal(value, 3)


def _change(one: dict[str, Any]) -> str:
    if one["difference"] is None:
        return ""
    interval = f" [{one['interval'][0]:+.3f}, {one['interval'][1]:+.3f}]" if one["interval"] else ""
    return f"{one['difference']:+.3f}{interval}"
