"""Accepted risk: ask, decide, take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trueline.findings import queries as findings
from trueline.findings.actions.accepting import (
    Terms,
    approve_exception,
    reject_exception,
    request_exception,
    revoke_exception,
)
from trueline.findings.exceptions import ExceptionStatus, Pin, Validity, latest_expiry, validity
from trueline.findings.rules import FindingState
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import AcceptForm
from trueline.web.pages import url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.findings.models import Finding, FindingException
    from trueline.web.asked import Asked

_USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Held:
    """A decision as a page shows it."""

    exception: FindingException
    validity: Validity
    is_mine: bool


@workspace_page(Capability.EXCEPTIONS_REQUEST, "POST", record=True)
def ask(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Ask for a risk to be accepted."""
    found = findings.finding(asked.scope, finding_id)
    asked.scope.require(Capability.EXCEPTIONS_REQUEST, found.environment_id)
    form = AcceptForm(asked.request.POST)
    back = url(asked, "finding", found.pk)
    if not form.is_valid():
        return act(asked, form.refuse, "", back)
    given = form.cleaned_data
    terms = Terms(given["reason"], asked.user, given["until"], given["compensating_control"])
    return act(
        asked,
        lambda: request_exception(asked.scope, found.pk, terms, actor=asked.actor, requester=asked.user),
        _("Asked. Somebody else decides on it."),
        back,
    )


@workspace_page(Capability.EXCEPTIONS_APPROVE, "POST", record=True)
def approve(asked: Asked, exception_id: UUID) -> HttpResponse:
    """Accept the risk."""
    return _decided(
        asked,
        exception_id,
        lambda found: approve_exception(asked.scope, found.pk, actor=asked.actor, approver=asked.user),
        _("The risk is accepted, for this value and until its date."),
    )


@workspace_page(Capability.EXCEPTIONS_APPROVE, "POST", record=True)
def reject(asked: Asked, exception_id: UUID) -> HttpResponse:
    """Refuse the request."""
    reason = asked.request.POST.get("reason", "")
    return _decided(
        asked,
        exception_id,
        lambda found: reject_exception(asked.scope, found.pk, reason, actor=asked.actor, approver=asked.user),
        _("The request is refused."),
    )


@workspace_page(Capability.EXCEPTIONS_APPROVE, "POST", record=True)
def revoke(asked: Asked, exception_id: UUID) -> HttpResponse:
    """Take an acceptance back."""
    reason = asked.request.POST.get("reason", "")
    return _decided(
        asked,
        exception_id,
        lambda found: revoke_exception(asked.scope, found.pk, reason, actor=asked.actor, approver=asked.user),
        _("The acceptance is taken back; the finding is open again."),
    )


def _decided(asked: Asked, exception_id: UUID, decide: Callable[[FindingException], object], said: str) -> HttpResponse:
    found = findings.exceptions(asked.scope).filter(id=exception_id).first()
    if found is None:
        raise NotVisible
    asked.scope.require(Capability.EXCEPTIONS_APPROVE, found.finding.environment_id)
    return act(asked, lambda: decide(found), said, url(asked, "finding", found.finding_id))


def held_of(asked: Asked, exception: FindingException) -> Held:
    """A decision and what it is worth now."""
    finding = exception.finding
    worth = validity(
        exception.status,
        exception.expires_at,
        Pin(exception.pinned_digest, exception.pinned_rank),
        Pin(finding.observed_digest, finding.severity_rank),
        clock.now(),
        has_lapsed=exception.lapsed_at is not None,
    )
    return Held(exception, worth, exception.requested_by_id == asked.user.pk)


def decision_of(asked: Asked, found: Finding) -> dict[str, Any]:
    """What the page of a finding shows of decisions on it, and the form to ask for one."""
    held = [held_of(asked, one) for one in findings.exceptions_of(asked.scope, found)]
    live = [one for one in held if one.exception.status in (ExceptionStatus.PENDING, ExceptionStatus.ACTIVE)]
    may_ask = found.is_open or found.state == FindingState.RISK_ACCEPTED
    latest = latest_expiry(found.severity, clock.now())
    usual = min(latest, clock.now() + timedelta(days=_USUAL_DAYS))
    return {
        "live": [(one, words.pinned_value(one.exception.pinned_value)) for one in live],
        "older": [one for one in held if one not in live],
        "is_waiting": any(one.validity is Validity.PENDING for one in live),
        "form": AcceptForm(initial={"until": usual.date()}) if may_ask else None,
        "latest": latest,
        "why_not_ask": words.why_not(asked.scope, Capability.EXCEPTIONS_REQUEST, found.environment_id),
        "why_not_decide": words.why_not(asked.scope, Capability.EXCEPTIONS_APPROVE, found.environment_id),
    }
