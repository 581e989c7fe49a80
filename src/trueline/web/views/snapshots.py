"""Captures: one of them, one of its objects, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from trueline.evidence import queries as evidence
from trueline.findings import wording
from trueline.inventory import queries as inventory
from trueline.inventory.vocabulary import definitions
from trueline.kit.scope import NotVisible
from trueline.web import differences, setting_words, words
from trueline.web.doors import workspace_page
from trueline.web.marks import STATES
from trueline.web.pages import page, url
from trueline.web.views.audit import events_url
from trueline.web.views.environments import areas_by_reading, frame, looked_at, objects_of, shares_of_areas
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.inventory.compare import Comparison
    from trueline.inventory.definitions import Definitions
    from trueline.inventory.models import BaselineVersion, Snapshot
    from trueline.inventory.rows import ItemRow
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ROWS = 25
_MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: a standard's version or an older capture on the left, a capture on the right."""

    version: BaselineVersion | None
    left: Snapshot | None
    right: Snapshot


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def snapshot(asked: Asked, environment: str, snapshot_id: UUID) -> HttpResponse:
    """One capture: how much was read, and its objects."""
    found = access.environment_in_any_state(asked.scope, environment)
    shown = snapshot_of(asked, found, snapshot_id)
    asked.scope.require(Capability.WORKSPACE_VIEW, found.pk)
    rows = list(inventory.areas(asked.scope, shown.pk))
    gaps = list(inventory.gaps(asked.scope, shown.pk)[:200])
    context = {
        **objects_of(asked, shown),
        "all_areas": areas_by_reading(rows),
        "shares": shares_of_areas(rows),
        "unread": [gap for gap in gaps if not gap.is_warning],
        "warnings": [gap for gap in gaps if gap.is_warning],
        "standard_reason": words.why_not(asked.scope, Capability.BASELINES_MANAGE, found.pk),
        "events_url": events_url(asked, "snapshot", shown.pk),
    }
    title = _("Capture of %(time)s") % {"time": _time(shown)}
    return page(asked, "snapshot.html", title, context, crumbs=_crumbs(asked, found), environment=found)


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def snapshot_object(asked: Asked, environment: str, item_id: UUID) -> HttpResponse:
    """One object as it was captured: its parts to read, the evidence behind."""
    found = access.environment_in_any_state(asked.scope, environment)
    item = inventory.item(asked.scope, item_id)
    shown = snapshot_of(asked, found, item.snapshot_id)
    asked.scope.require(Capability.WORKSPACE_VIEW, found.pk)
    documents = evidence.documents(asked.scope, [item.content_digest, item.raw_digest])
    content = documents.get(item.content_digest)
    facets = content["facets"] if content else {}
    raw = documents.get(item.raw_digest)
    known = definitions(asked.scope)
    context = {
        "item": item,
        "snapshot": shown,
        "facets": [(wording.facet(key), _values(key, facets[key], known)) for key in wording.FACETS if facets.get(key)],
        "raw": words.value_text(raw) if raw is not None else None,
    }
    crumbs = [*_crumbs(asked, found), (_("Objects"), url(asked, "environment_objects", found.slug))]
    return page(asked, "snapshot_object.html", item.name or item.source_path, context, crumbs=crumbs, environment=found)


def _values(facet: str, flat: dict[str, Any], known: Definitions) -> list[tuple[str, str, str, bool]]:
    """The values of one part: what each is called, its path, the value in words, and whether its id gave the name."""
    found = []
    for path, value in sorted(flat.items()):
        key = words.setting_key(facet, path)
        name = known.name(key) if key else path
        found.append((name, path, setting_words.value_words(key, value, known), bool(key) and not known.knows(key)))
    return found


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def compared(asked: Asked, environment: str) -> HttpResponse:
    """The newest capture beside its standard, or any two that were chosen."""
    found = looked_at(asked, environment)
    history = list(inventory.snapshots(asked.scope, found.pk)[:_MOST_CHOICES])
    standards = [one for one in inventory.standards_of(asked.scope, found.pk) if one.snapshot_id]
    sides = _sides(asked, found, history, standards)
    context = {
        **frame(asked, found, "environment_differences"),
        "has_captures": bool(history),
        "choices_left": _choices_left(history, standards),
        "choices_right": [(str(one.pk), _time(one)) for one in history],
    }
    if sides is not None:
        context |= _comparison(asked, found, sides)
    return page(
        asked,
        "environment_differences.html",
        found.name,
        context,
        crumbs=[(_("Environments"), url(asked, "environments"))],
        environment=found,
    )


def snapshot_of(asked: Asked, environment: Environment, snapshot_id: UUID) -> Snapshot:
    """A capture of that environment and no other. Raises `NotVisible`."""
    found = inventory.snapshot(asked.scope, snapshot_id)
    if found.environment_id != environment.pk:
        raise NotVisible
    return found


