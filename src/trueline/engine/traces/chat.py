"""Chat transcripts: the documented JSON shape, turned into spans.

    {"id": "case-7", "agent": "assistant", "metadata": {...}, "messages": [
        {"role": "user", "content": "..."},
        {"role": "assistant", "name": "planner", "content": null, "at": "2026-01-01T10:00:00Z",
         "tool_calls": [{"id": "c1", "function": {"name": "search", "arguments": "{...}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "Error: quota exceeded"},
        {"role": "tool", "tool_call_id": "c2", "content": "...", "error": {"type": "Timeout", "message": "..."}}]}

Only `messages` with `role` is required. The run becomes one workflow span; each message becomes one span below it whose
`step` is its index: a model call for an agent's message, a tool span for a tool's, a message span for the others. A
tool span hangs below the message that called it. A message carries itself as output; history is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trueline.engine.traces.decoding import as_text, embedded, first, objects, text_or_none
from trueline.engine.traces.identifiers import SPAN_ID_BYTES, TRACE_ID_BYTES, derived_id, iso_nanoseconds
from trueline.engine.traces.model import Decoded, Json, SpanKind, Status, WireSpan
from trueline.engine.traces.toolresult import Failure, failure_in

SCOPE = "trueline.transcript"
_TOOL_ROLES = frozenset({"tool", "function"})
_OUTSIDE_ROLES = frozenset({"user", "human", "system", "developer"})
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript in the documented shape, checked.

    Attributes:
        messages: The messages in order.
        id: The source's id, empty when it has none.
        agent: Name of the agent behind messages of role `assistant` without a name.
        metadata: What the source says about the run.
    """

    messages: Sequence[Mapping[str, Json]]
    id: str = ""
    agent: str = "assistant"
    metadata: Mapping[str, Json] = field(default_factory=dict)


def is_message_list(value: Json) -> bool:
    """Whether a value is a list of messages with roles."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, Mapping) and isinstance(item.get("role"), str) for item in value)
    )


def is_transcript(document: Json) -> bool:
    """Whether a JSON document is a transcript of the documented shape, or a bare list of messages."""
    if isinstance(document, Mapping):
        return is_message_list(document.get("messages"))
    return is_message_list(document)


def decode(document: Json, into: Decoded) -> None:
    """Add the spans of one transcript to `into`."""
    if not isinstance(document, Mapping):
        add(Transcript(messages=document), into)
        return
    metadata = document.get("metadata")
    add(
        Transcript(
            messages=document["messages"],
            id=as_text(first(document, ("trace_id", "id"))),
            agent=as_text(document.get("agent")) or "assistant",
            metadata=metadata if isinstance(metadata, Mapping) else {},
        ),
        into,
    )


def add(transcript: Transcript, into: Decoded) -> str:
    """Add the spans and the metadata of a transcript to `into`; returns its trace id."""
    builder = _Builder(trace_id_of(transcript), transcript)
    into.spans.extend(builder.spans())
    into.metadata[builder.trace_id] = {"id": transcript.id, **transcript.metadata}
    return builder.trace_id


def trace_id_of(transcript: Transcript) -> str:
    """The transcript's own id when it is a trace id; else one made of its content.

    A transcript that grows between two readings keeps its identity only by a trace id of its own: two runs may well
    share a name and a first message.
    """
    if len(transcript.id) == 2 * TRACE_ID_BYTES and set(transcript.id.lower()) <= _HEX:
        return transcript.id.lower()
    return derived_id(TRACE_ID_BYTES, SCOPE, transcript.id, as_text(list(transcript.messages)))


@dataclass(slots=True)
class _Builder:
    """Walks the messages once, remembering who called which tool."""

    trace_id: str
    transcript: Transcript
    calls: dict[str, tuple[str, Mapping[str, Json]]] = field(default_factory=dict)
    speaker: str | None = None

    def spans(self) -> list[WireSpan]:
        made = [self._message(step, message) for step, message in enumerate(self.transcript.messages)]
        root = WireSpan(
            trace_id=self.trace_id,
            span_id=self._id("root"),
            parent_id=None,
            name="transcript",
            started_ns=min((span.started_ns for span in made if span.started_ns is not None), default=None),
            ended_ns=max((span.ended_ns for span in made if span.ended_ns is not None), default=None),
            attributes={"trueline.kind": SpanKind.WORKFLOW.value},
            scope=SCOPE,
        )
        return [root, *made]

    def _id(self, part: str) -> str:
        return derived_id(SPAN_ID_BYTES, self.trace_id, part)

    def _message(self, step: int, message: Mapping[str, Json]) -> WireSpan:
        role = str(message["role"]).lower()
        span_id = self._id(str(step))
        if role in _TOOL_ROLES:
            return self._tool(step, message)
        self._remember_calls(message, span_id)
        kind = SpanKind.MESSAGE if role in _OUTSIDE_ROLES else SpanKind.LLM
        agent = None if kind is SpanKind.MESSAGE else self._agent(message, role)
        self.speaker = span_id
        return self._span(step, message, kind, self._id("root"), {"gen_ai.agent.name": agent} if agent else {})

    def _agent(self, message: Mapping[str, Json], role: str) -> str:
        named = text_or_none(first(message, ("agent", "name")))
        return named or (self.transcript.agent if role in ("assistant", "agent", "model") else role)

    def _remember_calls(self, message: Mapping[str, Json], span_id: str) -> None:
        for call in objects(message.get("tool_calls")):
            function = call.get("function")
            named = function if isinstance(function, Mapping) else call
            self.calls[as_text(call.get("id"))] = (span_id, named)

    def _tool(self, step: int, message: Mapping[str, Json]) -> WireSpan:
        call_id = as_text(message.get("tool_call_id"))
        caller, call = self.calls.get(call_id, (self.speaker or self._id("root"), {}))
        attributes = {
            "gen_ai.tool.name": text_or_none(message.get("name")) or text_or_none(call.get("name")) or "tool",
            "gen_ai.tool.call.id": call_id or None,
            "gen_ai.tool.call.arguments": embedded(call.get("arguments")),
            "gen_ai.tool.call.result": message.get("content"),
        }
        return self._span(step, message, SpanKind.TOOL, caller, attributes)

    def _span(
        self, step: int, message: Mapping[str, Json], kind: SpanKind, parent_id: str, extra: Mapping[str, Json]
    ) -> WireSpan:
        at_ns = iso_nanoseconds(first(message, ("at", "timestamp", "time")))
        failure = declared_failure(message) or (failure_in(message.get("content")) if kind is SpanKind.TOOL else None)
        attributes = {"trueline.kind": kind.value, "trueline.step": step, **extra}
        if kind is not SpanKind.TOOL:
            attributes["gen_ai.output.messages"] = [message]
        if failure is not None and failure.type:
            attributes["error.type"] = failure.type
        return WireSpan(
            trace_id=self.trace_id,
            span_id=self._id(str(step)),
            parent_id=parent_id,
            name=f"{message['role']} {step}",
            started_ns=at_ns,
            ended_ns=at_ns,
            status=Status.UNSET if failure is None else Status.ERROR,
            status_message="" if failure is None else failure.message,
            attributes=attributes,
            scope=SCOPE,
        )


def declared_failure(message: Mapping[str, Json]) -> Failure | None:
    """The failure that a message declares in `error` (text, true, or `{"type", "message"}`); None when none."""
    error = message.get("error")
    if not error:
        return None
    if isinstance(error, Mapping):
        return Failure(as_text(error.get("type")), as_text(error.get("message")))
    return Failure("", as_text(message.get("content")) if error is True else as_text(error))
