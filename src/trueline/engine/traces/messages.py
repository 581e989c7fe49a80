"""Messages of a chat in the shapes that senders use, read into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trueline.engine.traces.decoding import as_text, embedded, objects, text_or_none
from trueline.engine.traces.model import Json, Message, Part

_TEXT_KINDS = frozenset({"text", "input_text", "output_text"})


def read_message(item: Mapping[str, Json], role: str = "") -> Message:
    """A message from the parts form of gen_ai, the chat form (`content`, `tool_calls`), or a mixture.

    Args:
        item: The message.
        role: The role where the message names none.

    Returns:
        The message; unknown kinds of part are kept by their name.
    """
    inner = item.get("message")
    body = {**item, **inner} if isinstance(inner, Mapping) else item
    speaks = str(body.get("role") or role)
    parts = [*_parts(body.get("parts")), *_content(body, speaks), *_calls(body.get("tool_calls"))]
    return Message(
        role=speaks,
        parts=tuple(parts),
        name=text_or_none(body.get("name")),
        finish_reason=text_or_none(body.get("finish_reason")),
    )


def read_messages(value: Json, role: str = "") -> tuple[Message, ...]:
    """All messages of a list that may be JSON in a string."""
    return tuple(read_message(item, role) for item in objects(value))


def system_message(value: Json) -> tuple[Message, ...]:
    """System instructions, plain text or a list of parts, as one message in front; nothing when there are none."""
    parts = _parts(value) or ([Part("text", as_text(value))] if value else [])
    return (Message("system", tuple(parts)),) if parts else ()


def text_message(role: str, text: Json) -> tuple[Message, ...]:
    """A message of plain text; nothing when there is no text."""
    return (Message(role, (Part("text", as_text(text)),)),) if text else ()


def _parts(value: Json) -> list[Part]:
    decoded = embedded(value)
    if isinstance(decoded, str):
        return [Part("text", decoded)] if decoded else []
    return [_part(item) for item in objects(decoded)]


def _part(item: Mapping[str, Json]) -> Part:
    kind = str(item.get("type") or ("text" if "text" in item or "content" in item else "other"))
    if kind in _TEXT_KINDS:
        return Part("text", as_text(item.get("content", item.get("text"))))
    if kind in ("tool_call", "tool_use"):
        arguments = item.get("arguments", item.get("input"))
        return Part("tool_call", "", text_or_none(item.get("name")), text_or_none(item.get("id")), embedded(arguments))
    if kind in ("tool_call_response", "tool_result"):
        result = item.get("response", item.get("result", item.get("content")))
        call_id = text_or_none(item.get("id") or item.get("tool_use_id"))
        return Part("tool_call_response", as_text(result), text_or_none(item.get("name")), call_id)
    return Part(kind, as_text(item.get("content", item.get("text"))))


def _content(body: Mapping[str, Json], role: str) -> Iterable[Part]:
    content = body.get("content")
    if content is None or content == "":
        return []
    if role == "tool" or body.get("tool_call_id"):
        call_id = text_or_none(body.get("tool_call_id") or body.get("id"))
        return [Part("tool_call_response", as_text(content), text_or_none(body.get("name")), call_id)]
    if isinstance(content, (list, tuple)) and content and all(isinstance(item, Mapping) for item in content):
        return [_part(item) for item in content]
    if isinstance(content, (list, tuple)):
        return [Part("text", as_text(item)) for item in content]
    return [Part("text", as_text(content))]


def _calls(value: Json) -> Iterable[Part]:
    for call in objects(value):
        function = call.get("function")
        named = function if isinstance(function, Mapping) else call
        arguments = embedded(named.get("arguments"))
        yield Part("tool_call", "", text_or_none(named.get("name")), text_or_none(call.get("id")), arguments)
