"""Rows of the inbox: each item with its case, made from records that are loaded together, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trueline.casework.guidance import environments as places
from trueline.casework.guidance.deliveries import FailedAtHand, failed_case
from trueline.casework.guidance.exceptions import ExceptionAtHand, exception_case
from trueline.casework.guidance.findings import FindingAtHand, finding_case
from trueline.casework.guidance.reviews import ReviewAtHand, review_case, undelivered_case
from trueline.casework.guidance.runs import RunAtHand, run_case
from trueline.casework.rules import Source
from trueline.connections import queries as connections
from trueline.findings import queries as findings
from trueline.findings import wording
from trueline.findings.exceptions import Validity
from trueline.inventory import queries as inventory
from trueline.notices import queries as notices
from trueline.operations import queries as operations
from trueline.reviews import queries as reviews
from trueline.web import words
from trueline.web.guiding import desk
from trueline.web.today import SEVERITY_OF
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from trueline.casework.guidance.contract import Desk, ResolutionAction, ResolutionCase
    from trueline.casework.rules import Item
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_WORST_FIRST = ("denied", "unread", "partial", "not_licensed")


@dataclass(frozen=True, slots=True)
class Row:
    """One item as the page shows it.

    Attributes:
        way: Where the line leads: the first step, or the page on which it is offered; None when the reader has none.
        why: Why it stands where it stands.
        take_refused: Why the reader cannot take it, empty when they can; None for what nobody takes.
    """

    item: Item
    case: ResolutionCase
    way: ResolutionAction | None
    environment: str
    severity: str
    why: str
    take_refused: str | None

    @property
    def again(self) -> ResolutionAction | None:
        """Sending again what was not delivered, where the line is about that."""
        first = self.case.primary_action
        return first if self.item.source is Source.DELIVERY and first.is_executable else None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The records of one page, by id; at most one statement for each kind that is on it."""

    findings: dict[Any, Any]
    exceptions: dict[Any, Any]
    runs: dict[Any, Any]
    connections: dict[Any, Any]
    areas: dict[Any, Any]
    failed: dict[Any, Any]
    reviews: dict[Any, Any]


def rows_of(asked: Asked, items: Iterable[Item], environments: dict[UUID, Environment]) -> list[Row]:
    """The rows of some items; one whose record has gone a moment ago is left out."""
    shown = list(items)
    loaded = _loaded(asked, shown)
    where = desk(asked, "inbox")
    made = [(item, _case(where, item, loaded, environments)) for item in shown]
    return [_row(asked, item, case, environments) for item, case in made if case is not None]


def _row(asked: Asked, item: Item, case: ResolutionCase, environments: dict[UUID, Environment]) -> Row:
    place = environments.get(item.environment_id) if item.environment_id else None
    severity = SEVERITY_OF[item.priority]
    take = words.why_not(asked.scope, Capability.FINDINGS_WORK, item.environment_id)
    name = place.name if place else ""
    return Row(item, case, _way(case), name, severity, why(item), take if _is_free(item) else None)


def _way(case: ResolutionCase) -> ResolutionAction | None:
    """A step that changes something is done where it is explained, so a line leads to a page only."""
    steps = (case.primary_action, *case.secondary_actions)
    return next((one for one in steps if one.url and not one.is_executable and not one.disabled_reason), None)


def _is_free(item: Item) -> bool:
    return item.source is Source.FINDING


def why(item: Item) -> str:
    """Why an item stands where it does, in one sentence."""
    said = {
        Source.FINDING: _("By the severity of the finding, then by the day it is due: %(day)s."),
        Source.MINE: _("By the severity of the finding, then by the day it is due: %(day)s."),
        Source.EXCEPTION: _("By the severity of the finding, then by the day of the decision: %(day)s."),
        Source.RUN: _("What stands still counts as high; waiting since %(day)s."),
        Source.DELIVERY: _("What stands still counts as high; waiting since %(day)s."),
        Source.CONNECTION: _("What stands still counts as high; waiting since %(day)s."),
        Source.REVIEW: _("By how far the review has come; waiting since %(day)s."),
        Source.COVERAGE: _("What can no longer be seen counts as high; waiting since %(day)s."),
        Source.ENVIRONMENT: _("What was never looked at or decided comes last; waiting since %(day)s."),
    }[item.source]
    return said % {"day": words.moment(item.at)}


