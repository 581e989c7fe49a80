"""Containment in the span tree: a failure that only passes on what failed below it has the cause of that one.

A span passes its child's failure on when it tells the same cause, when its message contains the child's, or when it
says nothing of its own. A span that failed for another reason, after a child's failure was handled, keeps its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.leaf import leaf_exception
from trueline.engine.diagnosis.vocabulary import content_words
from trueline.engine.traces.graph import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trueline.engine.diagnosis.failures import Failure
    from trueline.engine.diagnosis.normalizer import Fingerprint
    from trueline.engine.traces.model import Span, Trace

_SPACE = re.compile(r"\s+")
_SHORTEST_PROOF = 12
_LONGEST_PROOF = 200
_PASSED_ON = frozenset(
    {"execution", "task", "workflow", "sub-agent", "subagent", "span", "message", "chain", "child", "nested"}
)


def causes_of(trace: Trace, failures: Iterable[Failure]) -> dict[str, Failure]:
    """For each failed span the failure that holds its cause: a descendant's, or its own.

    Args:
        trace: The trace.
        failures: Its failures.

    Returns:
        Span id to failure. Following a failure's cause never leads on to another one.
    """
    by_span = {failure.span_id: failure for failure in failures}
    below = _failures_below(trace, by_span)
    cause: dict[str, Failure] = {}
    for span_id in _deepest_first(by_span, below):
        failure = by_span[span_id]
        candidates = sorted(below.get(span_id, ()), key=_last_first)
        chosen = next((child for child in candidates if passes_on(failure, child)), failure)
        cause[span_id] = failure if chosen is failure else cause.get(chosen.span_id, chosen)
    return cause


def _failures_below(trace: Trace, by_span: Mapping[str, Failure]) -> dict[str, list[Failure]]:
    """For each failed span the failures whose nearest failed ancestor it is."""
    spans = {span.span_id: span for span in trace.spans}
    below: dict[str, list[Failure]] = {}
    for failure in by_span.values():
        above = _nearest_failed(spans[failure.span_id], spans, by_span)
        if above is not None:
            below.setdefault(above, []).append(failure)
    return below


def _nearest_failed(span: Span, spans: Mapping[str, Span], by_span: Mapping[str, Failure]) -> str | None:
    return next((step.span_id for step in ancestors(span, spans) if step.span_id in by_span), None)


def _deepest_first(by_span: Mapping[str, Failure], below: Mapping[str, list[Failure]]) -> list[str]:
    """Span ids so that each comes after all failures below it; a circle of parents cannot hide one."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(by_span):
        stack = [(start, False)]
        while stack:
            span_id, is_done = stack.pop()
            if is_done:
                order.append(span_id)
            elif span_id not in seen:
                seen.add(span_id)
                stack.append((span_id, True))
                stack.extend((child.span_id, False) for child in below.get(span_id, ()))
    return order


def _last_first(failure: Failure) -> tuple[int, str]:
    return -(failure.at_ns or 0), failure.span_id


def passes_on(parent: Failure, child: Failure) -> bool:
    """Whether the parent's failure is the child's, passed on."""
    mine, its = parent.normalized.fingerprint, child.normalized.fingerprint
    if mine.key == its.key or _is_same_without_place(mine, its):
        return True
    if _contains(parent.text, child.text):
        return True
    return says_nothing(parent)


def _is_same_without_place(mine: Fingerprint, its: Fingerprint) -> bool:
    if mine.concept != its.concept or mine.template != its.template:
        return False
    return mine.type == its.type and (mine.targets == its.targets or not mine.targets)


def _contains(outer: str, inner: str) -> bool:
    proof = _flat(leaf_exception(inner).message)[:_LONGEST_PROOF]
    return len(proof) >= _SHORTEST_PROOF and proof in _flat(outer)


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def says_nothing(failure: Failure) -> bool:
    """Whether a failure's message has no subject of its own ("Tool execution failed")."""
    fingerprint = failure.normalized.fingerprint
    if fingerprint.concept or fingerprint.targets:
        return False
    return not content_words(fingerprint.template) - _PASSED_ON
