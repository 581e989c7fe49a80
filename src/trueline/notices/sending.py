"""Prepare a message and hand it over: by mail, or by a request to the destination. No transaction is open here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from smtplib import SMTPException
from typing import Any

import orjson
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from trueline.kit import clock
from trueline.kit.http import Outgoing, Unreachable
from trueline.kit.scope import Scope
from trueline.notices import personal, queries, registry, review_letters, wording
from trueline.notices.actions import releasing
from trueline.notices.actions.destinations import target_of
from trueline.notices.errors import NotDelivered
from trueline.notices.models import Delivery, Destination
from trueline.notices.registry import Letter, Line
from trueline.notices.rules import DestinationKind, header_safe
from trueline.notices.targets import Target, signatures
from trueline.reviews import queries as reviews
from trueline.workspaces import queries as workspaces

Send = Callable[[], None]


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """Why a message is not sent after all: a code."""

    code: str


def prepared(scope: Scope, delivery: Delivery) -> Send | NothingToSay:
    """What sends the message, after asking once more whether the receiver may have it.

    Raises what opening the destination's secret raises.
    """
    if delivery.destination is not None:
        found = delivery.destination
        if not found.is_enabled or found.removed_at is not None:
            return NothingToSay("destination_off")
        return _to_destination(scope, delivery, found)
    return _to_address(scope, delivery) if delivery.address else _to_person(scope, delivery)


def _to_destination(scope: Scope, delivery: Delivery, found: Destination) -> Send:
    target = target_of(found)
    if found.kind == DestinationKind.WEBHOOK:
        return partial(_post_signed, target, delivery)
    with translation.override(workspaces.workspace(scope).locale):
        letter = wording.alert(delivery)
        if found.kind == DestinationKind.MAIL:
            return _mail(delivery, target.address, letter, wishes="")
        body = _slack(letter) if found.kind == DestinationKind.SLACK else _teams(letter)
        return partial(_post, target.address, body, {})


def _to_person(scope: Scope, delivery: Delivery) -> Send | NothingToSay:
    user = delivery.user
    theirs = personal.scope_of(scope, user.pk) if user is not None else None
    if user is None or theirs is None:
        return NothingToSay("not_in_reach")
    with translation.override(user.locale or workspaces.workspace(scope).locale):
        letter = _composed(theirs, delivery)
        if letter is None:
            return NothingToSay("not_in_reach" if delivery.notice else "nothing_waits")
        # What a cycle sends is no wish of the reader's, and a customer has no page to change it on.
        wishes = "" if delivery.say("review") else reverse("notice_wishes", args=[scope.workspace_slug])
        return _mail(delivery, user.email, letter, wishes=wishes)


def _to_address(scope: Scope, delivery: Delivery) -> Send | NothingToSay:
    """To somebody who is no member, with a link of their own to what was released."""
    if not reviews.released(scope).filter(id=delivery.payload["review"]).exists():
        return NothingToSay("not_in_reach")
    carried = releasing.link_of(scope, delivery)
    if carried is None:
        return NothingToSay("link_ended")
    link, token = carried
    with translation.override(delivery.payload["language"]):
        letter = review_letters.shared(scope, delivery, token, link.expires_at)
        return _mail(delivery, delivery.address, letter, wishes="") if letter else NothingToSay("not_in_reach")


def _composed(theirs: Scope, delivery: Delivery) -> Letter | None:
    compose = registry.composer(delivery.event_type)
    if compose is not None:
        return compose(theirs, delivery)
    if delivery.notice is None or not queries.may_be_told(theirs, delivery.notice):
        return None
    return wording.personal(theirs.workspace_slug, delivery.notice)


def _mail(delivery: Delivery, address: str, letter: Letter, *, wishes: str) -> Send:
    context = {
        "letter": letter,
        "public_url": settings.PUBLIC_URL,
        "wishes": wishes,
        "language": translation.get_language(),
    }
    message = EmailMultiAlternatives(
        subject=header_safe(letter.subject),
        body=render_to_string("notices/mail.txt", context),
        to=[header_safe(address)],
        # The same on every attempt, so that a receiver sees that it is one message.
        headers={"Message-ID": f"<{delivery.pk}@trueline>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
    return partial(_hand_over, message)


def _hand_over(message: EmailMultiAlternatives) -> None:
    if not queries.mail_is_set_up():
        raise NotDelivered("mail_not_set_up", "This installation does not send mail: no mail server is set up.")
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise NotDelivered("mail_refused", "The mail server did not take the message.") from error


def _post_signed(target: Target, delivery: Delivery) -> None:
    body = orjson.dumps({"id": str(delivery.pk), "type": delivery.event_type, **delivery.payload})
    moment = clock.now()
    timestamp = int(moment.timestamp())
    headers = {
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(target.secrets_at(moment), str(delivery.pk), timestamp, body),
    }
    _post(target.address, body, headers)


def _post(address: str, body: bytes, headers: dict[str, str]) -> None:
    outgoing: Outgoing = settings.OUTGOING
    said = {"Content-Type": "application/json", "User-Agent": "Trueline", **headers}
    try:
        answer = outgoing.send("POST", address, body=body, headers=said)
    except Unreachable as error:
        raise NotDelivered(error.code, error.message) from error
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"http_{answer.status}", f"The receiver answered with status {answer.status}.")


def _slack(letter: Letter) -> bytes:
    lines = [f"*{_escaped(letter.subject)}*"]
    lines += [_linked(one.text, one.path) for one in (*letter.lines, Line(letter.button, letter.path))]
    return orjson.dumps({"text": "\n".join(lines)})


def _linked(text: str, path: str) -> str:
    return f"<{settings.PUBLIC_URL}{path}|{_escaped(text)}>" if path else _escaped(text)


def _escaped(text: str) -> str:
    """Text that a chat service takes as text: no mention of everybody, no link of somebody's making."""
    plain = header_safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("|", "/").replace("*", "")


def _teams(letter: Letter) -> bytes:
    blocks: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": _plain(letter.subject), "weight": "bolder", "wrap": True}
    ]
    blocks += [{"type": "TextBlock", "text": _plain(one.text), "wrap": True} for one in letter.lines]
    opened = {"type": "Action.OpenUrl", "title": letter.button, "url": settings.PUBLIC_URL + letter.path}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": blocks, "actions": [opened]}
    kind = "application/vnd.microsoft.card.adaptive"
    return orjson.dumps({"type": "message", "attachments": [{"contentType": kind, "content": card}]})


def _plain(text: str) -> str:
    """Text without the signs that a card takes as markup."""
    return "".join("\\" + sign if sign in "\\`*_{}[]()#+-!<>" else sign for sign in header_safe(text))
