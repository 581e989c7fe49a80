"""From a span as received to its normal form: all generations of gen_ai and OpenInference at once.

The operation's name decides the kind; the presence of an attribute decides it only where neither convention names one
(instrumentations copy attributes upwards, so presence misleads).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.engine.traces import genai, openinference
from trueline.engine.traces.decoding import embedded, first, first_count, first_text, number_or_none
from trueline.engine.traces.model import Json, Message, Span, SpanKind, ToolUse, Usage, WireSpan

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_AGENT = ("gen_ai.agent.name", "agent.name", "graph.node.name", "graph.node.id", "gen_ai.agent.id", "agent.id")
_TOOL = ("gen_ai.tool.name", "tool.name", "tool_call.function.name")
_CALL_ID = ("gen_ai.tool.call.id", "tool_call.id", "tool.id")
_ARGUMENTS = ("gen_ai.tool.call.arguments", "tool_call.function.arguments", "input.value")
_RESULT = ("gen_ai.tool.call.result", "output.value")
_MODEL = ("gen_ai.response.model", "llm.response.model_name", "gen_ai.request.model", "llm.request.model_name")
_OTHER_MODEL = ("llm.model_name", "embedding.model_name", "reranker.model_name")
_PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
_CONVERSATION = ("gen_ai.conversation.id", "session.id")
_WORKFLOW = ("gen_ai.workflow.name", "traceloop.workflow.name")
_INPUT_TOKENS = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt")
_OUTPUT_TOKENS = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion")
_CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
)
_CACHE_WRITE = (
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
)
_REASONING = ("gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning")
_COST = ("llm.cost.total", "gen_ai.usage.cost")
_ERROR = ("error.type", "exception.type")
_STEP = "trueline.step"


def normal_form(wire: WireSpan) -> Span:
    """The normal form of a span. Pure: the same span gives the same form, whatever carried it."""
    held = genai.content_attributes(wire.attributes, wire.events)
    kind = kind_of(wire.name, held)
    incoming = genai.input_messages(held, wire.events) or openinference.messages(held, "input")
    outgoing = genai.output_messages(held, wire.events) or openinference.messages(held, "output")
    return Span(
        wire=wire,
        kind=kind,
        agent=_agent(wire, held, kind),
        tool=_tool(wire, held, kind),
        model=first_text(held, _MODEL) or first_text(held, _OTHER_MODEL),
        provider=first_text(held, _PROVIDER),
        conversation_id=first_text(held, _CONVERSATION),
        workflow=first_text(held, _WORKFLOW),
        usage=_usage(held),
        cost=number_or_none(first(held, _COST)),
        input_messages=incoming,
        output_messages=outgoing,
        tool_names=genai.tool_names(held) or openinference.tool_names(held),
        input_text=first_text(held, ("input.value", "gen_ai.tool.call.arguments")) or _joined(incoming),
        output_text=first_text(held, ("output.value", "gen_ai.tool.call.result")) or _joined(outgoing),
        template=openinference.template(held),
        error_type=first_text(held, _ERROR),
        step=first_count(held, (_STEP,)),
    )


def kind_of(name: str, attributes: Mapping[str, Json]) -> SpanKind:
    """What a span stands for: operation name, then OpenInference kind, then traceloop's, then what it carries."""
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str) and operation:
        return _operation_kind(operation)
    declared = str(attributes.get(openinference.KIND) or attributes.get("trueline.kind") or "").lower()
    if declared in set(SpanKind):
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


def _agent(wire: WireSpan, attributes: Mapping[str, Json], kind: SpanKind) -> str | None:
    named = first_text(attributes, _AGENT)
    if named is not None or kind is not SpanKind.AGENT:
        return named
    entity = first_text(attributes, ("traceloop.entity.name",))
    return entity or wire.name.removeprefix("invoke_agent ").removesuffix(".run") or None


def _tool(wire: WireSpan, attributes: Mapping[str, Json], kind: SpanKind) -> ToolUse | None:
    if kind is not SpanKind.TOOL:
        return None
    name = first_text(attributes, (*_TOOL, "traceloop.entity.name")) or wire.name.removeprefix("execute_tool ")
    return ToolUse(
        name=name,
        call_id=first_text(attributes, _CALL_ID),
        arguments=embedded(first(attributes, _ARGUMENTS)),
        result=first(attributes, _RESULT),
    )


def _usage(attributes: Mapping[str, Json]) -> Usage | None:
    usage = Usage(
        input_tokens=first_count(attributes, _INPUT_TOKENS),
        output_tokens=first_count(attributes, _OUTPUT_TOKENS),
        cache_read_tokens=first_count(attributes, _CACHE_READ),
        cache_write_tokens=first_count(attributes, _CACHE_WRITE),
        reasoning_tokens=first_count(attributes, _REASONING),
    )
    return None if usage == Usage() else usage


def _joined(messages: tuple[Message, ...]) -> str | None:
    return "\n".join(message.text for message in messages if message.text) or None
