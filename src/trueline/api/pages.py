"""The description of the interface, for programs and for people. Both hold no data, so everybody may read them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trueline.api.asked import ApiPolicy
from trueline.api.declared import api
from trueline.api.description import described, sections
from trueline.api.problems import KINDS
from trueline.api.rendering import rendered
from trueline.workspaces.rules import ANSWER_HOURS, REQUESTS_PER_KEY, REQUESTS_PER_WORKSPACE

View = Callable[..., HttpResponse]


def _public(view: View) -> View:
    guarded = require_safe(view)
    guarded.policy = ApiPolicy("public", reason="it describes the interface and holds no data")  # type: ignore[attr-defined]  # read by the walk of routes
    return guarded


@_public
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    del request
    return HttpResponse(rendered(described(api)), content_type="application/json")


@_public
def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation with an example to run, and every kind of problem."""
    context = {
        "page_title": _("Programming interface"),
        "sections": sections(described(api)),
        "problems": sorted(KINDS.items(), key=lambda pair: (pair[1].status, pair[0])),
        "address": settings.PUBLIC_URL,
        "per_key": REQUESTS_PER_KEY,
        "per_workspace": REQUESTS_PER_WORKSPACE,
        "answer_hours": ANSWER_HOURS,
    }
    return render(request, "api/docs.html", context)
