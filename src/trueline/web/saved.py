"""Views of a list that somebody has kept: shown as tabs above it, kept and forgotten from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.casework import queries as casework
from trueline.kit.scope import ActorKind
from trueline.web.pages import url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from trueline.casework.models import SavedView
    from trueline.casework.rules import ViewPlace
    from trueline.web.asked import Asked

EVERYTHING = "everything"
"""In the address of a list that shall open without a view, whatever its default."""


def filters_of(given: QueryDict, names: Iterable[str]) -> str:
    """The filters of an address in one order, without its place in the list; empty for none."""
    kept = QueryDict(mutable=True)
    for name in sorted(names):
        value = str(given.get(name, "")).strip()[:200]
        if value:
            kept[name] = value
    return kept.urlencode()


def opened_with_default(asked: Asked, place: ViewPlace) -> HttpResponse | None:
    """On to the reader's default view when the bare list was asked for; None to show the list."""
    if asked.request.GET or asked.actor.kind is not ActorKind.HUMAN:
        return None
    mine = casework.saved_views(asked.scope, place).filter(user_id=asked.user.pk, is_default=True).first()
    return redirect(f"{asked.request.path}?{mine.filters}") if mine and mine.filters else None


def views_context(asked: Asked, place: ViewPlace, names: Iterable[str]) -> dict[str, Any]:
    """What `ui/views.html` shows: the views as tabs, and whether what is shown now is one of them."""
    now, here = filters_of(asked.request.GET, names), asked.request.path
    found = list(casework.saved_views(asked.scope, place))
    current = next((one for one in found if one.filters == now), None) if now else None
    first = {"label": _("Everything"), "url": f"{here}?{EVERYTHING}=1", "current": not now}
    tabs = [_tab(asked, one, here, current) for one in found]
    own = current if current is not None and current.user_id == asked.user.pk else None
    return {
        "views": {
            "tabs": [first, *tabs] if tabs else [],
            "own": own,
            "filters": now if now and current is None else "",
            "place": str(place),
            "save_url": url(asked, "view_save"),
        }
    }


def _tab(asked: Asked, one: SavedView, here: str, current: SavedView | None) -> dict[str, Any]:
    by = "" if one.user_id == asked.user.pk else f" · {one.user}"
    return {"label": f"{one.name}{by}", "url": f"{here}?{one.filters}", "current": one is current}