def _loaded(asked: Asked, items: list[Item]) -> Loaded:
    scope = asked.scope
    about = [one.id for one in items if one.source in {Source.FINDING, Source.MINE}]
    decided = [one for one in items if one.source is Source.EXCEPTION]
    ran = [one.id for one in items if one.source is Source.RUN]
    off = [one.id for one in items if one.source is Source.CONNECTION]
    lost = [one.id for one in items if one.source is Source.COVERAGE]
    unsent = [one.id for one in items if one.source is Source.DELIVERY]
    begun = [one.id for one in items if one.source is Source.REVIEW]
    known = [*about, *(one.ref for one in decided if one.ref is not None)]
    held = [one.id for one in decided if one.kind != "missing"]
    return Loaded(
        {one.pk: one for one in findings.findings(scope).filter(id__in=known)} if known else {},
        {one.pk: one for one in findings.exceptions(scope).filter(id__in=held)} if held else {},
        {one.pk: one for one in operations.runs(scope).filter(id__in=ran)} if ran else {},
        {one.pk: one for one in connections.connections(scope).filter(id__in=off)} if off else {},
        inventory.areas_of(scope, lost) if lost else {},
        {one.destination_id: one for one in notices.failed(scope)} if unsent else {},
        {one.pk: one for one in reviews.reviews(scope).filter(id__in=begun)} if begun else {},
    )


def _case(where: Desk, item: Item, loaded: Loaded, environments: dict[UUID, Environment]) -> ResolutionCase | None:
    made = environments.get(item.environment_id) if item.environment_id else None
    slug = made.slug if made else ""
    place = places.Place(made.pk, made.name, made.slug) if made else None
    match item.source:
        case Source.FINDING | Source.MINE:
            found = loaded.findings.get(item.id)
            return finding_case(where, FindingAtHand(found, words.finding_sentence(found), slug)) if found else None
        case Source.EXCEPTION:
            return _exception(where, item, loaded, slug)
        case Source.RUN:
            run = loaded.runs.get(item.id)
            named = words.run_type(run.run_type) if run else ""
            return run_case(where, RunAtHand(run, named, slug, None, item.kind == "stalled")) if run else None
        case Source.DELIVERY:
            return _failed(where, loaded.failed.get(item.id))
        case Source.REVIEW:
            return _review(where, item, loaded.reviews.get(item.id), place)
        case _:
            return _of_place(where, item, loaded, place) if place else None


def _failed(where: Desk, newest: Any) -> ResolutionCase | None:
    if newest is None:
        return None
    told = FailedAtHand(newest.destination_id, newest.destination.name, newest.number, newest.last_error_code)
    return failed_case(where, told)


def _review(where: Desk, item: Item, found: Any, place: places.Place | None) -> ResolutionCase | None:
    if found is None or place is None:
        return None
    told = (found.pk, place.environment_id, found.title, place.name, place.slug, str(found.state), found.failure)
    case = undelivered_case if item.kind == "undelivered" else review_case
    return case(where, ReviewAtHand(*told))


def _exception(where: Desk, item: Item, loaded: Loaded, slug: str) -> ResolutionCase | None:
    found, held = loaded.findings.get(item.ref), loaded.exceptions.get(item.id)
    if found is None or (held is None and item.kind != "missing"):
        return None
    worth = Validity(item.kind) if held else None
    return exception_case(where, ExceptionAtHand(found, held, worth, words.finding_sentence(found), slug))


def _of_place(where: Desk, item: Item, loaded: Loaded, place: places.Place) -> ResolutionCase | None:
    if item.source is Source.COVERAGE:
        now = {loaded.areas.get(item.id, {}).get(key) for key in item.areas}
        states = {row.coverage if row else "unread" for row in now}
        worst = next((key for key in _WORST_FIRST if key in states), "unread")
        names = [wording.area(key) for key in words.area_order(set(item.areas))]
        return places.coverage_lost_case(where, place, places.Lost(item.id, names, worst))
    if item.source is Source.CONNECTION:
        found = loaded.connections.get(item.id)
        return places.connection_case(where, place, found) if found else None
    if item.kind == "never_captured":
        return places.never_captured_case(where, place)
    return places.no_standard_case(where, place, has_standards=True)
