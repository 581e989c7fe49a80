"""Ask a language model on behalf of judged rules, and write every call down."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from trueline.engine.rules.checks import Judgement
from trueline.engine.rules.course import Course
from trueline.evaluations import queries
from trueline.evaluations.asking import Asked, asked_of, judgement_of
from trueline.evaluations.language_model import ChatModel, ModelSilent
from trueline.evaluations.models import ModelCall
from trueline.kit.digest import sha256

if TYPE_CHECKING:
    from trueline.kit.scope import Scope

MOST_CALLS = 500
"""Questions of one scan; beyond, judged rules stay undecided and say so."""
MOST_SILENT = 5
"""Calls in a row without an answer, after which nobody is asked any more."""


@dataclass(slots=True)
class RecordingJudge:
    """Answers questions of rules in one scan. A call that this run has made before is not made again.

    Attributes:
        pause: Called before each question; raises when somebody has cancelled the run.
        hold: Proves inside a transaction that the run is still ours.
        most_a_day: Questions that the workspace may ask on one day, whoever asks and in whatever environment.
    """

    scope: Scope
    environment_id: UUID
    run_id: UUID
    model: ChatModel
    pause: Callable[[], None]
    hold: Callable[[], None]
    most_a_day: int
    asked: int = 0
    silent: int = 0
    known: dict[str, ModelCall] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = queries.model_calls(self.scope, self.run_id).filter(is_answered=True)
        self.known = {call.payload_digest: call for call in made}

    def __call__(self, question: str, course: Course) -> Judgement:
        """Answer a question about a run, from what was recorded where it was."""
        wanted = asked_of(question, course)
        digest = sha256(json.dumps(wanted.prompt, sort_keys=True).encode())
        there = self.known.get(digest)
        if there is not None:
            return _judgement(there)
        if self.asked >= MOST_CALLS:
            return Judgement(None, f"more than {MOST_CALLS} questions in one scan")
        if self.silent >= MOST_SILENT:
            return Judgement(None, "the language model does not answer")
        if queries.model_calls_today(self.scope) >= self.most_a_day:
            return Judgement(None, f"cap reached: this workspace may ask {self.most_a_day} questions a day")
        self.pause()
        call = self._ask(wanted, digest)
        self.known[digest] = call
        return _judgement(call)

    def _ask(self, wanted: Asked, digest: str) -> ModelCall:
        """Ask outside of any transaction, then write the call down in one of its own."""
        began, self.asked = time.monotonic(), self.asked + 1
        call = ModelCall(
            workspace_id=self.scope.workspace_id,
            environment_id=self.environment_id,
            run_id=self.run_id,
            model=self.model.name[:120],
            trace_id=wanted.trace_id,
            question=wanted.question[:500],
            payload_digest=digest,
        )
        try:
            reply = self.model.complete(wanted.prompt)
        except ModelSilent as error:
            self.silent += 1
            call.reason = str(error)[:300]
        else:
            self.silent = 0
            told = judgement_of(reply.text)
            call.holds, call.reason, call.is_answered = told.passed, told.reason, True
            call.input_tokens, call.output_tokens = reply.input_tokens, reply.output_tokens
            call.cost = self.model.prices.cost(reply) if self.model.prices else None
        call.latency_ms = int((time.monotonic() - began) * 1_000)
        with transaction.atomic():
            self.hold()
            call.save(force_insert=True)
        return call


def _judgement(call: ModelCall) -> Judgement:
    tokens = (call.input_tokens or 0) + (call.output_tokens or 0) or None
    return Judgement(call.holds, call.reason, tokens, call.cost)
