"""What stands in the way of publishing a review, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from trueline.reviews.cycles import Dates, Interval
from trueline.reviews.rules import AcknowledgementState, Blocker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BLOCKERS: dict[Blocker, StrOrPromise] = {
    Blocker.NEVER_CAPTURED: _("The environment was never captured. Capture it, then take fresh evidence."),
    Blocker.NO_STANDARD: _("The environment is held to no standard. Hold it to one, then take fresh evidence."),
    Blocker.NEVER_SCANNED: _("What its agents do was never scanned. Scan its traces, then take fresh evidence."),
    Blocker.NO_WORLD_MODEL: _(
        "The newest scan was judged by no world model. Scan again with a published version, then take fresh evidence."
    ),
    Blocker.EVIDENCE_STALE: _(
        "The evidence is older than seven days. Capture the environment, or scan its traces, then take it anew."
    ),
    Blocker.NO_SUMMARY: _("The summary is empty. Say in your own words what matters."),
}

FAILURES = {
    "internal_error": _("Something went wrong inside Trueline. The details are in the log of the worker."),
}
INTERVALS: dict[Interval, StrOrPromise] = {
    Interval.MONTHLY: pgettext_lazy("review cycle", "Every month"),
    Interval.QUARTERLY: pgettext_lazy("review cycle", "Every three months"),
    Interval.EVERY_MONTHS: pgettext_lazy("review cycle", "Every so many months"),
    Interval.EVERY_DAYS: pgettext_lazy("review cycle", "Every so many days"),
}

REFUSALS = (
    gettext_noop("The review cannot be published yet."),
    gettext_noop("See what is missing on its page."),
    gettext_noop("This review does not change any more."),
    gettext_noop("Begin a new one; it takes over the texts."),
    gettext_noop("This is not safe to show to a customer."),
    gettext_noop("See the reasons on the review."),
    gettext_noop("This environment has a review that is not published yet."),
    gettext_noop("Go on with that one."),
    gettext_noop("A link holds for 1 to 90 days."),
    gettext_noop("A pass phrase has at least 8 characters."),
    gettext_noop("Leave it empty for none."),
    gettext_noop("This environment has a review cycle already."),
    gettext_noop("Change that one."),
    gettext_noop("Its reviews need a title."),
    gettext_noop("An interval in days has 7 to 366 of them."),
    gettext_noop("An interval in months has 1 to 24 of them."),
    gettext_noop("A cycle has at most 20 people and 20 addresses to tell."),
    gettext_noop("One of these is no mail address."),
    gettext_noop("Write one on each line."),
    gettext_noop("The environment could not be measured."),
    gettext_noop("Try again on the page of the review."),
    gettext_noop("Every letter about this review has arrived, or is on its way."),
)
"""Sentences that the room says in English, marked here so that a page can say them in the reader's language."""


def blocker(code: Blocker) -> str:
    """What is missing, and what to do."""
    return str(BLOCKERS[code])


def failure(code: str) -> str:
    """Why an environment could not be measured."""
    return str(FAILURES.get(code, FAILURES["internal_error"]))


def interval(dates: Dates) -> str:
    """How often reviews are due, in one sentence."""
    if dates.interval == Interval.EVERY_DAYS:
        return gettext("Due every %(number)s days.") % {"number": dates.every}
    day = {"day": dates.day_of_month}
    if dates.interval == Interval.QUARTERLY:
        return gettext("Due every three months, on day %(day)s.") % day
    if dates.interval == Interval.MONTHLY or dates.every == 1:
        return gettext("Due every month, on day %(day)s.") % day
    return gettext("Due every %(number)s months, on day %(day)s.") % (day | {"number": dates.every})


def undelivered(code: str) -> str:
    """Why a letter about a review has not arrived, or was not sent; empty when nothing stood in its way."""
    known = {
        "mail_not_set_up": gettext("No mail server is set up on this installation."),
        "mail_refused": gettext("The mail server did not take the message."),
        "not_in_reach": gettext("The recipient does not reach this review any more, or it was put away."),
        "link_ended": gettext("Its link was withdrawn, or has run out."),
    }
    return known.get(code, str(FAILURES["internal_error"])) if code else ""


def acknowledgement(state: AcknowledgementState) -> str:
    """Whether the reader has read what is published now, in a few words."""
    return {
        AcknowledgementState.ACKNOWLEDGED: gettext("You have read it."),
        AcknowledgementState.REQUIRED_AGAIN: gettext("You have read an earlier one, not this one."),
        AcknowledgementState.REQUIRED: gettext("You have not said yet that you read it."),
        AcknowledgementState.NOT_AVAILABLE: "",
    }[state]
