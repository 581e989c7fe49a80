"""What an assertion asks for, and what is said of how an environment meets it, in the reader's language. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, gettext_lazy, pgettext

from trueline.connections.contract import Phrase, Reach
from trueline.findings import wording
from trueline.inventory.assertions.evaluation import ResultState
from trueline.inventory.assertions.layers import Effect
from trueline.inventory.assertions.model import Assertion, Operator, Template
from trueline.inventory.assertions.saying import NAMES, Said, kept_phrase
from trueline.inventory.assertions.upgrade import Author, Verdict
from trueline.web import setting_words
from trueline.web.marks import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from trueline.connections.contract import Hole, Question
    from trueline.inventory.assertions.layers import Demand
    from trueline.inventory.assertions.saying import Value
    from trueline.inventory.assertions.upgrade import Item
    from trueline.inventory.definitions import Definitions

SENTENCES: dict[str, StrOrPromise] = {
    "answered": "%(sentence)s",
    "no_such_question": gettext_lazy(
        "Nobody here can answer the question %(question)s; a newer release of Trueline may."
    ),
    "foreign_parameters": gettext_lazy(
        "The question %(question)s does not understand %(foreign)s; correct the standard."
    ),
    "must_be_absent": gettext_lazy("It must not be configured, and %(wrong)s configures it."),
    "in_conflict": gettext_lazy("%(right)s does what is asked, %(wrong)s says otherwise: %(values)s."),
    "other_value": gettext_lazy("%(wrong)s sets it to %(values)s; %(expected)s is asked for."),
    "met_by": gettext_lazy("Met by %(right)s."),
    "met_reach_unknown": gettext_lazy("Met by %(right)s; the export does not tell whom that reaches."),
    "met_for_some": gettext_lazy("%(right)s does what is asked, for the groups it is assigned to only."),
    "met_for_nobody": gettext_lazy("%(right)s does what is asked and is assigned to nobody."),
    "absent": gettext_lazy("No policy in effect configures it."),
    "only_unassigned": gettext_lazy("Only %(wrong)s configures it, and is assigned to nobody."),
    "nowhere": gettext_lazy("No policy configures it."),
    "no_such_object": gettext_lazy("There is no object of the type %(type)s."),
    "nearest_differs": gettext_lazy("No policy has all of it; %(nearest)s is nearest and differs in %(number)s."),
    "not_licensed": gettext_lazy("The area %(area)s is not licensed there, so nothing can be configured in it."),
    "partial": gettext_lazy("No policy that was read configures it, and the area %(area)s was read in part only."),
    "denied": gettext_lazy(
        "No policy that was read configures it, and the area %(area)s could not be read: permission is missing."
    ),
    "unread": gettext_lazy("No policy that was read configures it, and the area %(area)s was not read."),
    "truncated": gettext_lazy(
        "No policy that was read configures it, and one of the area %(area)s shows only a part of itself."
    ),
}
"""The sentences of `inventory.assertions.saying`, word for word; a test holds the two together."""

_ASKED: dict[Operator, StrOrPromise] = {
    Operator.ONE_OF: gettext_lazy("one of %(value)s"),
    Operator.AT_LEAST: gettext_lazy("at least %(value)s"),
    Operator.AT_MOST: gettext_lazy("at most %(value)s"),
    Operator.CONTAINS: gettext_lazy("contains %(value)s"),
    Operator.ABSENT: gettext_lazy("not configured"),
    Operator.ANY: gettext_lazy("any value"),
}
_REACH: dict[str, StrOrPromise] = {
    Reach.ALL: gettext_lazy("%(value)s, for everybody"),
    Reach.PART: gettext_lazy("%(value)s, for a part only"),
    Reach.NOBODY: gettext_lazy("%(value)s, assigned to nobody"),
}
REACHES: dict[Reach, StrOrPromise] = {
    Reach.ALL: gettext_lazy("reaches everybody"),
    Reach.PART: gettext_lazy("reaches a part only"),
    Reach.NOBODY: gettext_lazy("is assigned to nobody"),
    Reach.UNKNOWN: gettext_lazy("nobody told whom it reaches"),
}
EFFECTS: dict[Effect, StrOrPromise] = {
    Effect.NARROWED: gettext_lazy("Narrowed"),
    Effect.OVERRIDDEN: gettext_lazy("Overridden"),
    Effect.RELABELLED: gettext_lazy("Words or weight changed"),
    Effect.DROPPED: gettext_lazy("Dropped"),
}
AUTHORS: dict[Author, StrOrPromise] = {
    Author.ADDED: gettext_lazy("The author added it"),
    Author.REMOVED: gettext_lazy("The author took it out"),
    Author.NARROWED: gettext_lazy("The author asks for more of the same"),
    Author.CHANGED: gettext_lazy("The author asks for something else"),
    Author.RELABELLED: gettext_lazy("The author changed words or weight"),
    Author.UNCHANGED: gettext_lazy("The author changed nothing"),
}
AUTHORS_BELOW: dict[Author, StrOrPromise] = {
    Author.ADDED: gettext_lazy("Added to what it stands on"),
    Author.REMOVED: gettext_lazy("Taken out of what it stands on"),
    Author.NARROWED: gettext_lazy("What it stands on asks for more of the same"),
    Author.CHANGED: gettext_lazy("What it stands on asks for something else"),
    Author.RELABELLED: gettext_lazy("What it stands on changed words or weight"),
    Author.UNCHANGED: gettext_lazy("What it stands on came to say the same"),
}
VERDICTS: dict[Verdict, StrOrPromise] = {
    Verdict.ADOPT: gettext_lazy("the environment does it already"),
    Verdict.CHANGE: gettext_lazy("the environment has to be changed"),
    Verdict.COLLIDES: gettext_lazy("the environment went another way"),
    Verdict.KEEP: gettext_lazy("the environment departs from it as before"),
    Verdict.RELEASE: gettext_lazy("what the environment does may stay or go"),
    Verdict.UNKNOWN: gettext_lazy("too little was read to tell"),
}


def said(told: Said, asked: str = "") -> str:
    """A sentence about a result.

    Args:
        told: What is to be said.
        asked: What was asked for, in the reader's words.
    """
    values = {name: _value(name, value) for name, value in told.values.items()}
    if "expected" in values and asked:
        values["expected"] = asked
    if "area" in values:
        values["area"] = wording.area(values["area"])
    return str(SENTENCES[told.code]) % values


def provider(said: Hole) -> str:
    """What a provider says; text without a template stands as it is."""
    if isinstance(said, tuple):
        return ", ".join(map(provider, said))
    return said.in_words(gettext) if isinstance(said, Phrase) else said


def _value(name: str, value: Value) -> str:
    if not isinstance(value, tuple):
        return provider(value)
    if name not in NAMES:
        return pgettext("between values", " or ").join(value)
    if len(value) == 1:
        return value[0]
    return gettext("%(first)s (and %(more)s more)") % {"first": value[0], "more": len(value) - 1}


def asked(demand: Demand, known: Definitions, questions: Mapping[str, Question]) -> str:
    """What an assertion asks for."""
    if isinstance(demand, Template):
        return _whole(len(demand.settings))
    if demand.question:
        return question(demand.question, questions)
    return _asked(demand.operator, demand.value, demand.setting, known)


def question(key: str, questions: Mapping[str, Question]) -> str:
    """What a question asks, its key when nobody here can answer it."""
    return gettext(questions[key].title) if key in questions else key


def expected(value: Mapping[str, Any], setting: str, known: Definitions, questions: Mapping[str, Question]) -> str:
    """What a finding's standard asked for, as the finding keeps it."""
    if "question" in value:
        return question(value["question"], questions)
    if "operator" in value:
        return _asked(Operator(value["operator"]), value["value"], setting, known)
    return _whole(value.get("settings", 0))


