"""Runs of this room: deliver."""

from __future__ import annotations

import logging
from collections import Counter
from uuid import UUID

from django.utils.translation import gettext_noop as _

from trueline.kit.database.away import is_away
from trueline.kit.errors import TruelineError
from trueline.kit.failpoints import reach
from trueline.kit.scope import Scope
from trueline.notices.actions import delivering
from trueline.notices.happenings import DELIVER as DELIVER_CODE
from trueline.notices.models import Delivery
from trueline.notices.sending import NothingToSay, prepared
from trueline.operations.actions.work import Result, Work
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType

log = logging.getLogger(__name__)
DELIVER = RunType(
    code=DELIVER_CODE,
    label=_("Delivery of messages"),
    capability="operations.start",
    is_idempotent=True,
    expected_seconds=10,
)
_MOST = 500


def deliver(work: Work) -> Result:
    """Send what is due: claim, send outside of any transaction, write down, until nothing is left."""
    done: Counter[str] = Counter()
    leave: set[UUID] = set()
    while done.total() < _MOST and (claimed := delivering.claim(work.scope, leave=leave)) is not None:
        reach("deliver:after-claim")
        became = _send(work.scope, claimed)
        done[became] += 1
        if became == "unsent" and claimed.destination_id is not None:
            leave.add(claimed.destination_id)
        work.progress(done.total(), None)
    return Result(RunOutcome.SUCCEEDED, dict(done))


def _send(scope: Scope, claimed: Delivery) -> str:
    """Send one message; gives under which count it goes."""
    try:
        send = prepared(scope, claimed)
        if isinstance(send, NothingToSay):
            delivering.canceled(claimed, send.code)
            return "canceled"
        send()
        reach("deliver:after-send")
        delivering.sent(claimed)
    except TruelineError as error:
        code = getattr(error, "reason_code", error.code)
        delivering.not_sent(claimed, code, error.message, for_good=not error.retry, actor=scope.actor)
        return "unsent"
    except Exception as error:
        if is_away(error):
            raise
        # One message that cannot be made must not keep the others waiting.
        log.exception("delivery %s could not be made", claimed.pk)
        sentence = "Something went wrong inside Trueline. The details are in the log of the worker."
        delivering.not_sent(claimed, "internal_error", sentence, for_good=False, actor=scope.actor)
        return "unsent"
    return "sent"


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((DELIVER, deliver),)
