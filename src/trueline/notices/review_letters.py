"""What letters about reviews of a cycle say, in the language that is active."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.kit.scope import Scope
from trueline.notices.models import Delivery
from trueline.notices.registry import Letter, Line
from trueline.reviews import queries as reviews
from trueline.reviews.models import OPEN_STATES, Review
from trueline.reviews.rules import ReviewState
from trueline.workspaces import access
from trueline.workspaces.rules import Capability


def waiting(scope: Scope, delivery: Delivery) -> Letter | None:
    """To somebody who may publish: that a review waits; None when it does not any more, or not for this person."""
    found = reviews.reviews(scope).filter(id=_review_id(delivery), state__in=OPEN_STATES).first()
    if found is None or not scope.may(Capability.REVIEWS_PUBLISH, found.environment_id):
        return None
    about = {"title": found.title, "place": access.environment_by_id(scope, found.environment_id).name}
    due = date.fromisoformat(delivery.payload["due"])
    lines = [
        Line(_("It is due on %(day)s.") % {"day": date_format(due, "DATE_FORMAT")}),
        Line(
            _("It is ready: read it, and publish it if it is right.")
            if found.state == ReviewState.READY
            else _("It is a draft on fresh evidence: write what matters, then say that it is ready.")
        ),
    ]
    if skipped := int(delivery.payload["skipped"]):
        said = ngettext(
            "%(number)s date before it came while nobody was there, and is not made up.",
            "%(number)s dates before it came while nobody was there, and are not made up.",
            skipped,
        )
        lines.append(Line(said % {"number": skipped}))
    way = reverse("review", args=[scope.workspace_slug, found.pk])
    return Letter(_("%(title)s for %(place)s waits for you") % about, tuple(lines), way, _("Open the review"))


def released(scope: Scope, delivery: Delivery) -> Letter | None:
    """To a member: that a review was published; None when this person may not read it any more."""
    found = reviews.released(scope).filter(id=_review_id(delivery)).first()
    if found is None or not scope.may(Capability.REVIEWS_READ_RELEASED, found.environment_id):
        return None
    return _released(scope, found, reverse("released_review", args=[scope.workspace_slug, found.pk]), ())


def shared(scope: Scope, delivery: Delivery, token: str, until: datetime) -> Letter | None:
    """To an address: the same, with a link of its own that needs no account."""
    found = reviews.released(scope).filter(id=_review_id(delivery)).first()
    if found is None:
        return None
    day = {"day": date_format(localtime(until), "DATE_FORMAT")}
    lines = (
        Line(
            _("The link was made for you. It needs no account and opens until %(day)s; each opening is counted.") % day
        ),
    )
    return _released(scope, found, reverse("shared", args=[scope.workspace_id, token]), lines)


def _released(scope: Scope, found: Review, way: str, more: tuple[Line, ...]) -> Letter:
    about = {"title": found.title, "workspace": scope.workspace_name}
    lines = (
        Line(
            _("It says how %(place)s stands, what was not measured, and which risks are accepted until when.")
            % {"place": access.environment_by_id(scope, found.environment_id).name}
        ),
        Line(_("You can take its signed pack along: anybody can check it offline.")),
        *more,
    )
    return Letter(_("%(workspace)s: %(title)s") % about, lines, way, _("Read the review"))


def _review_id(delivery: Delivery) -> UUID:
    return UUID(delivery.payload["review"])