def _sides(
    asked: Asked, environment: Environment, history: list[Snapshot], standards: list[BaselineVersion]
) -> _Sides | None:
    """What the address asks for; without a wish the newest capture and its standard, else the capture before."""
    if not history:
        return None
    chosen = asked.request.GET.get("right", "")
    right = snapshot_of(asked, environment, _uuid(chosen)) if chosen else history[0]
    standard = asked.request.GET.get("standard", "")
    left = asked.request.GET.get("left", "")
    if left.startswith("standard-"):
        standard, left = left.removeprefix("standard-"), ""
    if standard:
        version = next((one for one in standards if str(one.profile_id) == standard), None)
        if version is None:
            raise NotVisible
        return _Sides(version, None, right)
    if left:
        return _Sides(None, snapshot_of(asked, environment, _uuid(left)), right)
    if standards:
        return _Sides(standards[0], None, right)
    older = [one for one in history if one.pk != right.pk]
    return _Sides(None, older[0], right) if older else None


def _comparison(asked: Asked, environment: Environment, sides: _Sides) -> dict[str, Any]:
    comparison = _compared(asked, sides)
    counts = differences.counts(comparison)
    outcome = asked.request.GET.get("outcome", "")
    if outcome not in counts:
        outcome = next((key for key in counts if counts[key]), "equal")
    start = _number(asked.request.GET.get("from", ""))
    return {
        "sides": sides,
        "left_title": _left_title(sides),
        "right_title": _time(sides.right),
        "chosen_left": f"standard-{sides.version.profile_id}"
        if sides.version
        else str(sides.left.pk if sides.left else ""),
        "chosen_right": str(sides.right.pk),
        "tabs_of_outcomes": _outcome_tabs(asked, counts, outcome, sides),
        "shares": [(STATES[key].tone, _outcome_word(key, sides), number) for key, number in counts.items()],
        "lines": differences.lines(
            comparison,
            outcome,
            lambda item: _object_url(asked, environment, item),
            definitions(asked.scope),
            start=start,
            rows=_ROWS,
        ),
        "outcome": outcome,
        "previous_url": _page_url(asked, max(0, start - _ROWS)) if start else "",
        "next_url": _page_url(asked, start + _ROWS) if start + _ROWS < counts[outcome] else "",
    }


def _compared(asked: Asked, sides: _Sides) -> Comparison[ItemRow]:
    if sides.version is not None:
        return inventory.compared_with_standard(asked.scope, sides.version, sides.right.pk)
    assert sides.left is not None
    return inventory.compared(asked.scope, sides.left.pk, sides.right.pk)


def _outcome_tabs(asked: Asked, counts: dict[str, int], outcome: str, sides: _Sides) -> list[dict[str, Any]]:
    return [
        {
            "label": _outcome_word(key, sides),
            "url": _outcome_url(asked, key),
            "current": key == outcome,
            "count": number,
        }
        for key, number in counts.items()
    ]


def _outcome_word(key: str, sides: _Sides) -> Any:
    if sides.version is None and key in ("only_left", "only_right"):
        return _("Only in the earlier one") if key == "only_left" else _("Only in the later one")
    return STATES[key].word


def _outcome_url(asked: Asked, outcome: str) -> str:
    query = asked.request.GET.copy()
    query.pop("from", None)
    query["outcome"] = outcome
    return f"{asked.request.path}?{query.urlencode()}"


def _page_url(asked: Asked, start: int) -> str:
    query = asked.request.GET.copy()
    query["from"] = str(start)
    return f"{asked.request.path}?{query.urlencode()}"


def _choices_left(history: list[Snapshot], standards: list[BaselineVersion]) -> list[tuple[str, str]]:
    held = [
        (f"standard-{one.profile_id}", _("Standard %(name)s") % {"name": words.shipped(one.profile.name)})
        for one in standards
    ]
    return [*held, *((str(one.pk), _time(one)) for one in history)]


def _left_title(sides: _Sides) -> str:
    if sides.version is None:
        assert sides.left is not None
        return _time(sides.left)
    values = {"name": words.shipped(sides.version.profile.name), "number": sides.version.number}
    return _("%(name)s, version %(number)s") % values


def _object_url(asked: Asked, environment: Environment, item: ItemRow) -> str:
    return url(asked, "snapshot_object", environment.slug, item.id)


def _time(shown: Snapshot) -> str:
    return words.moment(shown.observed_at)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotVisible from error


def _number(text: str) -> int:
    return min(int(text), 10**9) if text.isascii() and text.isdigit() else 0


def _crumbs(asked: Asked, environment: Environment) -> list[tuple[Any, str]]:
    return [
        (_("Environments"), url(asked, "environments")),
        (environment.name, url(asked, "environment", environment.slug)),
    ]
