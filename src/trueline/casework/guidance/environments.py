"""Cases of environments: nothing captured, coverage lost, no standard, a connection that is not ready. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.casework.guidance import steps
from trueline.casework.guidance.contract import (
    CaseStatus,
    Desk,
    ResolutionAction,
    ResolutionCase,
    TechnicalDetails,
    others,
)
from trueline.casework.guidance.reasons import explain
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.connections.models import Connection

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """An environment that is loaded.

    Attributes:
        upload_refused: Why this reader cannot hand over an export of it, beyond the lack of a capability.
    """

    environment_id: UUID
    name: str
    slug: str
    upload_refused: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Areas of an environment that an earlier capture read completely and the newest did not.

    Attributes:
        snapshot_id: The newest capture.
        areas: What they are called.
        coverage: How far the worst of them was read now: `denied`, `not_licensed`, `partial` or `unread`.
    """

    snapshot_id: UUID
    areas: Sequence[str]
    coverage: str


@dataclass(frozen=True, slots=True)
class _Said:
    """The part of a case that differs."""

    key: str
    severity: str
    title: str
    reason: str
    impact: str
    primary: ResolutionAction
    evidence: str = ""
    code: str = ""
    status: CaseStatus = CaseStatus.ACTION_REQUIRED


def _case(desk: Desk, place: Place, said: _Said, *more: ResolutionAction) -> ResolutionCase:
    look = () if desk.surface == "environment" else (steps.environment(desk, place.slug),)
    return ResolutionCase(
        key=f"{said.key}:{place.environment_id}",
        scope=desk.about(place.environment_id),
        severity=said.severity,
        status=said.status,
        title=said.title % {"environment": place.name},
        reason=said.reason,
        impact=said.impact,
        primary_action=said.primary,
        secondary_actions=others(said.primary, [*more, *look]),
        source_refs=(f"environment:{place.environment_id}",),
        evidence_refs=(said.evidence,) if said.evidence else (),
        technical_details=TechnicalDetails(code=said.code),
    )


def _upload(desk: Desk, place: Place, label: str = "") -> ResolutionAction:
    action = steps.upload(desk, place.slug, place.environment_id, label)
    return replace(action, disabled_reason=action.disabled_reason or place.upload_refused)


def no_environment_case(desk: Desk) -> ResolutionCase:
    """A workspace without any environment."""
    need = (Capability.ENVIRONMENTS_MANAGE, None)
    primary = steps.link(desk, "environment_new", _("Add an environment"), desk.address("environment_new"), need)
    return ResolutionCase(
        key=f"no_environment:{desk.scope.workspace_id}",
        scope=desk.about(None),
        severity="info",
        status=CaseStatus.ACTION_REQUIRED,
        title=_("No environment yet"),
        reason=_("An environment is one tenant or one system of agents that you answer for."),
        impact=_("Until there is one, Trueline has nothing to look at."),
        primary_action=primary,
        source_refs=(f"workspace:{desk.scope.workspace_id}",),
    )


def never_captured_case(desk: Desk, place: Place) -> ResolutionCase:
    """An environment of which nothing was ever read."""
    primary = _upload(desk, place)
    said = _Said(
        "never_captured",
        "medium",
        _("Nothing was captured of %(environment)s yet"),
        _("No export of it has been read."),
        _("So nothing can be said: neither that all is well, nor that anything is wrong."),
        primary,
    )
    return _case(desk, place, said)


def no_standard_case(desk: Desk, place: Place, *, has_standards: bool) -> ResolutionCase:
    """An environment that was captured and is held to nothing."""
    primary = steps.standards(desk, place.environment_id)
    if not has_standards:
        url = desk.address("environment_captures", place.slug)
        need = (Capability.BASELINES_MANAGE, place.environment_id)
        primary = steps.link(desk, "standard", _("Make a capture the standard"), url, need)
    said = _Said(
        "no_standard",
        "low",
        _("%(environment)s is held to no standard"),
        _("Nobody has decided how it should be."),
        _("Without a standard there is nothing to find, and a change goes unnoticed."),
        primary,
    )
    return _case(desk, place, said)


def coverage_lost_case(desk: Desk, place: Place, lost: Lost) -> ResolutionCase:
    """Areas that could be read before and cannot be read now."""
    reason = explain(f"area_{lost.coverage}")
    url = desk.address("snapshot", place.slug, lost.snapshot_id)
    need = (Capability.WORKSPACE_VIEW, place.environment_id)
    look = steps.link(desk, "coverage", _("See what was not read"), url, need)
    title = ngettext(
        "%(number)s area of %(environment)s is not read any more",
        "%(number)s areas of %(environment)s are not read any more",
        len(lost.areas),
    )
    said = _Said(
        "coverage_lost",
        "high",
        title % {"number": len(lost.areas), "environment": "%(environment)s"},
        " ".join(str(part) for part in (_named(lost.areas), reason.cause, reason.next_step)),
        _("Findings there are neither confirmed nor cleared. What is not read is not counted as good."),
        look,
        f"snapshot:{lost.snapshot_id}",
        reason.code,
    )
    return _case(desk, place, said, _upload(desk, place, _("Upload a newer export")))


