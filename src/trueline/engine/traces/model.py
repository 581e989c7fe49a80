"""The normal form: what a trace and a span are, whatever convention and file they came from.

None always means "the source did not say"; an empty text or tuple means that the source said nothing was there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any
"""A value as `json.loads` gives it."""


class SpanKind(StrEnum):
    """What a span stands for in an agent system; never the transport kind of OpenTelemetry."""

    AGENT = "agent"
    LLM = "llm"
    TOOL = "tool"
    CHAIN = "chain"
    RETRIEVER = "retriever"
    RERANKER = "reranker"
    EMBEDDING = "embedding"
    GUARDRAIL = "guardrail"
    EVALUATOR = "evaluator"
    PROMPT = "prompt"
    WORKFLOW = "workflow"
    MEMORY = "memory"
    MESSAGE = "message"
    OTHER = "other"


class Status(StrEnum):
    """The status of a span as OpenTelemetry defines it."""

    UNSET = "unset"
    OK = "ok"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened during a span.

    Attributes:
        name: The event's name, for example `exception`.
        at_ns: Nanoseconds since 1970, None when the source does not say.
        attributes: As received.
    """

    name: str
    at_ns: int | None
    attributes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(slots=True)  # not frozen: that triples the time to make one, and a receiver makes thousands a second
class WireSpan:
    """A span as a file or a sender gave it: checked ids and times, attributes untouched, nothing interpreted.

    Attributes:
        trace_id: 32 hex digits in lower case (a chat transcript gets one from its content).
        span_id: 16 hex digits in lower case.
        parent_id: The same, None for a root.
        name: As received.
        transport: The kind of OpenTelemetry in lower case, for example `client`.
        started_ns: Nanoseconds since 1970, None when unknown.
        ended_ns: The same.
        status: The status code.
        status_message: As received, empty when none.
        attributes: The span's attributes.
        events: In the order received.
        links: Pairs of trace id and span id.
        resource: Attributes of the resource.
        scope: Name of the instrumentation scope.
        scope_version: Its version.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    transport: str = "unspecified"
    started_ns: int | None = None
    ended_ns: int | None = None
    status: Status = Status.UNSET
    status_message: str = ""
    attributes: Mapping[str, Json] = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    resource: Mapping[str, Json] = field(default_factory=dict)
    scope: str = ""
    scope_version: str = ""


@dataclass(frozen=True, slots=True)
class WireLog:
    """A log record with the span it belongs to.

    Attributes:
        trace_id: 32 hex digits in lower case.
        span_id: 16 hex digits in lower case.
        event: The span event that it becomes: name, time, attributes with the body merged in.
    """

    trace_id: str
    span_id: str
    event: SpanEvent


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message.

    Attributes:
        kind: `text`, `reasoning`, `tool_call`, `tool_call_response`, or the source's word for another kind.
        text: The text, or the result of a tool call as text; empty when the part has none.
        tool: Name of the called tool, None for other kinds.
        call_id: Id that joins a call and its response, None when the source gives none.
        arguments: Arguments of a tool call, decoded where they were JSON in a string.
    """

    kind: str
    text: str = ""
    tool: str | None = None
    call_id: str | None = None
    arguments: Json = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to or from a model.

    Attributes:
        role: `system`, `user`, `assistant`, `tool`, or the source's word.
        parts: In order.
        name: Who speaks, None when the source does not say.
        finish_reason: Why the model stopped, None when the source does not say.
    """

    role: str
    parts: tuple[Part, ...]
    name: str | None = None
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        """The plain text of the message, parts joined by a newline."""
        return "\n".join(part.text for part in self.parts if part.kind == "text" and part.text)


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one model call; None is unknown.

    Attributes:
        input_tokens: All input, cached included, as OpenTelemetry counts it.
        output_tokens: All output.
        cache_read_tokens: The part of the input read from a cache.
        cache_write_tokens: The part of the input written to a cache.
        reasoning_tokens: The part of the output spent on reasoning.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt template that the sender declared.

    Attributes:
        template: The text with its placeholders.
        variables: The values of one rendering.
        version: As declared, None when not.
    """

    template: str
    variables: Mapping[str, Json] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    """What a tool span says about its call.

    Attributes:
        name: The tool's name.
        call_id: Id of the call, None when unknown.
        arguments: Decoded where they were JSON in a string.
        result: As received.
    """

    name: str
    call_id: str | None = None
    arguments: Json = None
    result: Json = None


