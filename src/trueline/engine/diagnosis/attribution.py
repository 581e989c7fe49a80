"""Where a run went wrong: ranked evidence, the best three places with reasons. Never a verdict on one agent.

Each piece of evidence points at a step and carries a weight, the share of runs in which it alone was right on public
failure logs, rounded. Pieces at the same step add up as independent witnesses: 1 - product of (1 - weight).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.failures import is_failed
from trueline.engine.traces.chat import SCOPE
from trueline.engine.traces.graph import ancestors, owning_agents
from trueline.engine.traces.model import SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trueline.engine.diagnosis.failures import Failure
    from trueline.engine.traces.model import Span, Trace

TOP = 3
SAID = {
    "first_code": "it wrote the first code of the run; later steps build on its result",
    "first_failure_led": "the first failure of the run followed from this call: %(wording)s",
    "first_failure_here": "the first failure of the run happened here: %(wording)s",
    "next_failure_led": "another failure of the run followed from this call: %(wording)s",
    "next_failure_here": "another failure of the run happened here: %(wording)s",
    "handed_over": "%(giver)s handed the task to %(owner)s, where the run failed first",
    "acted_most": "turn %(turn)s of %(agent)s, which acted most often",
    "no_progress": "the coordinator noted that no progress is made",
    "last_word": "it gave the last substantial answer and did not catch the error",
}
"""What each reason says, in English; whoever shows it in another language goes by its code."""
_CODE = re.compile(r"```(?:py|python|sh|bash|js|javascript)?\b")
_COORDINATOR = re.compile(r"orchestrat|manager|supervisor|coordinat|planner|router", re.IGNORECASE)
_NO_PROGRESS = re.compile(r'progress[^{}]{0,40}\{[^{}]*"answer"\s*:\s*false', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place may be where a run went wrong: one of `SAID`, and what it names."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return SAID[self.code] % dict(self.values)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a run may have gone wrong.

    Attributes:
        agent: The agent that acted there, None when the trace names none.
        step: Index in the transcript, or of the span in the order of start.
        span_id: The span.
        score: 0 to 1: how much the evidence weighs; no probability.
        reasons: Why, strongest first.
    """

    agent: str | None
    step: int
    span_id: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The ranked candidates of one failed run, at most three."""

    trace_id: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Evidence:
    span: Span
    weight: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Run:
    """A run as the rules look at it: its spans with step and agent, and who coordinates."""

    spans: Sequence[Span]
    agents: Mapping[str, str]
    by_id: Mapping[str, Span]
    acts: Sequence[Span]

    def agent(self, span: Span) -> str | None:
        return self.agents.get(span.span_id)

    def is_coordinator(self, span: Span) -> bool:
        return _COORDINATOR.search(self.agent(span) or "") is not None


def is_failed_run(trace: Trace, failures: Sequence[Failure]) -> bool:
    """Whether a run is to be explained: its outcome says it failed, or something in it did.

    A transcript without a known outcome is explained too: it was handed over because something is wrong with it.
    """
    outcome = _outcome(trace.metadata)
    if outcome is not None:
        return not outcome
    return bool(failures) or any(span.wire.scope == SCOPE for span in trace.spans[:1])


def _outcome(metadata: Mapping[str, object]) -> bool | None:
    """Whether the run succeeded, None when the file does not say."""
    reward = metadata.get("reward")
    if isinstance(reward, (int, float)) and not isinstance(reward, bool):
        return reward >= 1
    for name in ("correct", "is_correct", "is_corrected", "success"):
        value = metadata.get(name)
        if isinstance(value, bool):
            return value
    return None


def attribute(trace: Trace, failures: Sequence[Failure], causes: Mapping[str, Failure]) -> Attribution:
    """Rank the evidence of one run.

    Args:
        trace: The run.
        failures: Its failed spans.
        causes: For each failed span the failure that holds its cause.
    """
    run = _run(trace)
    grouped: dict[str, list[_Evidence]] = defaultdict(list)
    for evidence in _all_evidence(run, failures, causes):
        grouped[evidence.span.span_id].append(evidence)
    position = {span.span_id: place for place, span in enumerate(run.spans)}
    candidates = [_candidate(run, position[span_id], found) for span_id, found in grouped.items()]
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.step, candidate.span_id))
    return Attribution(trace.trace_id, tuple(candidates[:TOP]))


def _run(trace: Trace) -> _Run:
    agents = owning_agents(trace)
    by_id = {span.span_id: span for span in trace.spans}
    acts = [span for span in trace.spans if span.kind is SpanKind.LLM]
    return _Run(trace.spans, agents, by_id, acts)


def _candidate(run: _Run, place: int, found: Sequence[_Evidence]) -> Candidate:
    span = found[0].span
    ordered = sorted(found, key=lambda evidence: (-evidence.weight, str(evidence.reason)))
    doubt = 1.0
    for evidence in ordered:
        doubt *= 1.0 - evidence.weight
    step = span.step if span.step is not None else place
    reasons = tuple(dict.fromkeys(evidence.reason for evidence in ordered))
    return Candidate(run.agent(span), step, span.span_id, round(1.0 - doubt, 4), reasons)


def _all_evidence(run: _Run, failures: Sequence[Failure], causes: Mapping[str, Failure]) -> Iterator[_Evidence]:
    yield from _first_code(run)
    yield from _first_failures(run, failures, causes)
    yield from _delegation(run, failures)
    yield from _busiest_worker(run)
    yield from _no_progress(run)
    yield from _last_word(run)


def _first_code(run: _Run) -> Iterator[_Evidence]:
    """The first code that was executed: what follows builds on it."""
    executed = {span.parent_id for span in run.spans if span.tool is not None and span.step is not None}
    for span in run.acts:
        if span.span_id in executed and _CODE.search(span.output_text or "") and not run.is_coordinator(span):
            yield _Evidence(span, 0.43, Reason("first_code"))
            return


def _first_failures(run: _Run, failures: Sequence[Failure], causes: Mapping[str, Failure]) -> Iterator[_Evidence]:
    """The first failure that holds its own cause, seen from the model call that led to it, and the next other cause."""
    own = [failure for failure in failures if causes[failure.span_id] is failure]
    own.sort(key=lambda failure: (_place(run, failure), failure.span_id))
    seen: set[str] = set()
    for failure in own:
        key = failure.normalized.fingerprint.key
        if key in seen or len(seen) >= TOP:
            continue
        seen.add(key)
        author = author_of(run.by_id[failure.span_id], run.acts, run.by_id, run.agents)
        weight = 0.3 if len(seen) == 1 else 0.1
        code = f"{'first' if len(seen) == 1 else 'next'}_failure_{'led' if author else 'here'}"
        wording = failure.normalized.wording[:120]
        yield _Evidence(author or run.by_id[failure.span_id], weight, Reason(code, (("wording", wording),)))


def _delegation(run: _Run, failures: Sequence[Failure]) -> Iterator[_Evidence]:
    """In a tree of agents, the call by which another agent handed the task to the one that failed first."""
    if not failures:
        return
    first = min(failures, key=lambda failure: (_place(run, failure), failure.span_id))
    owner = run.agent(run.by_id[first.span_id])
    above = next(
        (span for span in ancestors(run.by_id[first.span_id], run.by_id) if run.agent(span) not in (None, owner)), None
    )
    started = None if above is None else above.wire.started_ns
    if above is None or started is None:
        return
    giver = run.agent(above)
    before = [
        span for span in run.acts if run.agent(span) == giver and (span.wire.started_ns or 0) <= _failed_at(first)
    ]
    if before:
        last = max(before, key=lambda span: (span.wire.started_ns or 0, span.span_id))
        yield _Evidence(last, 0.12, Reason("handed_over", (("giver", str(giver)), ("owner", str(owner)))))


def _failed_at(failure: Failure) -> int:
    return failure.at_ns if failure.at_ns is not None else 0


def _place(run: _Run, failure: Failure) -> tuple[int, int]:
    step = run.by_id[failure.span_id].step
    return _failed_at(failure), (step if step is not None else 0)


def author_of(failed: Span, calls: Sequence[Span], by_id: Mapping[str, Span], agents: Mapping[str, str]) -> Span | None:
    """The model call that led to a failed span: an ancestor, else the last call of the same agent before it."""
    above = next((span for span in ancestors(failed, by_id) if span.kind is SpanKind.LLM), None)
    started = failed.wire.started_ns
    if above is not None or started is None or failed.kind is SpanKind.LLM:
        return above
    owner = agents.get(failed.span_id)
    before = [
        span
        for span in calls
        if span.wire.started_ns is not None
        and span.wire.started_ns <= started + _inside(failed, span)
        and agents.get(span.span_id) == owner
        and not is_failed(span)
    ]
    return max(before, key=lambda span: (span.wire.started_ns or 0, span.span_id), default=None)


def _inside(failed: Span, call: Span) -> int:
    """A failed step that contains the call: the call started after the step did, and still led to its failure."""
    is_child = call.parent_id == failed.span_id
    ended = failed.wire.ended_ns or failed.wire.started_ns or 0
    return ended - (failed.wire.started_ns or 0) if is_child else 0


def _busiest_worker(run: _Run) -> Iterator[_Evidence]:
    """The worker with most turns: where it starts, or, under a coordinator, where it first builds on what it found."""
    if any(span.step is None for span in run.acts):
        return
    turns: dict[str, list[Span]] = defaultdict(list)
    for span in run.acts:
        agent = run.agent(span)
        if agent is not None and not run.is_coordinator(span):
            turns[agent].append(span)
    if not turns:
        return
    busiest = min(turns, key=lambda agent: (-len(turns[agent]), turns[agent][0].step or 0))
    is_led = any(run.is_coordinator(span) for span in run.acts)
    for place, weight in ((1, 0.28), (2, 0.24), (0, 0.1)) if is_led else ((0, 0.28), (1, 0.12)):
        if place < len(turns[busiest]):
            named = ("turn", str(place + 1)), ("agent", busiest)
            yield _Evidence(turns[busiest][place], weight, Reason("acted_most", named))


def _no_progress(run: _Run) -> Iterator[_Evidence]:
    """A coordinator that notes itself that nothing moves: the plan may be at fault."""
    noted = (span for span in run.acts if run.is_coordinator(span) and _NO_PROGRESS.search(span.output_text or ""))
    for span in noted:
        yield _Evidence(span, 0.15, Reason("no_progress"))
        return


def _last_word(run: _Run) -> Iterator[_Evidence]:
    """Who gave the answer: an error that nobody caught passed here too."""
    speakers = Counter(run.agent(span) for span in run.acts)
    if len(speakers) < 2 or any(span.step is None for span in run.acts):
        return
    said = [span for span in run.acts if len((span.output_text or "").strip()) > 40 and not run.is_coordinator(span)]
    if said:
        yield _Evidence(said[-1], 0.11, Reason("last_word"))
