"""Handing over an exported file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.connections import registry
from trueline.connections.errors import UploadTooLarge
from trueline.inventory.starting import capture_file
from trueline.kit import clock
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.forms import MEGABYTES, UploadForm
from trueline.web.pages import page, url
from trueline.web.uploads import is_too_large
from trueline.web.views.environments import upload_reason
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.operations.actions.runs import Started
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment


@workspace_page(Capability.OPERATIONS_START, "GET", "POST", record=True)
def upload(asked: Asked, environment: str) -> HttpResponse:
    """Take a file, ask for its capture, and go to the run."""
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    if asked.request.method != "POST":
        return _form(asked, found, UploadForm())
    if is_too_large(asked.request):
        return _form(asked, found, _refused(_too_large()), status=413)
    form = UploadForm(asked.request.POST, asked.request.FILES)
    if not form.is_valid():
        return _form(asked, found, form, status=422)
    try:
        started = _capture(asked, found, form.cleaned_data)
    except NotAllowed:
        raise
    except UploadTooLarge:
        return _form(asked, found, _refused(_too_large()), status=413)
    except TruelineError as error:
        form.add_error("export", words.told(error))
        return _form(asked, found, form, status=422)
    if not started.is_new:
        messages.info(asked.request, _("This is under way already."))
    return redirect(url(asked, "run", started.run.pk))


def _capture(asked: Asked, environment: Environment, given: dict[str, Any]) -> Started:
    file = given["export"]
    return capture_file(
        asked.scope,
        environment,
        registry.export_provider(environment.kind).key,
        file.name,
        file.chunks(),
        actor=asked.actor,
        observed_at=given["observed_at"] or clock.now(),
    )


def _too_large() -> str:
    said = _(
        "The file is larger than %(number)s MB. Pack the export as a zip, or read it on the server with %(command)s."
    )
    return said % {"number": MEGABYTES, "command": "trueline capture"}


def _refused(sentence: str) -> UploadForm:
    """The empty form with what was wrong: a file that was not kept cannot be shown again."""
    form = UploadForm({})
    form.full_clean()
    form.errors.clear()
    form.add_error("export", sentence)
    return form


def _form(asked: Asked, environment: Environment, form: UploadForm, *, status: int = 200) -> HttpResponse:
    crumbs = [
        (_("Environments"), url(asked, "environments")),
        (environment.name, url(asked, "environment", environment.slug)),
    ]
    context = {"form": form, "reason": upload_reason(asked.scope, environment), "megabytes": MEGABYTES}
    return page(
        asked, "upload.html", _("Upload an export"), context, crumbs=crumbs, environment=environment, status=status
    )
