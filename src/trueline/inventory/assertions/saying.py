"""What is said of a result: a code with values, so that a page can say it in its reader's language. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trueline.connections.contract import Phrase

if TYPE_CHECKING:
    from trueline.connections.contract import Hole, Json

Value = str | Phrase | tuple[str, ...]

SENTENCES: dict[str, str] = {
    "answered": "%(sentence)s",
    "no_such_question": "Nobody here can answer the question %(question)s; a newer release of Trueline may.",
    "foreign_parameters": "The question %(question)s does not understand %(foreign)s; correct the standard.",
    "must_be_absent": "It must not be configured, and %(wrong)s configures it.",
    "in_conflict": "%(right)s does what is asked, %(wrong)s says otherwise: %(values)s.",
    "other_value": "%(wrong)s sets it to %(values)s; %(expected)s is asked for.",
    "met_by": "Met by %(right)s.",
    "met_reach_unknown": "Met by %(right)s; the export does not tell whom that reaches.",
    "met_for_some": "%(right)s does what is asked, for the groups it is assigned to only.",
    "met_for_nobody": "%(right)s does what is asked and is assigned to nobody.",
    "absent": "No policy in effect configures it.",
    "only_unassigned": "Only %(wrong)s configures it, and is assigned to nobody.",
    "nowhere": "No policy configures it.",
    "no_such_object": "There is no object of the type %(type)s.",
    "nearest_differs": "No policy has all of it; %(nearest)s is nearest and differs in %(number)s.",
    "not_licensed": "The area %(area)s is not licensed there, so nothing can be configured in it.",
    "partial": "No policy that was read configures it, and the area %(area)s was read in part only.",
    "denied": "No policy that was read configures it, and the area %(area)s could not be read: permission is missing.",
    "unread": "No policy that was read configures it, and the area %(area)s was not read.",
    "truncated": "No policy that was read configures it, and one of the area %(area)s shows only a part of itself.",
}
OTHERS = "%(first)s (and %(more)s more)"
OR = " or "
NAMES = frozenset({"right", "wrong"})
"""Members that hold names of policies, each once and sorted."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence about a result.

    Attributes:
        code: A stable code of `SENTENCES`.
        values: What its places hold: text, a phrase of the provider, or several texts under `right`, `wrong` and
            `values`.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code] % {name: _english(name, value) for name, value in self.values.items()}


def _english(name: str, value: Value) -> str:
    if not isinstance(value, tuple):
        return str(value)
    if name in NAMES:
        return value[0] if len(value) == 1 else OTHERS % {"first": value[0], "more": len(value) - 1}
    return OR.join(value)


def named(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, sorted."""
    return tuple(sorted(set(names)))


def phrase_document(said: Hole) -> Json:
    """A phrase as it is kept: its text and what stands in its holes; plain text stays text."""
    if isinstance(said, Phrase):
        return [said.text, {name: phrase_document(hole) for name, hole in said.holes}]
    return {"all": [phrase_document(one) for one in said]} if isinstance(said, tuple) else said


def kept_phrase(document: Json) -> Hole:
    """The reverse of `phrase_document`."""
    match document:
        case [str() as text, dict() as holes]:
            return Phrase(text, tuple((name, kept_phrase(hole)) for name, hole in holes.items()))
        case {"all": [*several]}:
            return tuple(one for one in map(kept_phrase, several) if not isinstance(one, tuple))
        case _:
            return str(document)
