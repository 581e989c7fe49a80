"""Evidence, reviews of an environment, and signed packs of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Given, Name, Page, Paging, Slug, Text, Time, said
from trueline.reviews.rules import Audience, Blocker, Completeness, Dimension, ReviewState

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TITLE = "Security review, November"
_SUMMARY = "Two things matter. Both are being worked on."
_Title = Annotated[Text, Field(min_length=1, max_length=200)]
_Summary = Annotated[str, Field(max_length=20_000)]
_DIMENSION = {"dimension": "coverage", "state": "complete", "source": "capture", "reason": ""}


class MeasuredDimension(BaseModel):
    """One dimension of evidence, with how whole it is at this moment."""

    dimension: Dimension = said("What was measured.", "coverage")
    state: Completeness = said("How whole it is now; what was not read is never `complete`.", "complete")
    source: str = said("What it was read from, as a stable code.", "capture")
    reason: str = said("Why it is not complete, as a stable code; empty when it is.", "")
    measured_at: Time | None = said("When the environment showed it; null when it never did.", _AT)
    fresh_until: Time | None = said("Until when it counts as present.", "2026-11-27T08:00:00Z")
    digest: str = said("SHA-256 of its content.", _SHA)


class Evidence(BaseModel):
    """What was known of an environment at one moment. It never changes."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    fingerprint: str = said("Equal content has an equal fingerprint, and is one record.", _SHA)
    state: Completeness = said("How whole it is now, by the dimensions that a review needs.", "partial")
    made_at: Time = said("When it was taken.", _AT)
    made_by: str = said("Who took it.", "Olga Owner")
    dimensions: list[MeasuredDimension] = said("Each dimension by itself.")


class EvidencePage(Page[Evidence]):
    """Evidence, the latest first."""


class EvidenceContents(BaseModel):
    """What the dimensions of evidence hold."""

    id: UUID = said("The evidence.", _ID)
    contents: dict[str, Any] = said("By dimension; codes and English.", {"operations": {"days": 30, "by_outcome": {}}})


class Review(BaseModel):
    """A review of one environment."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    title: str = said("Its title.", _TITLE)
    summary: str = said("What people have written.", _SUMMARY)
    state: ReviewState = said("Where it is in its life; published, it never changes.", "published")
    evidence_id: UUID | None = said("The evidence that it stands on; none when it has failed.", _ID, default=None)
    failure: str = said("Why the environment could not be measured; empty when it could.", "")
    evidence_state: Completeness = said(
        "How whole that was when it was published; until then, how it is now.", "partial"
    )
    blockers: list[Blocker] = said("What stands in the way of publishing; empty once published.", [])
    predecessor_id: UUID | None = said("The review that it follows.", default=None)
    created_at: Time = said("When it was begun.", _AT)
    created_by: str = said("Who began it.", "Otto Operator")
    published_at: Time | None = said("When it was published.", _AT, default=None)
    published_by: str = said("Who published it; empty before.", "Anna Approver")
    document_digest: str = said("SHA-256 of what was frozen; empty before it was published.", _SHA)


class ReviewPage(Page[Review]):
    """Reviews, the latest first."""


class ReviewFilter(Paging):
    """Which reviews."""

    environment: Slug | None = said("Only of this environment.", "contoso", default=None)
    state: ReviewState | None = said("Only in this state.", "published", default=None)


class NewReview(Given):
    """A review to begin, on evidence that is taken now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"environment": "contoso", "title": _TITLE}]})

    environment: Slug = said("Slug of the environment.", "contoso")
    title: Name = said("Its title.", _TITLE)


class ReviewText(Given):
    """What people write in a review; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"summary": _SUMMARY}]})

    title: _Title | None = said("Its title.", _TITLE, default=None)
    summary: _Summary | None = said("In your own words.", _SUMMARY, default=None)


class ReviewDocument(BaseModel):
    """All that a review says, as codes and English: `review.json` of its packs."""

    review_id: UUID = said("The review.", _ID)
    is_frozen: bool = said("Whether it was published, and so never changes.", example=True)
    document: dict[str, Any] = said("The document.", {"format": "trueline-review/1", "audience": "internal"})


class ReleasedReview(BaseModel):
    """A review as those know of it for whom it was released."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    environment_name: str = said("Its name.", "Contoso")
    title: str = said("Its title.", _TITLE)
    published_at: Time = said("When it was published.", _AT)
    is_current: bool = said("Whether no newer one is published.", example=True)


class ReleasedReviewPage(Page[ReleasedReview]):
    """Released reviews, the latest first."""


class NewReleasedPack(Given):
    """In which language a customer's pack is to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "de"}]})

    language: Literal["en", "de"] = said("Language of PDF and HTML; the rest is the same in both.", "en", default="en")


class NewPack(NewReleasedPack):
    """For whom a pack is to be, and in which language."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"audience": "customer", "language": "de"}]})

    audience: Audience = said(
        "Whom it is for; `named` is the customer's with names, and takes `reviews.publish`.",
        "customer",
        default=Audience.CUSTOMER,
    )


class Pack(BaseModel):
    """A signed archive of a published review. It never changes."""

    id: UUID = said("Its id.", _ID)
    review_id: UUID = said("The review.", _ID)
    audience: Audience = said("Whom it is for.", "customer")
    language: str = said("Language of PDF and HTML.", "en")
    digest: str = said("SHA-256 of the file.", _SHA)
    size_bytes: int = said("Its size.", 180_000)
    made_at: Time = said("When it was made and signed.", _AT)


class PackPage(Page[Pack]):
    """Packs of a review, the latest first."""


class PackFailure(BaseModel):
    """One thing that does not hold."""

    code: str = said("A stable code.", "member_changed")
    subject: str = said("What it is about.", "findings.csv")
    sentence: str = said("What that means, in English.", "findings.csv is not the file that was packed.")


class PackVerdict(BaseModel):
    """The check of a pack, as the verifier inside it does it, by the signing keys of this installation."""

    is_whole: bool = said("Whether everything holds.", example=True)
    failures: list[PackFailure] = said("What does not.", [])
    facts: dict[str, Any] = said("What its signature covers.", {"audience": "customer"})
