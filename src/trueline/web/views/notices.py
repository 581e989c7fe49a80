"""Notices: what the reader was told, and what they want to be told by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotVisible
from trueline.notices import queries
from trueline.notices.actions.telling import read_notices, wish_for
from trueline.notices.rules import Cause
from trueline.notices.wording import CAUSES
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.message_forms import WishForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.web.asked import Asked

_ORDER = ("-created_at", "-id")


@workspace_page(Capability.WORKSPACE_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """What the reader was told, the newest first; the unread ones stand out."""
    shown = listed(asked.request, queries.notices(asked.scope), _ORDER)
    context = {
        "rows": [(one, CAUSES[Cause(one.cause)]) for one in shown.rows],
        "listed": shown,
        "has_unread": any(one.read_at is None for one in shown.rows) or queries.unread_count(asked.scope) > 0,
        "may_manage": asked.scope.may(queries.MANAGE),
    }
    return page(asked, "notices.html", _("Notices"), context)


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def read(asked: Asked) -> HttpResponse:
    """Mark everything as read, or one notice, and then go on to what it tells of."""
    named = asked.request.POST.get("notice", "")
    if named:
        return _opened(asked, named)
    return act(
        asked,
        lambda: read_notices(asked.scope, None, actor=asked.actor),
        _("Everything is marked as read."),
        url(asked, "notices"),
    )


def _opened(asked: Asked, named: str) -> HttpResponse:
    """One that is not the reader's own leads back to the list, like one that never was."""
    try:
        found = queries.notice(asked.scope, UUID(named))
    except (ValueError, NotVisible):
        return redirect(url(asked, "notices"))
    read_notices(asked.scope, [found.pk], actor=asked.actor)
    return redirect(url(asked, "finding", found.finding_id))


@workspace_page(Capability.WORKSPACE_VIEW, "GET", "POST")
def wishes(asked: Asked) -> HttpResponse:
    """Choose what comes by mail, and when."""
    if asked.request.method != "POST":
        return _wishes(asked, WishForm(initial=WishForm.shown(queries.wish(asked.scope))))
    form = WishForm(asked.request.POST)
    if not form.is_valid():
        return _wishes(asked, form, status=422)
    try:
        wish_for(asked.scope, form.wished(), actor=asked.actor)
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _wishes(asked, form, status=422)
    messages.success(asked.request, _("Your choice was kept."))
    return redirect(url(asked, "notice_wishes"))


def _wishes(asked: Asked, form: WishForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "has_mail": queries.mail_is_set_up(), "address": asked.user.email}
    crumbs = [(_("Notices"), url(asked, "notices"))]
    return page(asked, "notice_wishes.html", _("What you are told by e-mail"), context, crumbs=crumbs, status=status)
