"""What somebody tried and may not: written down after the request that tried it was undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from trueline.audit import queries as audit
from trueline.audit.actions import Subject, record
from trueline.audit.rules import Outcome
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.errors import TruelineError
from trueline.kit.scope import Actor, NotAllowed, Scope

DENIAL = "workspaces:right:deny"
_QUIET = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Denial:
    """A try that was refused, kept until its request has ended.

    Attributes:
        scope: Whose try, and where.
        code: The right that was missing, or the code of the refusal.
        address: Name of the page or operation.
    """

    scope: Scope
    code: str
    address: str

    @classmethod
    def of(cls, scope: Scope, error: TruelineError, address: str) -> Denial:
        """What an error denied."""
        return cls(scope, error.capability if isinstance(error, NotAllowed) else error.code, address)


def record_denial(denial: Denial, *, actor: Actor) -> bool:
    """Write a denial into the trail, in a transaction of its own; True when it was written.

    The same actor is told of for the same right once in ten minutes: a program that tries without end fills no trail.
    """
    with within(denial.scope.workspace_id), transaction.atomic():
        lately = audit.history(denial.scope, "right", denial.code[:64]).filter(
            action=DENIAL, actor_id=actor.id, recorded_at__gt=clock.now() - _QUIET
        )
        if lately.exists():
            return False
        subject = Subject("right", denial.code[:64], denial.code)
        record(
            denial.scope.workspace_id,
            DENIAL,
            subject,
            actor=actor,
            after={"address": denial.address},
            outcome=Outcome.BLOCKED,
        )
        return True
