"""The three generations of `gen_ai.*`: content in span events, in one log event per message, on the span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from trueline.engine.traces.decoding import as_text, embedded, objects, text_or_none
from trueline.engine.traces.messages import read_message, read_messages, system_message

if TYPE_CHECKING:
    from trueline.engine.traces.model import Json, Message, SpanEvent

DETAILS_EVENT = "gen_ai.client.inference.operation.details"
EXCEPTION_EVENT = "gen_ai.client.operation.exception"
CHOICE_EVENT = "gen_ai.choice"
_MESSAGE_EVENT = re.compile(r"gen_ai\.([a-z]+)\.message")
"""Of generation 2, a record for each message; senders make its name of whatever role the message has."""
_INDEXED = ("gen_ai.prompt.", "gen_ai.completion.")


def content_attributes(attributes: Mapping[str, Json], events: Iterable[SpanEvent]) -> Mapping[str, Json]:
    """The span's attributes, completed by the event that carries the details of generation 3."""
    details: dict[str, Json] = {}
    for event in events:
        if event.name == DETAILS_EVENT:
            details.update(event.attributes)
    return {**details, **attributes} if details else attributes


def input_messages(attributes: Mapping[str, Json], events: tuple[SpanEvent, ...]) -> tuple[Message, ...]:
    """What went into the model, from whichever generation the sender speaks; system instructions first."""
    system = system_message(attributes.get("gen_ai.system_instructions"))
    current = read_messages(attributes.get("gen_ai.input.messages"), "user")
    if current:
        return system + current
    older = _from_events(events) or _first_generation(attributes, events, "prompt", "user")
    return older if any(message.role == "system" for message in older) else system + older


def output_messages(attributes: Mapping[str, Json], events: tuple[SpanEvent, ...]) -> tuple[Message, ...]:
    """What came out of the model, from whichever generation the sender speaks."""
    current = read_messages(attributes.get("gen_ai.output.messages"), "assistant")
    if current:
        return current
    choices = tuple(read_message(_choice(event), "assistant") for event in events if event.name == CHOICE_EVENT)
    return choices or _first_generation(attributes, events, "completion", "assistant")


def _choice(event: SpanEvent) -> Mapping[str, Json]:
    content = {**event.attributes}
    content["message"] = embedded(content.get("message"))
    return content


def _from_events(events: tuple[SpanEvent, ...]) -> tuple[Message, ...]:
    named = ((event, _MESSAGE_EVENT.fullmatch(event.name)) for event in events)
    return tuple(read_message(event.attributes, found[1]) for event, found in named if found)


def _first_generation(
    attributes: Mapping[str, Json], events: tuple[SpanEvent, ...], what: str, role: str
) -> tuple[Message, ...]:
    """Span events `gen_ai.content.prompt` / `.completion`, or attributes (plain, or one per field and index)."""
    held = [event.attributes.get(f"gen_ai.{what}") for event in events if event.name == f"gen_ai.content.{what}"]
    held.append(attributes.get(f"gen_ai.{what}"))
    for value in held:
        found = _messages_or_text(value, role)
        if found:
            return found
    return _indexed(attributes, f"gen_ai.{what}.", role)


def _messages_or_text(value: Json, role: str) -> tuple[Message, ...]:
    if not value:
        return ()
    if objects(value):
        return read_messages(value, role)
    return (read_message({"content": as_text(value)}, role),)


def _indexed(attributes: Mapping[str, Json], prefix: str, role: str) -> tuple[Message, ...]:
    entries: dict[int, dict[str, Json]] = {}
    for key, value in attributes.items():
        index, _, name = key.removeprefix(prefix).partition(".") if key.startswith(prefix) else ("", "", "")
        if index.isdecimal() and name:
            entries.setdefault(int(index), {})[name] = value
    return tuple(read_message(_with_calls(entries[index]), role) for index in sorted(entries))


def _with_calls(entry: dict[str, Json]) -> dict[str, Json]:
    """Gather `tool_calls.{k}.{name,arguments,id}` into a list."""
    calls: dict[int, dict[str, Json]] = {}
    for key, value in entry.items():
        head, _, rest = key.partition(".")
        index, _, name = rest.partition(".")
        if head == "tool_calls" and index.isdecimal() and name:
            calls.setdefault(int(index), {})[name] = value
    return {**entry, "tool_calls": [calls[index] for index in sorted(calls)]} if calls else entry


def tool_names(attributes: Mapping[str, Json]) -> tuple[str, ...]:
    """Names of the tools in `gen_ai.tool.definitions`."""
    names: list[str] = []
    for item in objects(attributes.get("gen_ai.tool.definitions")):
        function = item.get("function")
        name = text_or_none(function.get("name") if isinstance(function, Mapping) else item.get("name"))
        if name is not None:
            names.append(name)
    return tuple(dict.fromkeys(names))
