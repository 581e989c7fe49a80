"""A released review for somebody who has a link and no account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.reviews import actions, queries
from trueline.reviews.actions_sharing import Admission, Visit, revoke_share, share_review, visit
from trueline.reviews.editions import edition
from trueline.reviews.packs import LANGUAGES
from trueline.reviews.rendering.view import view
from trueline.reviews.rules import Audience
from trueline.web import once, words
from trueline.web.doors import act, public, workspace_page
from trueline.web.pages import url
from trueline.web.views.reviews import SHARED_ONCE, as_file
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from trueline.web.asked import Asked

_DAYS = 30


@public("whoever holds the link reads one released review; the token is the proof", "GET", "POST")
def shared(request: HttpRequest, workspace_id: UUID, token: str) -> HttpResponse:
    """Asks first and opens on POST: a mail scanner that follows the link must not count as a reader."""
    if request.method != "POST":
        return _render(request, "shared_ask.html", {"page_title": _("A review was shared with you")})
    with_pack = "language" in request.POST
    found = visit(workspace_id, token, request.POST.get("pass_phrase"))
    if found.admission is Admission.ENDED:
        return _render(request, "shared_ended.html", {"page_title": _("This link has ended")}, status=410)
    if found.admission is Admission.ASKS_PASS_PHRASE:
        context = {"page_title": _("A review was shared with you"), "asks": True, "is_wrong": found.is_wrong}
        return _render(request, "shared_ask.html", context, status=403 if found.is_wrong else 200)
    return _pack(request, found) if with_pack else _opened(request, found)


def _opened(request: HttpRequest, found: Visit) -> HttpResponse:
    assert found.scope
    assert found.review
    with found.inside():
        shown = view(edition(found.scope, found.review, Audience.CUSTOMER))
    context = {"page_title": found.review.title, "shown": shown, "pass_phrase": request.POST.get("pass_phrase", "")}
    return _render(request, "shared_review.html", context)


def _pack(request: HttpRequest, found: Visit) -> HttpResponse:
    assert found.scope
    assert found.review
    wanted = request.POST["language"]
    language = wanted if wanted in LANGUAGES else (get_language() or "en")[:2]
    with found.inside():
        made = actions.make_pack(found.scope, found.review.pk, Audience.CUSTOMER, language, actor=found.scope.actor)
        return as_file(queries.pack(found.scope, made.pk), found.review)


def _render(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    answer = render(request, f"web/{template}", dict(context), status=status)
    # The token stands in the address: no search engine keeps it, and the policy of all pages sends it to no other site.
    answer["X-Robots-Tag"] = "noindex"
    return answer


@workspace_page(Capability.REVIEWS_PUBLISH, "POST", record=True)
def share(asked: Asked, review_id: UUID) -> HttpResponse:
    """Make a link to a released review; its address is shown once."""
    found = queries.review(asked.scope, review_id)
    asked.scope.require(Capability.REVIEWS_PUBLISH, found.environment_id)
    given, back = asked.request.POST, url(asked, "review", found.pk)
    days = int(given["days"]) if given.get("days", "").isdecimal() and len(given["days"]) < 5 else _DAYS
    try:
        made, token = share_review(
            asked.scope,
            found.pk,
            given.get("label", ""),
            days,
            actor=asked.actor,
            pass_phrase=given.get("pass_phrase", ""),
        )
    except (NotAllowed, NotVisible):
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return redirect(back)
    messages.success(asked.request, _("The link %(name)s was made.") % {"name": made.label})
    answer = redirect(back)
    address = settings.PUBLIC_URL + reverse("shared", args=[made.workspace_id, token])
    once.carry(answer, SHARED_ONCE, address, back)
    return answer


@workspace_page(Capability.REVIEWS_PUBLISH, "POST", record=True)
def withdraw(asked: Asked, share_link_id: UUID) -> HttpResponse:
    """Withdraw a link."""
    found = queries.share_link(asked.scope, share_link_id)
    asked.scope.require(Capability.REVIEWS_PUBLISH, found.environment_id)
    back = url(asked, "review", found.review_id)
    said = _("The link is withdrawn; it opens nothing any more.")
    return act(asked, lambda: revoke_share(asked.scope, found.pk, actor=asked.actor), said, back)
