"""What a condition can see at one moment of a run: the call or message at hand, and everything before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.course import Called, Course, Event, Said, Speaker
from trueline.engine.rules.functions import MissingValueError

if TYPE_CHECKING:
    from trueline.engine.rules.model import WorldModel

ANY_TOOL = "*"
MOMENT_NAMES = frozenset({"last_user_text", "last_agent_text", "user_text", "agent_text", "seen_text", "run"})
CALL_NAMES = frozenset({"call"})
MESSAGE_NAMES = frozenset({"message"})
HISTORY_FUNCTIONS = frozenset({"called", "tried", "results", "spoke"})
"""Functions that look back in the run: `called(tool, order_id=...)` counts successes, `tried` also failures, `results`
lists what came back, `spoke(agent)` counts messages."""


class Scene(Mapping[str, Any]):
    """Names and their values at one moment; texts of the past are only joined when a condition reads them."""

    def __init__(self, model: WorldModel, course: Course, position: int) -> None:
        self._model = model
        self._course = course
        self._past = course.events[:position]
        self._extra: dict[str, Any] = {}
        self._made: dict[str, Any] = {}

    def add(self, name: str, value: Any) -> None:
        """Give a name to a value (or to the reason why there is none)."""
        self._extra[name] = value

    @property
    def past(self) -> Sequence[Event]:
        """Everything before this moment, the oldest first."""
        return self._past

    def __getitem__(self, name: str) -> Any:
        if name in self._extra:
            return self._extra[name]
        if name in _MAKERS:
            if name not in self._made:
                self._made[name] = _MAKERS[name](self._past, self._course)
            return self._made[name]
        return self._model.values[name]

    def __iter__(self) -> Any:
        return iter([*self._extra, *_MAKERS, *self._model.values])

    def __len__(self) -> int:
        return len(set(self))


def call_value(call: Called) -> dict[str, Any]:
    """A call as conditions see it: its arguments by name, and what else is known of it (`tool`, `failed`, ...)."""
    own = {
        "tool": call.tool,
        "agent": call.agent,
        "arguments": dict(call.arguments),
        "result": MissingValueError(f"the result of {call.tool} is not in the trace")
        if call.result is None
        else call.result,
        "failed": call.failed,
        "alone": call.siblings == 1,
        "with_text": call.with_text,
    }
    return {**call.arguments, **own}


def message_value(message: Said) -> dict[str, Any]:
    """A message as conditions see it."""
    return {"text": message.text, "agent": message.agent, "by": message.speaker.value}


def matching_calls(
    past: Sequence[Event],
    tools: Sequence[str],
    wanted: Mapping[str, Any],
    *,
    failed_too: bool = False,
) -> list[Called]:
    """Earlier calls of the tools for the same thing, the oldest first.

    A call is for the same thing when each wanted value is its argument of that name, or else is so named in its result.
    """
    return [
        event
        for event in past
        if isinstance(event, Called)
        and is_of(event, tools)
        and (failed_too or not event.failed)
        and all(_has(event, name, value) for name, value in wanted.items())
    ]


def _has(call: Called, name: str, value: Any) -> bool:
    if name in call.arguments:
        return bool(call.arguments[name] == value)
    return isinstance(call.result, Mapping) and call.result.get(name) == value


def _last(speaker: Speaker) -> Callable[[Sequence[Event], Course], Any]:
    def find(past: Sequence[Event], _course: Course) -> Any:
        for event in reversed(past):
            if isinstance(event, Said) and event.speaker is speaker:
                return event.text
        return ""

    return find


def _all(speaker: Speaker) -> Callable[[Sequence[Event], Course], str]:
    return lambda past, _course: "\n".join(e.text for e in past if isinstance(e, Said) and e.speaker is speaker)


def is_of(call: Called, tools: Sequence[str]) -> bool:
    """Whether a call is of one of the tools; `*` stands for every tool."""
    return call.tool in tools or ANY_TOOL in tools


def seen_text(past: Sequence[Event]) -> str:
    """All that tools returned and the user said, as one text."""
    return "\n".join(
        as_text(event.result) if isinstance(event, Called) else event.text
        for event in past
        if isinstance(event, Called) or event.speaker is Speaker.USER
    )


def as_text(value: Any) -> str:
    """A JSON value as text; a text stays as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _run(_past: Sequence[Event], course: Course) -> dict[str, Any]:
    def known(value: Any, what: str) -> Any:
        return MissingValueError(f"the trace does not tell its {what}") if value is None else value

    return {
        "steps": course.steps,
        "calls": len(course.calls),
        "failed_calls": sum(call.failed for call in course.calls),
        "cost_usd": known(course.cost, "cost"),
        "tokens": known(course.tokens, "tokens"),
        "seconds": known(course.seconds, "duration"),
    }


def _called(past: Sequence[Event], _course: Course) -> Callable[..., int]:
    return lambda *tools, **wanted: len(matching_calls(past, tools, wanted))


def _tried(past: Sequence[Event], _course: Course) -> Callable[..., int]:
    return lambda *tools, **wanted: len(matching_calls(past, tools, wanted, failed_too=True))


def _results(past: Sequence[Event], _course: Course) -> Callable[..., list[Any]]:
    return lambda *tools, **wanted: [call.result for call in matching_calls(past, tools, wanted)]


def _spoke(past: Sequence[Event], _course: Course) -> Callable[..., int]:
    return lambda *agents: sum(isinstance(event, Said) and event.agent in agents for event in past)


_MAKERS: Mapping[str, Callable[[Sequence[Event], Course], Any]] = {
    "last_user_text": _last(Speaker.USER),
    "last_agent_text": _last(Speaker.AGENT),
    "user_text": _all(Speaker.USER),
    "agent_text": _all(Speaker.AGENT),
    "seen_text": lambda past, _course: seen_text(past),
    "run": _run,
    "called": _called,
    "tried": _tried,
    "results": _results,
    "spoke": _spoke,
}
