"""Where people arrive: the start, the one-time link, an invitation, the health of the process."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trueline.web.doors import public, signed_in
from trueline.web.sign_in import INVITED
from trueline.workspaces import access
from trueline.workspaces.actions import accept_invitation, use_sign_in_link
from trueline.workspaces.errors import InvitationInvalid
from trueline.workspaces.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in()
def home(request: HttpRequest, user: User) -> HttpResponse:
    """To the person's workspace, or to the choice of one."""
    doors = access.doors(user)
    if len(doors) == 1:
        return redirect("workspace_home", doors[0].slug)
    return render(request, "web/doors.html", {"doors": doors, "page_title": _("Your workspaces")})


@public("whoever runs the machine signs in by it once", "GET", "POST")
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first, signs in on POST: a mail scanner that follows the link must not use it up."""
    if request.method != "POST":
        return render(request, "web/sign_in_link.html", {"page_title": _("Sign in")})
    user = use_sign_in_link(token)
    if user is None:
        return render(request, "web/sign_in_link_used.html", {"page_title": _("Sign in")}, status=410)
    login(request, user, backend=BACKEND)
    return redirect("home")


@public("an invited person has no account yet", "GET", "POST")
def join(request: HttpRequest, workspace_id: UUID, token: str) -> HttpResponse:
    """Accept an invitation as the person who is signed in, or make an account first."""
    if not request.user.is_authenticated:
        if request.method == "POST":
            request.session[INVITED] = request.path
            return redirect(f"/account/signup/?next={request.path}")
        return render(request, "web/join.html", {"page_title": _("You are invited")})
    if request.method != "POST":
        return render(request, "web/join.html", {"page_title": _("You are invited")})
    assert isinstance(request.user, User)
    try:
        accept_invitation(workspace_id, token, user=request.user, actor=access.person(request.user))
    except InvitationInvalid as error:
        return render(request, "web/join.html", {"page_title": _("You are invited"), "error": str(error)}, status=410)
    return redirect("home")


@public("load balancers ask it; it says nothing but that the process and its database answer")
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})
