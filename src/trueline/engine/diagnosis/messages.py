"""A file of bare failure messages: a JSON list of `{"id", "text"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.files import Limits, as_json_text, load, parse_json
from trueline.engine.traces.model import Json, Unread

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS = Limits()


def read_messages(path: Path) -> tuple[tuple[tuple[str, str], ...], tuple[Unread, ...]]:
    """The messages of a file.

    Returns:
        Pairs of id and text, each id once, and what could not be read. An entry without an id gets its index; of two
        entries with one id the first stays and the other is listed.
    """
    try:
        entries = _entries(path)
    except UnreadableError as error:
        return (), (Unread(path.name, str(error)),)
    messages: dict[str, str] = {}
    unread: list[Unread] = []
    for index, entry in enumerate(entries):
        reason = _take(index, entry, messages)
        if reason:
            unread.append(Unread(path.name, f"entry {index}: {reason}"))
    return tuple(messages.items()), tuple(unread)


def _entries(path: Path) -> list[Json]:
    text = as_json_text(load(path, _LIMITS, _LIMITS.file_bytes))
    document = None if text is None else parse_json(text)
    if not isinstance(document, list):
        raise UnreadableError("it is no JSON list of messages")
    return document


def _take(index: int, entry: Json, messages: dict[str, str]) -> str:
    """Keep one entry; the reason when it cannot be kept, else an empty text."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
        return "it has no text"
    known = entry.get("id")
    key = str(index if known is None else known)
    if key not in messages:
        messages[key] = entry["text"]
        return ""
    return "" if messages[key] == entry["text"] else f"the id {key} was used before with another text"
