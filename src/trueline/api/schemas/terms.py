"""Within how many days findings are to be done."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from trueline.api.schemas.shapes import Given
from trueline.findings.rules import LONGEST_TERM_DAYS, SLA_DAYS

_EXAMPLE: dict[str, JsonValue] = {str(severity): days for severity, days in SLA_DAYS.items()}
_Days = Annotated[int, Field(ge=1, le=LONGEST_TERM_DAYS)]


class Terms(BaseModel):
    """Days within which findings of each severity are to be done, from when they open or come back."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    critical: _Days
    high: _Days
    medium: _Days
    low: _Days
    info: _Days


class NewTerms(Given):
    """The days to change; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"critical": 2, "high": 7}]})

    critical: _Days | None = None
    high: _Days | None = None
    medium: _Days | None = None
    low: _Days | None = None
    info: _Days | None = None
