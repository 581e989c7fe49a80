"""What was released, as a customer sees it: nothing of the work behind it is on these pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from trueline.kit import clock
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.reviews import actions, queries
from trueline.reviews.editions import edition
from trueline.reviews.rendering.view import ending_risks, status, view
from trueline.reviews.rules import AcknowledgementState, Audience, ReviewState
from trueline.web import review_words
from trueline.web.charts import by_review, short_day
from trueline.web.doors import act, workspace_page
from trueline.web.page_help import TOPICS
from trueline.web.pages import page, url
from trueline.web.views.reviews import handed_out
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.reviews.models import Review
    from trueline.web.asked import Asked

_READ = Capability.REVIEWS_READ_RELEASED
_MOST_STANDINGS, _MOST_POINTS, _SOON_DAYS = 6, 12, 30


@workspace_page(_READ)
def listing(asked: Asked) -> HttpResponse:
    """Every review that was released to the reader, the latest first."""
    return released_page(asked)


def released_page(asked: Asked) -> HttpResponse:
    """How everything stands by what was released; also the first page of somebody who sees nothing else."""
    found = list(queries.released(asked.scope)[:200])
    names = {key: access.environment_by_id(asked.scope, key).name for key in {one.environment_id for one in found}}
    now = [one for one in found if one.state == ReviewState.PUBLISHED]
    standings = [_standing(asked, one, names[one.environment_id], found) for one in now[:_MOST_STANDINGS]]
    context = {
        "standings": standings,
        "has_charts": any(one["chart"] for one in standings),
        "before": [(one, names[one.environment_id]) for one in found if one not in now[:_MOST_STANDINGS]],
    }
    return page(asked, "released.html", _("Released for you"), context | {"page_help": TOPICS["released"]})


def _standing(asked: Asked, found: Review, place: str, released: list[Review]) -> dict[str, Any]:
    """How one environment stands by its newest review: a sentence, the reviews before it, and risks that end soon."""
    shown: dict[str, Any] = {"review": found, "place": place, "status": "", "read": "", "chart": None, "ending": []}
    try:
        document = edition(asked.scope, found, Audience.CUSTOMER)
    except (NotAllowed, NotVisible):
        raise
    except TruelineError:
        return shown
    mine = [one for one in released if one.environment_id == found.environment_id][:_MOST_POINTS]
    state = queries.acknowledgement_state(asked.scope, found.environment_id, asked.actor.id)
    return shown | {
        "status": status(document),
        "read": review_words.acknowledgement(state),
        "chart": by_review(str(found.pk), [_point(asked, one) for one in reversed(mine)]),
        "ending": ending_risks(document, clock.now() + timedelta(days=_SOON_DAYS)),
    }


def _point(asked: Asked, found: Review) -> tuple[str, str, int, int]:
    """How much was open when a review was published."""
    numbers = queries.frozen(asked.scope, found)["findings"]["by_severity"]
    assert found.published_at
    day = localtime(found.published_at).date()
    urgent = numbers.get("critical", 0) + numbers.get("high", 0)
    return f"{found.title}, {date_format(day, 'DATE_FORMAT')}", short_day(day), sum(numbers.values()), urgent


@workspace_page(_READ, record=True)
def review(asked: Asked, review_id: UUID) -> HttpResponse:
    """One released review in the customer's edition."""
    found = _found(asked, review_id)
    try:
        shown, refused = view(edition(asked.scope, found, Audience.CUSTOMER)), False
    except (NotAllowed, NotVisible):
        raise
    except TruelineError:
        shown, refused = None, True
    state = queries.acknowledgement_state(asked.scope, found.environment_id, asked.actor.id)
    is_current = found.state == ReviewState.PUBLISHED
    context = {
        "review": found,
        "shown": shown,
        "is_refused": refused,
        "is_current": is_current,
        "newer": None if is_current else queries.published_of(asked.scope, found.environment_id),
        "may_acknowledge": is_current and state is not AcknowledgementState.ACKNOWLEDGED,
        "is_changed": is_current and state is AcknowledgementState.REQUIRED_AGAIN,
        "read_by": [one for one in queries.acknowledgements(asked.scope, found.pk) if one.person_id == asked.actor.id],
    }
    crumbs = [(_("Released for you"), url(asked, "released"))]
    return page(asked, "released_review.html", found.title, context, crumbs=crumbs)


@workspace_page(_READ, "POST", record=True)
def acknowledge(asked: Asked, review_id: UUID) -> HttpResponse:
    """Say that one has read it."""
    found = _found(asked, review_id)
    said = _("Noted: you have read this review.")
    back = url(asked, "released_review", found.pk)
    return act(asked, lambda: actions.acknowledge_review(asked.scope, found.pk, actor=asked.actor), said, back)


@workspace_page(Capability.PACKS_DOWNLOAD_RELEASED, "POST", record=True)
def pack(asked: Asked, review_id: UUID) -> HttpResponse:
    """Hand out the customer's pack."""
    found = _found(asked, review_id)
    asked.scope.require(Capability.PACKS_DOWNLOAD_RELEASED, found.environment_id)
    return handed_out(asked, found, Audience.CUSTOMER, url(asked, "released_review", found.pk))


def _found(asked: Asked, review_id: UUID) -> Review:
    found = queries.released_review(asked.scope, review_id)
    asked.scope.require(_READ, found.environment_id)
    return found
