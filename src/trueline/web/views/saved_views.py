"""Keep a view of a list, open the list with it, forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext as _

from trueline.casework import queries as casework
from trueline.casework.actions_views import forget_view, open_with_view, save_view
from trueline.casework.rules import ViewPlace
from trueline.web.doors import act, workspace_page
from trueline.web.pages import url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.casework.models import SavedView
    from trueline.web.asked import Asked


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def save(asked: Asked) -> HttpResponse:
    """Keep the filters that are on under a name."""
    given = asked.request.POST
    if given.get("place") not in set(ViewPlace):
        raise SuspiciousOperation("no such list")
    place, name, filters = ViewPlace(given["place"]), given.get("name", ""), given.get("filters", "")
    return act(
        asked,
        lambda: save_view(asked.scope, place, name, filters, actor=asked.actor, is_shared=given.get("shared") == "on"),
        _("The view %(name)s is kept.") % {"name": name.strip()[:60]},
        f"{url(asked, place)}?{filters}",
    )


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def default(asked: Asked) -> HttpResponse:
    """Let the list open with this view, or with everything again."""
    mine = _mine(asked)
    wanted = not mine.is_default
    said = _("The list opens with %(name)s now.") if wanted else _("The list opens with everything again.")
    return act(
        asked,
        lambda: open_with_view(asked.scope, mine.pk, actor=asked.actor, is_default=wanted),
        said % {"name": mine.name} if wanted else said,
        f"{url(asked, mine.place)}?{mine.filters}",
    )


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def forget(asked: Asked) -> HttpResponse:
    """Forget a view; the filters stay on, so it can be kept again."""
    mine = _mine(asked)
    return act(
        asked,
        lambda: forget_view(asked.scope, mine.pk, actor=asked.actor),
        _("The view %(name)s is forgotten.") % {"name": mine.name},
        f"{url(asked, mine.place)}?{mine.filters}",
    )


def _mine(asked: Asked) -> SavedView:
    """The reader's own view that the form names; somebody else's is not there."""
    try:
        return casework.own_view(asked.scope, UUID(asked.request.POST.get("view", "")))
    except ValueError as error:
        raise SuspiciousOperation("an id that is none") from error
