"""Compare: two environments, captures or a standard side by side, by settings and by objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.findings import wording
from trueline.inventory.vocabulary import definitions
from trueline.kit.scope import NotVisible
from trueline.web import compare_rows, exports
from trueline.web.compare_rows import Wish
from trueline.web.comparisons import (
    Sides,
    answers_of,
    choices,
    environments_of,
    sides_of,
    takes_long,
    whole_of,
)
from trueline.web.doors import workspace_page
from trueline.web.marks import STATES
from trueline.web.pages import page, url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.inventory.definitions import Definitions
    from trueline.inventory.models import IdentityLink
    from trueline.inventory.readings import Whole
    from trueline.inventory.rows import ItemRow
    from trueline.web.asked import Asked

_SETTINGS, _OBJECTS = 50, 25
_ALL_CHANGES = 5_000
_TABS = ("settings", "objects")
_FILTERS = ("q", "area", "state", "outcome", "pair")
_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@workspace_page(Capability.WORKSPACE_VIEW)
def compare(asked: Asked) -> HttpResponse:
    """Two sides by settings or by objects; without both sides, the choice of them."""
    places = environments_of(asked.scope)
    sides = sides_of(asked.scope, places, asked.request.GET)
    left, right = choices(asked.scope, places, sides)
    context: dict[str, Any] = {
        "choices_left": left,
        "choices_right": right,
        "chosen_left": sides.left.key if sides else asked.request.GET.get("left", ""),
        "chosen_right": sides.right.key if sides else asked.request.GET.get("right", ""),
        "sides": sides,
    }
    if sides is not None:
        require_sides(asked, sides)
        answers = answers_of(asked.scope, sides)
        context |= _waiting(asked, sides, answers) or _compared(asked, sides, answers)
    return page(asked, "compare.html", _("Compare"), context)


def _waiting(asked: Asked, sides: Sides, answers: Sequence[IdentityLink]) -> dict[str, Any]:
    """What is shown before a long comparison, which the page then asks for by itself; nothing when it is quick."""
    if asked.request.headers.get("HX-Request") or "now" in asked.request.GET:
        return {}
    if not takes_long(asked.scope, sides, answers):
        return {}
    counts = tuple(side.snapshot.objects_count for side in (sides.left, sides.right))
    return {"waits_for": address(asked, now="1"), "counts": counts}


@workspace_page(Capability.WORKSPACE_VIEW)
def export(asked: Asked) -> HttpResponse:
    """The whole comparison as a file, whatever the page shows of it."""
    sides = sides_of(asked.scope, environments_of(asked.scope), asked.request.GET)
    kind, part = asked.request.GET.get("format", "json"), asked.request.GET.get("tab", "settings")
    if sides is None:
        return redirect(url(asked, "compare"))
    if kind not in _TYPES or part not in _TABS:
        raise NotVisible
    require_sides(asked, sides)
    whole = whole_of(asked.scope, sides, answers_of(asked.scope, sides))
    body = _file(whole, definitions(asked.scope), sides.titles, kind, part)
    name = exports.file_name(sides.titles, kind, part if kind == "csv" else "")
    return HttpResponse(
        body, content_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def require_sides(asked: Asked, sides: Sides) -> None:
    """Raise `NotAllowed` unless both environments may be looked at."""
    for side in (sides.left, sides.right):
        if side.version is None:
            asked.scope.require(Capability.WORKSPACE_VIEW, side.snapshot.environment_id)


def _file(whole: Whole[ItemRow], known: Definitions, names: tuple[str, str], kind: str, part: str) -> bytes:
    if kind == "json":
        return whole.document(known).to_json()
    sheets = {"settings": exports.setting_sheet, "objects": exports.object_sheet}
    if kind == "csv":
        return exports.csv_bytes(sheets[part](whole, known, names))
    return exports.xlsx_bytes(
        (
            (_("Settings"), sheets["settings"](whole, known, names), (16, 48, 28, 24, 32, 24, 32, 60)),
            (_("Objects"), sheets["objects"](whole, known, names), (16, 24, 24, 40, 40, 20, 40, 16, 40, 28, 28, 60)),
        )
    )


def _compared(asked: Asked, sides: Sides, answers: Sequence[IdentityLink]) -> dict[str, Any]:
    whole = whole_of(asked.scope, sides, answers)
    objects, settings = compare_rows.outcome_counts(whole), compare_rows.state_counts(whole)
    tab = asked.request.GET.get("tab", "")
    tab = tab if tab in _TABS else ("settings" if sum(settings.values()) else "objects")
    context = {
        "left_title": sides.titles[0],
        "right_title": sides.titles[1],
        "summary": compare_rows.summary(objects, settings, sides.titles),
        "long_titles": (sides.left.title, sides.right.title),
        "tab": tab,
        "tabs": [
            {"label": label, "url": address(asked, tab=key), "current": key == tab, "count": number}
            for key, label, number in (
                ("settings", _("Settings"), sum(settings.values())),
                ("objects", _("Objects"), sum(objects.values())),
            )
        ],
        "proposed": objects["proposed"],
        "pairs_url": _pairs_url(asked, sides) if sides.relation is not None else "",
        "exports": [(key.upper(), _export_url(asked, sides, key, tab)) for key in _TYPES],
        "unread": [(side.title, side.snapshot.unread_count) for side in (sides.left, sides.right)],
    }
    known = definitions(asked.scope)
    part = _by_settings if tab == "settings" else _by_objects
    return context | part(asked, sides, whole, known)


def _by_settings(asked: Asked, sides: Sides, whole: Whole[ItemRow], known: Definitions) -> dict[str, Any]:
    counts = compare_rows.state_counts(whole)
    wish = _wish(asked, counts, "state")
    found = compare_rows.settings_of(whole, wish, known)
    start, shown = _page(asked, found, _SETTINGS)
    left, right = compare_rows.places_of(shown)
    urls = (
        compare_rows.addresses(whole.left.items, lambda item: sides.left.object_url(asked, item.id), left),
        compare_rows.addresses(whole.right.items, lambda item: sides.right.object_url(asked, item.id), right),
    )
    return {
        "rows": compare_rows.setting_rows(shown, known, sides.titles, urls),
        "states": [(key, compare_rows.state_word(key, sides.titles), number) for key, number in counts.items()],
        "shares": _shares(counts, sides),
        **_listing(asked, wish, (start, len(shown), len(found)), _SETTINGS),
    }


def _by_objects(asked: Asked, sides: Sides, whole: Whole[ItemRow], known: Definitions) -> dict[str, Any]:
    counts = compare_rows.outcome_counts(whole)
    wish = _wish(asked, counts, "outcome")
    if not wish.group and not wish.alone:
        first = next((key for key in counts if counts[key]), "equal")
        wish = Wish(first, wish.text, wish.area)
    found = compare_rows.entries_of(whole, wish)
    if wish.alone and not found:
        raise NotVisible
    start, shown = _page(asked, found, _OBJECTS)
    urls = (lambda item: sides.left.object_url(asked, item.id), lambda item: sides.right.object_url(asked, item.id))
    most = _ALL_CHANGES if wish.alone else compare_rows.MOST_CHANGES
    return {
        "rows": [
            (row, address(asked, tab="objects", pair=row.key))
            for row in compare_rows.object_rows(shown, known, urls, most=most)
        ],
        "states": [(key, compare_rows.state_word(key, sides.titles), number) for key, number in counts.items()],
        "areas": [(key, wording.area(key)) for key in compare_rows.areas_in(whole)],
        "shares": _shares(counts, sides),
        **_listing(asked, wish, (start, len(shown), len(found)), _OBJECTS),
    }


def _wish(asked: Asked, counts: Mapping[str, int], group: str) -> Wish:
    given = {key: asked.request.GET.get(key, "").strip()[:200] for key in (group, "q", "area", "pair")}
    chosen = given[group] if given[group] in counts else ""
    return Wish(chosen, given["q"], given["area"], given["pair"])


def _listing(asked: Asked, wish: Wish, place: tuple[int, int, int], rows: int) -> dict[str, Any]:
    """What filters and pager show; the place is where the page starts, how many it shows, and of how many."""
    start, shown, count = place
    values = {"first": start + 1, "last": start + shown, "count": count}
    return {
        "wish": wish,
        "count": count,
        "range": _("%(first)s to %(last)s of %(count)s") % values if count else "",
        "previous_url": address(asked, **{"from": str(max(0, start - rows))}) if start else "",
        "next_url": address(asked, **{"from": str(start + shown)}) if start + shown < count else "",
        "is_filtered": any(asked.request.GET.get(key) for key in _FILTERS),
        "area_word": wording.area(wish.area) if wish.area else "",
        "clear_url": address(asked, **dict.fromkeys(_FILTERS, "")),
        "kept": [(key, asked.request.GET[key]) for key in ("left", "right", "tab") if asked.request.GET.get(key)],
    }


def _page(asked: Asked, found: Sequence[Any], rows: int) -> tuple[int, Sequence[Any]]:
    text = asked.request.GET.get("from", "")
    start = min(int(text), 10**9) if text.isascii() and text.isdigit() else 0
    return (start, found[start : start + rows]) if start < len(found) else (0, found[:rows])


def _shares(counts: Mapping[str, int], sides: Sides) -> list[tuple[str, Any, int]]:
    return [(STATES[key].tone, compare_rows.state_word(key, sides.titles), number) for key, number in counts.items()]


def address(asked: Asked, **changes: str) -> str:
    """This page with some members of its query changed; an empty one is left out."""
    query = asked.request.GET.copy()
    # A page of a list keeps what the list is of; anything else starts at its first page.
    for key in {*changes, "now"} if "from" in changes else {*changes, "from", "pair", "now"}:
        query.pop(key, None)
    for key, value in changes.items():
        if value:
            query[key] = value
    return f"{asked.request.path}?{query.urlencode()}"


def _pairs_url(asked: Asked, sides: Sides) -> str:
    return f"{url(asked, 'pairs')}?left={sides.left.key}&right={sides.right.key}"


def _export_url(asked: Asked, sides: Sides, kind: str, tab: str) -> str:
    return f"{url(asked, 'compare_export')}?left={sides.left.key}&right={sides.right.key}&format={kind}&tab={tab}"
