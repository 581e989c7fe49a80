"""Scans of what agents did: the list with the way to a new one, the report, and one cause over all scans."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from trueline.engine.diagnosis.rates import Rate
from trueline.evaluations import queries as evaluations
from trueline.evaluations.judging import subject_key
from trueline.evaluations.rules import ModelState
from trueline.evaluations.scanning import FEWEST_RUNS, ClusterSource
from trueline.evaluations.starting import scan_file, scan_kept
from trueline.findings import queries as findings
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import model_words, words
from trueline.web.causes import cause_shown, percent
from trueline.web.charts import scores, short_day
from trueline.web.doors import workspace_page
from trueline.web.forms_models import ScanForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.uploads import is_too_large
from trueline.web.views import environments, traces
from trueline.web.views.audit import events_url
from trueline.workspaces import access
from trueline.workspaces.rules import Capability, Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.evaluations.models import ClusterSighting, Scan
    from trueline.operations.actions.runs import Started
    from trueline.web.asked import Asked
    from trueline.web.charts import Chart
    from trueline.workspaces.models import Environment

_VIEW, _START = Capability.FINDINGS_VIEW, Capability.OPERATIONS_START
_SHOWN, _EXPLAINED, _TREND = 20, 10, 30
_LEAST_CHANCE = 0.0001


@workspace_page(_VIEW, record=True)
def listing(asked: Asked, environment: str) -> HttpResponse:
    """The scans of an environment, the latest look first, and its causes as they are now."""
    found = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(_VIEW, found.pk)
    shown = listed(asked.request, evaluations.scans(asked.scope, found.pk), ("-observed_at", "-id"))
    context = {
        "rows": [(one, _score(one)) for one in shown.rows],
        "listed": shown,
        "causes": [
            (one, percent(Rate(one.hit_count, one.trace_count).share), url(asked, "cause", one.pk))
            for one in evaluations.clusters(asked.scope, found.pk)[:_SHOWN]
        ],
        "start_reason": words.why_not(asked.scope, _START, found.pk),
        **(traces if found.kind == Kind.AGENTS else environments).frame(asked, found, "scans"),
        "trend": _trend(asked, found),
    }
    crumbs = [(_("Environments"), url(asked, "environments"))]
    return page(asked, "scans.html", found.name, context, crumbs=crumbs, environment=found)


def _trend(asked: Asked, environment: Environment) -> Chart | None:
    """The score of the last scans, oldest first; no picture while fewer than two were scored."""
    looks = list(evaluations.scans(asked.scope, environment.pk)[:_TREND])[::-1]
    return scores(
        [(words.moment(one.observed_at), short_day(localtime(one.observed_at)), one.blended) for one in looks]
    )


def _crumbs(asked: Asked, environment: Environment) -> list[tuple[str, str]]:
    return [
        (_("Environments"), url(asked, "environments")),
        (environment.name, url(asked, "environment", environment.slug)),
    ]


def _score(found: Scan) -> dict[str, Any]:
    """The score in words; one that was not measured is never a zero."""
    if found.blended is None or found.blended_low is None or found.blended_high is None:
        return {"value": "", "interval": ""}
    return {
        "value": words.decimal(found.blended, 2),
        "interval": f"{words.decimal(found.blended_low, 2)} … {words.decimal(found.blended_high, 2)}",
    }


@workspace_page(_START, "GET", "POST", record=True)
def new(asked: Asked, environment: str) -> HttpResponse:
    """Hand over a file of traces, or take what the environment has sent, and ask for a scan."""
    found = access.environment(asked.scope, environment)
    asked.scope.require(_START, found.pk)
    versions = _versions(asked)
    if asked.request.method != "POST":
        return _form(asked, found, ScanForm(versions))
    if is_too_large(asked.request):
        return _form(asked, found, _refused(versions, _("The file is too large.")), status=413)
    form = ScanForm(versions, asked.request.POST, asked.request.FILES)
    if not form.is_valid():
        return _form(asked, found, form, status=422)
    try:
        started = _started(asked, found, form.cleaned_data)
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _form(asked, found, form, status=422)
    if not started.is_new:
        messages.info(asked.request, _("This is under way already."))
    return redirect(url(asked, "run", started.run.pk))


def _refused(versions: list[tuple[str, str]], sentence: str) -> ScanForm:
    form = ScanForm(versions, {})
    form.full_clean()
    form.errors.clear()
    form.add_error("traces", sentence)
    return form


def _started(asked: Asked, environment: Environment, given: dict[str, Any]) -> Started:
    version_id = UUID(given["version"]) if given["version"] else None
    is_judged = bool(given.get("is_judged"))
    if given["traces"]:
        file = given["traces"]
        return scan_file(
            asked.scope, environment, file.name, file.chunks(), version_id, actor=asked.actor, is_judged=is_judged
        )
    return scan_kept(asked.scope, environment, int(given["days"]), version_id, actor=asked.actor, is_judged=is_judged)


def _versions(asked: Asked) -> list[tuple[str, str]]:
    """The newest version of each world model that is in use."""
    models = {one.pk: one for one in evaluations.world_models(asked.scope).exclude(state=ModelState.RETIRED)}
    newest: dict[UUID, tuple[str, str]] = {}
    for version in evaluations.versions(asked.scope, models):
        named = f"{models[version.world_model_id].name} {version.label}"
        newest.setdefault(version.world_model_id, (str(version.pk), named))
    return list(newest.values())


def _form(asked: Asked, environment: Environment, form: ScanForm, *, status: int = 200) -> HttpResponse:
    crumbs = [*_crumbs(asked, environment), (_("Scans"), url(asked, "scans", environment.slug))]
    return page(
        asked, "scan_new.html", _("A new scan"), {"form": form}, crumbs=crumbs, environment=environment, status=status
    )


@workspace_page(_VIEW, record=True)
def scan(asked: Asked, scan_id: UUID) -> HttpResponse:
    """The report of one scan."""
    found = evaluations.scan(asked.scope, scan_id)
    asked.scope.require(_VIEW, found.environment_id)
    environment = access.environment_by_id(asked.scope, found.environment_id)
    report = found.report
    sightings = list(evaluations.sightings_in(asked.scope, found.pk))
    context = {
        "scan": found,
        "events_url": events_url(asked, "scan", found.pk),
        "score": _score(found),
        "parts": _parts(report["score"]),
        "phases": [model_words.phase(one) for one in report["phases"]],
        "readiness": model_words.readiness(
            found.readiness, found.scored_count, FEWEST_RUNS, has_model=found.version_id is not None
        ),
        "safety_said": model_words.safety(report["safety"]),
        "causes": [_line(asked, one) for one in sightings if one.cluster.source == ClusterSource.FAILURE],
        "broken": [_line(asked, one) for one in sightings if one.cluster.source == ClusterSource.RULE],
        "systemic": _systemic(report["systemic"], sightings),
        "attribution": [_explained(run) for run in report["attribution"][:_EXPLAINED]],
        "unread": report["unread"],
        "model_use": report.get("model_use"),
        "agents": report["agents"],
        "others": list(evaluations.scans(asked.scope, found.environment_id).exclude(id=found.pk)[:_SHOWN]),
    }
    crumbs = [*_crumbs(asked, environment), (_("Scans"), url(asked, "scans", environment.slug))]
    title = _("Scan of %(name)s") % {"name": environment.name}
    return page(asked, "scan.html", title, context, crumbs=crumbs, environment=environment)


def _explained(run: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    return run["trace_id"], [{**place, "said": model_words.evidence(place)} for place in run["candidates"]]


def _line(asked: Asked, one: ClusterSighting) -> dict[str, Any]:
    rate = Rate(one.hit_count, one.trace_count)
    return {
        "cluster": one.cluster,
        "share": percent(rate.share),
        "hit": rate.hit,
        "of": rate.of,
        "width": f"{100 * rate.share:.1f}%",
        "variants": sum(each["quantity"] is not None for each in one.variants),
        "url": url(asked, "cause", one.cluster_id),
    }


def _parts(score: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The scores that the blended one is made of."""
    if score is None:
        return []
    named = (("world_model_score", _("By the rules")), ("rubric_score", _("By the rubric")))
    return [(label, _mean(score[key])) for key, label in named]


