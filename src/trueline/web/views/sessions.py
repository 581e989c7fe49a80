"""The sessions of one's own account: where one is signed in, and the end of one other or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trueline.web.doors import signed_in
from trueline.web.sign_in import note_session, sessions_of
from trueline.workspaces import access
from trueline.workspaces.actions import end_session, end_sessions

if TYPE_CHECKING:
    from allauth.usersessions.models import UserSession
    from django.http import HttpRequest, HttpResponse

    from trueline.workspaces.models import User

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@signed_in("GET", "POST")
def sessions(request: HttpRequest, user: User) -> HttpResponse:
    """Where one is signed in; on POST one other session ends, or all others do."""
    if request.method == "POST":
        return _ended(request, user)
    here = request.session.session_key
    others = [_row(noted) for noted in sessions_of(user) if noted.session_key != here]
    this = _browser(request.headers.get("User-Agent", "")) | {"since": user.last_login}
    context = {"page_title": _("Sessions"), "this": this, "others": others, "ended": user.sessions_ended_at}
    return render(request, "web/sessions.html", context)


def _ended(request: HttpRequest, user: User) -> HttpResponse:
    actor, asked_for = access.person(user), request.POST.get("session")
    if asked_for is None:
        update_session_auth_hash(request, end_sessions(user, actor=actor))
        note_session(request)
        messages.success(request, _("All other sessions have ended. This one goes on."))
        return redirect("sessions")
    for noted in sessions_of(user):
        if str(noted.pk) == asked_for:
            end_session(user, noted.session_key, actor=actor)
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


def _row(noted: UserSession) -> dict[str, Any]:
    return _browser(noted.user_agent) | {"id": noted.pk, "address": noted.ip, "since": noted.created_at}


def _browser(agent: str) -> dict[str, Any]:
    return {"browser": named(agent, BROWSERS), "system": named(agent, SYSTEMS)}


def named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    """The first name whose mark is in what a browser says of itself; empty for none."""
    return next((name for mark, name in names if mark in agent), "")
