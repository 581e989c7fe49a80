"""Destinations: where alerts and webhooks go, what each is told, and what became of every message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.notices import queries
from trueline.notices.actions import delivering
from trueline.notices.actions.destinations import (
    change_rule,
    create_destination,
    remove_destination,
    rotate_secret,
    send_test,
    switch_destination,
)
from trueline.notices.rules import DestinationKind
from trueline.notices.wording import EVENT_TYPES, KINDS
from trueline.web import once, words
from trueline.web.doors import act, refused_in, workspace_page
from trueline.web.message_forms import DestinationForm, RuleForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.views.inbox import back_to_inbox
from trueline.workspaces import queries as workspaces

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.notices.models import Delivery, Destination
    from trueline.web.asked import Asked

_MANAGE = queries.MANAGE
_ONCE = "trueline_webhook"
_ORDER = ("-created_at", "-id")
_ENDED = frozenset({"sent", "failed", "suppressed", "canceled"})


@workspace_page(_MANAGE)
def listing(asked: Asked) -> HttpResponse:
    """Every destination, and a form for another."""
    return _listing(asked, DestinationForm(environments=_places(asked)))


def _listing(asked: Asked, form: DestinationForm, *, status: int = 200) -> HttpResponse:
    rules = list(queries.rules(asked.scope))
    context = {
        "rows": [
            (rule.destination, KINDS[DestinationKind(rule.destination.kind)], _events(rule.event_types))
            for rule in rules
        ],
        "form": form,
        "has_mail": queries.mail_is_set_up(),
    }
    crumbs = [(_("Notices"), url(asked, "notices"))]
    return page(asked, "destinations.html", _("Alerts and webhooks"), context, crumbs=crumbs, status=status)


def _kind(found: Destination) -> str:
    return str(KINDS[DestinationKind(found.kind)])


def _events(event_types: list[str]) -> list[str]:
    return [str(EVENT_TYPES.get(kind, kind)) for kind in event_types]


def _places(asked: Asked) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in workspaces.environments(asked.scope)]


@workspace_page(_MANAGE, "POST")
def make(asked: Asked) -> HttpResponse:
    """Make a destination; the secret of a webhook is shown once."""
    form = DestinationForm(asked.request.POST, environments=_places(asked))
    if form.is_valid():
        given = form.cleaned_data
        with refused_in(form):
            made, secret = create_destination(
                asked.scope, given["name"], given["kind"], given["address"], form.terms(), actor=asked.actor
            )
            said = _("%(name)s was made. Send a test to see that it works.") % {"name": made.name}
            messages.success(asked.request, said)
            return _with_secret(asked, made, secret)
    return _listing(asked, form, status=422)


def _with_secret(asked: Asked, made: Destination, secret: str) -> HttpResponse:
    here = url(asked, "destination", made.pk)
    answer = redirect(here)
    if secret:
        once.carry(answer, _ONCE, secret, here)
    return answer


@workspace_page(_MANAGE, record=True)
def destination(asked: Asked, destination_id: UUID) -> HttpResponse:
    """One destination: its rule, and its messages with what became of them."""
    found = _found(asked, destination_id)
    rule = queries.rule_of(asked.scope, found.pk)
    answer = _destination(asked, found, RuleForm(environments=_places(asked), initial=RuleForm.shown(rule)))
    once.end(asked.request, answer, _ONCE, url(asked, "destination", found.pk))
    return answer


def _destination(asked: Asked, found: Destination, form: RuleForm, *, status: int = 200) -> HttpResponse:
    mine = queries.deliveries(asked.scope).filter(destination_id=found.pk)
    shown = listed(asked.request, mine, _ORDER, rows=20)
    context = {
        "destination": found,
        "kind_word": _kind(found),
        "is_webhook": found.kind == DestinationKind.WEBHOOK,
        "form": form,
        "rows": [(one, EVENT_TYPES.get(one.event_type, one.event_type), _why(one)) for one in shown.rows],
        "listed": shown,
        "ended": _ENDED,
        "secret": once.carried(asked.request, _ONCE),
        "says_mail": found.kind == DestinationKind.MAIL and not queries.mail_is_set_up(),
    }
    crumbs = [(_("Notices"), url(asked, "notices")), (_("Alerts and webhooks"), url(asked, "destinations"))]
    return page(asked, "destination.html", found.name, context, crumbs=crumbs, status=status)


def _why(one: Delivery) -> str:
    """The last trouble in a sentence; the code is for programs."""
    known = {
        "destination_off": _("The destination was turned off."),
        "cooldown": _("The same was told a short while before."),
        "mail_not_set_up": _("No mail server is set up on this installation."),
        "mail_refused": _("The mail server did not take the message."),
        "address_refused": _("The address is not reached in a public network."),
        "receiver_unreachable": _("The receiver could not be reached, or did not answer in time."),
        "internal_error": _("Something went wrong inside Trueline. The details are in the log of the worker."),
        "seal_broken": _("The stored address cannot be opened. Make the destination anew."),
        "key_withdrawn": _("The key that sealed the address is not there."),
    }
    code = one.last_error_code
    if code.startswith("http_"):
        return _("The receiver answered with status %(status)s.") % {"status": code.removeprefix("http_")}
    return known.get(code, one.last_error)


@workspace_page(_MANAGE, "POST", record=True)
def set_rule(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Change what a destination is told."""
    found = _found(asked, destination_id)
    form = RuleForm(asked.request.POST, environments=_places(asked))
    if form.is_valid():
        with refused_in(form):
            change_rule(asked.scope, found.pk, form.terms(), actor=asked.actor)
            messages.success(asked.request, _("Your choice was kept."))
            return redirect(url(asked, "destination", found.pk))
    return _destination(asked, found, form, status=422)


