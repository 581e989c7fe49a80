"""The kinds of checks: each looks at a run and reports, place by place, whether its rule holds there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from trueline.engine.rules.course import Called, Course, Event, Said, Speaker
from trueline.engine.rules.expressions import Expression, evaluate, holds, parse
from trueline.engine.rules.functions import MAX_SEARCHED, MissingValueError
from trueline.engine.rules.json_schema import violations
from trueline.engine.rules.model import RuleVerdict
from trueline.engine.rules.reading import texts
from trueline.engine.rules.scene import (
    HISTORY_FUNCTIONS,
    Scene,
    as_text,
    call_value,
    is_of,
    matching_calls,
    message_value,
)
from trueline.engine.rules.structured import json_answer

if TYPE_CHECKING:
    from trueline.engine.rules.model import Rule, WorldModel

QUOTED = 80


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer of a language model to the question of a rule.

    Attributes:
        passed: Yes or no; None when it gave no usable answer.
        reason: Its reason, or why there is no answer.
        tokens: Tokens spent, None when unknown.
        cost: US dollars spent, None when unknown.
    """

    passed: bool | None
    reason: str
    tokens: int | None = None
    cost: float | None = None


class Judge(Protocol):
    """The one port through which a language model may judge a run."""

    def __call__(self, question: str, course: Course) -> Judgement:
        """Answer a yes-or-no question about a run."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw at one place.

    Attributes:
        verdict: Passed, failed or unscored.
        detail: Why, one sentence; empty when it passed.
        span_id: The place, empty for the run as a whole.
        step: The place's position in the run, None for the run as a whole.
    """

    verdict: RuleVerdict
    detail: str = ""
    span_id: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One run under one rule."""

    model: WorldModel
    rule: Rule
    course: Course
    judge: Judge | None = None

    def places(self) -> Iterator[tuple[int, Event]]:
        """All events with their positions."""
        return iter(enumerate(self.course.events))

    def calls_of(self, tools: Sequence[str]) -> Iterator[tuple[int, Called]]:
        """Calls of the tools with their positions."""
        return ((n, event) for n, event in self.places() if isinstance(event, Called) and is_of(event, tools))


@lru_cache(maxsize=4_096)
def condition(text: str) -> Expression:
    """A parsed condition; parsed once however many runs it is checked on."""
    return parse(text, extra_functions=HISTORY_FUNCTIONS)


def findings(case: Case) -> list[Finding]:
    """What the rule's check reports on a run, in the order of the run; nothing when it does not apply."""
    return list(CHECKS[case.rule.kind](case, case.rule.settings))


def _at(event: Event, verdict: RuleVerdict, detail: str = "") -> Finding:
    return Finding(verdict, detail, event.span_id, event.step)


def _judge_scene(scene: Scene, settings: Mapping[str, Any]) -> tuple[RuleVerdict, str] | None:
    """The verdict at one moment; None when `where` says that the rule does not apply there."""
    try:
        if not all(holds(condition(text), scene) for text in texts(settings.get("where"))):
            return None
    except MissingValueError as error:
        return RuleVerdict.UNSCORED, f"whether the rule applies is unknown: {error}"
    missing = ""
    conditions = [(text, True) for text in texts(settings.get("require"))]
    conditions += [(text, False) for text in texts(settings.get("forbid"))]
    for text, wanted in conditions:
        try:
            if holds(condition(text), scene) is not wanted:
                return RuleVerdict.FAILED, f"{'not true' if wanted else 'true'}: {' '.join(text.split())}"
        except MissingValueError as error:
            missing = missing or str(error)
    return (RuleVerdict.UNSCORED, missing) if missing else (RuleVerdict.PASSED, "")


