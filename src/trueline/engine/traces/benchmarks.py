"""Converters of published run files to the transcript shape: tau-bench results and Who&When failure logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trueline.engine.traces.chat import Transcript, is_message_list
from trueline.engine.traces.decoding import as_text
from trueline.engine.traces.toolresult import is_execution

if TYPE_CHECKING:
    from trueline.engine.traces.model import Json

_ADDRESSEE = re.compile(r"\s*\([^)]*\)\s*$")
_EXECUTOR = re.compile(r"(?:computer|code)_?(?:terminal|executor)", re.IGNORECASE)
_HUMAN = frozenset({"human", "user"})
_CHAT_ROLES = frozenset({"assistant", "user", "system", "tool"})
_UNNAMED_AGENT = "assistant"


def is_tau_run(document: Json) -> bool:
    """Whether a JSON value is one run of tau-bench."""
    return isinstance(document, Mapping) and "reward" in document and is_message_list(document.get("traj"))


def tau_transcript(document: Mapping[str, Json]) -> Transcript:
    """One run of tau-bench as a transcript: metadata holds `case`, `seed`, `reward` and the original `info`."""
    case, seed = document.get("task_id"), document.get("trial")
    return Transcript(
        messages=document["traj"],
        id=f"tau-bench task {as_text(case)} trial {as_text(seed)}",
        metadata={"case": case, "seed": seed, "reward": document.get("reward"), "info": document.get("info")},
    )


def is_failure_log(document: Json) -> bool:
    """Whether a JSON value is a Who&When failure log."""
    if not isinstance(document, Mapping) or not is_message_list(document.get("history")):
        return False
    return "question" in document or "mistake_agent" in document


def failure_log_transcript(document: Mapping[str, Json]) -> Transcript:
    """A Who&When log as a transcript; its annotation goes to the metadata and is never read by the diagnosis."""
    kept = {key: value for key, value in document.items() if key != "history"}
    return Transcript(
        messages=[_log_message(message) for message in document["history"]],
        id=as_text(document.get("question_ID")),
        metadata=kept,
    )


def _log_message(message: Mapping[str, Json]) -> dict[str, Json]:
    """The role of an executed program is tool; whoever is named is an agent; a role in front of brackets is a name."""
    content = message.get("content")
    role = str(message["role"])
    name = as_text(message.get("name")) or ("" if role in _CHAT_ROLES else _ADDRESSEE.sub("", role))
    if is_execution(content) or _EXECUTOR.fullmatch(name):
        return {"role": "tool", "name": name or "tool", "content": content}
    if role.lower() in _HUMAN and not message.get("name"):
        return {"role": "user", "content": content}
    return {"role": "assistant", "name": name or _UNNAMED_AGENT, "content": content, "as_written": role}
