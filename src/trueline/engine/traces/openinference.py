"""OpenInference attributes: flattened lists become messages, token counts become usage."""

from __future__ import annotations

from collections.abc import Mapping

from trueline.engine.traces.decoding import as_text, embedded, first_text, text_or_none
from trueline.engine.traces.messages import read_message
from trueline.engine.traces.model import Json, Message, Part, PromptTemplate

KIND = "openinference.span.kind"
_TEMPLATE = "llm.prompt_template."
Tree = dict[str, Json]


def tree_under(attributes: Mapping[str, Json], prefix: str) -> Tree:
    """The nested form of all attributes under a dotted prefix."""
    root: Tree = {}
    for key, value in attributes.items():
        if key.startswith(prefix):
            _plant(root, key[len(prefix) :].split("."), value)
    return root


def _plant(root: Tree, path: list[str], value: Json) -> None:
    node = root
    for step in path[:-1]:
        below = node.get(step)
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    if not isinstance(node.get(path[-1]), dict):
        node[path[-1]] = value


def items(tree: Json) -> list[Tree]:
    """The entries of a flattened list in the order of their index."""
    if not isinstance(tree, dict):
        return []
    numbered = [(int(key), value) for key, value in tree.items() if key.isdecimal() and isinstance(value, dict)]
    return [value for _, value in sorted(numbered, key=lambda pair: pair[0])]


def messages(attributes: Mapping[str, Json], direction: str) -> tuple[Message, ...]:
    """The messages under `llm.input_messages` or `llm.output_messages`, flattened or as one JSON string.

    Args:
        attributes: The span's attributes.
        direction: `input` or `output`.
    """
    prefix = f"llm.{direction}_messages"
    whole = embedded(attributes.get(prefix))
    if isinstance(whole, list):
        return tuple(read_message(_unprefixed(item)) for item in whole if isinstance(item, Mapping))
    return tuple(_message(entry.get("message", {})) for entry in items(tree_under(attributes, prefix + ".")))


def _unprefixed(item: Mapping[str, Json]) -> Mapping[str, Json]:
    return {str(key).removeprefix("message."): value for key, value in item.items()}


def _message(tree: Json) -> Message:
    body = tree if isinstance(tree, dict) else {}
    role = as_text(body.get("role"))
    call_id = text_or_none(body.get("tool_call_id"))
    parts = [part for part in (_text_part(body.get("content"), role, call_id),) if part is not None]
    for entry in items(body.get("contents")):
        content = entry.get("message_content")
        held = content if isinstance(content, dict) else entry
        parts.append(Part(as_text(held.get("type")) or "text", as_text(held.get("text"))))
    parts.extend(_call(entry.get("tool_call")) for entry in items(body.get("tool_calls")))
    return Message(role, tuple(parts), text_or_none(body.get("name")), text_or_none(body.get("finish_reason")))


def _text_part(content: Json, role: str, call_id: str | None) -> Part | None:
    if not content:
        return None
    if role == "tool":
        return Part("tool_call_response", as_text(content), None, call_id)
    return Part("text", as_text(content))


def _call(tree: Json) -> Part:
    call = tree if isinstance(tree, dict) else {}
    function = call.get("function")
    named = function if isinstance(function, dict) else {}
    arguments = embedded(named.get("arguments"))
    return Part("tool_call", "", text_or_none(named.get("name")), text_or_none(call.get("id")), arguments)


def tool_names(attributes: Mapping[str, Json]) -> tuple[str, ...]:
    """Names of the tools offered to a model under `llm.tools`."""
    names: list[str] = []
    for entry in items(tree_under(attributes, "llm.tools.")):
        tool = entry.get("tool")
        schema = embedded(tool.get("json_schema")) if isinstance(tool, dict) else None
        names.extend(_schema_names(schema))
        if isinstance(tool, dict) and tool.get("name"):
            names.append(as_text(tool["name"]))
    return tuple(dict.fromkeys(names))


def _schema_names(schema: Json) -> list[str]:
    if not isinstance(schema, Mapping):
        return []
    function = schema.get("function")
    name = function.get("name") if isinstance(function, Mapping) else schema.get("name")
    return [as_text(name)] if name else []


def template(attributes: Mapping[str, Json]) -> PromptTemplate | None:
    """The declared prompt template; None when there is none."""
    text = first_text(attributes, (_TEMPLATE + "template",))
    if text is None:
        return None
    variables = embedded(attributes.get(_TEMPLATE + "variables"))
    return PromptTemplate(
        template=text,
        variables=variables if isinstance(variables, Mapping) else {},
        version=first_text(attributes, (_TEMPLATE + "version",)),
    )
