"""Runs of this room: prepare, pack."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop as _

from trueline.operations.actions.work import Result, Work
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType
from trueline.reviews import rules
from trueline.reviews.actions import make_pack
from trueline.reviews.actions_cycles import prepare_turn
from trueline.reviews.errors import NotMeasured
from trueline.reviews.rules import Audience, ReviewState

PREPARE = RunType(
    code=rules.PREPARE,
    label=_("Preparation of a review"),
    capability="reviews.manage",
    is_idempotent=True,
    expected_seconds=10,
)
PACK = RunType(
    code=rules.PACK,
    label=_("Signed pack"),
    capability="packs.download_released",
    is_idempotent=True,
    expected_seconds=15,
)


def prepare(work: Work) -> Result:
    """Measure an environment for a date of its cycle, and begin the review."""
    made = prepare_turn(work.scope, UUID(work.parameters["turn"]), work.hold, actor=work.scope.actor)
    if made.state == ReviewState.FAILED:
        raise NotMeasured
    return Result(RunOutcome.SUCCEEDED)


def pack(work: Work) -> Result:
    """Make the signed pack of a published review ahead, so that its readers need not wait for it."""
    wanted = work.parameters
    audience, language = Audience(wanted["audience"]), wanted["language"]
    make_pack(work.scope, UUID(wanted["review"]), audience, language, actor=work.scope.actor, hold=work.hold)
    return Result(RunOutcome.SUCCEEDED)


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((PREPARE, prepare), (PACK, pack))
