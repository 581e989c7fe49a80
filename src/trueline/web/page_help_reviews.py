"""The help of the pages about reviews: name of the page to what it says and the file in docs/user that tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_REVIEWS = "reviews.md"
REVIEW_PAGES: dict[str, tuple[StrOrPromise, str]] = {
    "reviews": (
        _(
            "A review says how an environment stands, on evidence that is kept with it. It is written, made ready, "
            "and published by somebody who may; published, it never changes."
        ),
        _REVIEWS,
    ),
    "review": (
        _(
            "What was not measured stands first. Write the summary in your own words; everything else is taken from "
            "the evidence. After it is published, anybody can check its signed pack offline."
        ),
        _REVIEWS,
    ),
    "released": (_("Here you find what was released to you. Nothing else of the workspace is shown."), _REVIEWS),
    "shared": (
        _(
            "Somebody let you read one review without an account. Opening it is counted and noted; nothing else can be "
            "reached from here."
        ),
        _REVIEWS,
    ),
    "released_review": (
        _(
            "One review as it was released: how it stands, what was not measured, which risks were accepted and why. "
            "The pack holds all of it, signed."
        ),
        _REVIEWS,
    ),
    "review_cycle_new": (
        _(
            "A cycle lets reviews of an environment come round. Trueline takes the evidence and begins the review in "
            "time; a person writes what matters and publishes it; then its readers get their letters."
        ),
        _REVIEWS,
    ),
    "review_cycle_edit": (
        _(
            "What is changed here holds from the next date on. A date that has come keeps its review, and letters "
            "that were sent stay sent."
        ),
        _REVIEWS,
    ),
    "review_cycle": (
        _(
            "Every date that came stands here with its review. A date that nobody was there for is told and not made "
            "up; one whose review is still open is taken on by the next."
        ),
        _REVIEWS,
    ),
}
