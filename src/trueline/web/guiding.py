"""Cases for pages: the desk of whoever asks, and the records that a page has loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trueline.casework.guidance import environments as places
from trueline.casework.guidance.contract import Desk
from trueline.casework.guidance.findings import FindingAtHand, finding_case
from trueline.casework.guidance.runs import RunAtHand, run_case
from trueline.findings import wording
from trueline.kit import clock
from trueline.web import words
from trueline.web.pages import url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.casework.guidance.contract import ResolutionCase
    from trueline.connections.models import Connection
    from trueline.findings.models import Finding
    from trueline.inventory.models import Snapshot
    from trueline.operations.models import OperationRun
    from trueline.web.asked import Asked
    from trueline.web.today import Situation, Step
    from trueline.workspaces.models import Environment


@dataclass(frozen=True, slots=True)
class AgentsAtHand:
    """A system of agents as its page has loaded it.

    Attributes:
        has_sent: Whether a trace of it is known.
        is_scanned: Whether there is a scan.
        worst: Its worst open finding.
        unconfirmed: Parts of its graph that nobody has confirmed.
    """

    environment: Environment
    has_sent: bool
    is_scanned: bool
    worst: Finding | None
    unconfirmed: int


def desk(asked: Asked, surface: str) -> Desk:
    """The desk of a page: its addresses, and why this reader may not do something."""
    return Desk(
        asked.scope,
        surface,
        lambda name, *parts: url(asked, name, *parts),
        lambda capability, environment_id: words.why_not(asked.scope, capability, environment_id),
        clock.now(),
    )


def case_of_run(
    asked: Asked, run: OperationRun, environment: Environment | None, snapshot: Snapshot | None
) -> ResolutionCase:
    """What a run asks for, on its own page."""
    slug, captured = environment.slug if environment else "", snapshot.pk if snapshot else None
    named = words.run_type(run.run_type)
    return run_case(desk(asked, "run"), RunAtHand(run, named, slug, captured, run.is_stalled))


def case_of_environment(
    asked: Asked, place: places.Place, connection: Connection | None, *, is_captured: bool, is_held: bool
) -> ResolutionCase | None:
    """What an environment lacks before anything else can be said of it; None when it lacks nothing."""
    where = desk(asked, "environment")
    if connection is not None and connection.disabled_at is not None:
        return places.connection_case(where, place, connection)
    if not is_captured:
        return places.never_captured_case(where, place)
    return None if is_held else places.no_standard_case(where, place, has_standards=True)


def case_of_agents(asked: Asked, found: AgentsAtHand) -> ResolutionCase:
    """What a system of agents asks for first, on its own page."""
    where = desk(asked, "environment")
    place = places.Place(found.environment.pk, found.environment.name, found.environment.slug)
    if not found.is_scanned:
        return places.never_scanned_case(where, place) if found.has_sent else places.never_sent_case(where, place)
    if found.worst is not None:
        sentence = words.finding_sentence(found.worst)
        return finding_case(where, FindingAtHand(found.worst, sentence, found.environment.slug))
    if found.unconfirmed:
        return places.unconfirmed_case(where, place, found.unconfirmed)
    return places.agents_well_case(where, place)


def case_of_today(
    asked: Asked, step: Step, found: Sequence[Situation], worst: Finding | None, environments: dict[Any, Environment]
) -> ResolutionCase:
    """The one thing to do next, on the first page."""
    where = desk(asked, "home")
    if step.code == "finding" and worst is not None:
        at = environments.get(worst.environment_id)
        slug = at.slug if at else ""
        return finding_case(where, FindingAtHand(worst, words.finding_sentence(worst), slug))
    place = _place(step, found, environments)
    if place is None:
        return places.no_environment_case(where)
    if step.code == "coverage":
        missing = next((one.unread for one in found if one.slug == place.slug), ())
        return places.unread_case(where, place, [wording.area(key) for key in words.area_order(set(missing))])
    if step.code in {"standard", "hold"}:
        return places.no_standard_case(where, place, has_standards=step.code == "hold")
    return _PLAIN.get(step.code, places.all_read_case)(where, place)


_PLAIN = {
    "upload": places.never_captured_case,
    "send": places.never_sent_case,
    "scan": places.never_scanned_case,
    "scan_again": places.agents_well_case,
}


def _place(step: Step, found: Sequence[Situation], environments: dict[Any, Environment]) -> places.Place | None:
    """The environment that a step is about; for one about none, the first that was captured."""
    slug = step.slug or next((one.slug for one in found if one.captured_at), "")
    made = next((one for one in environments.values() if one.slug == slug), None)
    return places.Place(made.pk, made.name, made.slug) if made else None
