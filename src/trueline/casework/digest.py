"""The digest: what waits for one person, as a letter, out of the inbox's own query when it is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from trueline.casework import queries as casework
from trueline.casework.queries import Wish
from trueline.casework.rules import InboxPage, Item, Lane, Source
from trueline.casework.wording import LANES, short_title
from trueline.findings import queries as findings
from trueline.kit.scope import Scope
from trueline.notices import queries as notices
from trueline.notices.models import Delivery
from trueline.notices.registry import Letter, Line
from trueline.workspaces import queries as workspaces
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_FEW = 5


def compose(scope: Scope, _delivery: Delivery) -> Letter | None:
    """How much waits in each lane and the most urgent few; None when nothing does, or they have no inbox.

    The scope is the reader's own at this moment, so what they may not see is neither named nor counted.
    """
    if not scope.may(Capability.WORKSPACE_VIEW):  # a customer, perhaps since yesterday: the inbox is none of theirs
        return None
    places = {one.pk: one for one in workspaces.environments(scope)}
    found = casework.inbox(scope, Wish(rows=_FEW, environments=len(places)))
    inbox, about = reverse("inbox", args=[scope.workspace_slug]), {"workspace": scope.workspace_name}
    if not found.items:
        if not notices.wish(scope).tells_when_nothing:
            return None
        said = (Line(_("Nothing that was read asks for you. What was not read is not counted as good.")),)
        return Letter(_("%(workspace)s: nothing waits for you") % about, said, inbox, _("Open the inbox"))
    total, is_more = _sum(found)
    subject = ngettext("%(workspace)s: %(number)s waits for you", "%(workspace)s: %(number)s wait for you", total) % (
        about | {"number": _number(total, is_more)}
    )
    lines = (*_lanes(found, inbox), *_urgent(scope, found, places))
    return Letter(subject, lines, inbox, _("Open the inbox"))


def _sum(found: InboxPage) -> tuple[int, bool]:
    return sum(one.number for one in found.counts), any(one.is_more for one in found.counts)


def _number(number: int, is_more: bool) -> str:
    return f"{number}+" if is_more else str(number)


def _lanes(found: InboxPage, inbox: str) -> list[Line]:
    counted: dict[Lane, tuple[int, bool]] = defaultdict(lambda: (0, False))
    for one in found.counts:
        number, is_more = counted[one.lane]
        counted[one.lane] = number + one.number, is_more or one.is_more
    return [
        Line(f"{word}: {_number(*counted[lane])}", f"{inbox}?lane={lane}")
        for lane, word in LANES.items()
        if counted[lane][0]
    ]


def _urgent(scope: Scope, found: InboxPage, places: Mapping[UUID, Environment]) -> list[Line]:
    """The first few, each with its way; one whose record has gone a moment ago is left out."""
    about = [key for item in found.items for key in (item.id, item.ref) if key is not None]
    named = {one.pk: _named(one.subject_name) for one in findings.findings(scope).filter(id__in=about)}
    lines = [_line(scope, item, named, places) for item in found.items]
    return [Line(_("Most urgent:")), *(line for line in lines if line is not None)]


def _named(subject: str) -> str:
    """What a finding is about; a shipped standard's title in the reader's language."""
    return pgettext("standard", subject) if subject else _("(without a name)")


def _line(scope: Scope, item: Item, named: Mapping[UUID, str], places: Mapping[UUID, Environment]) -> Line | None:
    place = places.get(item.environment_id) if item.environment_id else None
    name = place.name if place else scope.workspace_name
    if item.source in {Source.FINDING, Source.MINE, Source.EXCEPTION}:
        key = item.ref or item.id
        if key not in named:
            return None
        return Line(f"{short_title(item, named[key])} ({name})", reverse("finding", args=[scope.workspace_slug, key]))
    if item.source is Source.DELIVERY:
        return Line(short_title(item, name), reverse("destination", args=[scope.workspace_slug, item.id]))
    if item.source is Source.REVIEW:
        return Line(short_title(item, name), reverse("review", args=[scope.workspace_slug, item.id]))
    if item.source is Source.RUN:
        return Line(short_title(item, name), reverse("run", args=[scope.workspace_slug, item.id]))
    way = reverse("environment", args=[scope.workspace_slug, place.slug]) if place else ""
    return Line(short_title(item, name), way)
