"""The living style guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trueline.web.doors import signed_in
from trueline.web.samples import styleguide_context
from trueline.workspaces import access

if TYPE_CHECKING:
    from trueline.workspaces.models import User


@signed_in()
def styleguide(request: HttpRequest, user: User) -> HttpResponse:
    """Every part with sample content, for whoever runs the installation; for others there is nothing here."""
    if not user.is_staff:
        raise Http404
    return render(request, "web/styleguide.html", {**styleguide_context(), **_frame(user)})


def _frame(user: User) -> dict[str, Any]:
    """The frame around a workspace of the reader's, so that the parts that live in it work; none without one."""
    doors = access.doors(user)
    return {"workspace": {"name": doors[0].name, "slug": doors[0].slug}} if doors else {}
