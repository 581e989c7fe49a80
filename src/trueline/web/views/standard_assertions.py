"""How environments stand to a standard of assertions: over all of them, one assertion, and one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.connections import registry
from trueline.findings import queries as findings
from trueline.findings.detectors import UNMET
from trueline.inventory import queries as inventory
from trueline.inventory import queries_standards as asks
from trueline.inventory.vocabulary import definitions
from trueline.kit.scope import NotVisible
from trueline.web import assertion_rows, assertion_words, words
from trueline.web.assertion_rows import ORDER, Stand
from trueline.web.doors import workspace_page
from trueline.web.pages import page, url
from trueline.web.views.environments import frame, looked_at
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpResponse

    from trueline.connections.contract import Question
    from trueline.inventory.assertions.layers import Effective
    from trueline.inventory.models import BaselineCheck, BaselineProfile, BaselineVersion
    from trueline.web.asked import Asked

RowT = TypeVar("RowT")
_ROWS = 100
_PLACES = 20
_LONGEST = 120


def assertions_of(asked: Asked, profile: BaselineProfile, version: BaselineVersion) -> dict[str, Any]:
    """What the page of a standard shows of its assertions; nothing for a capture alone."""
    whole = asks.asked(asked.scope, version)
    if whole is None:
        return {}
    questions, stands = known_questions(), stands_of(asked, profile, version)
    wish = asked.request.GET.get("q", "").strip()[:_LONGEST].casefold(), asked.request.GET.get("state", "")
    found = assertion_rows.rows(whole.holding, stands, definitions(asked.scope), questions)
    chosen = [one for one in found if _fits(one, *wish)]
    here = url(asked, "standard", profile.pk)
    return {
        "rows": _window(asked, chosen, _ROWS),
        "wish": {"q": asked.request.GET.get("q", "")[:_LONGEST], "state": wish[1]},
        "is_filtered": any(wish),
        "states": [(str(state), assertion_words.state(state)) for state in ORDER],
        "count": len(chosen),
        "here": here,
        "assertion_url": url(asked, "standard_assertion", profile.pk),
        "dropped": [(words.shipped(one.demand.title), one.history[-1]) for one in whole.entries if one.is_dropped],
        "layers": whole.layers,
        "shares": assertion_rows.shares(state for one in stands for state in (one.states or {}).values()),
        "heat": assertion_rows.heat(
            whole.holding, stands, questions, lambda slug, key: _place_url(asked, profile, slug, key)
        )
        if stands
        else None,
        **_pages(asked, len(chosen), _ROWS),
    }


def _fits(one: assertion_rows.AssertionRow, text: str, state: str) -> bool:
    is_found = not text or any(text in part.casefold() for part in (one.title, one.id, one.about, one.group))
    return is_found and (not state or state in dict(one.states))


def stands_of(asked: Asked, profile: BaselineProfile, version: BaselineVersion) -> list[Stand]:
    """Every environment in reach that is held to it, with what it came to against this very version."""
    checks = {one.environment_id: one for one in asks.newest_checks(asked.scope, profile.pk)}
    held = inventory.assignments(asked.scope).filter(profile_id=profile.pk).values_list("environment_id", flat=True)
    places = {one.pk: one for one in workspaces.environments(asked.scope)}
    return [
        Stand(places[key].name, places[key].slug, _states(checks.get(key), version)) for key in held if key in places
    ]


def _states(check: BaselineCheck | None, version: BaselineVersion) -> Mapping[str, str] | None:
    return check.states if check is not None and check.version_id == version.pk else None


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def assertion(asked: Asked, profile_id: UUID) -> HttpResponse:
    """One assertion: why it is asked for, and how each environment stands to it, with the policies that tell."""
    profile = inventory.baseline(asked.scope, profile_id)
    version = asks.version(asked.scope, profile.pk)
    whole = asks.asked(asked.scope, version) if version else None
    key = asked.request.GET.get("id")
    entry = next((one for one in whole.entries if one.demand.id == key), None) if whole else None
    asked.scope.require(Capability.WORKSPACE_VIEW)
    if key is None:
        return redirect(url(asked, "standard", profile.pk))
    if entry is None or version is None:
        raise NotVisible
    known, questions = definitions(asked.scope), known_questions()
    stands = {one.slug: one for one in stands_of(asked, profile, version)}
    (row,) = assertion_rows.rows([entry], list(stands.values()), known, questions)
    places = _results_of(asked, profile, version, entry)
    context = {
        "entry": entry,
        "demand": entry.demand,
        "row": row,
        "shares": assertion_rows.shares(state for state, number in row.states for _each in range(number)),
        "unjudged": row.total - row.judged,
        "places": places,
        "profile": profile,
        **_pages(asked, len(stands), _PLACES),
    }
    crumbs = [
        (_("Standards"), url(asked, "standards")),
        (words.shipped(profile.name), url(asked, "standard", profile.pk)),
    ]
    return page(asked, "standard_assertion.html", words.shipped(entry.demand.title), context, crumbs=crumbs)


def _results_of(
    asked: Asked, profile: BaselineProfile, version: BaselineVersion, entry: Effective
) -> list[dict[str, Any]]:
    """A window of environments with what proves each state; the proof of all of them would be megabytes."""
    places = {one.pk: one for one in workspaces.environments(asked.scope)}
    key = entry.demand.id
    checks = [
        one
        for one in asks.newest_checks(asked.scope, profile.pk)
        if one.version_id == version.pk and one.environment_id in places and key in one.states
    ]
    rank = {str(state): number for number, state in enumerate(ORDER)}
    checks.sort(key=lambda one: (rank[one.states[key]], places[one.environment_id].name))
    shown = _window(asked, checks, _PLACES)
    at_hand = _findings_of(asked, profile, key)
    known, questions = definitions(asked.scope), known_questions()
    return [
        {
            "environment": places[one.environment_id],
            "check": one,
            "result": assertion_rows.result_rows([entry], asks.results(asked.scope, one), known, questions)[0],
            "finding": at_hand.get(one.environment_id),
        }
        for one in shown
    ]


def _findings_of(asked: Asked, profile: BaselineProfile, key: str) -> dict[UUID, UUID]:
    """The finding of an assertion in each environment, where the reader sees findings."""
    if not asked.scope.may(Capability.FINDINGS_VIEW):
        return {}
    found = findings.findings(asked.scope).filter(detector=UNMET, standard_id=str(profile.pk), subject_key=key)
    return dict(found.values_list("environment_id", "id"))


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def environment_assertions(asked: Asked, environment: str) -> HttpResponse:
    """What one environment came to against the assertions that it is held to."""
    found = looked_at(asked, environment)
    held = {one.profile_id for one in inventory.assignments(asked.scope).filter(environment_id=found.pk)}
    checks = [one for one in asks.checks_of(asked.scope, found.pk) if one.profile_id in held]
    check = _chosen(asked, checks)
    context = {
        **frame(asked, found, "environment_assertions"),
        "checks": checks,
        "check": check,
        "has_captures": inventory.snapshots(asked.scope, found.pk).exists(),
    }
    if check is not None:
        context |= _results(asked, check)
    crumbs = [(_("Environments"), url(asked, "environments"))]
    return page(asked, "environment_assertions.html", found.name, context, crumbs=crumbs, environment=found)


def _chosen(asked: Asked, checks: Sequence[BaselineCheck]) -> BaselineCheck | None:
    wanted = asked.request.GET.get("standard", "")
    if wanted:
        return next((one for one in checks if str(one.profile_id) == wanted), None)
    return checks[0] if checks else None


def _results(asked: Asked, check: BaselineCheck) -> dict[str, Any]:
    whole = asks.asked(asked.scope, check.version)
    entries = whole.holding if whole else ()
    kept = asks.results(asked.scope, check)
    found = assertion_rows.result_rows(entries, kept, definitions(asked.scope), known_questions())
    group = asked.request.GET.get("group", "")
    inside = [one for one in found if not group or group in (one.group, one.severity)]
    counts = {str(state): sum(one.state == state for one in inside) for state in ORDER}
    state = asked.request.GET.get("state", "")
    if state not in counts:
        state = next((key for key, number in counts.items() if number), str(ORDER[0]))
    chosen = [one for one in inside if one.state == state]
    newest = asks.version(asked.scope, check.profile_id)
    return {
        "rows": _window(asked, chosen, _ROWS),
        "shares": assertion_rows.shares(one.state for one in inside),
        "tabs_of_states": [
            {
                "label": assertion_words.state(key),
                "url": _with(asked, state=key),
                "current": key == state,
                "count": number,
            }
            for key, number in counts.items()
        ],
        "group": assertion_rows.group_word(group) if group else "",
        "without_group": _with(asked, group=""),
        "is_older": newest is not None and newest.pk != check.version_id,
        "assertion_url": url(asked, "standard_assertion", check.profile_id),
        **_pages(asked, len(chosen), _ROWS),
    }


def known_questions() -> Mapping[str, Question]:
    """Every question that somebody here can answer, by its key."""
    return {key: one for provider in registry.providers() for key, one in provider.questions.items()}


def _place_url(asked: Asked, profile: BaselineProfile, slug: str, group: str) -> str:
    given = {"standard": str(profile.pk), "group": group}
    return f"{url(asked, 'environment_assertions', slug)}?{urlencode({key: one for key, one in given.items() if one})}"


def _with(asked: Asked, **given: str) -> str:
    """This address with other values, from its first row on."""
    query = asked.request.GET.copy()
    query.pop("from", None)
    for key, value in given.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return f"{asked.request.path}?{query.urlencode()}"


def _start(asked: Asked) -> int:
    given = asked.request.GET.get("from", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= len(str(10**6)) else 0


def _window(asked: Asked, found: Sequence[RowT], size: int) -> Sequence[RowT]:
    start = _start(asked)
    return found[start : start + size]


def _pages(asked: Asked, count: int, size: int) -> dict[str, str]:
    start = _start(asked)
    return {
        "previous_url": _with(asked) if start and start <= size else _from(asked, start - size) if start else "",
        "next_url": _from(asked, start + size) if start + size < count else "",
        "range": _("%(first)s to %(last)s of %(count)s")
        % {"first": min(start + 1, count), "last": min(start + size, count), "count": count}
        if count > size
        else "",
    }


def _from(asked: Asked, start: int) -> str:
    query = asked.request.GET.copy()
    query["from"] = str(start)
    return f"{asked.request.path}?{query.urlencode()}"
