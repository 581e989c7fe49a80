"""Service accounts: members that are no persons, with their keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.kit import clock
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import once, words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import KeyForm, ServiceAccountForm, ServiceRoleForm
from trueline.web.pages import page, url
from trueline.web.views.keys import state_of
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions_keys import create_api_key
from trueline.workspaces.actions_services import change_service_account, create_service_account, end_service_account
from trueline.workspaces.rules import Capability, capabilities_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse

    from trueline.web.asked import Asked
    from trueline.workspaces.models import ServiceAccount

_MANAGE = Capability.MEMBERS_MANAGE
_ONCE = "trueline_service_key"


@workspace_page(_MANAGE)
def listing(asked: Asked) -> HttpResponse:
    """Every service account with its role, reach and end."""
    return _listing(asked, _form(asked))


def _listing(asked: Asked, form: ServiceAccountForm, *, status: int = 200) -> HttpResponse:
    rows = [(one, state_of(one)) for one in workspaces.service_accounts(asked.scope)]
    context = {"rows": sorted(rows, key=lambda row: row[1] in ("revoked", "expired")), "form": form}
    return page(
        asked, "service_accounts.html", _("Service accounts"), context, crumbs=_crumbs(asked)[:1], status=status
    )


@workspace_page(_MANAGE, "POST")
def make(asked: Asked) -> HttpResponse:
    """Make an account, and go on to its page, where it gets its first key."""
    form = _form(asked, asked.request.POST)
    if not form.is_valid():
        return _listing(asked, form, status=422)
    wished = form.cleaned_data
    try:
        place = access.environment(asked.scope, wished["environment"]) if wished["environment"] else None
        made = create_service_account(
            asked.scope,
            wished["name"].strip(),
            wished["role"],
            _until(wished),
            actor=asked.actor,
            environment_id=place.pk if place else None,
        )
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _listing(asked, form, status=422)
    messages.success(
        asked.request, _("The service account %(name)s was made. Now give it a key.") % {"name": made.name}
    )
    return redirect(url(asked, "service_account", made.pk))


@workspace_page(_MANAGE, record=True)
def account(asked: Asked, service_account_id: UUID) -> HttpResponse:
    """One account: its keys, its role, its end."""
    found = _found(asked, service_account_id)
    answer = _account(asked, found, _key_form(asked, found))
    once.end(asked.request, answer, _ONCE, url(asked, "service_account", found.pk))
    return answer


def _account(asked: Asked, found: ServiceAccount, key_form: Form, *, status: int = 200) -> HttpResponse:
    keys = workspaces.api_keys(asked.scope).filter(service_account_id=found.pk)
    state = state_of(found)
    context: dict[str, Any] = {
        "account": found,
        "account_state": state,
        "is_good": state in ("active", "ends_soon"),
        "keys": [(one, state_of(one), [words.capability(key) for key in one.capabilities]) for one in keys],
        "key_form": key_form,
        "role_form": ServiceRoleForm(initial={"role": found.role}),
        "token": once.carried(asked.request, _ONCE),
    }
    return page(asked, "service_account.html", found.name, context, crumbs=_crumbs(asked), status=status)


@workspace_page(_MANAGE, "POST", record=True)
def make_key(asked: Asked, service_account_id: UUID) -> HttpResponse:
    """Make a key of the account; its token is shown once."""
    found = _found(asked, service_account_id)
    form = _key_form(asked, found, asked.request.POST)
    if not form.is_valid():
        return _account(asked, found, form, status=422)
    wished = form.cleaned_data
    until = min(_until(wished), found.expires_at)
    try:
        made, token = create_api_key(
            asked.scope,
            wished["name"].strip(),
            wished["capabilities"],
            until,
            actor=asked.actor,
            service_account_id=found.pk,
        )
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _account(asked, found, form, status=422)
    here = url(asked, "service_account", found.pk)
    messages.success(asked.request, _("The key %(name)s was made.") % {"name": made.name})
    answer = redirect(here)
    once.carry(answer, _ONCE, token, here)
    return answer


@workspace_page(_MANAGE, "POST", record=True)
def change(asked: Asked, service_account_id: UUID) -> HttpResponse:
    """Give the account another role and another end."""
    found = _found(asked, service_account_id)
    form = ServiceRoleForm(asked.request.POST)
    here = url(asked, "service_account", found.pk)
    if not form.is_valid():
        messages.error(asked.request, _("Choose one of the roles."))
        return redirect(here)
    wished = form.cleaned_data
    return act(
        asked,
        lambda: change_service_account(asked.scope, found.pk, wished["role"], _until(wished), actor=asked.actor),
        _("The service account %(name)s was changed.") % {"name": found.name},
        here,
    )


@workspace_page(_MANAGE, "POST", record=True)
def end(asked: Asked, service_account_id: UUID) -> HttpResponse:
    """End the account and its keys."""
    found = _found(asked, service_account_id)
    return act(
        asked,
        lambda: end_service_account(asked.scope, found.pk, actor=asked.actor),
        _("The service account %(name)s has ended; the next request of its keys is refused.") % {"name": found.name},
        url(asked, "service_accounts"),
    )


def _found(asked: Asked, service_account_id: UUID) -> ServiceAccount:
    """The account, then the right to manage it: 404 comes before 403."""
    found = workspaces.service_account(asked.scope, service_account_id)
    asked.scope.require(_MANAGE)
    return found


def _form(asked: Asked, given: Any = None) -> ServiceAccountForm:
    return ServiceAccountForm(
        given, environments=[(one.slug, one.name) for one in workspaces.environments(asked.scope)]
    )


def _key_form(asked: Asked, found: ServiceAccount, given: Any = None) -> KeyForm:
    role = capabilities_of(found.role)
    held = [(key, words.capability(key)) for key in words.CAPABILITIES if key in role and asked.scope.may(key)]
    form = KeyForm(given, environments=[], capabilities=held)
    del form.fields["environment"]  # where the account reaches is said of the account
    return form


def _until(wished: dict[str, Any]) -> Any:
    return clock.now() + timedelta(days=int(wished["days"]))


def _crumbs(asked: Asked) -> list[tuple[Any, str]]:
    return [(_("Members"), url(asked, "members")), (_("Service accounts"), url(asked, "service_accounts"))]
