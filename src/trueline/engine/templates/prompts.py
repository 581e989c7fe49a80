"""Prompts as they were sent, and what else was said in their traces: the material of template inference."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trueline.engine.traces.model import Message, Span, Trace

OPENING_ROLES = ("system", "developer")
SHORTEST = 20
"""Characters below which a message is no prompt worth a template."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One rendered prompt.

    Attributes:
        id: Names the prompt in answers: the span's id and the message's position, or the id in a list.
        trace_id: The trace it was sent in, empty for a plain list.
        agent: Who sent it, empty when unknown.
        role: `system`, `user`, or the source's word.
        text: The text as sent.
        sent_at: When, in nanoseconds or in steps of the trace; 0 when unknown.
    """

    id: str
    trace_id: str
    agent: str
    role: str
    text: str
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that an agent or a person put into a trace, with which a slot may have been filled.

    Attributes:
        speaker: The agent's name, or `user`.
        text: What it said.
        said_at: When it was complete, on the clock of the trace's prompts.
    """

    speaker: str
    text: str
    said_at: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """All prompts, and for each trace what was said in it."""

    prompts: tuple[Prompt, ...]
    said: Mapping[str, Sequence[Utterance]] = field(default_factory=dict)


def material_of(traces: Iterable[Trace]) -> Material:
    """Prompts and utterances of traces. A prompt repeated in one trace (step after step) counts once there."""
    prompts: dict[tuple[str, str, str, str], Prompt] = {}
    said: dict[str, list[Utterance]] = {}
    for trace in traces:
        agents = owning_agents(trace)
        for prompt in _prompts(trace, agents):
            prompts.setdefault((prompt.trace_id, prompt.agent, prompt.role, prompt.text), prompt)
        said[trace.trace_id] = list(_utterances(trace, agents))
    return Material(tuple(prompts.values()), said)


def _prompts(trace: Trace, agents: Mapping[str, str]) -> Iterable[Prompt]:
    for span in trace.spans:
        if span.kind is SpanKind.LLM and span.input_messages:
            for position, message in _asking(span.input_messages):
                yield _prompt(f"{span.span_id}/{position}", span, agents.get(span.span_id, ""), message)
    spoken = [span for span in trace.spans if span.step is not None and span.output_messages]
    opening = next((span for span in spoken if span.output_messages[0].role not in OPENING_ROLES), None)
    for span in spoken:
        message = span.output_messages[0]
        if (message.role in OPENING_ROLES or span is opening) and len(message.text) >= SHORTEST:
            # Whoever is said to speak, the opening of a transcript was put there by what started the run.
            yield _prompt(span.span_id, span, "", message)


def _asking(messages: Sequence[Message]) -> list[tuple[int, Message]]:
    """System messages, the first user message, and the last message when a user sent it: what frames a call.

    The rest is memory and observation: it repeats the run, not the template.
    """
    users = [position for position, message in enumerate(messages) if message.role == "user"]
    framing = {users[0], users[-1]} if users and users[-1] == len(messages) - 1 else set(users[:1])
    framing |= {position for position, message in enumerate(messages) if message.role in OPENING_ROLES}
    return [(position, messages[position]) for position in sorted(framing) if len(messages[position].text) >= SHORTEST]


def _prompt(prompt_id: str, span: Span, agent: str, message: Message) -> Prompt:
    return Prompt(prompt_id, span.trace_id, agent, message.role, message.text, _moment(span, span.wire.started_ns))


def _moment(span: Span, clock: int | None) -> int:
    return clock if clock is not None else span.step or 0


def _utterances(trace: Trace, agents: Mapping[str, str]) -> Iterable[Utterance]:
    for span in trace.spans:
        for text in _output_texts(span):
            if len(text) >= SHORTEST:
                speaker = "user" if span.kind is SpanKind.MESSAGE else agents.get(span.span_id, "")
                yield Utterance(speaker, text, _moment(span, span.wire.ended_ns))
    root = next((span for span in trace.spans if span.parent_id is None and span.input_text), None)
    if root is not None and root.input_text and len(root.input_text) >= SHORTEST:
        yield Utterance("user", root.input_text)


def _output_texts(span: Span) -> Iterable[str]:
    if span.output_messages:
        return [message.text.strip() for message in span.output_messages]
    return [span.output_text.strip()] if span.output_text and span.kind in {SpanKind.AGENT, SpanKind.TOOL} else []