def _calls(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    for position, call in case.calls_of(texts(settings["of"])):
        scene = Scene(case.model, case.course, position)
        scene.add("call", call_value(call))
        for name, source in settings.get("given", {}).items():
            scene.add(name, _fact(source, scene))
        judged = _judge_scene(scene, settings)
        if judged is not None:
            yield _at(call, *judged)


def _fact(source: Mapping[str, Any], scene: Scene) -> Any:
    tools = texts(source["from"])
    try:
        wanted = {name: _value(text, scene) for name, text in source.get("for", {}).items()}
    except MissingValueError as error:
        return error
    found = matching_calls(scene.past, tools, wanted)
    if not found:
        about = ", ".join(f"{name} {value!r}" for name, value in wanted.items())
        return MissingValueError(f"there was no earlier {' or '.join(tools)}{f' for {about}' if about else ''}")
    return found[-1].result


def _value(text: str, scene: Scene) -> Any:
    return evaluate(condition(text), scene)


def _messages(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    speaker = Speaker(settings["by"])
    for position, event in case.places():
        if isinstance(event, Said) and event.speaker is speaker:
            scene = Scene(case.model, case.course, position)
            scene.add("message", message_value(event))
            judged = _judge_scene(scene, settings)
            if judged is not None:
                yield _at(event, *judged)


def _run(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    judged = _judge_scene(Scene(case.model, case.course, len(case.course.events)), settings)
    if judged is not None:
        yield Finding(*judged)


def _order(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    first, same = texts(settings["first"]), texts(settings.get("same"))
    for position, call in case.calls_of(texts(settings["then"])):
        unknown = [name for name in same if name not in call.arguments]
        if unknown:
            yield _at(call, RuleVerdict.UNSCORED, f"{call.tool} has no {unknown[0]} to compare by")
            continue
        wanted = {name: call.arguments[name] for name in same}
        if matching_calls(case.course.events[:position], first, wanted):
            yield _at(call, RuleVerdict.PASSED)
        else:
            about = "".join(f" for {name} {value!r}" for name, value in wanted.items())
            yield _at(call, RuleVerdict.FAILED, f"{call.tool} without an earlier {' or '.join(first)}{about}")


def _must_call(case: Case, settings: Any) -> Iterator[Finding]:
    tools = texts(settings)
    found = matching_calls(case.course.events, tools, {})
    verdict = RuleVerdict.PASSED if found else RuleVerdict.FAILED
    yield Finding(verdict, "" if found else f"{' or '.join(tools)} was never called with success")


def _never_call(case: Case, settings: Any) -> Iterator[Finding]:
    calls = [call for _, call in case.calls_of(texts(settings))]
    yield from (_at(call, RuleVerdict.FAILED, f"{call.tool} was called") for call in calls)
    if not calls:
        yield Finding(RuleVerdict.PASSED)


def _arguments(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    for _, call in case.calls_of(texts(settings["of"])):
        wrong = next(violations(dict(call.arguments), settings["schema"], at=call.tool), "")
        yield _at(call, RuleVerdict.FAILED if wrong else RuleVerdict.PASSED, wrong)


def _answer(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    said = [event for event in case.course.events if isinstance(event, Said) and event.speaker is Speaker.AGENT]
    if not said:
        yield Finding(RuleVerdict.UNSCORED, "the agent said nothing")
        return
    try:
        value = json_answer(said[-1].text)
    except ValueError as error:
        yield _at(said[-1], RuleVerdict.FAILED, f"the answer is no JSON: {error}")
        return
    wrong = next(violations(value, settings["schema"], at="the answer"), "")
    yield _at(said[-1], RuleVerdict.FAILED if wrong else RuleVerdict.PASSED, wrong)


def _claims(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    seen_in = settings.get("seen_in", ["results", "user"])
    seen: list[str] = []
    for _, event in case.places():
        if isinstance(event, Said) and event.speaker is Speaker.AGENT:
            claims = _found(settings["pattern"], event.text)
            known = _comparable("\n".join(seen)) if claims else ""
            yield from (_claim(event, claim, known) for claim in claims)
        else:
            seen.extend(_evidence(event, seen_in))


def _found(pattern: str, text: str) -> list[str]:
    matched = re.finditer(pattern, text[:MAX_SEARCHED])
    return list(dict.fromkeys(match.group(1) if match.groups() else match.group(0) for match in matched))


def _claim(event: Said, claim: str, known: str) -> Finding:
    # Word borders: "12" is not seen because "$1,250" was.
    whole = rf"(?<![\w.]){re.escape(_comparable(claim))}(?![\w]|\.\d)"
    if re.search(whole, known):
        return _at(event, RuleVerdict.PASSED)
    return _at(event, RuleVerdict.FAILED, f"{claim[:QUOTED]!r} was in nothing seen before")


def _comparable(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", text.lower())


def _evidence(event: Event, seen_in: Sequence[str]) -> Iterator[str]:
    if isinstance(event, Called):
        if "results" in seen_in and event.result is not None:
            yield as_text(event.result)
        if "arguments" in seen_in:
            yield as_text(dict(event.arguments))
    elif event.speaker.value in seen_in:
        yield event.text


def _done_claims(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    needs = texts(settings["needs"])
    for position, event in case.places():
        if not (isinstance(event, Said) and event.speaker is Speaker.AGENT):
            continue
        said = re.search(settings["says"], event.text[:MAX_SEARCHED], re.IGNORECASE)
        if said is None:
            continue
        if matching_calls(case.course.events[:position], needs, {}):
            yield _at(event, RuleVerdict.PASSED)
        else:
            detail = f"said {said.group(0)[:QUOTED]!r} without a successful {' or '.join(needs)}"
            yield _at(event, RuleVerdict.FAILED, detail)


def _forbidden_text(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in texts(settings["patterns"])]
    for _, event in case.places():
        if isinstance(event, Called):
            text = as_text(dict(event.arguments))
        elif event.speaker is Speaker.AGENT:
            text = event.text
        else:
            continue
        broken = next((pattern for pattern in patterns if pattern.search(text[:MAX_SEARCHED])), None)
        # The text itself stays out of the detail: what is forbidden to say is not repeated in a report.
        detail = f"holds the forbidden pattern {broken.pattern!r}" if broken else ""
        yield _at(event, RuleVerdict.FAILED if broken else RuleVerdict.PASSED, detail)


def _limits(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    run = Scene(case.model, case.course, len(case.course.events))["run"]
    for name, limit in settings.items():
        if name != "calls_of":
            yield _limit(name, run[name], limit)
    for tool, limit in settings.get("calls_of", {}).items():
        yield _limit(f"calls of {tool}", sum(call.tool == tool for call in case.course.calls), limit)


def _limit(name: str, used: Any, limit: float) -> Finding:
    if isinstance(used, MissingValueError):
        return Finding(RuleVerdict.UNSCORED, str(used))
    if used > limit:
        return Finding(RuleVerdict.FAILED, f"{name}: {used:g}, at most {limit:g} allowed")
    return Finding(RuleVerdict.PASSED)


def _judged(case: Case, settings: Mapping[str, Any]) -> Iterator[Finding]:
    if case.judge is None:
        yield Finding(RuleVerdict.UNSCORED, "judging by a language model is off")
        return
    judgement = case.judge(settings["question"], case.course)
    if judgement.passed is None:
        yield Finding(RuleVerdict.UNSCORED, judgement.reason)
    else:
        yield Finding(RuleVerdict.PASSED if judgement.passed else RuleVerdict.FAILED, judgement.reason)


def _alone(_case: Case, _settings: Mapping[str, Any]) -> Iterable[Finding]:
    """A check over several runs says nothing about one; `across.py` adds its findings."""
    return ()


Check = Callable[[Case, Any], Iterable[Finding]]

CHECKS: Mapping[str, Check] = {
    "calls": _calls,
    "messages": _messages,
    "run": _run,
    "order": _order,
    "must_call": _must_call,
    "never_call": _never_call,
    "arguments": _arguments,
    "answer": _answer,
    "claims": _claims,
    "done_claims": _done_claims,
    "forbidden_text": _forbidden_text,
    "limits": _limits,
    "across_runs": _alone,
    "judged": _judged,
}
