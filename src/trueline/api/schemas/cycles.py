"""Review cycles and their dates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Email, Given, Page, Slug, Text, Time, said
from trueline.reviews.actions_cycles import MOST_RECIPIENTS
from trueline.reviews.actions_sharing import LONGEST_DAYS
from trueline.reviews.cycles import MOST_DAYS, MOST_LEAD_DAYS, Interval, TurnState

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-12-01T06:00:00Z"
_Title = Annotated[Text, Field(min_length=1, max_length=120)]
_Members = Annotated[list[UUID], Field(max_length=MOST_RECIPIENTS)]
_Addresses = Annotated[list[Email], Field(max_length=MOST_RECIPIENTS)]


class ReviewCycle(BaseModel):
    """That reviews of an environment come round by themselves."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    title: str = said("Of its reviews; each adds its month or day.", "Security review")
    interval: Interval = said("How often a review is due.", "monthly")
    every: int = said("So many days or months, for an interval of one's own.", 1)
    day_of_month: int = said("In a shorter month, its last day.", 1)
    starts_on: date = said("No review is due before.", "2026-12-01")
    hour: int = said("Hour of the day, in the time zone.", 6)
    lead_days: int = said("So many days before it is due a review is prepared.", 3)
    time_zone: str = said("Its time zone.", "Europe/Berlin")
    language: str = said("Language of titles, letters and packs.", "en")
    link_days: int = said("So long the links of letters hold.", 30)
    recipients: int = said("How many people and addresses a published review goes to.", 2)
    user_ids: list[UUID] = said("Members it goes to.", [_ID])
    addresses: list[str] | None = said(
        "Addresses it goes to; null for who may not change them.", ["board@contoso.example"]
    )
    is_paused: bool = said("Whether no date comes at present.", example=False)
    next_due_on: date = said("The date that comes next.", "2026-12-01")
    next_at: Time = said("When its review will be prepared.", _AT)


class ReviewCyclePage(Page[ReviewCycle]):
    """Cycles, the one whose date comes first first."""


class ReviewCycleTerms(Given):
    """All terms of a cycle, from its next date on; what is not named takes its default."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Security review", "interval": "quarterly"}]})

    title: _Title = said("Of its reviews.", "Security review")
    interval: Interval = said("How often a review is due.", "monthly", default=Interval.MONTHLY)
    every: Annotated[int, Field(ge=1, le=MOST_DAYS)] = said("For an interval of one's own.", 1, default=1)
    day_of_month: Annotated[int, Field(ge=1, le=31)] = said("Day of the month.", 1, default=1)
    starts_on: date | None = said("No review is due before; null for today.", "2026-12-01", default=None)
    hour: Annotated[int, Field(ge=0, le=23)] = said("Hour of the day.", 6, default=6)
    lead_days: Annotated[int, Field(ge=0, le=MOST_LEAD_DAYS)] = said("Days of work before it is due.", 3, default=3)
    time_zone: Annotated[Text, Field(max_length=64)] = said("Its time zone.", "Europe/Berlin", default="UTC")
    language: Literal["en", "de"] = said("Language of titles, letters and packs.", "en", default="en")
    user_ids: _Members = said("People of the workspace who get a link to the page.", [_ID], default=[])
    addresses: _Addresses = said("Others, who get a link of their own.", ["board@contoso.example"], default=[])
    link_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = said("So long such a link holds.", 30, default=30)


class NewReviewCycle(ReviewCycleTerms):
    """A cycle to set up."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"environment": "contoso", "title": "Security review", "interval": "monthly"}]}
    )

    environment: Slug = said("Slug of the environment.", "contoso")


class CycleTurn(BaseModel):
    """One date of a cycle that came."""

    id: UUID = said("Its id.", _ID)
    due_on: date = said("The date.", "2026-12-01")
    state: TurnState = said("What has become of it.", "waiting")
    skipped: int = said("Dates before it that nobody was there for; they are not made up.", 0)
    review_id: UUID | None = said("The review that was prepared for it; null while there is none.", _ID)


class CycleTurnPage(Page[CycleTurn]):
    """Dates that came, the latest first."""
