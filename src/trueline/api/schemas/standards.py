"""Standards: what is given to make one, what they ask for, and what environments came to."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trueline.api.schemas.shapes import Given, Name, Page, Paging, Time, said
from trueline.findings.rules import Severity
from trueline.inventory.assertions.evaluation import ResultState

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"
_HEAD = {"id": "house", "version": "1", "title": "House rules"}
_ASSERTION = {"id": "lock", "title": "The screen locks", "severity": "medium", "setting": "lock", "operator": "any"}
_DOCUMENT = {"baseline": {**_HEAD, "area": "settings_catalogue"}, "assertions": [_ASSERTION]}


class _Content(Given):
    """A capture, a document of assertions, or both."""

    capture_id: UUID | None = said("A capture, to be met object by object.", _ID, default=None)
    document: dict[str, Any] | None = said(
        "Assertions, to be met by any policy: the members of a baseline file as JSON.", _DOCUMENT, default=None
    )

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.capture_id is None and self.document is None:
            raise ValueError("a capture or a document is needed")
        return self


class NewStandard(_Content):
    """A standard to make of a capture, of assertions, or of both."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Windows devices", "capture_id": _ID}]})

    name: Name = said("Its name.", "Windows devices")


class NewVersion(_Content):
    """The next version of a standard; what is left out is no part of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"capture_id": _ID}]})


class StandardDocument(BaseModel):
    """What a version of a standard asks for, as it was given."""

    number: int = said("The version.", 1)
    release: str = said("What its author calls it; empty for a capture alone.", "1.0")
    document: dict[str, Any] | None = said("The members of a baseline file; null for a capture alone.", _DOCUMENT)


class Assertion(BaseModel):
    """One thing that a standard asks for, with the environments in reach that are held to it."""

    id: str = said("Its id, the same from release to release.", "lock")
    title: str = said("What must hold.", "The screen locks")
    severity: Severity = said("How much it matters.", "medium")
    setting: str = said("The setting that it is about; empty for a question or a whole policy.", "lock")
    question: str = said("The question that it asks; empty otherwise.", "")
    rationale: str = said("Why it is asked for.", "")
    states: dict[str, int] = said(
        "In how many environments it came to what, judged by this very version.", {"met": 3, "not_met": 1}
    )
    unjudged: int = said("Environments that were not held against this version yet.", 0)


class AssertionPage(Page[Assertion]):
    """Assertions in the order of the standard."""


class Policy(BaseModel):
    """A policy that has a say."""

    name: str = said("Its name.", "Windows lock screen")
    path: str = said("Where it was read.", "SettingsCatalog/lock.json")
    value: Any = said("What it sets; null for a proof of an answer.", "900")
    is_accepted: bool = said("Whether that is what is asked for.", example=True)


class Result(BaseModel):
    """What one environment came to against one assertion."""

    id: str = said("The assertion.", "lock")
    title: str = said("What must hold.", "The screen locks")
    severity: Severity = said("How much it matters.", "medium")
    state: ResultState = said("What it came to; only `met` is good.", "met")
    code: str = said("Why, as a stable code.", "met_by")
    sentence: str = said("Why, in English.", "Met by Windows lock screen.")
    policies: list[Policy] = said("Policies that tell so, 100 at most.")
    gaps: list[str] = said("What is not covered or differs.", [])


class ResultPage(Page[Result]):
    """Results in the order of the standard."""

    standard_id: UUID | None = said("The standard; null when the environment was held against none.", _ID)
    version: int | None = said("The version that it was held against.", 1)
    observed_at: Time | None = said("When the environment was in this state.", _AT)


class ResultFilter(Paging):
    """Which results."""

    standard_id: Annotated[UUID | None, Field(description="Of this standard; else of the first one.")] = None
    state: Annotated[ResultState | None, Field(description="Only those that came to this.")] = None
