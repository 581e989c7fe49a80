"""Whether the text that a tool returned is a failure: transcripts have no status, so the text must tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.traces.decoding import as_text

if TYPE_CHECKING:
    from trueline.engine.traces.model import Json

_EXIT_CODE = re.compile(r"\s*exit ?code:\s*(-?\d+)", re.IGNORECASE)
_ERROR_HEAD = re.compile(r"\s*(?:error\b(?!\s*(?:rate|bar|free))|traceback \(most recent call last\))", re.IGNORECASE)
_CODE_OUTPUT = re.compile(r"^.*?Code output:\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a text tells of.

    Attributes:
        type: Its type, empty when the text names none.
        message: The text of the failure.
    """

    type: str
    message: str


def is_execution(content: Json) -> bool:
    """Whether a text is the report of an executed program (it starts with its exit code)."""
    return isinstance(content, str) and _EXIT_CODE.match(content) is not None


def failure_in(content: Json) -> Failure | None:
    """The failure that a tool's result tells of; None when it tells of none.

    A failure is an exit code other than zero at the start, a text that starts with "Error", or a traceback.
    """
    text = as_text(content)
    exit_code = _EXIT_CODE.match(text)
    if exit_code is not None:
        return None if int(exit_code[1]) == 0 else Failure("", _CODE_OUTPUT.sub("", text, count=1).strip() or text)
    return Failure("", text.strip()) if _ERROR_HEAD.match(text) else None
