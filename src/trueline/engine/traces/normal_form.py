"""From a span as received to its normal form: all generations of gen_ai and OpenInference at once.

The operation's name decides the kind; the presence of an attribute decides it only where neither convention names one
(instrumentations copy attributes upwards, so presence misleads).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.traces import genai, openinference
from trueline.engine.traces.decoding import count_or_none, embedded, first_text, number_or_none, text_or_none
from trueline.engine.traces.model import Json, Message, Span, SpanKind, ToolUse, Usage, WireSpan

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = frozenset(SpanKind)
_OPERATION_KINDS = {
    "chat": SpanKind.LLM,
    "generate_content": SpanKind.LLM,
    "text_completion": SpanKind.LLM,
    "completion": SpanKind.LLM,
    "embeddings": SpanKind.EMBEDDING,
    "retrieval": SpanKind.RETRIEVER,
    "create_agent": SpanKind.AGENT,
    "invoke_agent": SpanKind.AGENT,
    "invoke_workflow": SpanKind.WORKFLOW,
    "plan": SpanKind.CHAIN,
    "execute_tool": SpanKind.TOOL,
}
_TRACELOOP_KINDS = {"workflow": SpanKind.WORKFLOW, "task": SpanKind.CHAIN} | {
    kind.value: kind for kind in (SpanKind.AGENT, SpanKind.TOOL)
}
_ENTITY = "traceloop.entity.name"
_NAMES: dict[str, tuple[str, ...]] = {
    "agent": (
        *("gen_ai.agent.name", "agent.name", "graph.node.name", "graph.node.id"),
        *("gen_ai.agent.id", "agent.id"),
    ),
    "entity": (_ENTITY,),
    "tool": ("gen_ai.tool.name", "tool.name", "tool_call.function.name", _ENTITY),
    "call_id": ("gen_ai.tool.call.id", "tool_call.id", "tool.id"),
    "arguments": ("gen_ai.tool.call.arguments", "tool_call.function.arguments", "input.value"),
    "result": ("gen_ai.tool.call.result", "output.value"),
    "model": (
        *("gen_ai.response.model", "llm.response.model_name"),
        *("gen_ai.request.model", "llm.request.model_name"),
    ),
    "other_model": ("llm.model_name", "embedding.model_name", "reranker.model_name"),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    "conversation": ("gen_ai.conversation.id", "session.id"),
    "workflow": ("gen_ai.workflow.name", "traceloop.workflow.name"),
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    "output_tokens": (
        *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "llm.token_count.completion",
    ),
    "cache_read_tokens": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
        "llm.token_count.prompt_details.cache_read",
    ),
    "cache_write_tokens": (
        *("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"),
        "llm.token_count.prompt_details.cache_write",
    ),
    "reasoning_tokens": (
        *("gen_ai.usage.reasoning.output_tokens",),
        "llm.token_count.completion_details.reasoning",
    ),
    "cost": ("llm.cost.total", "gen_ai.usage.cost"),
    "error": ("error.type", "exception.type"),
    "step": ("trueline.step",),
}
"""The attributes that each part of the normal form is read from, the one that counts most first."""
_PLACES: dict[str, tuple[tuple[str, int], ...]] = {
    name: tuple((part, names.index(name)) for part, names in _NAMES.items() if name in names)
    for name in {name for names in _NAMES.values() for name in names}
}
_COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")


def normal_form(wire: WireSpan) -> Span:
    """The normal form of a span. Pure: the same span gives the same form, whatever carried it."""
    held = genai.content_attributes(wire.attributes, wire.events)
    said = _said(held)
    plain = _outlined(wire, held, said)
    incoming = genai.input_messages(held, wire.events) or openinference.messages(held, "input")
    outgoing = genai.output_messages(held, wire.events) or openinference.messages(held, "output")
    return replace(
        plain,
        tool=plain.tool and _with_content(plain.tool, said),
        input_messages=incoming,
        output_messages=outgoing,
        tool_names=genai.tool_names(held) or openinference.tool_names(held),
        input_text=first_text(held, ("input.value", "gen_ai.tool.call.arguments")) or _joined(incoming),
        output_text=first_text(held, ("output.value", "gen_ai.tool.call.result")) or _joined(outgoing),
        template=openinference.template(held),
    )


def outline(wire: WireSpan) -> Span:
    """The normal form without what was said: no messages, texts, arguments and templates, at a fifth of the cost."""
    held = genai.content_attributes(wire.attributes, wire.events)
    return _outlined(wire, held, _said(held))


def _outlined(wire: WireSpan, held: Mapping[str, Json], said: Mapping[str, Json]) -> Span:
    kind = kind_of(wire.name, held)
    return Span(
        wire=wire,
        kind=kind,
        agent=_agent(wire, said, kind),
        tool=_tool(wire, said) if kind is SpanKind.TOOL else None,
        model=text_or_none(said.get("model")) or text_or_none(said.get("other_model")),
        provider=text_or_none(said.get("provider")),
        conversation_id=text_or_none(said.get("conversation")),
        workflow=text_or_none(said.get("workflow")),
        usage=_usage(said),
        cost=number_or_none(said.get("cost")),
        error_type=text_or_none(said.get("error")),
        step=count_or_none(said.get("step")),
    )


def _said(held: Mapping[str, Json]) -> dict[str, Json]:
    """What attributes say of each part: in one walk over those that are there, which are fewer than could be."""
    said: dict[str, Json] = {}
    ranks: dict[str, int] = {}
    for name, value in held.items():
        for part, rank in _PLACES.get(name, ()):
            if value is not None and rank < ranks.get(part, 99):
                said[part], ranks[part] = value, rank
    return said


def kind_of(name: str, attributes: Mapping[str, Json]) -> SpanKind:
    """What a span stands for: operation name, then OpenInference kind, then traceloop's, then what it carries."""
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str) and operation:
        return _operation_kind(operation)
    declared = str(attributes.get(openinference.KIND) or attributes.get("trueline.kind") or "").lower()
    if declared in _KINDS:
        return SpanKind(declared)
    traceloop = _TRACELOOP_KINDS.get(str(attributes.get("traceloop.span.kind") or ""))
    return traceloop if traceloop is not None else _guessed_kind(name, attributes)


