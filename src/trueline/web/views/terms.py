"""Within how many days findings are to be done in this workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.findings import queries as findings
from trueline.findings.actions.terms import set_terms
from trueline.findings.rules import Severity
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.forms import TermsForm
from trueline.web.pages import page, url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.web.asked import Asked


@workspace_page(Capability.WORKSPACE_SETTINGS_MANAGE, "GET", "POST")
def terms(asked: Asked) -> HttpResponse:
    """Show the days of each severity, and set them."""
    if asked.request.method != "POST":
        now = {str(severity): days for severity, days in findings.terms(asked.scope).items()}
        return _page(asked, TermsForm(initial=now))
    form = TermsForm(asked.request.POST)
    if not form.is_valid():
        return _page(asked, form, status=422)
    wished = {severity: form.cleaned_data[severity] for severity in Severity}
    try:
        set_terms(asked.scope, wished, actor=asked.actor)
    except NotAllowed:
        raise
    except TruelineError as error:
        form.add_error(None, words.told(error))
        return _page(asked, form, status=422)
    messages.success(asked.request, _("The days are kept, for findings that open or come back from now on."))
    return redirect(url(asked, "finding_terms"))


def _page(asked: Asked, form: TermsForm, *, status: int = 200) -> HttpResponse:
    crumbs = [(_("Findings"), url(asked, "findings"))]
    title = _("How long a finding may take")
    return page(asked, "finding_terms.html", title, {"form": form}, crumbs=crumbs, status=status)
