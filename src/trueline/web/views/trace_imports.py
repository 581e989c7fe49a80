"""Handing over files of traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.connections.errors import UploadTooLarge
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.traces import queries as traces
from trueline.traces.jobs import IMPORT
from trueline.traces.starting import import_file
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.forms import MEGABYTES, TraceFileForm
from trueline.web.pages import page, url
from trueline.web.uploads import is_too_large
from trueline.workspaces import access
from trueline.workspaces.rules import Capability, Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.operations.models import OperationRun
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment


@workspace_page(Capability.OPERATIONS_START, "GET", "POST", record=True)
def take(asked: Asked, environment: str) -> HttpResponse:
    """Take a file, ask for its import, and go to the run."""
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    if found.kind != Kind.AGENTS:
        return redirect(url(asked, "environment", found.slug))
    if asked.request.method != "POST":
        return _form(asked, found, TraceFileForm())
    if is_too_large(asked.request):
        return _form(asked, found, _refused(_too_large()), status=413)
    form = TraceFileForm(asked.request.POST, asked.request.FILES)
    if not form.is_valid():
        return _form(asked, found, form, status=422)
    return _started(asked, found, form)


def _started(asked: Asked, environment: Environment, form: TraceFileForm) -> HttpResponse:
    file = form.cleaned_data["traces"]
    try:
        started = import_file(asked.scope, environment, file.name, file.chunks(), actor=asked.actor)
    except NotAllowed:
        raise
    except UploadTooLarge:
        return _form(asked, environment, _refused(_too_large()), status=413)
    except TruelineError as error:
        form.add_error("traces", words.told(error))
        return _form(asked, environment, form, status=422)
    if not started.is_new:
        messages.info(asked.request, _("This is under way already."))
    return redirect(url(asked, "run", started.run.pk))


def _too_large() -> str:
    return _("The file is larger than %(number)s MB. Pack the traces as a zip, or send several.") % {
        "number": MEGABYTES
    }


def _refused(sentence: str) -> TraceFileForm:
    """The empty form with what was wrong: a file that was not kept cannot be shown again."""
    form = TraceFileForm({})
    form.full_clean()
    form.errors.clear()
    form.add_error("traces", sentence)
    return form


def _form(asked: Asked, environment: Environment, form: TraceFileForm, *, status: int = 200) -> HttpResponse:
    crumbs = [
        (_("Environments"), url(asked, "environments")),
        (environment.name, url(asked, "environment", environment.slug)),
        (_("Traces"), url(asked, "traces", environment.slug)),
    ]
    context = {
        "form": form,
        "megabytes": MEGABYTES,
        "keep_days": traces.policy(asked.scope, environment.pk).keep_days,
        "reason": words.why_not(asked.scope, Capability.OPERATIONS_START, environment.pk),
    }
    title = _("Import traces")
    return page(asked, "trace_import.html", title, context, crumbs=crumbs, environment=environment, status=status)


def imported(asked: Asked, run: OperationRun, environment: Environment | None) -> dict[str, Any]:
    """What a run has taken from a file, for its page; nothing for a run of another type."""
    if run.run_type != IMPORT.code or environment is None:
        return {}
    made = traces.import_of_run(asked.scope, run.pk)
    if made is None:
        return {}
    more = max(0, made.unread_count - len(made.unread))
    return {"imported": made, "more_unread": more, "traces_url": url(asked, "traces", environment.slug)}
