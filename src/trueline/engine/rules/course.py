"""The course of a run as rules see it: what was said and which tools were called, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import SpanKind, Status
from trueline.engine.traces.toolresult import failure_in

if TYPE_CHECKING:
    from trueline.engine.traces.model import Message, Span, Trace


class Speaker(StrEnum):
    """Who said something."""

    AGENT = "agent"
    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Said:
    """A text that somebody said.

    Attributes:
        speaker: Which side said it.
        agent: The agent's name, empty for the others.
        text: The text.
        span_id: Where it was seen.
        step: Its position in the course, counted from 0 in steps of the source.
    """

    speaker: Speaker
    agent: str
    text: str
    span_id: str
    step: int


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a tool.

    Attributes:
        tool: The tool's name.
        agent: The caller's name, empty when unknown.
        arguments: The arguments, empty when the trace has none.
        result: The result, decoded where it was JSON in a text; None when the trace has none.
        failed: Whether the call failed.
        siblings: Calls made in the same message, this one included.
        with_text: Whether that message also spoke to the user.
        span_id: Where it was seen.
        step: Its position in the course.
    """

    tool: str
    agent: str
    arguments: Mapping[str, Any]
    result: Any
    failed: bool
    siblings: int
    with_text: bool
    span_id: str
    step: int


Event = Said | Called


@dataclass(frozen=True, slots=True)
class Course:
    """One run.

    Attributes:
        trace_id: The run's id.
        events: In order.
        steps: Messages and calls.
        cost: US dollars, None when no span tells.
        tokens: Input and output tokens, None when no span tells.
        seconds: From the first start to the last end, None when unknown.
        metadata: What the source says about the run.
    """

    trace_id: str
    events: tuple[Event, ...]
    steps: int
    cost: float | None = None
    tokens: float | None = None
    seconds: float | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> tuple[Called, ...]:
        """Only the calls of tools."""
        return tuple(event for event in self.events if isinstance(event, Called))


def decoded(value: Any) -> Any:
    """A result as JSON where its text is an object or a list, else as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def course_of(trace: Trace) -> Course:
    """The course of a trace.

    In a transcript every message is an event. In a span tree an agent's words are the outputs of model calls, and a
    user's words the new user messages in their inputs; tool spans are calls. Who owns a span says and calls it.
    """
    names = owning_agents(trace)
    events: list[Event] = []
    heard: set[str] = set()
    by_id = {span.span_id: span for span in trace.spans}
    for position, span in enumerate(trace.spans):
        step = span.step if span.step is not None else position
        agent = span.agent or names.get(span.span_id, "")
        if span.kind is SpanKind.TOOL and span.tool is not None:
            caller = by_id.get(span.parent_id or "")
            named = agent or (caller.agent or names.get(caller.span_id, "") if caller is not None else "")
            events.append(_called(span, caller, named, step))
        else:
            events.extend(_said(span, agent, step, heard))
    return Course(
        trace.trace_id,
        tuple(events),
        len(events),
        _sum(span.cost for span in _leaf_models(trace)),
        _sum(_tokens(span) for span in _leaf_models(trace)),
        _seconds(trace.spans),
        trace.metadata,
    )


def _called(span: Span, caller: Span | None, agent: str, step: int) -> Called:
    tool = span.tool
    message = caller.output_messages[0] if caller is not None and caller.output_messages else None
    siblings = sum(part.kind == "tool_call" for part in message.parts) if message is not None else 0
    arguments = decoded(tool.arguments) if tool is not None else None
    result = decoded(tool.result) if tool is not None else None
    return Called(
        tool=tool.name if tool is not None else span.name,
        agent=agent,
        arguments=arguments if isinstance(arguments, Mapping) else {},
        result=result,
        failed=span.wire.status is Status.ERROR or (isinstance(result, str) and failure_in(result) is not None),
        siblings=max(siblings, 1),
        with_text=message is not None and bool(message.text.strip()),
        span_id=span.span_id,
        step=step,
    )


def _said(span: Span, agent: str, step: int, heard: set[str]) -> Iterable[Said]:
    if span.kind is SpanKind.LLM:
        for message in span.input_messages:
            yield from _newly_heard(message, span, step, heard)
    if span.kind in {SpanKind.LLM, SpanKind.MESSAGE}:
        for message in span.output_messages:
            if message.text.strip():
                heard.add(message.text)
                yield Said(_speaker(message.role, span.kind), agent, message.text, span.span_id, step)


def _newly_heard(message: Message, span: Span, step: int, heard: set[str]) -> Iterable[Said]:
    # Each model call repeats the conversation so far; a message counts where it first appears.
    if message.role in {"user", "system", "developer"} and message.text.strip() and message.text not in heard:
        heard.add(message.text)
        yield Said(_speaker(message.role, SpanKind.MESSAGE), "", message.text, span.span_id, step)


def _speaker(role: str, kind: SpanKind) -> Speaker:
    if role in {"system", "developer"}:
        return Speaker.SYSTEM
    return Speaker.AGENT if kind is SpanKind.LLM else Speaker.USER


def _leaf_models(trace: Trace) -> list[Span]:
    """Model calls that hold no other model call: an outer span repeats the usage of the inner ones."""
    parents = {span.parent_id for span in trace.spans if span.kind is SpanKind.LLM}
    return [span for span in trace.spans if span.kind is SpanKind.LLM and span.span_id not in parents]


def _tokens(span: Span) -> int | None:
    if span.usage is None or (span.usage.input_tokens is None and span.usage.output_tokens is None):
        return None
    return (span.usage.input_tokens or 0) + (span.usage.output_tokens or 0)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _seconds(spans: Sequence[Span]) -> float | None:
    starts = [span.wire.started_ns for span in spans if span.wire.started_ns is not None]
    ends = [span.wire.ended_ns for span in spans if span.wire.ended_ns is not None]
    return (max(ends) - min(starts)) / 1e9 if starts and ends else None
