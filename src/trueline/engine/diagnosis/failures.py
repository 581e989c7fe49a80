"""Failures in a trace: every span with an exception, an error status or an error type, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.normalizer import Normalized, normalize
from trueline.engine.traces.decoding import as_text
from trueline.engine.traces.genai import EXCEPTION_EVENT
from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import SpanKind, Status

if TYPE_CHECKING:
    from trueline.engine.traces.model import Span, SpanEvent, Trace

_EXCEPTION_EVENTS = frozenset({"exception", EXCEPTION_EVENT})
_LATEST = 2**63
_NO_MESSAGE = "failed without a message"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed span.

    Attributes:
        trace_id: Its trace.
        span_id: Its span.
        agent: The agent that it belongs to, None when the trace names none.
        kind: What the span stands for.
        text: The message as received.
        at_ns: When it failed, nanoseconds since 1970, None when unknown.
        normalized: The text, read.
    """

    trace_id: str
    span_id: str
    agent: str | None
    kind: SpanKind
    text: str
    at_ns: int | None
    normalized: Normalized


def failures_of(trace: Trace) -> tuple[Failure, ...]:
    """Every failed span of a trace, in the order of the trace's spans."""
    failed = [span for span in trace.spans if is_failed(span)]
    if not failed:
        return ()
    agents = owning_agents(trace)
    return tuple(_failure(span, agents.get(span.span_id)) for span in failed)


def is_failed(span: Span) -> bool:
    """Whether a span failed: an exception was recorded on it, its status is error, or it names an error type."""
    return span.wire.status is Status.ERROR or bool(span.error_type) or next(_exceptions(span), None) is not None


def _exceptions(span: Span) -> Iterator[SpanEvent]:
    return (event for event in span.wire.events if event.name in _EXCEPTION_EVENTS)


def _failure(span: Span, agent: str | None) -> Failure:
    event = min(_exceptions(span), key=_event_order, default=None)
    text = _message(span, event)
    declared = _attribute(event, "exception.type") or span.error_type or ""
    stacktrace = _attribute(event, "exception.stacktrace")
    return Failure(
        trace_id=span.trace_id,
        span_id=span.span_id,
        agent=agent,
        kind=span.kind,
        text=text,
        at_ns=_moment(span, event),
        normalized=normalize(text, declared, _causal(stacktrace), _context(span)),
    )


def _event_order(event: SpanEvent) -> tuple[int, str]:
    return (_LATEST if event.at_ns is None else event.at_ns), as_text(dict(event.attributes))


def _attribute(event: SpanEvent | None, name: str) -> str:
    return "" if event is None else as_text(event.attributes.get(name))


def _message(span: Span, event: SpanEvent | None) -> str:
    """The best account of the failure that the span gives; a fixed sentence when it gives none."""
    told = (
        _attribute(event, "exception.message"),
        span.wire.status_message,
        _last_line(_attribute(event, "exception.stacktrace")),
        as_text(span.attributes.get("exception.message")),
        as_text(span.attributes.get("error.message")),
        (span.output_text or "") if span.kind is SpanKind.TOOL else "",
    )
    return next((text for text in told if text.strip()), "") or _fallback(span, event)


def _fallback(span: Span, event: SpanEvent | None) -> str:
    has_type = span.error_type or _attribute(event, "exception.type")
    return "" if has_type else _NO_MESSAGE


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _causal(stacktrace: str) -> str:
    """The stack trace where it tells of an explicit cause; else nothing, so that equal failures are read once."""
    return stacktrace if "direct cause" in stacktrace or "Caused by:" in stacktrace else ""


def _context(span: Span) -> str:
    if span.tool is not None:
        return span.tool.name
    if span.kind in (SpanKind.LLM, SpanKind.EMBEDDING, SpanKind.RERANKER):
        return span.model or span.provider or ""
    return as_text(span.attributes.get("server.address") or span.attributes.get("url.domain"))


def _moment(span: Span, event: SpanEvent | None) -> int | None:
    if event is not None and event.at_ns is not None:
        return event.at_ns
    return span.wire.ended_ns if span.wire.ended_ns is not None else span.wire.started_ns
