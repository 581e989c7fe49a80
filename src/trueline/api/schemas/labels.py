"""Labels of findings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.readings import ChosenFindings
from trueline.api.schemas.shapes import Page, Text, said
from trueline.findings.labels import LONGEST_LABEL, MOST_ON_ONE

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_Label = Annotated[Text, Field(max_length=LONGEST_LABEL)]


class Label(BaseModel):
    """A word that findings bear."""

    id: UUID = said("Its id.", _ID)
    name: str = said("The word, as whoever used it first wrote it.", "migration")


class LabelPage(Page[Label]):
    """Labels that findings in reach bear, by name."""


class FindingLabels(ChosenFindings):
    """Which labels are put on findings, and which are taken off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding_ids": [_ID], "add": ["migration"]}]})

    add: list[_Label] = Field(
        default=[], max_length=MOST_ON_ONE, description="Labels to put on.", examples=[["migration"]]
    )
    remove: list[_Label] = Field(
        default=[], max_length=MOST_ON_ONE, description="Labels to take off.", examples=[["pilot"]]
    )
