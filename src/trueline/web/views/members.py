"""Members: who is in, with which role, narrowed to what; and who is invited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.web import once, words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import InviteForm, NarrowForm, RoleForm
from trueline.web.pages import page, url
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions import change_role, invite, narrow, remove_member, revoke_invitation, widen
from trueline.workspaces.rules import Capability, GrantEffect

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.web.asked import Asked
    from trueline.workspaces.models import Membership

_MANAGE = Capability.MEMBERS_MANAGE
_ONCE = "trueline_invitation"


@workspace_page(Capability.WORKSPACE_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Everybody who is in, and for whoever manages members those who are invited."""
    answer = _listing(asked, InviteForm())
    once.end(asked.request, answer, _ONCE, url(asked, "members"))
    return answer


def _listing(asked: Asked, form: InviteForm, *, status: int = 200) -> HttpResponse:
    members = list(workspaces.members(asked.scope))
    may_manage = asked.scope.may(_MANAGE)
    context = {
        "rows": [(one, grants) for one, grants in _with_grants(asked, members)],
        "services": [one for one in workspaces.service_accounts(asked.scope) if one.is_good],
        "may_manage": may_manage,
        "manage_reason": words.why_not(asked.scope, _MANAGE),
        "invitations": list(workspaces.open_invitations(asked.scope)) if may_manage else [],
        "form": form,
        "link": once.carried(asked.request, _ONCE),
    }
    return page(asked, "members.html", _("Members"), context, status=status)


@workspace_page(_MANAGE, "POST")
def send_invitation(asked: Asked) -> HttpResponse:
    """Invite a person; the link is shown once."""
    form = InviteForm(asked.request.POST)
    if not form.is_valid():
        return _listing(asked, form, status=422)
    try:
        made, token = invite(asked.scope, form.cleaned_data["email"], form.cleaned_data["role"], actor=asked.actor)
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error("role", words.told(error))
        return _listing(asked, form, status=422)
    messages.success(asked.request, _("%(email)s is invited.") % {"email": made.email})
    answer = redirect(url(asked, "members"))
    link = settings.PUBLIC_URL + reverse("join", args=[asked.scope.workspace_id, token])
    once.carry(answer, _ONCE, link, url(asked, "members"))
    return answer


@workspace_page(_MANAGE, "POST", record=True)
def withdraw(asked: Asked, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    if not workspaces.open_invitations(asked.scope).filter(id=invitation_id).exists():
        raise NotVisible
    asked.scope.require(_MANAGE)
    return act(
        asked,
        lambda: revoke_invitation(asked.scope, invitation_id, actor=asked.actor),
        _("The invitation was withdrawn."),
        url(asked, "members"),
    )


@workspace_page(_MANAGE, record=True)
def member(asked: Asked, membership_id: UUID) -> HttpResponse:
    """One member: role, narrowing, removal."""
    return _member(asked, _found(asked, membership_id), None)


def _member(asked: Asked, found: Membership, narrow_form: NarrowForm | None, *, status: int = 200) -> HttpResponse:
    (_one, grants), *_rest = _with_grants(asked, [found])
    environments = [(one.pk, one.name) for one in workspaces.environments(asked.scope)]
    context = {
        "member": found,
        "grants": grants,
        "role_form": RoleForm(initial={"role": found.role}),
        "narrow_form": narrow_form or NarrowForm(environments=environments),
        "has_environments": bool(environments),
    }
    crumbs = [(_("Members"), url(asked, "members"))]
    return page(asked, "member.html", str(found.user), context, crumbs=crumbs, status=status)


@workspace_page(_MANAGE, "POST", record=True)
def set_role(asked: Asked, membership_id: UUID) -> HttpResponse:
    """Give a member another role."""
    found = _found(asked, membership_id)
    form = RoleForm(asked.request.POST)
    here = url(asked, "member", found.pk)
    if not form.is_valid():
        messages.error(asked.request, _("Choose one of the roles."))
        return redirect(here)
    return act(
        asked,
        lambda: change_role(asked.scope, found.pk, form.cleaned_data["role"], actor=asked.actor),
        _("%(name)s has another role now.") % {"name": found.user},
        url(asked, "members"),
    )


@workspace_page(_MANAGE, "POST", record=True)
def remove(asked: Asked, membership_id: UUID) -> HttpResponse:
    """End a membership."""
    found = _found(asked, membership_id)
    return act(
        asked,
        lambda: remove_member(asked.scope, found.pk, actor=asked.actor),
        _("%(name)s is no longer a member.") % {"name": found.user},
        "/" if found.user_id == asked.user.pk else url(asked, "members"),
    )


@workspace_page(_MANAGE, "POST", record=True)
def set_narrowing(asked: Asked, membership_id: UUID) -> HttpResponse:
    """Narrow a member in one environment."""
    found = _found(asked, membership_id)
    environments = {str(one.pk): one for one in workspaces.environments(asked.scope)}
    form = NarrowForm(asked.request.POST, environments=[(one.pk, one.name) for one in environments.values()])
    if not form.is_valid():
        return _member(asked, found, form, status=422)
    given = form.cleaned_data
    chosen = environments[given["environment"]]
    return act(
        asked,
        lambda: narrow(
            asked.scope, found.pk, chosen.pk, GrantEffect(given["effect"]), actor=asked.actor, role=given["role"]
        ),
        _("What %(name)s can see was narrowed.") % {"name": found.user},
        url(asked, "member", found.pk),
    )


@workspace_page(_MANAGE, "POST", record=True)
def lift_narrowing(asked: Asked, membership_id: UUID, environment_id: UUID) -> HttpResponse:
    """Take back how a member was narrowed in one environment."""
    access.environment_by_id(asked.scope, environment_id)
    found = _found(asked, membership_id)
    return act(
        asked,
        lambda: widen(asked.scope, found.pk, environment_id, actor=asked.actor),
        _("The limit was lifted."),
        url(asked, "member", found.pk),
    )


def _found(asked: Asked, membership_id: UUID) -> Membership:
    """The member, then the right to change them: 404 comes before 403."""
    found = workspaces.member(asked.scope, membership_id)
    asked.scope.require(_MANAGE)
    return found


def _with_grants(asked: Asked, members: list[Membership]) -> list[tuple[Membership, list[dict[str, Any]]]]:
    """Members with the lines that narrow them; lines on environments out of the reader's reach are left out."""
    lines: dict[UUID, list[dict[str, Any]]] = {one.pk: [] for one in members}
    for grant in workspaces.grants(asked.scope, list(lines)):
        if asked.scope.reaches(grant.environment_id):
            lines[grant.membership_id].append(
                {"grant": grant, "environment": grant.environment, "excludes": grant.effect == GrantEffect.EXCLUDE}
            )
    return [(one, lines[one.pk]) for one in members]
