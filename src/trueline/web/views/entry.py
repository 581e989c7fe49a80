"""Where people arrive: the start, the one-time link, an invitation, the health of the process."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trueline.engine.packs.packing import published
from trueline.findings import wording
from trueline.kit.errors import TruelineError
from trueline.vault.queries import public_keys
from trueline.web import words
from trueline.web.doors import public, signed_in
from trueline.web.forms import WorkspaceForm
from trueline.web.sign_in import INVITED, note_address, note_session
from trueline.workspaces import access
from trueline.workspaces.actions import accept_invitation, create_workspace, use_sign_in_link
from trueline.workspaces.errors import InvitationInvalid
from trueline.workspaces.models import Invitation, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in()
def home(request: HttpRequest, user: User) -> HttpResponse:
    """To the person's workspace, or to the choice of one."""
    doors = access.doors(user)
    if len(doors) == 1:
        return redirect("workspace_home", doors[0].slug)
    rows = [(door, wording.role(door.role)) for door in doors]
    return render(request, "web/doors.html", {"rows": rows, "page_title": _("Your workspaces")})


@signed_in("GET", "POST")
def new_workspace(request: HttpRequest, user: User) -> HttpResponse:
    """The first workspace of a person who has none; whoever runs the installation may make more."""
    if access.doors(user) and not user.is_staff:
        raise Http404
    form = WorkspaceForm(request.POST or None)
    if form.is_valid():
        name, actor = form.cleaned_data["name"].strip(), access.person(user)
        try:
            made = create_workspace(name, owner=user, actor=actor, locale=(get_language() or "en")[:2])
        except TruelineError as error:
            form.add_error("name", words.told(error))
        else:
            return redirect("workspace_home", made.slug)
    return render(request, "web/workspace_new.html", {"form": form, "page_title": _("Make a workspace")})


@public("whoever runs the machine signs in by it once", "GET", "POST")
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first, signs in on POST: a mail scanner that follows the link must not use it up."""
    if request.method != "POST":
        return render(request, "web/sign_in_link.html", {"page_title": _("Sign in")})
    user = use_sign_in_link(token)
    if user is None:
        return render(request, "web/sign_in_link_used.html", {"page_title": _("Sign in")}, status=410)
    login(request, user, backend=BACKEND)
    note_address(request, user)
    note_session(request)
    return redirect("home")


@public("an invited person has no account yet", "GET", "POST")
def join(request: HttpRequest, workspace_id: UUID, token: str) -> HttpResponse:
    """Accept an invitation as the person who is signed in, or make an account first."""
    invitation = access.open_invitation(workspace_id, token)
    if invitation is None:
        return _join(request, None, status=410)
    if request.method != "POST":
        return _join(request, invitation)
    if not isinstance(request.user, User):
        request.session[INVITED] = {"path": request.path, "email": invitation.email}
        asked_for = urlencode({"next": request.path, "email": invitation.email})
        return redirect(f"{resolve_url('account_signup')}?{asked_for}")
    try:
        accept_invitation(workspace_id, token, user=request.user, actor=access.person(request.user))
    except InvitationInvalid:
        return _join(request, invitation, status=410)
    request.session.pop(INVITED, None)
    return redirect("home")


def _join(request: HttpRequest, invitation: Invitation | None, *, status: int = 200) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    context: dict[str, Any] = {
        "page_title": _("You are invited"),
        "invitation": invitation,
        "role": wording.role(invitation.role) if invitation else "",
        "is_mine": bool(user and invitation and user.email == invitation.email),
        "login_url": f"{resolve_url('account_login')}?{urlencode({'next': request.path})}",
    }
    return render(request, "web/join.html", context, status=status)


@public("load balancers ask it; it says nothing but that the process and its database answer")
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})


@public("whoever holds a pack compares the key that signed it with what is published here")
def signing_keys(request: HttpRequest) -> HttpResponse:
    """The public keys that sign, or have signed, packs of this installation."""
    del request
    return JsonResponse(published(public_keys()))
