"""API keys: what programs may do here, made and withdrawn by owners."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.kit import clock
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import once, words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import KeyForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.web.asked import Asked
    from trueline.workspaces.models import ApiKey, ServiceAccount

_MANAGE = Capability.MEMBERS_MANAGE
_ONCE = "trueline_key"
_ORDER = ("-created_at", "-id")
_SOON = timedelta(days=14)


@workspace_page(_MANAGE)
def listing(asked: Asked) -> HttpResponse:
    """Every key with what it may do, until when, and when it was used last."""
    answer = _listing(asked, _form(asked))
    once.end(asked.request, answer, _ONCE, url(asked, "keys"))
    return answer


def _listing(asked: Asked, form: KeyForm, *, status: int = 200) -> HttpResponse:
    shown = listed(asked.request, workspaces.api_keys(asked.scope), _ORDER)
    context = {
        "rows": [(one, state_of(one), [words.capability(key) for key in one.capabilities]) for one in shown.rows],
        "listed": shown,
        "form": form,
        "token": once.carried(asked.request, _ONCE),
    }
    crumbs = [(_("Members"), url(asked, "members"))]
    return page(asked, "keys.html", _("API keys"), context, crumbs=crumbs, status=status)


def _form(asked: Asked, given: object = None) -> KeyForm:
    places = [(one.slug, one.name) for one in workspaces.environments(asked.scope)]
    held = [(key, words.capability(key)) for key in words.CAPABILITIES if asked.scope.may(key)]
    return KeyForm(given, environments=places, capabilities=held)


def state_of(key: ApiKey | ServiceAccount) -> str:
    """Whether it works, in a word of `marks`."""
    now = clock.now()
    if key.revoked_at:
        return "revoked"
    if key.expires_at <= now:
        return "expired"
    return "ends_soon" if key.expires_at <= now + _SOON else "active"


@workspace_page(_MANAGE, "POST")
def make(asked: Asked) -> HttpResponse:
    """Make a key; its token is shown once."""
    form = _form(asked, asked.request.POST)
    if not form.is_valid():
        return _listing(asked, form, status=422)
    wished = form.cleaned_data
    try:
        place = access.environment(asked.scope, wished["environment"]) if wished["environment"] else None
        until = clock.now() + timedelta(days=int(wished["days"]))
        made, token = create_api_key(
            asked.scope,
            wished["name"].strip(),
            wished["capabilities"],
            until,
            actor=asked.actor,
            environment_id=place.pk if place else None,
        )
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _listing(asked, form, status=422)
    messages.success(asked.request, _("The key %(name)s was made.") % {"name": made.name})
    answer = redirect(url(asked, "keys"))
    once.carry(answer, _ONCE, token, url(asked, "keys"))
    return answer


@workspace_page(_MANAGE, "POST", record=True)
def withdraw(asked: Asked, api_key_id: UUID) -> HttpResponse:
    """Withdraw a key, and every key that was made by it."""
    found = workspaces.api_key(asked.scope, api_key_id)
    asked.scope.require(_MANAGE)
    return act(
        asked,
        lambda: revoke_api_key(asked.scope, found.pk, actor=asked.actor),
        _("The key %(name)s was withdrawn; its next request is refused.") % {"name": found.name},
        url(asked, "keys"),
    )
