"""The inbox: what waits for the reader, with the first step of each, and what is done from there."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trueline.casework import queries as casework
from trueline.casework.actions import see_items, snooze_item, wake_items
from trueline.casework.queries import Wish
from trueline.casework.rules import InboxPage, Lane, Place, SnoozeFor
from trueline.casework.wording import LANES
from trueline.findings import queries as findings
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.workflow import Verb
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.web.doors import act, workspace_page
from trueline.web.inbox_rows import rows_of
from trueline.web.pages import page, url
from trueline.web.views.home import operable
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

SNOOZES = {
    SnoozeFor.DAY: gettext_lazy("for a day"),
    SnoozeFor.WEEK: gettext_lazy("for a week"),
    SnoozeFor.MONTH: gettext_lazy("for a month"),
}
_MOST_PLACES = 100
"""A list to choose from that is longer weighs more than the page; every environment leads to its own part by itself."""


@workspace_page(Capability.WORKSPACE_VIEW)
def inbox(asked: Asked) -> HttpResponse:
    """What waits, most urgent first, in the lane and environment that the address asks for."""
    environments = {one.pk: one for one in operable(asked.scope)}
    wish = _wish(asked, list(environments.values()))
    found = casework.inbox(asked.scope, wish)
    put_off = casework.marks(asked.scope).filter(snoozed_until__gt=clock.now()).count()
    chosen = environments.get(wish.environment_id) if wish.environment_id else None
    context = {
        "rows": rows_of(asked, found.items, environments),
        "lanes": _lanes(asked, found, wish, chosen),
        **_places(found, environments, wish),
        "lane": wish.lane or "",
        "put_off": ngettext("%(number)s item is put off.", "%(number)s items are put off.", put_off)
        % {"number": put_off}
        if put_off
        else "",
        "snoozes": [(str(key), word) for key, word in SNOOZES.items()],
        "previous_url": _address(asked, "before", found.items[0].place) if found.has_previous and found.items else "",
        "next_url": _address(asked, "after", found.items[-1].place) if found.has_next and found.items else "",
        "here": asked.request.get_full_path(),
        "is_filtered": bool(wish.lane or asked.request.GET.get("environment")),
    }
    return page(asked, "inbox.html", _("Inbox"), context, environment=chosen)


@workspace_page(Capability.FINDINGS_WORK, "POST", record=True)
def take(asked: Asked, finding_id: UUID) -> HttpResponse:
    """Take a finding, by the findings' own function."""
    found = findings.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_WORK, found.environment_id)
    return act(
        asked,
        lambda: move_findings(asked.scope, [found.pk], Step(Verb.TAKE), actor=asked.actor),
        _("It is yours now."),
        back_to_inbox(asked),
    )


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def snooze(asked: Asked) -> HttpResponse:
    """Put an item off, for the reader alone."""
    given = asked.request.POST
    how_long = SnoozeFor(given["how_long"]) if given.get("how_long") in set(SnoozeFor) else SnoozeFor.DAY
    said = _("Put off %(how_long)s, for you alone.") % {"how_long": SNOOZES[how_long]}
    item_key = given.get("item", "")[:64]
    return act(
        asked, lambda: snooze_item(asked.scope, item_key, how_long, actor=asked.actor), said, back_to_inbox(asked)
    )


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def see(asked: Asked) -> HttpResponse:
    """Remember that the reader has seen what was on the page."""
    keys = [key[:64] for key in asked.request.POST.getlist("item")]
    said = _("What was on the page is marked as seen.")
    return act(asked, lambda: see_items(asked.scope, keys, actor=asked.actor), said, back_to_inbox(asked))


@workspace_page(Capability.WORKSPACE_VIEW, "POST")
def wake(asked: Asked) -> HttpResponse:
    """Bring back everything that the reader has put off."""
    return act(
        asked, lambda: wake_items(asked.scope, actor=asked.actor), _("What was put off is back."), back_to_inbox(asked)
    )


def back_to_inbox(asked: Asked) -> str:
    """The page of the inbox that a form came from; never an address elsewhere."""
    home, back = url(asked, "inbox"), asked.request.POST.get("back", "")
    is_ours = back.partition("?")[0] == home and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else home


def _wish(asked: Asked, environments: list[Environment]) -> Wish:
    given = asked.request.GET
    slug = given.get("environment", "")
    chosen = next((one.pk for one in environments if one.slug == slug), None)
    if slug and chosen is None:
        raise NotVisible
    before, after = _place(given.get("before", "")), _place(given.get("after", ""))
    lane = Lane(given["lane"]) if given.get("lane") in set(Lane) else None
    return Wish(lane, chosen, before or after, before is not None, environments=len(environments))


def _place(text: str) -> Place | None:
    """The place that a cursor names; None for none or a broken one."""
    try:
        priority, at, item_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        made = Place(int(priority), datetime.fromisoformat(at), UUID(item_id))
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return None
    return made if 0 <= made.priority <= 9 and made.at.tzinfo is not None else None


def _address(asked: Asked, name: str, place: Place) -> str:
    key = orjson.dumps([place.priority, place.at.isoformat(), str(place.id)])
    query = asked.request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[name] = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return f"{asked.request.path}?{query.urlencode()}"


def _lanes(asked: Asked, found: InboxPage, wish: Wish, chosen: Environment | None) -> list[dict[str, Any]]:
    """The lanes with how many wait in each, in the chosen environment."""
    here = url(asked, "inbox")
    rest = f"environment={chosen.slug}" if chosen else ""
    counts = [one for one in found.counts if chosen is None or one.environment_id == chosen.pk]
    every = {"label": _("Everything"), "url": f"{here}?{rest}".rstrip("?"), "current": wish.lane is None}
    tabs = [every | {"count": _sum((one.number, one.is_more) for one in counts)}]
    for lane, label in LANES.items():
        query = "&".join(part for part in (f"lane={lane}", rest) if part)
        number = _sum((one.number, one.is_more) for one in counts if one.lane is lane)
        tabs.append({"label": label, "url": f"{here}?{query}", "current": wish.lane is lane, "count": number})
    return tabs


def _places(found: InboxPage, environments: dict[UUID, Environment], wish: Wish) -> dict[str, Any]:
    """Environments by slug and name with how many wait in the chosen lane; of very many those where most waits."""
    waiting = dict[UUID, tuple[int, bool]]()
    for one in found.counts:
        if one.environment_id in environments and (wish.lane is None or one.lane is wish.lane):
            number, is_more = waiting.get(one.environment_id, (0, False))
            waiting[one.environment_id] = (number + one.number, is_more or one.is_more)
    most = sorted(environments, key=lambda key: (key != wish.environment_id, -waiting.get(key, (0, False))[0]))
    chosen = set(most[:_MOST_PLACES])
    shown = [one for key, one in environments.items() if key in chosen]
    return {
        "places": [(one.slug, one.name, _sum([waiting.get(one.pk, (0, False))])) for one in shown],
        "more_places": len(environments) - len(shown),
    }


def _sum(parts: Any) -> str:
    """A sum, with a plus when a part of it was not counted to its end."""
    known = list(parts)
    total = sum(number for number, _more in known)
    return f"{total}+" if any(is_more for _number, is_more in known) else str(total)
