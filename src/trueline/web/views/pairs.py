"""Proposed pairs: two objects that may be the same, for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.inventory import queries as inventory
from trueline.inventory.actions import Proposed, answer_match, withdraw_answer
from trueline.inventory.answers import answer_capability, require_answer
from trueline.inventory.matching.links import LinkAnswer
from trueline.inventory.vocabulary import definitions
from trueline.kit.scope import NotVisible
from trueline.web import compare_rows, words
from trueline.web.compare_rows import Wish
from trueline.web.comparisons import Sides, answers_of, environments_of, sides_of, whole_of
from trueline.web.doors import act, workspace_page
from trueline.web.pages import page, url
from trueline.web.views.compare import require_sides
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from trueline.inventory.models import IdentityLink
    from trueline.web.asked import Asked

_ROWS = 20
_WORK = Capability.FINDINGS_WORK


@workspace_page(Capability.WORKSPACE_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """The pairs of two sides that wait for an answer, surest first, and those that have one."""
    sides = sides_of(asked.scope, environments_of(asked.scope), asked.request.GET)
    if sides is None:
        return redirect(url(asked, "compare"))
    require_sides(asked, sides)
    answers = answers_of(asked.scope, sides)
    whole = whole_of(asked.scope, sides, answers)
    waiting = sorted(
        compare_rows.entries_of(whole, Wish(group="proposed")),
        key=lambda one: -(one.evidence.confidence if one.evidence else 0),
    )
    urls = (lambda item: sides.left.object_url(asked, item.id), lambda item: sides.right.object_url(asked, item.id))
    rows = compare_rows.object_rows(waiting[:_ROWS], definitions(asked.scope), urls)
    ids = [(one.left.id if one.left else "", one.right.id if one.right else "") for one in waiting[:_ROWS]]
    context = {
        "sides": sides,
        "left_title": sides.titles[0],
        "right_title": sides.titles[1],
        "rows": list(zip(rows, ids, strict=True)),
        "waiting": len(waiting),
        "more": max(0, len(waiting) - _ROWS),
        "answers": [_answered(sides, one) for one in answers],
        "answer_reason": _why_not(asked, sides),
        "has_relation": sides.relation is not None,
    }
    compare_url = f"{url(asked, 'compare')}?{_query(sides)}"
    crumbs = [(_("Compare"), url(asked, "compare")), (f"{sides.titles[0]} · {sides.titles[1]}", compare_url)]
    return page(asked, "pairs.html", _("Proposed pairs"), context, crumbs=crumbs)


@workspace_page(_WORK, "POST", record=True)
def answer(asked: Asked) -> HttpResponse:
    """Keep an answer: the same object, or two."""
    given = asked.request.POST
    sides = sides_of(asked.scope, environments_of(asked.scope), given)
    if sides is None or sides.relation is None or given.get("answer") not in set(LinkAnswer):
        asked.scope.require(_WORK)
        messages.error(asked.request, _("This answer is not complete. Nothing was changed."))
        return redirect(url(asked, "compare"))
    require_sides(asked, sides)
    require_answer(asked.scope, sides.relation)
    pair = _pair(sides, given)
    chosen = LinkAnswer(given["answer"])
    said = {
        LinkAnswer.CONFIRMED: _("Kept: they are the same object, from the next capture on."),
        LinkAnswer.REFUSED: _("Kept: they are different objects and are not proposed again."),
    }
    to = f"{url(asked, 'pairs')}?{_query(sides)}"
    return act(asked, lambda: answer_match(asked.scope, pair, chosen, actor=asked.actor), said[chosen], to)


@workspace_page(_WORK, "POST", record=True)
def withdraw(asked: Asked, identity_link_id: UUID) -> HttpResponse:
    """Take an answer back."""
    found = inventory.identity_link(asked.scope, identity_link_id)
    asked.scope.require(_WORK)
    to = _back(asked)
    return act(
        asked,
        lambda: withdraw_answer(asked.scope, found.pk, actor=asked.actor),
        _("The answer was taken back; the pair is proposed again."),
        to,
    )


def _pair(sides: Sides, given: QueryDict) -> Proposed:
    try:
        left, right = UUID(given.get("left_object", "")), UUID(given.get("right_object", ""))
    except ValueError as error:
        raise NotVisible from error
    profile_id = sides.left.version.profile_id if sides.left.version else None
    return Proposed(sides.left.snapshot, left, sides.right.snapshot, right, profile_id)


def _back(asked: Asked) -> str:
    """The list that the answer was taken back on, by the sides that its form names."""
    try:
        sides = sides_of(asked.scope, environments_of(asked.scope), asked.request.POST)
    except NotVisible:
        sides = None  # the answer itself is there; only the page it was on is not
    return f"{url(asked, 'pairs')}?{_query(sides)}" if sides else url(asked, "compare")


def _answered(sides: Sides, link: IdentityLink) -> dict[str, Any]:
    is_turned = sides.relation is not None and sides.relation.is_turned
    left, right = link.left_name or link.left_key, link.right_name or link.right_key
    return {"link": link, "left": right if is_turned else left, "right": left if is_turned else right}


def _why_not(asked: Asked, sides: Sides) -> str:
    """Why the reader cannot answer here; empty when they can."""
    between = sides.relation
    if between is None:
        return ""
    needed = answer_capability(between)
    environments = [one for one in (between.left_environment_id, between.right_environment_id) if one]
    return next((said for one in environments if (said := words.why_not(asked.scope, needed, one))), "")


def _query(sides: Sides) -> str:
    return urlencode({"left": sides.left.key, "right": sides.right.key})
