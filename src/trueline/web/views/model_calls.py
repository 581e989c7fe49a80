"""What a language model was asked for rules: by whom, when, with what answer and at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from trueline.evaluations import queries as evaluations
from trueline.operations import queries as operations
from trueline.traces.rules import trace_key
from trueline.web.doors import workspace_page
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from trueline.evaluations.models import ModelCall
    from trueline.web.asked import Asked

_ORDER = ("-asked_at", "-id")
_ANSWERS: dict[str, dict[str, Any]] = {
    "kept": {"holds": True},
    "broken": {"holds": False},
    "undecided": {"is_answered": True, "holds": None},
    "silent": {"is_answered": False},
}


@workspace_page(Capability.FINDINGS_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Questions to a language model, the latest first, filtered by the address."""
    environments = {one.pk: one for one in workspaces.environments(asked.scope)}
    wish = {key: asked.request.GET.get(key, "") for key in ("environment", "answer", "run")}
    slugs = {one.slug: one.pk for one in environments.values()}
    found = _filtered(evaluations.all_model_calls(asked.scope), wish, slugs)
    shown = listed(asked.request, found, _ORDER)
    context = {
        "listed": shown,
        "rows": _rows(asked, shown.rows, {pk: one.slug for pk, one in environments.items()}),
        "sums": evaluations.sums_of_calls(asked.scope, found),
        "wish": wish,
        "is_filtered": any(wish.values()),
        "environments": list(environments.values()),
        "answers": [
            ("kept", _("Rule kept")),
            ("broken", _("Rule broken")),
            ("undecided", _("Not decided")),
            ("silent", _("No answer")),
        ],
        "today": evaluations.model_calls_today(asked.scope),
        "most": settings.MODEL_CALLS_PER_DAY,
        "is_on": settings.LANGUAGE_MODEL is not None,
    }
    return page(asked, "model_calls.html", _("Calls to the language model"), context)


def _filtered(found: QuerySet[ModelCall], wish: dict[str, str], slugs: dict[str, UUID]) -> QuerySet[ModelCall]:
    if wish["environment"]:
        found = found.filter(environment_id__in=[pk for slug, pk in slugs.items() if slug == wish["environment"]])
    if wish["answer"] in _ANSWERS:
        found = found.filter(**_ANSWERS[wish["answer"]])
    if wish["run"]:
        found = found.filter(run_id=_uuid(wish["run"]))
    return found


def _uuid(text: str) -> UUID:
    """The id; one that no run has where the text is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _rows(asked: Asked, calls: Sequence[ModelCall], slugs: dict[UUID, str]) -> list[dict[str, Any]]:
    runs = operations.runs(asked.scope).filter(id__in={call.run_id for call in calls})
    who = dict(runs.values_list("id", "initiator_label"))
    return [
        {
            "call": call,
            "who": who.get(call.run_id, ""),
            "mark": _mark(call),
            "run_url": url(asked, "run", call.run_id),
            "trace_url": _trace_url(asked, call, slugs.get(call.environment_id)),
        }
        for call in calls
    ]


def _trace_url(asked: Asked, call: ModelCall, slug: str | None) -> str:
    return url(asked, "trace", slug, trace_key(call.environment_id, call.trace_id)) if slug else ""


def _mark(call: ModelCall) -> str:
    """The mark of an answer; none, and one that decides nothing, never looks good."""
    if call.holds is None:
        return "unscored"
    return "passed" if call.holds else "rule_failed"
