"""Work on several findings at once, and taking back what was just done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.findings.actions.labelling import Relabel, label_findings
from trueline.findings.actions.workflow import Step, assign_findings, move_findings, undo_moves
from trueline.findings.errors import MoveRefused
from trueline.findings.workflow import CloseReason, Verb
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.pages import url
from trueline.web.views.finding_work import workers
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from trueline.web.asked import Asked

_CLOSE, _ASSIGN = "close:", "assign:"
_LABEL, _UNLABEL = "label", "unlabel"
_UNDONE_BY_LINK = 20
"""A message is kept in a cookie: of more findings than these the way back is to open them again."""


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def work(asked: Asked) -> HttpResponse:
    """Do one step with every finding that was chosen, all or none."""
    chosen, step = _ids(asked.request.POST.getlist("finding")), asked.request.POST.get("step", "")
    if not chosen:
        asked.scope.require(Capability.FINDINGS_WORK)
        messages.warning(asked.request, _("No finding was chosen, so nothing was done."))
        return redirect(_back(asked))
    tags = undo_tag(asked, chosen) if step == Verb.REMEDIATE or step.startswith(_CLOSE) else ""
    return act(asked, lambda: _done(asked, chosen, step), _said(len(chosen)), _back(asked), tags=tags)


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def undo(asked: Asked) -> HttpResponse:
    """Take back that findings were done."""
    chosen = _ids(asked.request.GET.getlist("finding"))
    if not chosen:
        asked.scope.require(Capability.FINDINGS_WORK)
    to = url(asked, "finding", chosen[0]) if len(chosen) == 1 else url(asked, "findings")
    return act(asked, lambda: undo_moves(asked.scope, chosen, actor=asked.actor), _("It is open again."), to)


def undo_tag(asked: Asked, chosen: Sequence[UUID]) -> str:
    """What lets a message take back a step; empty for more findings than a message can name."""
    if len(chosen) > _UNDONE_BY_LINK:
        return ""
    return f"undo {url(asked, 'findings_undo')}?{urlencode([('finding', str(one)) for one in chosen])}"


def steps(asked: Asked) -> list[tuple[str, str]]:
    """What can be done with several findings at once, by its code."""
    plain = [(str(verb), str(words.VERBS[verb])) for verb in Verb if verb is not Verb.CLOSE]
    close = [
        (f"{_CLOSE}{reason}", _("Close: %(reason)s") % {"reason": words.CLOSE_REASONS[reason]})
        for reason in CloseReason
    ]
    people = [(f"{_ASSIGN}{one.pk}", _("Give to %(name)s") % {"name": one}) for one in workers(asked)]
    words_on_it = [(_LABEL, _("Put this label on:")), (_UNLABEL, _("Take this label off:"))]
    return [*plain, *close, *people, (_ASSIGN, _("Give to nobody")), *words_on_it]


def _done(asked: Asked, chosen: Sequence[UUID], step: str) -> None:
    if step in {_LABEL, _UNLABEL}:
        word = [asked.request.POST.get("label", "")]
        change = Relabel(add=word) if step == _LABEL else Relabel(remove=word)
        label_findings(asked.scope, chosen, change, actor=asked.actor)
        return
    if step.startswith(_ASSIGN):
        wanted = step.removeprefix(_ASSIGN)
        user = next((one for one in workers(asked) if str(one.pk) == wanted), None)
        if wanted and user is None:
            raise MoveRefused
        assign_findings(asked.scope, chosen, user, actor=asked.actor)
        return
    verb, _colon, reason = step.partition(":")
    if verb not in set(Verb):
        raise MoveRefused
    move_findings(asked.scope, chosen, Step(Verb(verb), reason), actor=asked.actor)


def _said(number: int) -> str:
    return ngettext("Done with %(number)s finding.", "Done with %(number)s findings.", number) % {"number": number}


def _ids(given: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in given]
    except ValueError as error:
        raise SuspiciousOperation("an id that is none") from error


def _back(asked: Asked) -> str:
    """The list that the form came from, with its filters; never an address elsewhere."""
    home, back = url(asked, "findings"), asked.request.POST.get("back", "")
    is_ours = back.partition("?")[0] == home and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else home