@dataclass(slots=True)  # not frozen: that triples the time to make one, and a receiver makes thousands a second
class Span:
    """One span in normal form. The original is kept whole in `wire`.

    Attributes:
        wire: The span as received, with original attributes, events and resource.
        kind: What it stands for.
        agent: Name of the agent that this span itself names, None when it names none (see `graph.owning_agents`).
        tool: The tool call, None for other spans.
        model: The model that answered, else the one asked for.
        provider: The model's provider.
        conversation_id: The conversation or session.
        workflow: The workflow's name.
        usage: Token counts, None when the span gives none.
        cost: Cost in US dollars as the source gives it.
        input_messages: Messages to the model, system instructions first.
        output_messages: Messages from the model.
        tool_names: Tools offered to the model.
        input_text: The input as text, for spans without messages.
        output_text: The output as text.
        template: A declared prompt template.
        error_type: `error.type` or its ancestors, None when not given.
        step: Position in a transcript, counted from 0; None for spans of a tree.
    """

    wire: WireSpan
    kind: SpanKind
    agent: str | None = None
    tool: ToolUse | None = None
    model: str | None = None
    provider: str | None = None
    conversation_id: str | None = None
    workflow: str | None = None
    usage: Usage | None = None
    cost: float | None = None
    input_messages: tuple[Message, ...] = ()
    output_messages: tuple[Message, ...] = ()
    tool_names: tuple[str, ...] = ()
    input_text: str | None = None
    output_text: str | None = None
    template: PromptTemplate | None = None
    error_type: str | None = None
    step: int | None = None

    @property
    def trace_id(self) -> str:
        return self.wire.trace_id

    @property
    def span_id(self) -> str:
        return self.wire.span_id

    @property
    def parent_id(self) -> str | None:
        return self.wire.parent_id

    @property
    def name(self) -> str:
        return self.wire.name

    @property
    def attributes(self) -> Mapping[str, Json]:
        """The original attributes."""
        return self.wire.attributes


@dataclass(frozen=True, slots=True)
class Trace:
    """One run: its spans ordered by start, then by step, then by id.

    Attributes:
        trace_id: 32 hex digits in lower case.
        spans: Every span that was read, each once.
        metadata: What a file said about the run beside its spans (reward, task, annotations); empty for OTLP.
    """

    trace_id: str
    spans: tuple[Span, ...]
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that is there and could not be read.

    Attributes:
        path: The file, relative to the folder that was asked for (its name when a file was asked for).
        reason: One sentence for a person.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class TraceReading:
    """All traces that could be read, ordered by id, and all that could not, ordered by path."""

    traces: tuple[Trace, ...]
    unread: tuple[Unread, ...]

    @property
    def span_count(self) -> int:
        return sum(len(trace.spans) for trace in self.traces)


@dataclass(slots=True)
class Decoded:
    """What one document gave. Grows while decoding.

    Attributes:
        spans: Spans in the order met.
        logs: Log records that name a span.
        metadata: For each trace id, what the document said about the run.
        rejected: For each reason the number of spans or log records left out.
    """

    spans: list[WireSpan] = field(default_factory=list)
    logs: list[WireLog] = field(default_factory=list)
    metadata: dict[str, dict[str, Json]] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)

    def reject(self, reason: str) -> None:
        """Count one span or log record that was left out for a reason."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    @property
    def is_empty(self) -> bool:
        return not (self.spans or self.logs or self.rejected)
