"""A trace as a page shows it: the tree as rows with a bar each, what was said in order, the calls of tools. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import SpanKind, Status
from trueline.traces.rules import moment_of
from trueline.web import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

    from trueline.engine.traces.model import Message, Span, Trace

DEEPEST = 12
_NO_VERDICTS: Mapping[str, str] = MappingProxyType({})
LONGEST_TEXT = 6_000
MOST_ENTRIES = 400
ROWS_OF_A_CHUNK = 64
"""Rows that the browser lays out together, and only when they come into sight."""
_MS, _SECOND, _MINUTE = 10**6, 10**9, 60 * 10**9

KINDS: Mapping[str, StrOrPromise] = {
    SpanKind.AGENT: pgettext_lazy("span", "Agent"),
    SpanKind.LLM: pgettext_lazy("span", "Model call"),
    SpanKind.TOOL: pgettext_lazy("span", "Tool call"),
    SpanKind.CHAIN: pgettext_lazy("span", "Chain"),
    SpanKind.RETRIEVER: pgettext_lazy("span", "Retrieval"),
    SpanKind.RERANKER: pgettext_lazy("span", "Reranking"),
    SpanKind.EMBEDDING: pgettext_lazy("span", "Embedding"),
    SpanKind.GUARDRAIL: pgettext_lazy("span", "Guardrail"),
    SpanKind.EVALUATOR: pgettext_lazy("span", "Evaluation"),
    SpanKind.PROMPT: pgettext_lazy("span", "Prompt"),
    SpanKind.WORKFLOW: pgettext_lazy("span", "Workflow"),
    SpanKind.MEMORY: pgettext_lazy("span", "Memory"),
    SpanKind.MESSAGE: pgettext_lazy("span", "Message"),
    SpanKind.OTHER: pgettext_lazy("span", "Step"),
}


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One span in the tree.

    Attributes:
        depth: How far below its root, at most `DEEPEST`.
        x: Where its bar begins, in percent of the trace.
        width: How long its bar is, in percent; never nothing.
        found: What a search looks through, in lower case.
        classes: How the row looks.
        verdict: The worst that a rule said here; empty when none did.
    """

    span: Span
    depth: int
    kind: str
    is_failed: bool
    agent: str
    duration: str
    x: str
    width: str
    has_children: bool
    found: str
    classes: str
    span_id: str
    name: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation, with the span that first tells it."""

    span: Span
    agent: str
    message: Message


def duration(nanoseconds: float | None) -> str:
    """How long something took, as people say it; a question mark when nobody knows."""
    if nanoseconds is None:
        return "?"
    if nanoseconds >= _MINUTE:
        minutes, rest = divmod(int(nanoseconds), _MINUTE)
        return f"{minutes} min {rest // _SECOND} s"
    if nanoseconds >= _SECOND - _MS // 2:  # else rounding would say 1000 ms
        return f"{words.decimal(nanoseconds / _SECOND, 2)} s"
    return f"{nanoseconds / _MS:.0f} ms" if nanoseconds >= _MS else "< 1 ms"


def clock_time(at_ns: int | None) -> str:
    """A time of day to the millisecond; empty when nobody knows."""
    moment = moment_of(at_ns)
    return "" if moment is None else f"{localtime(moment):%H:%M:%S.%f}"[:-3]


def rows(trace: Trace, verdicts: Mapping[str, str] = _NO_VERDICTS) -> list[SpanRow]:
    """Every span once, each under its parent; one whose parent is not known stands as a root.

    Args:
        trace: The trace.
        verdicts: For each span id that a rule judged, the worst verdict there.
    """
    agents = owning_agents(trace)
    begun, length = _extent(trace)
    children = _children(trace)
    kinds = {key: str(word) for key, word in KINDS.items()}
    return [
        _row(
            span,
            depth,
            agents.get(span.span_id, ""),
            begun,
            length,
            kinds,
            verdict=verdicts.get(span.span_id, ""),
            has_children=span.span_id in children,
        )
        for span, depth in _walked(trace, children)
    ]


def _extent(trace: Trace) -> tuple[int, int]:
    starts = [at for span in trace.spans if (at := span.wire.started_ns) is not None]
    ends = [at for span in trace.spans if (at := span.wire.ended_ns) is not None]
    begun = min(starts, default=0)
    return begun, max(1, max(ends, default=begun) - begun)


def _children(trace: Trace) -> dict[str | None, list[Span]]:
    known = {span.span_id for span in trace.spans}
    found: dict[str | None, list[Span]] = {}
    for span in trace.spans:
        found.setdefault(span.parent_id if span.parent_id in known else None, []).append(span)
    return found


def _walked(trace: Trace, children: Mapping[str | None, list[Span]]) -> Iterator[tuple[Span, int]]:
    seen: set[str] = set()
    # A circle of parents has no root: its spans come last, so that none is missing.
    for start in (*children.get(None, ()), *trace.spans):
        waiting = [(start, 0)]
        while waiting:
            span, depth = waiting.pop()
            if span.span_id in seen:
                continue
            seen.add(span.span_id)
            yield span, min(depth, DEEPEST)
            waiting += [(child, depth + 1) for child in reversed(children.get(span.span_id, ()))]


def _row(  # noqa: PLR0913, PLR0917 - a row is these facts
    span: Span,
    depth: int,
    agent: str,
    begun: int,
    length: int,
    kinds: Mapping[str, str],
    *,
    verdict: str,
    has_children: bool,
) -> SpanRow:
    wire = span.wire
    started = begun if wire.started_ns is None else wire.started_ns
    ended = started if wire.ended_ns is None else wire.ended_ns
    known = wire.started_ns is not None and wire.ended_ns is not None
    kind = kinds[span.kind]
    return SpanRow(
        span=span,
        span_id=span.span_id,
        name=span.name or kind,
        verdict=verdict,
        depth=depth,
        kind=kind,
        is_failed=wire.status is Status.ERROR,
        agent=agent,
        duration=duration(ended - started if known else None),
        x=f"{min(99.5, (started - begun) * 100 / length):.3f}%",
        width=f"{max(0.5, (ended - started) * 100 / length):.3f}%",
        has_children=has_children,
        classes=f"depth-{depth} kind-{span.kind}" + (" is-failed" if wire.status is Status.ERROR else ""),
        found=f"{span.name} {agent} {span.tool.name if span.tool else ''} {span.model or ''}".lower(),
    )


def conversation(trace: Trace) -> list[Said]:
    """What was said, each message where it was said first: every call of a model repeats what went before."""
    agents, seen, found = owning_agents(trace), set[tuple[str, str]](), list[Said]()
    for span in trace.spans:
        for message in (*span.input_messages, *span.output_messages):
            key = message.role, repr(message.parts)
            if key not in seen:
                seen.add(key)
                found.append(Said(span, agents.get(span.span_id, ""), message))
    return found


def shown(value: Any) -> str:
    """A value of any shape as text to read, cut where nobody reads on."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False, default=str)
    if len(text) <= LONGEST_TEXT:
        return text
    rest = _("… and %(number)s more characters") % {"number": len(text) - LONGEST_TEXT}
    return f"{text[:LONGEST_TEXT]}\n{rest}"