def observed(value: Mapping[str, Any], setting: str, known: Definitions) -> str:
    """What a finding's capture showed, as the finding keeps it, one thing a line; empty when nothing was there."""
    lines = [_reached(each, reach, setting, known) for each, reach in value.get("values", ()) if each != "none"]
    left_out = [gettext("Left out: %(who)s") % {"who": who} for who in value.get("left_out", ())]
    gaps = [provider(kept_phrase(each)) for each in value.get("gaps", ())]
    return "\n".join([*lines, *gaps, *left_out])


def _reached(value: str, reach: str, setting: str, known: Definitions) -> str:
    named = setting_words.value_words(setting, value, known)
    return str(_REACH[reach]) % {"value": named} if reach in _REACH else named


def _asked(operator: Operator, value: Any, setting: str, known: Definitions) -> str:
    several = value if isinstance(value, list) else [value]
    shown = {"value": ", ".join(_spoken(setting, one, known) for one in several)}
    return str(_ASKED[operator]) % shown if operator in _ASKED else shown["value"]


def _spoken(setting: str, value: Any, known: Definitions) -> str:
    several: Iterable[Any] = value if isinstance(value, list) else [value]
    return " + ".join(setting_words.value_words(setting, one, known) for one in several)


def _whole(number: int) -> str:
    return gettext("a policy with %(number)s settings") % {"number": number}


def about(demand: Demand, known: Definitions) -> str:
    """The setting that an assertion is about, by its name; empty for any other, and while nobody told a name."""
    setting = demand.setting if isinstance(demand, Assertion) else ""
    return known.name(setting) if setting and known.knows(setting) else ""


def author(item: Item) -> str:
    """What the author did; of what a layer stands on it is that one's author."""
    return str((AUTHORS if item.below is None else AUTHORS_BELOW)[item.author])


def verdict(item: Item) -> str:
    """What a piece of a plan means for an environment."""
    if item.below and item.below.override:
        return gettext("this layer has its own word on it; to take the change is to give that up")
    if item.verdict is Verdict.KEEP and item.becomes and item.becomes.state is ResultState.MET_PARTLY:
        return gettext("the environment does it in part, as before")
    return str(VERDICTS[item.verdict])


def state(key: str) -> str:
    """How an environment stands to an assertion."""
    return pgettext("assertion", "Not licensed") if key == ResultState.NOT_LICENSED else str(STATES[key].word)


def reach(key: str) -> str:
    """Whom a policy reaches."""
    return str(REACHES[Reach(key)])


def effect(key: str) -> str:
    """What a layer did to an assertion."""
    return str(EFFECTS[Effect(key)])
