"""The leaf exception: what is left of a failure when everything that only passed it on is taken off.

Frameworks wrap: "Error when executing tool T with arguments {...}: TypeError: f() got an unexpected ...". The leaf is
`TypeError` with its message. Advice and code that follow on later lines say nothing about the cause and are cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_TEXT = 20_000
MAX_MESSAGE = 600
_TYPE = r"(?:[A-Za-z_][\w$]*\.)*[A-Z][\w$]*(?:Error|Exception|Warning|Timeout|Exit|Interrupt|Failure|Fault)|Exception"
_TYPED = re.compile(
    rf"(?:^|[:)}}\]>] +|- +|due to:? +|caused by:? +|\n)(?P<type>{_TYPE})(?::[ \t]*|[ \t]*$)", re.MULTILINE
)
_TRACEBACK = "Traceback (most recent call last)"
_DIRECT_CAUSE = "The above exception was the direct cause of the following exception"
_JAVA_CAUSE = re.compile(r"^Caused by: +(?P<cause>.+)$", re.MULTILINE)
_FINAL_LINE = re.compile(rf"^(?P<type>{_TYPE}|[a-z_][\w.]*\.[A-Z]\w+)(?::[ \t]*(?P<message>.*))?$", re.MULTILINE)
_CALLED_TOOL = re.compile(r"\btool[ :]+[`'\"]?(?P<tool>[A-Za-z][\w.-]{0,80})[`'\"]? with (?:the )?(?:arguments|input)")
_BODY_MESSAGE = re.compile(r"['\"]message['\"]\s*:\s*(?P<quote>['\"])")
MAX_BODY = 4_000
GENERIC_TYPES = frozenset({"Exception", "Error", "RuntimeError", "BaseException", "ERROR", "_OTHER"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """The innermost exception that a text tells of.

    Attributes:
        type: Its type without module, empty when the text names none.
        message: Its message, one line, the text's own words.
        tool: The tool that a wrapper names as called, empty when none.
    """

    type: str
    message: str
    tool: str = ""


def leaf_exception(text: str, declared_type: str = "", stacktrace: str = "") -> Leaf:
    """The leaf exception of a failure.

    Args:
        text: The message.
        declared_type: The type that the span or event gives, for a text that names none.
        stacktrace: The stack trace; an explicit cause in it is deeper than the message.

    Returns:
        Its type and message; of a text without any type, the declared type and the first line.
    """
    shown = text[:MAX_TEXT].strip()
    tool = _CALLED_TOOL.search(shown)
    called = tool["tool"] if tool else ""
    found = _explicit_cause(stacktrace[-MAX_TEXT:]) or _from_traceback(shown) or _innermost(shown)
    if found is None and not declared_type and _TRACEBACK in shown:
        # What a program printed before it failed; where the type was declared, the text before is its message.
        found = _from_traceback(shown[shown.rindex(_TRACEBACK) :])
    if found is None:
        return Leaf(short_type(declared_type), first_line(shown), called)
    return Leaf(found.type or short_type(declared_type), found.message, called)


def short_type(name: str) -> str:
    """The type without its module."""
    return name.strip().rsplit(".", 1)[-1]


def first_line(text: str) -> str:
    """The first line that says something; with the next one where it only announces it by a colon.

    An error body of an API ("... - {'error': {'message': ...}}") is replaced by its message.
    """
    lines = [" ".join(line.split()) for line in _without_body(text).split("\n") if line.strip()]
    if not lines:
        return ""
    announces = lines[0].endswith(":") and len(lines) > 1 and not lines[1].startswith(_TRACEBACK)
    return (f"{lines[0]} {lines[1]}" if announces else lines[0])[:MAX_MESSAGE]


def _without_body(text: str) -> str:
    start = text.find("{")
    inner = _BODY_MESSAGE.search(text, start, start + MAX_BODY) if start >= 0 else None
    if inner is None:
        return text
    closing = text.find(inner["quote"], inner.end())
    while closing > 0 and text[closing - 1] == "\\":
        closing = text.find(inner["quote"], closing + 1)
    body_end = text.rfind("}")
    if not inner.end() <= closing < body_end:
        return text
    return text[:start] + text[inner.end() : closing] + text[body_end + 1 :]


def _innermost(text: str) -> Leaf | None:
    """The last type on the first line that names one; code in later lines may name many."""
    head = text.split(_TRACEBACK, 1)[0]
    matches = list(_TYPED.finditer(head))
    if not matches:
        return None
    line_of_first = head.find("\n", matches[0].end())
    line_end = len(head) if line_of_first < 0 else line_of_first
    last = [match for match in matches if match.start() < line_end][-1]
    if last.start() > 0 and _is_inside_quotes(head[: last.start()]):
        return None
    message = first_line(head[last.end() :]) if head[last.end() - 1] != "\n" else ""
    return Leaf(short_type(last["type"]), "" if _starts_new_line(head, last.end()) else message)


def _starts_new_line(text: str, at: int) -> bool:
    return text[at : at + 1] == "\n"


def _is_inside_quotes(before: str) -> bool:
    return before.count('"') % 2 == 1 and before.rstrip()[-1:] not in ("'", "}", ")")


def _from_traceback(text: str) -> Leaf | None:
    """The exception of a text that is a traceback; of a chain with explicit causes the first, else the last."""
    if not text.startswith(_TRACEBACK):
        return None
    chain = text.split(_DIRECT_CAUSE)
    finals = list(_FINAL_LINE.finditer(chain[0]))
    if not finals:
        return None
    return Leaf(short_type(finals[-1]["type"]), first_line(finals[-1]["message"] or ""))


def _explicit_cause(stacktrace: str) -> Leaf | None:
    if _DIRECT_CAUSE in stacktrace:
        finals = list(_FINAL_LINE.finditer(stacktrace.split(_DIRECT_CAUSE, 1)[0]))
        if finals:
            return Leaf(short_type(finals[-1]["type"]), first_line(finals[-1]["message"] or ""))
    causes = _JAVA_CAUSE.findall(stacktrace)
    if not causes:
        return None
    kind, _, message = causes[-1].partition(": ")
    return Leaf(short_type(kind), first_line(message))
