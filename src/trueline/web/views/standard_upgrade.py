"""The plan from one release of a standard to the next, answered piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.findings.queries_accepted import accepted_paths
from trueline.inventory import queries as inventory
from trueline.inventory import queries_standards as asks
from trueline.inventory.actions_upgrades import answer_upgrade, discard_upgrade, finish_upgrade
from trueline.inventory.assertions.evaluation import environment
from trueline.inventory.assertions.merging import Choice, pieces
from trueline.inventory.assertions.upgrade import Verdict
from trueline.inventory.errors import PiecesOpen
from trueline.inventory.vocabulary import definitions
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.web import assertion_words, words
from trueline.web.doors import workspace_page
from trueline.web.judging import holds_now
from trueline.web.pages import page, url
from trueline.web.views.standard_assertions import known_questions
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.findings.queries_accepted import AcceptedPath
    from trueline.inventory.assertions.upgrade import Item, Plan
    from trueline.inventory.models import BaselineProfile, BaselineUpgrade
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_MANAGE = Capability.BASELINES_MANAGE
_ANSWER = "piece-"
_URGENT = (Verdict.COLLIDES, Verdict.CHANGE, Verdict.UNKNOWN, Verdict.RELEASE, Verdict.ADOPT, Verdict.KEEP)


@workspace_page(_MANAGE, "GET", "POST", record=True)
def upgrade(asked: Asked, profile_id: UUID) -> HttpResponse:
    """What the author changed, what that means for an environment, and an answer to each."""
    profile = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    if not asks.has_upgrade(asked.scope, profile.pk):
        return redirect(url(asked, "standard", profile.pk))
    if asked.request.method != "POST":
        return _page(asked, profile)
    try:
        return _done(asked, profile, asked.request.POST.get("do", ""))
    except (NotAllowed, NotVisible):
        raise
    except PiecesOpen as error:
        told = ngettext("%(number)s piece has no answer yet.", "%(number)s pieces have no answer yet.", error.number)
        messages.error(asked.request, told % {"number": error.number})
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
    return redirect(url(asked, "standard_upgrade", profile.pk))


def _done(asked: Asked, profile: BaselineProfile, wish: str) -> HttpResponse:
    if wish == "discard":
        discard_upgrade(asked.scope, profile.pk, actor=asked.actor)
        messages.success(asked.request, _("The standard stays as it is."))
        return redirect(url(asked, "standard", profile.pk))
    answers, left = _answers(asked, profile, takes_the_rest=wish == "rest")
    if answers:
        answer_upgrade(asked.scope, profile.pk, answers, actor=asked.actor)
    if wish != "finish":
        messages.success(asked.request, _("Your answers are kept."))
        if left:
            messages.info(asked.request, _left_out(left))
        return redirect(f"{url(asked, 'standard_upgrade', profile.pk)}?{asked.request.GET.urlencode()}")
    made = finish_upgrade(asked.scope, profile.pk, actor=asked.actor)
    holds_now(asked, made)
    return redirect(url(asked, "standard", profile.pk))


def _left_out(number: int) -> str:
    said = ngettext(
        "%(number)s piece lies on an accepted risk and was not taken: answer it by itself.",
        "%(number)s pieces lie on accepted risks and were not taken: answer each by itself.",
        number,
    )
    return said % {"number": number}


def _answers(asked: Asked, profile: BaselineProfile, *, takes_the_rest: bool) -> tuple[dict[str, str], int]:
    """What was answered, and how many pieces all the rest leaves out: nobody overrides a decision on risk unnamed."""
    sent = asked.request.POST
    given = {key.removeprefix(_ANSWER): sent[key] for key in sent if key.startswith(_ANSWER)}
    found = {key: answer for key, answer in given.items() if answer in set(Choice)}
    if not takes_the_rest:
        return found, 0
    plan = asks.upgrade(asked.scope, profile.pk)
    accepted = _accepted(asked, profile)
    open_ones = [
        item for item in asks.upgrade_pieces(asked.scope, plan) if item.id not in found and item.id not in plan.choices
    ]
    rest = {item.id: str(Choice.NEW) for item in open_ones if not _lying_on(item, profile, accepted)}
    return found | rest, len(open_ones) - len(rest)


def _accepted(asked: Asked, profile: BaselineProfile) -> list[AcceptedPath]:
    """Accepted paths of every environment in reach that is held to the standard."""
    held = inventory.assignments(asked.scope).filter(profile_id=profile.pk)
    return accepted_paths(asked.scope, held.values_list("environment_id", flat=True))


def _lying_on(item: Item, profile: BaselineProfile, accepted: Sequence[AcceptedPath]) -> list[AcceptedPath]:
    """The accepted paths that a piece would touch."""
    demands = [one for one in (item.old, item.new) if one] or [item.subject]
    return [path for path in accepted if any(path.lies_on(one, str(profile.pk)) for one in demands)]


def _page(asked: Asked, profile: BaselineProfile) -> HttpResponse:
    plan = asks.upgrade(asked.scope, profile.pk)
    places = _places(asked, profile)
    chosen = next((one for one in places if one.slug == asked.request.GET.get("environment")), None)
    chosen = chosen or (places[0] if places else None)
    seen = _seen(asked, plan, chosen)
    decided = pieces(seen)
    context = {
        "profile": profile,
        "plan": plan,
        "places": places,
        "chosen": chosen,
        "pieces": _rows(asked, plan, decided),
        "left": sum(item.id not in plan.choices for item in decided),
        "unchanged": len(seen.items) + seen.untouched - len(decided),
        "here": f"{asked.request.path}?{asked.request.GET.urlencode()}",
    }
    crumbs = [
        (_("Standards"), url(asked, "standards")),
        (words.shipped(profile.name), url(asked, "standard", profile.pk)),
    ]
    return page(asked, "standard_upgrade.html", _("To the next release"), context, crumbs=crumbs)


def _places(asked: Asked, profile: BaselineProfile) -> list[Environment]:
    """Environments that are held to it and were captured."""
    held = set(
        inventory.assignments(asked.scope).filter(profile_id=profile.pk).values_list("environment_id", flat=True)
    )
    known = inventory.newest_looks(asked.scope, list(held))
    return [one for one in workspaces.environments(asked.scope) if one.pk in known]


def _seen(asked: Asked, plan: BaselineUpgrade, place: Environment | None) -> Plan:
    """The plan as it looks from an environment; from nowhere, nobody can tell anything."""
    newest = inventory.newest_snapshots(asked.scope, [place.pk]) if place else {}
    if place is None or place.pk not in newest:
        return asks.upgrade_plan(asked.scope, plan, environment((), (), questions={}))
    return asks.upgrade_plan(asked.scope, plan, asks.place_of(asked.scope, newest[place.pk].pk))


def _rows(asked: Asked, plan: BaselineUpgrade, decided: Sequence[Item]) -> list[dict[str, Any]]:
    known, questions = definitions(asked.scope), known_questions()
    accepted, names = _accepted(asked, plan.profile), {one.pk: one for one in workspaces.environments(asked.scope)}
    rows = []
    for item in sorted(decided, key=lambda one: (one.id in plan.choices, _URGENT.index(one.verdict))):
        last = item.becomes or item.was
        before, after = (assertion_words.asked(one, known, questions) if one else "" for one in (item.old, item.new))
        rows.append(
            {
                "item": item,
                "title": words.shipped(item.subject.title),
                "severity": item.subject.severity,
                "before": before,
                "after": after,
                "author": assertion_words.author(item),
                "verdict": assertion_words.verdict(item),
                "does": assertion_words.said(last.said, after or before) if last else "",
                "choice": plan.choices.get(item.id, ""),
                "accepted": [
                    (names[one.environment_id].name, one.expires_at, url(asked, "finding", one.finding_id))
                    for one in _lying_on(item, plan.profile, accepted)
                    if one.environment_id in names
                ],
            }
        )
    return rows
