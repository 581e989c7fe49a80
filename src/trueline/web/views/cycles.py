"""Review cycles: set up, changed, paused; and what became of their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.findings.wording import role
from trueline.notices.queries import mail_is_set_up
from trueline.reviews import queries_cycles as queries
from trueline.reviews.actions_cycles import change_cycle, create_cycle, pause_cycle, resume_cycle, retry_turn
from trueline.web import review_words, words
from trueline.web.cycle_forms import CycleForm
from trueline.web.doors import act, refused_in, workspace_page
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.reviews.models import ReviewCycle
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_READ, _MANAGE = Capability.FINDINGS_VIEW, Capability.REVIEWS_PUBLISH


def cycle_rows(asked: Asked, places: Mapping[UUID, Environment]) -> list[dict[str, Any]]:
    """Every cycle in reach: when it is due next, and what became of its last date."""
    newest = queries.newest_turns(asked.scope)
    states = dict(zip((one.cycle_id for one in newest), queries.turn_states(asked.scope, newest), strict=True))
    last = {one.cycle_id: one for one in newest}
    return [
        {
            "cycle": one,
            "place": places.get(one.environment_id),
            "state": _state(one),
            "often": review_words.interval(one.dates),
            "last": last.get(one.pk),
            "last_state": f"turn_{states[one.pk]}" if one.pk in states else "",
        }
        for one in queries.cycles(asked.scope)
    ]


@workspace_page(_MANAGE)
def new(asked: Asked) -> HttpResponse:
    """An empty form for a cycle."""
    return _new(asked, CycleForm(people=_people(asked), places=_places(asked)))


@workspace_page(_MANAGE, "POST")
def make(asked: Asked) -> HttpResponse:
    """Set a cycle up."""
    form = CycleForm(asked.request.POST, people=_people(asked), places=_places(asked))
    if form.is_valid():
        environment = access.environment(asked.scope, form.cleaned_data["environment"])
        with refused_in(form):
            made = create_cycle(asked.scope, environment, form.terms(), actor=asked.actor)
            messages.success(asked.request, _("The review cycle goes on from now."))
            return redirect(url(asked, "review_cycle", made.pk))
    return _new(asked, form, status=422)


@workspace_page(_READ, record=True)
def cycle(asked: Asked, review_cycle_id: UUID) -> HttpResponse:
    """One cycle: its next date, whom it is for, and what became of the dates before."""
    found = _found(asked, review_cycle_id, _READ)
    mine = queries.turns(asked.scope).filter(cycle_id=found.pk)
    shown = listed(asked.request, mine, ("-due_on", "-id"), rows=12)
    states = [f"turn_{one}" for one in queries.turn_states(asked.scope, list(shown.rows))]
    whom = queries.recipients(asked.scope, found)
    context = {
        "cycle": found,
        "state": _state(found),
        "often": review_words.interval(found.dates),
        "rows": list(zip(shown.rows, states, strict=True)),
        "listed": shown,
        "people": [str(one.user) for one in _members(asked) if one.user_id in whom.member_ids],
        "addresses": whom.addresses or (),
        "recipients": whom.number,
        "has_mail": mail_is_set_up(),
        "manage_reason": words.why_not(asked.scope, _MANAGE, found.environment_id),
        "retry_reason": words.why_not(asked.scope, Capability.REVIEWS_MANAGE, found.environment_id),
    }
    place = access.environment_by_id(asked.scope, found.environment_id)
    return page(asked, "review_cycle.html", found.title, context, crumbs=_crumbs(asked), environment=place)


@workspace_page(_MANAGE, record=True)
def edit(asked: Asked, review_cycle_id: UUID) -> HttpResponse:
    """The form with what holds now."""
    found = _found(asked, review_cycle_id, _MANAGE)
    return _edit(asked, found, CycleForm(people=_people(asked), initial=CycleForm.shown(found)))


@workspace_page(_MANAGE, "POST", record=True)
def change(asked: Asked, review_cycle_id: UUID) -> HttpResponse:
    """Give a cycle other terms."""
    found = _found(asked, review_cycle_id, _MANAGE)
    form = CycleForm(asked.request.POST, people=_people(asked))
    if form.is_valid():
        with refused_in(form):
            change_cycle(asked.scope, found.pk, form.terms(), actor=asked.actor)
            messages.success(asked.request, _("Kept. It holds from the next date on."))
            return redirect(url(asked, "review_cycle", found.pk))
    return _edit(asked, found, form, status=422)


@workspace_page(_MANAGE, "POST", record=True)
def pause(asked: Asked, review_cycle_id: UUID) -> HttpResponse:
    """Let no date come."""
    found = _found(asked, review_cycle_id, _MANAGE)
    said, back = _("The review cycle is paused; no date comes."), url(asked, "review_cycle", found.pk)
    return act(asked, lambda: pause_cycle(asked.scope, found.pk, actor=asked.actor), said, back)


@workspace_page(_MANAGE, "POST", record=True)
def resume(asked: Asked, review_cycle_id: UUID) -> HttpResponse:
    """Go on with the next date."""
    found = _found(asked, review_cycle_id, _MANAGE)
    said, back = _("The review cycle goes on with its next date."), url(asked, "review_cycle", found.pk)
    return act(asked, lambda: resume_cycle(asked.scope, found.pk, actor=asked.actor), said, back)


@workspace_page(Capability.REVIEWS_MANAGE, "POST", record=True)
def again(asked: Asked, cycle_turn_id: UUID) -> HttpResponse:
    """Prepare the review of a date once more."""
    found = queries.turn(asked.scope, cycle_turn_id)
    asked.scope.require(Capability.REVIEWS_MANAGE, found.environment_id)
    said, back = _("A worker prepares the review now."), url(asked, "review_cycle", found.cycle_id)
    return act(asked, lambda: retry_turn(asked.scope, found.pk, actor=asked.actor), said, back)


def _found(asked: Asked, review_cycle_id: UUID, capability: Capability) -> ReviewCycle:
    found = queries.cycle(asked.scope, review_cycle_id)
    asked.scope.require(capability, found.environment_id)
    return found


def _state(found: ReviewCycle) -> str:
    return "cycle_paused" if found.paused_at else "cycle_on"


def _members(asked: Asked) -> list[Any]:
    return list(workspaces.members(asked.scope).filter(suspended_at=None, user__is_active=True))


def _people(asked: Asked) -> list[tuple[str, str]]:
    return [(str(one.user_id), f"{one.user} ({role(one.role)})") for one in _members(asked)]


def _places(asked: Asked) -> list[tuple[str, str]]:
    found = workspaces.environments(asked.scope).exclude(lifecycle=Lifecycle.ARCHIVED)
    return [(one.slug, one.name) for one in found if asked.scope.may(_MANAGE, one.pk)]


def _crumbs(asked: Asked) -> list[tuple[str, str]]:
    return [(_("Reviews"), url(asked, "reviews"))]


def _new(asked: Asked, form: CycleForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "has_mail": mail_is_set_up(), "action": url(asked, "review_cycle_make")}
    title = _("Set up a review cycle")
    return page(asked, "review_cycle_form.html", title, context, crumbs=_crumbs(asked), status=status)


def _edit(asked: Asked, found: ReviewCycle, form: CycleForm, *, status: int = 200) -> HttpResponse:
    action = url(asked, "review_cycle_change", found.pk)
    context = {"form": form, "has_mail": mail_is_set_up(), "action": action, "cycle": found}
    crumbs = [*_crumbs(asked), (found.title, url(asked, "review_cycle", found.pk))]
    title = _("Change the review cycle")
    return page(asked, "review_cycle_form.html", title, context, crumbs=crumbs, status=status)