def _named(areas: Sequence[str]) -> str:
    shown, more = ", ".join(areas[:_NAMED]), len(areas) - _NAMED
    if more > 0:
        return _("Read before, and not now: %(names)s and %(number)s more.") % {"names": shown, "number": more}
    return _("Read before, and not now: %(names)s.") % {"names": shown}


def connection_case(desk: Desk, place: Place, connection: Connection | None) -> ResolutionCase:
    """A connection that is missing, switched off, or ready."""
    upload = _upload(desk, place)
    if connection is None:
        title, reason, severity = _("%(environment)s is not connected"), _("No export of it has been read."), "medium"
    elif connection.disabled_at is not None:
        known = explain("connection_disabled")
        title, severity = _("The connection of %(environment)s is switched off"), "high"
        reason = " ".join(str(part) for part in (known.sentence, known.next_step))
        upload = steps.environment(desk, place.slug)
    else:
        title, reason, severity = _("%(environment)s is connected"), _("Exports of it can be read."), "info"
    is_ready = connection is not None and connection.disabled_at is None
    impact = "" if is_ready else _("Until it is connected, nothing new is known of it.")
    status = CaseStatus.NOTHING_TO_DO if is_ready else CaseStatus.ACTION_REQUIRED
    code = "connection_disabled" if connection is not None and not is_ready else ""
    return _case(desk, place, _Said("connection", severity, title, reason, impact, upload, "", code, status))


def all_read_case(desk: Desk, place: Place) -> ResolutionCase:
    """An environment that asks for nothing but a newer look."""
    primary = _upload(desk, place, _("Upload a newer export"))
    said = _Said(
        "all_read",
        "info",
        _("Nothing waits in %(environment)s"),
        _("What was read meets its standard."),
        _("A capture shows one moment; only a newer one shows what has changed since."),
        primary,
        status=CaseStatus.NOTHING_TO_DO,
    )
    return _case(desk, place, said)


def unread_case(desk: Desk, place: Place, names: Sequence[str]) -> ResolutionCase:
    """Nothing is open where it was read, and some areas were not read."""
    upload = _upload(desk, place, _("Upload a newer export"))
    look = steps.environment(desk, place.slug)
    primary = ResolutionAction("coverage", _("See what was not read"), look.type, look.url)
    said = _Said(
        "unread",
        "medium",
        _("Not everything of %(environment)s was read"),
        _("Not read, or only in part: %(names)s.") % {"names": ", ".join(names[:_NAMED])},
        _("What is not read is not counted as good."),
        upload if desk.surface == "environment" else primary,
    )
    return _case(desk, place, said, upload)


def never_sent_case(desk: Desk, place: Place) -> ResolutionCase:
    """A system of agents that has sent nothing, and of which no file was scanned."""
    said = _Said(
        "never_sent",
        "medium",
        _("%(environment)s has sent nothing yet"),
        _("No trace of it was received, and no file of traces was scanned."),
        _("So nothing can be said: neither that all is well, nor that anything is wrong."),
        steps.link(desk, "receiver", _("Open the receiver"), desk.address("environment_receiver", place.slug)),
    )
    return _case(desk, place, said, _scan(desk, place, _("Scan a file of traces")))


def never_scanned_case(desk: Desk, place: Place) -> ResolutionCase:
    """A system of agents that sends, and that nobody has looked at."""
    said = _Said(
        "never_scanned",
        "medium",
        _("%(environment)s was never scanned"),
        _("Traces are there, and nobody has looked at them."),
        _("Failures are not brought to their causes, and no rule has judged what the agents did."),
        _scan(desk, place, _("Start a scan")),
    )
    return _case(desk, place, said)


def unconfirmed_case(desk: Desk, place: Place, number: int) -> ResolutionCase:
    """Agents, or ways between them, that traces show and nobody has confirmed."""
    look = desk.address("system_graph", place.slug)
    title = ngettext(
        "%(number)s part of %(environment)s is not confirmed",
        "%(number)s parts of %(environment)s are not confirmed",
        number,
    )
    said = _Said(
        "graph_unconfirmed",
        "low",
        title % {"number": number, "environment": "%(environment)s"},
        _("Traces show agents, tools or models that nobody has said belong there."),
        _("What is confirmed shows at once when something new turns up."),
        steps.link(desk, "graph", _("Look at the agents"), look),
    )
    return _case(desk, place, said)


def agents_well_case(desk: Desk, place: Place) -> ResolutionCase:
    """A system of agents in which nothing is open."""
    said = _Said(
        "agents_well",
        "info",
        _("Nothing waits in %(environment)s"),
        _("The newest scan has left nothing open."),
        _("A scan shows what was sent until then; only a newer one shows what has changed since."),
        _scan(desk, place, _("Scan again")),
        status=CaseStatus.NOTHING_TO_DO,
    )
    return _case(desk, place, said)


def _scan(desk: Desk, place: Place, label: str) -> ResolutionAction:
    need = (Capability.OPERATIONS_START, place.environment_id)
    return steps.link(desk, "scan", label, desk.address("scan_new", place.slug), need)
