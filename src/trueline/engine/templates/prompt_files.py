"""Files that hold prompts and no traces: lists of prompts, and runs whose turns have no chat roles.

    ["prompt", ...]   or   [{"id": "p1", "agent": "solver", "text": "..."}, ...]   or the same as JSON lines

A run with a `trajectory` (a list of turns with `name` and `content`, as MAST publishes them) gives its opening turn.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trueline.engine.scores import EngineError
from trueline.engine.templates.prompts import Prompt

if TYPE_CHECKING:
    from pathlib import Path

TEXT_FIELDS = ("text", "prompt", "content")
MAX_BYTES = 256 * 1024 * 1024


def read_prompts(path: Path) -> tuple[Prompt, ...]:
    """The prompts of one file.

    Raises:
        EngineError: The file cannot be read, or is no list of prompts.
    """
    try:
        rows = _rows(_text(path))
    except (OSError, EOFError, ValueError) as error:
        raise EngineError(f"{path.name} is no list of prompts: {error}") from error
    return tuple(_prompt(row, f"{path.name}:{number}") for number, row in enumerate(rows, start=1))


def _text(path: Path) -> str:
    with path.open("rb") as stored:
        unpacked = gzip.GzipFile(fileobj=stored) if path.suffix == ".gz" else stored
        raw = unpacked.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise EngineError(f"{path.name} is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    return raw.decode("utf-8-sig")


def _rows(text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(document, Mapping):
        listed = document.get("prompts")
        return listed if isinstance(listed, list) else [document]
    return document if isinstance(document, list) else [document]


def _prompt(row: Any, place: str) -> Prompt:
    if isinstance(row, str):
        return Prompt(place, "", "", "user", row)
    if not isinstance(row, Mapping):
        raise EngineError(f"{place} is neither a text nor an object.")
    trajectory = row.get("trajectory")
    if isinstance(trajectory, list) and trajectory and isinstance(trajectory[0], Mapping):
        return _opening(row, trajectory[0], place)
    text = next((row[name] for name in TEXT_FIELDS if isinstance(row.get(name), str)), None)
    if text is None:
        raise EngineError(f"{place} has no text (one of {', '.join(TEXT_FIELDS)}).")
    words = {name: str(row.get(name) or "") for name in ("id", "trace_id", "agent", "role")}
    return Prompt(words["id"] or place, words["trace_id"], words["agent"], words["role"] or "user", text)


def _opening(row: Mapping[str, Any], turn: Mapping[str, Any], place: str) -> Prompt:
    content = turn.get("content")
    text = "\n".join(map(str, content)) if isinstance(content, list) else str(content or "")
    name = str(turn.get("name") or turn.get("role") or "")
    run = str(row.get("instance_id") or row.get("id") or "")
    return Prompt(place, f"{place}/{run}" if run else place, name, "user", text)
