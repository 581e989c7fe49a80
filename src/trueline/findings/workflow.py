"""What a person may do with a finding, and what it becomes. Pure; the table of moves in `rules` is the only truth."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from trueline.findings.rules import MOVES, FindingState


class Verb(StrEnum):
    """What a person does."""

    TAKE = "take"
    START = "start"
    REMEDIATE = "remediate"
    CLOSE = "close"
    REOPEN = "reopen"


LEADS_TO = {
    Verb.TAKE: FindingState.TRIAGED,
    Verb.START: FindingState.IN_PROGRESS,
    Verb.REMEDIATE: FindingState.RESOLVED,
    Verb.CLOSE: FindingState.CLOSED,
    Verb.REOPEN: FindingState.REOPENED,
}
MOST_AT_ONCE = 200
"""Findings that one piece of bulk work moves at most: short enough to be one transaction."""
UNDO_MINUTES = 15
"""So long may whoever ended a finding take that back, while nobody has done anything with it since."""
STANDS_STILL_DAYS = 14
"""So long may nobody do anything with a finding whose work has begun; being seen again is nothing that was done."""
REMEDIATED = "remediated"
"""Somebody's word that it is repaired. A later, complete capture turns it into verified cleared, or reopens it."""


class CloseReason(StrEnum):
    """Why a finding is closed although nothing was repaired."""

    DUPLICATE = "duplicate"
    FALSE_POSITIVE = "false_positive"
    NOT_APPLICABLE = "not_applicable"
    OUT_OF_SCOPE = "out_of_scope"
    SUPERSEDED = "superseded"


def stands_still(state: str, worked_at: datetime, now: datetime) -> bool:
    """Whether the work has begun and then stopped."""
    return state == FindingState.IN_PROGRESS and worked_at <= now - timedelta(days=STANDS_STILL_DAYS)


def is_named(text: str, name: str) -> bool:
    """Whether a text, in small letters, names somebody by @ and the whole name; `@ann` does not name Anna."""
    return bool(name) and re.search(rf"(?<!\w)@{re.escape(name.casefold())}(?!\w)", text) is not None


def verbs(state: str) -> tuple[Verb, ...]:
    """What may be done in a state; the first one is the next step to suggest."""
    return tuple(verb for verb, target in LEADS_TO.items() if target in MOVES[state])