@workspace_page(_MANAGE, "POST", record=True)
def test(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Send a test message."""
    said = _("A test is on its way. What becomes of it is shown below.")
    return _done(asked, destination_id, lambda pk: send_test(asked.scope, pk, actor=asked.actor), said)


@workspace_page(_MANAGE, "POST", record=True)
def switch(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Turn a destination on or off."""
    on = asked.request.POST.get("state") == "on"
    said = _("The destination is on.") if on else _("The destination is off; what waited for it was canceled.")
    return _done(asked, destination_id, lambda pk: switch_destination(asked.scope, pk, on=on, actor=asked.actor), said)


@workspace_page(_MANAGE, "POST", record=True)
def rotate(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Give a webhook a new secret, shown once."""
    found = _found(asked, destination_id)
    try:
        secret = rotate_secret(asked.scope, found.pk, actor=asked.actor)
    except (NotAllowed, NotVisible):
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return redirect(url(asked, "destination", found.pk))
    messages.success(asked.request, _("There is a new secret. The former one signs as well for 24 hours."))
    return _with_secret(asked, found, secret)


@workspace_page(_MANAGE, "POST", record=True)
def remove(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Remove a destination; its address and secret are forgotten."""
    found = _found(asked, destination_id)
    return act(
        asked,
        lambda: remove_destination(asked.scope, found.pk, actor=asked.actor),
        _("%(name)s was removed.") % {"name": found.name},
        url(asked, "destinations"),
    )


@workspace_page(_MANAGE, "POST", record=True)
def again(asked: Asked, delivery_id: UUID) -> HttpResponse:
    """Send one message once more, under the same id."""
    found = queries.delivery(asked.scope, delivery_id)
    asked.scope.require(_MANAGE)
    return act(
        asked,
        lambda: delivering.send_again(asked.scope, found.pk, actor=asked.actor),
        _("The message is sent once more."),
        url(asked, "destination", found.destination_id),
    )


@workspace_page(_MANAGE, "POST", record=True)
def failed_again(asked: Asked, destination_id: UUID) -> HttpResponse:
    """Send everything once more that the destination lately did not take."""
    found = _found(asked, destination_id)
    return act(
        asked,
        lambda: delivering.send_failed_again(asked.scope, found.pk, actor=asked.actor),
        _("What was not delivered is sent once more."),
        back_to_inbox(asked) if asked.request.POST.get("back") else url(asked, "destination", found.pk),
    )


def _done(asked: Asked, destination_id: UUID, action: Callable[[UUID], object], said: str) -> HttpResponse:
    found = _found(asked, destination_id)
    return act(asked, lambda: action(found.pk), said, url(asked, "destination", found.pk))


def _found(asked: Asked, destination_id: UUID) -> Destination:
    found = queries.destination(asked.scope, destination_id)
    asked.scope.require(_MANAGE)
    return found
