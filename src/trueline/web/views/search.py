"""Going anywhere by a few letters: the page, and the part of it that the palette shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _

from trueline.web.doors import workspace_page
from trueline.web.pages import page
from trueline.web.palette import LONGEST, groups
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.web.asked import Asked


@workspace_page(Capability.WORKSPACE_VIEW)
def search(asked: Asked) -> HttpResponse:
    """Everything that those letters find; a script gets only the list."""
    sought = asked.request.GET.get("q", "")[:LONGEST]
    context = {"groups": groups(asked, sought), "sought": sought}
    if asked.request.headers.get("HX-Request"):
        return render(asked.request, "ui/palette_hits.html", context)
    return page(asked, "search.html", _("Go anywhere"), context)
