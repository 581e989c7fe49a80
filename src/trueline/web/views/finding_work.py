"""Work on one finding: take it, move it on, say who works on it, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from trueline.audit import queries as audit
from trueline.findings import queries as findings
from trueline.findings.actions.labelling import Relabel, label_findings
from trueline.findings.actions.workflow import Step, assign_finding, comment_finding, move_findings
from trueline.findings.errors import MoveRefused
from trueline.findings.workflow import CloseReason, Verb, verbs
from trueline.kit.scope import NotVisible
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.pages import url
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability, capabilities_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.findings.models import Finding
    from trueline.web.asked import Asked
    from trueline.workspaces.models import User

_EVENTS = 50


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def move(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Do the next step, or another one that the finding's state allows."""
    found = _workable(asked, finding_id)
    given = asked.request.POST
    verb = given.get("verb", "")
    said = str(words.VERBS_DONE[Verb(verb)]) if verb in set(Verb) else ""
    is_end = verb in {Verb.REMEDIATE, Verb.CLOSE}
    tags = f"undo {url(asked, 'findings_undo')}?finding={found.pk}" if is_end else ""
    to = url(asked, "finding", found.pk)
    return act(asked, lambda: _move(asked, found, verb, given.get("reason", "")), said, to, tags=tags)


def _move(asked: Asked, found: Finding, verb: str, reason: str) -> None:
    if verb not in set(Verb):
        raise MoveRefused
    move_findings(asked.scope, [found.pk], Step(Verb(verb), reason), actor=asked.actor)


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def assign(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Say who works on it."""
    found = _workable(asked, finding_id)
    chosen = asked.request.POST.get("assignee", "")
    user = next((one for one in workers(asked) if str(one.pk) == chosen), None)
    if chosen and user is None:
        raise NotVisible
    said = _("%(name)s works on it now.") % {"name": user} if user else _("Nobody works on it now.")
    return act(
        asked,
        lambda: assign_finding(asked.scope, found.pk, user, actor=asked.actor),
        said,
        url(asked, "finding", found.pk),
    )


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def comment(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Say something about it."""
    found = _workable(asked, finding_id)
    text = asked.request.POST.get("text", "")
    return act(
        asked,
        lambda: comment_finding(asked.scope, found.pk, text, actor=asked.actor),
        _("The comment is there for everybody who sees the finding.")
        if text.strip()
        else _("There was no text in it."),
        url(asked, "finding", found.pk),
    )


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def label(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Put a label on it, or take one off."""
    found = _workable(asked, finding_id)
    given = asked.request.POST
    add, remove = ([given[name]] if given.get(name) else [] for name in ("add", "remove"))
    return act(
        asked,
        lambda: label_findings(asked.scope, [found.pk], Relabel(add, remove), actor=asked.actor),
        _("The labels are as you wanted them."),
        url(asked, "finding", found.pk),
    )


def work_of(asked: Asked, found: Finding) -> dict[str, Any]:
    """What the page of a finding shows of the work on it: one next step, the others behind a fold."""
    possible = verbs(found.shown_state)
    people = workers(asked) if found.is_open else []
    return {
        "next": (str(possible[0]), words.VERBS[possible[0]]),
        "others": [(str(verb), words.VERBS[verb]) for verb in possible[1:] if verb is not Verb.CLOSE],
        "may_close": Verb.CLOSE in possible,
        "reasons": [(str(reason), words.CLOSE_REASONS[reason]) for reason in CloseReason],
        "people": [(str(one.pk), str(one)) for one in people],
        "assignee": found.assignee,
        "owner": found.owner,
        "resolved_reason": words.RESOLVED.get(found.resolved_reason, ""),
        "closed_reason": words.closed_reason(found.closed_reason),
        "why_not": words.why_not(asked.scope, Capability.FINDINGS_WORK, found.environment_id),
        "labels": findings.labels_of(asked.scope, [found.pk]).get(found.pk, []),
        "known_labels": [str(one) for one in findings.labels(asked.scope)],
        "comments": list(findings.comments(asked.scope, found)),
        "moves": list(audit.history(asked.scope, "finding", str(found.pk))[:_EVENTS]),
    }


def _workable(asked: Asked, finding_id: UUID) -> Finding:
    found = findings.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_WORK, found.environment_id)
    return found


def workers(asked: Asked) -> list[User]:
    """Members whose role lets them work on findings. Whether one reaches this environment is asked when chosen."""
    members = workspaces.members(asked.scope).filter(suspended_at=None)
    return [one.user for one in members if Capability.FINDINGS_WORK in capabilities_of(one.role)]
