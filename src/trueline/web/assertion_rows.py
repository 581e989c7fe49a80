"""Rows and the picture of assertions: how many environments meet each, and how each environment stands. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trueline.findings import wording
from trueline.findings.rules import RANK, Severity
from trueline.inventory.assertions.evaluation import UNTOLD, ResultState
from trueline.inventory.assertions.model import Assertion
from trueline.web import assertion_words, words
from trueline.web.heat import MOST_COLUMNS, Cell, Heat, Row
from trueline.web.marks import SEVERITIES, STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trueline.connections.contract import Question
    from trueline.inventory.assertions.keeping import Kept
    from trueline.inventory.assertions.layers import Demand, Effective
    from trueline.inventory.definitions import Definitions

MOST_ROWS = 30
NOT_JUDGED = "not_judged"
ORDER = (
    ResultState.NOT_MET,
    ResultState.CONFLICTING,
    ResultState.MET_PARTLY,
    ResultState.NOT_MEASURED,
    ResultState.NOT_LICENSED,
    ResultState.MET,
)
"""What to look at first."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How one environment stands to a version: its states by assertion, None while it was not held against it."""

    name: str
    slug: str
    states: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class AssertionRow:
    """One assertion with the environments that meet it.

    Attributes:
        shares: How many environments in which state, for a bar.
        worst: The state to look at first, empty while no environment was judged.
    """

    id: str
    title: str
    severity: str
    about: str
    asked: str
    group: str
    met: int
    judged: int
    total: int
    worst: str
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One assertion in one environment."""

    id: str
    title: str
    severity: str
    state: str
    about: str
    asked: str
    group: str
    sentence: str
    kept: Kept


def group_of(demand: Demand, questions: Mapping[str, Question]) -> str:
    """The area that an assertion is about; of a question the first that it needs."""
    if isinstance(demand, Assertion) and demand.question:
        question = questions.get(demand.question)
        return question.areas[0] if question and question.areas else ""
    return demand.area


def rows(
    entries: Sequence[Effective], stands: Sequence[Stand], known: Definitions, questions: Mapping[str, Question]
) -> list[AssertionRow]:
    """Every assertion, those first that the fewest environments meet, then the gravest."""
    found = [_row(one.demand, stands, known, questions) for one in entries]
    return sorted(found, key=lambda one: (_first(one), RANK[Severity(one.severity)], one.title.casefold(), one.id))


def _first(one: AssertionRow) -> tuple[int, float]:
    return ORDER.index(ResultState(one.worst)) if one.worst else len(ORDER), one.met / one.judged if one.judged else 0


def _row(
    demand: Demand, stands: Sequence[Stand], known: Definitions, questions: Mapping[str, Question]
) -> AssertionRow:
    counts = Counter(one.states[demand.id] for one in stands if one.states and demand.id in one.states)
    states = tuple((str(state), counts[state]) for state in ORDER if counts[state])
    return AssertionRow(
        id=demand.id,
        title=words.shipped(demand.title),
        severity=demand.severity,
        about=assertion_words.about(demand, known),
        asked=assertion_words.asked(demand, known, questions),
        group=_group(demand, questions),
        met=counts[ResultState.MET],
        judged=counts.total(),
        total=len(stands),
        worst=states[0][0] if states else "",
        states=states,
    )


def _group(demand: Demand, questions: Mapping[str, Question]) -> str:
    area = group_of(demand, questions)
    return wording.area(area) if area else ""


def result_rows(
    entries: Sequence[Effective],
    results: Mapping[str, Kept],
    known: Definitions,
    questions: Mapping[str, Question],
) -> list[ResultRow]:
    """What one environment came to, what to look at first."""
    found = [
        _result(one.demand, results[one.demand.id], known, questions) for one in entries if one.demand.id in results
    ]
    return sorted(
        found,
        key=lambda one: (ORDER.index(ResultState(one.state)), RANK[Severity(one.severity)], one.title.casefold()),
    )


def _result(demand: Demand, kept: Kept, known: Definitions, questions: Mapping[str, Question]) -> ResultRow:
    asked = assertion_words.asked(demand, known, questions)
    return ResultRow(
        id=demand.id,
        title=words.shipped(demand.title),
        severity=demand.severity,
        state=str(kept.state),
        about=assertion_words.about(demand, known),
        asked=asked,
        group=group_of(demand, questions),
        sentence=assertion_words.said(kept.said, asked),
        kept=kept,
    )


def shares(states: Iterable[str]) -> list[tuple[str, Any, int]]:
    """How many of each state, for a bar; met first."""
    counts = Counter(states)
    return [
        (STATES[state].tone, assertion_words.state(state), counts[state]) for state in reversed(ORDER) if counts[state]
    ]


def heat(
    entries: Sequence[Effective],
    stands: Sequence[Stand],
    questions: Mapping[str, Question],
    cell_url: Callable[[str, str], str],
) -> Heat:
    """The picture: environments by groups of assertions, each cell with how many are met and its gravest failure.

    Args:
        entries: What is asked for.
        stands: Environments that are held to it.
        questions: What the provider can answer.
        cell_url: Address of an environment's results, by its slug, in a group.
    """
    groups = _groups([one.demand for one in entries], questions)
    order = list(groups)
    shown = sorted(stands, key=_urgency)[:MOST_ROWS]
    keys = order[:MOST_COLUMNS]
    drawn = tuple(
        Row(
            one.name,
            cell_url(one.slug, ""),
            tuple(_cell(one, key, groups[key], cell_url(one.slug, key)) for key in keys),
        )
        for one in shown
    )
    return Heat(tuple(group_word(key) for key in keys), drawn, len(stands) - len(shown), len(order) - len(keys))


def _groups(demands: Sequence[Demand], questions: Mapping[str, Question]) -> dict[str, list[Demand]]:
    """By area, in the order of the provider; by severity where all are of one area."""
    areas: dict[str, list[Demand]] = {}
    for one in demands:
        areas.setdefault(group_of(one, questions), []).append(one)
    if len(areas) > 1:
        return {key: areas[key] for key in words.area_order(set(areas))}
    weights = {str(key): [one for one in demands if one.severity == key] for key in Severity}
    return {key: found for key, found in weights.items() if found}


def group_word(key: str) -> str:
    """What a group is called: an area, or a severity."""
    return str(SEVERITIES[key].word) if key in SEVERITIES else wording.area(key)


def _urgency(one: Stand) -> tuple[bool, int, str]:
    states = (one.states or {}).values()
    return one.states is None, -sum(state != ResultState.MET for state in states), one.name


def _cell(stand: Stand, group: str, demands: Sequence[Demand], url: str) -> Cell:
    column = group_word(group)
    if stand.states is None:
        return Cell(column, "unread", "", _("%(area)s: not held against this version yet") % {"area": column}, "")
    found = [(demand, ResultState(stand.states[demand.id])) for demand in demands if demand.id in stand.states]
    failing = [demand for demand, state in found if state is not ResultState.MET and state not in UNTOLD]
    met = sum(state is ResultState.MET for _demand, state in found)
    counted = Counter(state for _demand, state in found)
    said = ", ".join(f"{assertion_words.state(state)} {counted[state]}" for state in ORDER if counted[state])
    if failing:
        tone = str(min((Severity(one.severity) for one in failing), key=lambda one: RANK[one]))
    else:
        tone = "good" if found and met == len(found) else "unread"
    return Cell(column, tone, f"{met}/{len(found)}", f"{column}: {said}", url)
