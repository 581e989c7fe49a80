"""Pictures of numbers over time: what a chart frame draws, and the same numbers for its table. Pure.

A number that nobody knows is None: the line has a gap there, and the table says that it was not measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from trueline.findings.rules import RANK, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TREND_DAYS = 30
_URGENT = {RANK[Severity.CRITICAL], RANK[Severity.HIGH]}


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture.

    Attributes:
        id: Of the element that holds its numbers.
        summary: What it shows in one sentence, for everybody.
        data: What the script draws.
        rows: The same numbers, newest first: a label, then a number or None for each series.
        names: What the numbers are, in the order of the rows.
    """

    id: str
    title: str
    summary: str
    data: dict[str, Any]
    rows: list[tuple[str, list[int | None]]]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one capture changed."""

    label: str
    short: str
    url: str
    opened: int
    cleared: int


def trend(
    now: Mapping[int, int], changes: Mapping[tuple[date, int], int], today: date, first: date | None
) -> Chart | None:
    """Open findings on each of the last days: all, and those of critical and high severity.

    Args:
        now: Open findings at present, by rank of severity.
        changes: By how much each rank changed on each day.
        today: The last day shown.
        first: The first day on which anything was measured; None when nothing was, and then there is no picture.
    """
    if first is None:
        return None
    days = [today - timedelta(days=ago) for ago in range(TREND_DAYS - 1, -1, -1)]
    every = _backwards(days, sum(now.values()), changes, set(RANK.values()), first)
    urgent = _backwards(days, sum(now.get(rank, 0) for rank in _URGENT), changes, _URGENT, first)
    names = [_("All"), _("Critical and high")]
    labels = [date_format(day, "DATE_FORMAT") for day in days]
    data = {
        "kind": "trend",
        "right": 40,
        "unknown": _("not measured"),
        "labels": labels,
        "short": [short_day(day) for day in days],
        "series": [
            {"name": names[0], "tone": "accent", "values": every, "filled": True, "alone": _is_alone(every)},
            {"name": names[1], "tone": "high", "values": urgent, "dashed": True, "alone": _is_alone(urgent)},
        ],
    }
    rows = list(zip(labels, [[one, two] for one, two in zip(every, urgent, strict=True)], strict=True))
    return Chart("trend", _("Open findings, 30 days"), _trend_words(every, urgent), data, rows[::-1], names)


def _is_alone(values: Sequence[int | None]) -> bool:
    """Whether a single number is known: no line can be drawn of it, so it is shown as a point."""
    return sum(one is not None for one in values) == 1


def short_day(day: date) -> str:
    """A day without its year, as the reader writes it."""
    return date_format(day, pgettext("format of a day without its year", "j M"))


def _backwards(
    days: Sequence[date], now: int, changes: Mapping[tuple[date, int], int], ranks: set[int], first: date
) -> list[int | None]:
    """From the present number back, day by day; before the first measurement nothing is known."""
    found: list[int | None] = []
    number = now
    for day in reversed(days):
        found.append(number if day >= first else None)
        number -= sum(change for (at, rank), change in changes.items() if at == day and rank in ranks)
    return found[::-1]


def _trend_words(every: Sequence[int | None], urgent: Sequence[int | None]) -> str:
    known = [one for one in every if one is not None]
    said = ngettext(
        "%(number)s finding is open, %(urgent)s of it critical or high.",
        "%(number)s findings are open, %(urgent)s of them critical or high.",
        known[-1],
    ) % {"number": known[-1], "urgent": urgent[-1]}
    change = known[-1] - known[0]
    if not change or len(known) == 1:
        return said
    more = (
        ngettext("%(number)s more than on the first day shown.", "%(number)s more than on the first day shown.", change)
        if change > 0
        else ngettext(
            "%(number)s less than on the first day shown.", "%(number)s less than on the first day shown.", -change
        )
    )
    return f"{said} {more % {'number': abs(change)}}"


def scores(looks: Sequence[tuple[str, str, float | None]]) -> Chart | None:
    """The score of scans in hundredths, oldest first: moment, day and score; None is a gap and never a zero."""
    values = [None if one is None else round(100 * one) for _moment, _day, one in looks]
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return None
    names, labels = [_("Score, of 100")], [label for label, _day, _score in looks]
    data = {
        "kind": "trend",
        "right": 40,
        "unknown": _("not measured"),
        "labels": labels,
        "short": [short for _moment, short, _score in looks],
        "series": [{"name": names[0], "tone": "accent", "values": values, "filled": True}],
    }
    summary = _("The newest score is %(now)s of 100; the oldest shown is %(then)s.") % {
        "now": known[-1],
        "then": known[0],
    }
    rows: list[tuple[str, list[int | None]]] = [(label, [one]) for label, one in zip(labels, values, strict=True)]
    return Chart("scores", _("Score, scan by scan"), summary, data, rows[::-1], names)


def daily(
    key: str, title: str, days: Sequence[tuple[str, str]], series: Sequence[tuple[str, str, list[int | None]]]
) -> Chart | None:
    """Whole numbers day by day, oldest first; None when nothing is known.

    Args:
        key: Of the element that holds its numbers.
        title: What the numbers are, with their unit.
        days: Each day, and the same without its year.
        series: Name, tone and numbers of each line.
    """
    known = [one for one in series[0][2] if one is not None]
    if not known:
        return None
    names, labels = [name for name, _tone, _values in series], [label for label, _short in days]
    data = {
        "kind": "trend",
        "right": 48,
        "unknown": _("not measured"),
        "labels": labels,
        "short": [short for _label, short in days],
        "series": [
            {"name": name, "tone": tone, "values": values, "filled": not number, "dashed": bool(number)}
            for number, (name, tone, values) in enumerate(series)
        ],
    }
    summary = _("%(now)s on the last day shown; between %(least)s and %(most)s.") % {
        "now": known[-1],
        "least": min(known),
        "most": max(known),
    }
    columns = [values for _name, _tone, values in series]
    rows = list(zip(labels, [list(numbers) for numbers in zip(*columns, strict=True)], strict=True))
    return Chart(key, title, summary, data, rows[::-1], names)


def by_review(place: str, looks: Sequence[tuple[str, str, int, int]]) -> Chart | None:
    """Open findings in each released review, oldest first: moment, day, all, critical and high; None for less than two.

    Args:
        place: What tells its picture from others on the page.
        looks: The reviews.
    """
    if len(looks) < 2:
        return None
    names, labels = [_("All"), _("Critical and high")], [label for label, *_rest in looks]
    every, urgent = [one[2] for one in looks], [one[3] for one in looks]
    data = {
        "kind": "trend",
        "right": 40,
        "unknown": _("not measured"),
        "labels": labels,
        "short": [short for _label, short, *_numbers in looks],
        "series": [
            {"name": names[0], "tone": "accent", "values": every, "filled": True},
            {"name": names[1], "tone": "high", "values": urgent, "dashed": True},
        ],
    }
    summary = _("%(now)s open now, %(urgent)s of them critical or high; %(then)s in the oldest review shown.") % {
        "now": every[-1],
        "urgent": urgent[-1],
        "then": every[0],
    }
    rows: list[tuple[str, list[int | None]]] = [(label, [one, two]) for label, _short, one, two in looks]
    return Chart(f"reviews-{place}", _("Open findings, review by review"), summary, data, rows[::-1], names)


def drift(judged: Sequence[Judged]) -> Chart | None:
    """What each capture of an environment opened and cleared, oldest first; None when none was judged."""
    if not judged:
        return None
    names = [_("Opened or came back"), _("Verified cleared")]
    data = {
        "kind": "bars",
        "unknown": _("not measured"),
        "labels": [one.label for one in judged],
        "short": [one.short for one in judged],
        "urls": [one.url for one in judged],
        "series": [
            {"name": names[0], "tone": "high", "values": [one.opened for one in judged]},
            {"name": names[1], "tone": "good", "values": [-one.cleared for one in judged]},
        ],
    }
    last = judged[-1]
    summary = _("The newest capture opened %(opened)s and cleared %(cleared)s.") % {
        "opened": last.opened,
        "cleared": last.cleared,
    }
    rows: list[tuple[str, list[int | None]]] = [(one.label, [one.opened, one.cleared]) for one in judged]
    return Chart("drift", _("Drift over time"), summary, data, rows[::-1], names)