def _operation_kind(operation: str) -> SpanKind:
    if operation.endswith(("_memory", "_memory_store")):
        return SpanKind.MEMORY
    return _OPERATION_KINDS.get(operation, SpanKind.OTHER)


def _guessed_kind(name: str, attributes: Mapping[str, Json]) -> SpanKind:
    head = name.partition(" ")[0]
    if head in ("invoke_agent", "execute_tool", "invoke_workflow", "create_agent"):
        return _OPERATION_KINDS[head]
    if "gen_ai.tool.name" in attributes or "gen_ai.tool.call.id" in attributes:
        return SpanKind.TOOL
    if any(key in attributes for key in ("gen_ai.request.model", "gen_ai.response.model", "llm.model_name")):
        return SpanKind.LLM
    return SpanKind.AGENT if "gen_ai.agent.name" in attributes else SpanKind.OTHER


def _agent(wire: WireSpan, said: Mapping[str, Json], kind: SpanKind) -> str | None:
    named = text_or_none(said.get("agent"))
    if named is not None or kind is not SpanKind.AGENT:
        return named
    entity = text_or_none(said.get("entity"))
    return entity or wire.name.removeprefix("invoke_agent ").removesuffix(".run") or None


def _tool(wire: WireSpan, said: Mapping[str, Json]) -> ToolUse:
    return ToolUse(
        name=text_or_none(said.get("tool")) or wire.name.removeprefix("execute_tool "),
        call_id=text_or_none(said.get("call_id")),
    )


def _with_content(tool: ToolUse, said: Mapping[str, Json]) -> ToolUse:
    return replace(tool, arguments=embedded(said.get("arguments")), result=said.get("result"))


def _usage(said: Mapping[str, Json]) -> Usage | None:
    counts = {name: count_or_none(said[name]) for name in _COUNTS if name in said}
    return Usage(**counts) if any(count is not None for count in counts.values()) else None


def _joined(messages: tuple[Message, ...]) -> str | None:
    return "\n".join(message.text for message in messages if message.text) or None