def _mean(mean: dict[str, Any]) -> str:
    if mean["value"] is None:
        return _("not measured")
    value, low, high = (words.decimal(one, 2) for one in (mean["value"], *mean["interval"]))
    return f"{value} [{low} … {high}]"


def _systemic(found: list[dict[str, Any]], sightings: list[ClusterSighting]) -> list[dict[str, Any]]:
    by_key = {one.cluster.key: one.cluster for one in sightings}
    return [
        {
            **one,
            "word": model_words.systemic(one["kind"]),
            "cluster": by_key.get(one["cluster"] or ""),
            "chance": _chance(one["p_value"]),
            "since": _at(one["window"], "from"),
            "until": _at(one["window"], "to"),
        }
        for one in found
    ]


def _chance(p_value: float) -> str:
    """A p value as it is written; one that rounds to nothing is not nothing."""
    return f"p = {words.decimal(p_value, 4)}" if p_value >= _LEAST_CHANCE else f"p < {words.decimal(_LEAST_CHANCE, 4)}"


def _at(window: dict[str, str | None], end: str) -> datetime | None:
    """An end of a window of time; none where the pattern has no window."""
    said = window[end]
    return datetime.fromisoformat(said) if said else None


@workspace_page(_VIEW, record=True)
def cause(asked: Asked, failure_cluster_id: UUID) -> HttpResponse:
    """One cause: what, how often, since when, its severities as a scale, scan by scan, and the next step."""
    found = evaluations.cluster(asked.scope, failure_cluster_id)
    asked.scope.require(_VIEW, found.environment_id)
    environment = access.environment_by_id(asked.scope, found.environment_id)
    mine = findings.findings(asked.scope).filter(environment_id=environment.pk, subject_key=subject_key(found.key))
    context = {"cause": cause_shown(asked, found), "finding": mine.first()}
    crumbs = [*_crumbs(asked, environment), (_("Scans"), url(asked, "scans", environment.slug))]
    return page(asked, "cause.html", found.name, context, crumbs=crumbs, environment=environment)
