"""Keep a view of a list, open the list with it, forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext as _

from trueline.casework import queries as casework
from trueline.casework.actions_views import forget_view, open_with_view, rename_view, save_view
from trueline.casework.rules import ViewPlace
from trueline.web.doors import act, workspace_page
from trueline.web.pages import url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from trueline.casework.models import SavedView
    from trueline.web.asked import Asked

_LONGEST_UNDONE = 600
"""A message travels in a cookie, which holds no long filters."""


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def save(asked: Asked) -> HttpResponse:
    """Keep the filters that are on under a name."""
    # The message that a view is forgotten takes it back by an address, which says all that a form would.
    given = asked.request.POST if "place" in asked.request.POST else asked.request.GET
    if given.get("place") not in set(ViewPlace):
        raise SuspiciousOperation("no such list")
    place, name, filters = ViewPlace(given["place"]), given.get("name", ""), given.get("filters", "")
    return act(
        asked,
        lambda: _kept(asked, place, name, filters, given),
        _("The view %(name)s is kept.") % {"name": name.strip()[:60]},
        f"{url(asked, place)}?{filters}",
    )


def _kept(asked: Asked, place: ViewPlace, name: str, filters: str, given: QueryDict) -> None:
    is_shared = given.get("shared") == "on"
    saved = save_view(asked.scope, place, name, filters, actor=asked.actor, is_shared=is_shared)
    if given.get("default") == "on":
        open_with_view(asked.scope, saved.pk, actor=asked.actor, is_default=True)


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
    """Forget a view; the filters stay on, and the message takes it back."""
    mine = _mine(asked)
    return act(
        asked,
        lambda: forget_view(asked.scope, mine.pk, actor=asked.actor),
        _("The view %(name)s is forgotten.") % {"name": mine.name},
        f"{url(asked, mine.place)}?{mine.filters}",
        tags=_undo_tag(asked, mine),
    )


def _undo_tag(asked: Asked, mine: SavedView) -> str:
    """What lets the message keep the view again; empty for filters that are too long for a message."""
    if len(mine.filters) > _LONGEST_UNDONE:
        return ""
    kept = {"place": mine.place, "name": mine.name, "filters": mine.filters}
    switches = {"shared": mine.is_shared, "default": mine.is_default}
    kept |= {name: "on" for name, is_on in switches.items() if is_on}
    return f"undo {url(asked, 'view_save')}?{urlencode(kept)}"


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def rename(asked: Asked) -> HttpResponse:
    """Give a view another name."""
    mine, name = _mine(asked), asked.request.POST.get("name", "")
    return act(
        asked,
        lambda: rename_view(asked.scope, mine.pk, name, actor=asked.actor),
        _("The view is called %(name)s now.") % {"name": name.strip()[:60]},
        f"{url(asked, mine.place)}?{mine.filters}",
    )


def _mine(asked: Asked) -> SavedView:
    """The reader's own view that the form names; somebody else's is not there."""
    try:
        return casework.own_view(asked.scope, UUID(asked.request.POST.get("view", "")))
    except ValueError as error:
        raise SuspiciousOperation("an id that is none") from error
