"""What several shapes share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

MOST_ROWS = 200
T = TypeVar("T")


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _sensible(value: datetime) -> datetime:
    """A time that a database and a calendar can hold, whatever its offset."""
    if not 2000 <= value.year <= 2100:
        raise ValueError("a time between the years 2000 and 2100 is needed")
    return value.astimezone(UTC)


def _printable(value: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise ValueError("control characters are not accepted")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("a name is needed")
    return value.strip()


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValueError("an e-mail address is needed") from error
    return value


Time = Annotated[datetime, AfterValidator(_utc)]
GivenTime = Annotated[AwareDatetime, AfterValidator(_sensible)]
Text = Annotated[str, AfterValidator(_printable)]
Name = Annotated[Text, Field(min_length=1, max_length=120), AfterValidator(_not_blank)]
Email = Annotated[Text, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_email)]
Slug = Annotated[str, Field(max_length=60, pattern=r"^[-a-zA-Z0-9_]+$")]


def said(description: str, example: Any = None, **more: Any) -> Any:
    """A field with its description and an example."""
    if example is not None:
        more["examples"] = [example]
    return Field(description=description, **more)


class Given(BaseModel):
    """What is sent: an unknown member is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="The records, in the order of the list.")
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one.")


class Paging(BaseModel):
    """Which page of a list."""

    cursor: Annotated[str, Field(max_length=2000, description="From `next_cursor` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="How many records at most.")] = 50


class FieldError(BaseModel):
    """One mistake in what was sent."""

    at: str = said("Where it is.", "query.limit")
    message: str = said("What is wrong.", "Input should be less than or equal to 200")


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    type: str = said("Address of the description of this kind of problem.", "/api/v1/docs#not_found")
    title: str = said("The kind of problem.", "There is nothing here")
    status: int = said("The status of the answer.", 404)
    code: str = said("A stable code for programs.", "not_found")
    detail: str = said("What happened, one sentence.", "There is nothing at this address, or you do not have access.")
    next_step: str = said("What to do now.", "Check the address.")
    capability: str | None = said("The capability that is missing; only with 403.", default=None)
    reasons: list[str] | None = said("Codes of what stands in the way; only where several things can.", default=None)
    errors: list[FieldError] | None = said("What is wrong with the request; only with 400 and 422.", default=None)
