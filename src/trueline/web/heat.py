"""The picture of the first page: environments by areas, each cell with its worst severity. Pure.

Hatched is what was not read, a dash what nobody asked about: no standard, or an area that the environment has none of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.web.marks import SEVERITIES
from trueline.web.today import COMPLETE, SEVERITY_OF, AreaState, Situation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_ROWS = 12
MOST_COLUMNS = 8
MOST_BLIND_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One area of one environment; `label` is the whole sentence for those who do not see the colour."""

    column: str
    tone: str
    text: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One environment."""

    label: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The picture.

    Attributes:
        more_rows: Environments that are not shown, because others have more open.
        more_columns: Areas that are not shown, because others have more open, or nothing is open in them.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more_rows: int
    more_columns: int


def heat(
    situations: Sequence[Situation],
    labels: Mapping[str, str],
    environment_url: Callable[[str], str],
    findings_url: Callable[[str, str], str],
) -> Heat:
    """Draw the picture.

    Args:
        situations: Every environment in reach.
        labels: Areas in the order to show them, with their names.
        environment_url: Address of an environment, by its slug.
        findings_url: Address of the findings of an environment, by its slug, in an area.
    """
    shown = sorted(situations, key=urgency)[:MOST_ROWS]
    keys = _columns(shown, labels)
    chosen = keys[:MOST_COLUMNS]
    return Heat(
        tuple(labels[key] for key in chosen),
        tuple(_row(one, chosen, labels, environment_url, findings_url) for one in shown),
        len(situations) - len(shown),
        len(keys) - len(chosen),
    )


def urgency(one: Situation) -> tuple[int, int, bool, str]:
    """What comes first in the picture: the worst finding, the most of them, then what was not read."""
    return one.worst_rank, -one.open, not one.is_blind, one.name


def _columns(shown: Sequence[Situation], labels: Mapping[str, str]) -> list[str]:
    """Areas, those to show first: where something is open, the worst first, then what was not read, then the rest.

    Some columns are kept for what was not read, however much is open: a picture without it would look complete.
    """
    states = {key: [one.areas[key] for one in shown if key in one.areas] for key in labels}
    found = sorted((key for key in labels if any(one.open for one in states[key])), key=lambda key: _worst(states[key]))
    blind = sorted(
        (key for key in labels if key not in found and any(one.coverage != COMPLETE for one in states[key])),
        key=lambda key: all(one.coverage == "unread" for one in states[key]),
    )
    kept = min(len(blind), MOST_BLIND_COLUMNS)
    first = [*found[: MOST_COLUMNS - kept], *blind][:MOST_COLUMNS]
    rest = [key for key in labels if states[key] and key not in first]
    chosen = [*first, *(key for key in rest if key not in blind and key not in found)][:MOST_COLUMNS]
    ordered = [key for key in labels if key in chosen]
    return [*ordered, *(key for key in rest if key not in chosen)]


def _worst(states: Sequence[AreaState]) -> tuple[int, int]:
    return min(one.worst_rank for one in states if one.open), -sum(one.open for one in states)


def _row(
    one: Situation,
    keys: Sequence[str],
    labels: Mapping[str, str],
    environment_url: Callable[[str], str],
    findings_url: Callable[[str, str], str],
) -> Row:
    cells = [_cell(one, labels[key], one.areas.get(key), findings_url(one.slug, key)) for key in keys]
    return Row(one.name, environment_url(one.slug), tuple(cells))


def _cell(one: Situation, column: str, state: AreaState | None, url: str) -> Cell:
    if one.captured_at is None:
        return Cell(column, "unread", "", _("%(area)s: nothing was captured yet") % {"area": column}, "")
    if state is None:
        return Cell(column, "", "", _("%(area)s: not part of this environment") % {"area": column}, "")
    if state.open:
        severity = SEVERITY_OF[state.worst_rank]
        said = ngettext(
            "%(area)s: %(number)s open, %(worst)s", "%(area)s: %(number)s open, the worst %(worst)s", state.open
        )
        values = {"area": column, "number": state.open, "worst": SEVERITIES[severity].word}
        return Cell(column, severity, str(state.open), said % values, url)
    if state.coverage != COMPLETE:
        return Cell(column, "unread", "", _("%(area)s: not read completely") % {"area": column}, "")
    if not one.is_held:
        return Cell(column, "", "", _("%(area)s: read, and held to no standard") % {"area": column}, "")
    return Cell(column, "good", "", _("%(area)s: meets the standard") % {"area": column}, "")
