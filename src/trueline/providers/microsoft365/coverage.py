"""How far each area was read. Only what was shown to be whole is complete; absence alone never looks like emptiness."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trueline.connections.contract import AreaReport, Coverage, Json, Unread, Warn
from trueline.providers.microsoft365.areas import AREA_KEYS
from trueline.providers.microsoft365.recognise import folder_areas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MANIFEST_NAME = "trueline-coverage.json"
"""The file with which an export of our own says how far each area was read.

    {"areas": {"<area>": {"coverage": "complete", "reason": "", "objects": 12}}}

`coverage` is one of complete, partial, denied, not_licensed, unread; `reason` and `objects` may be left out. A complete
area without objects is empty; `objects` that differ from what the files hold make the area partial.
"""

NOTHING_HELD = "The export holds nothing of this area."
_WORST = (Coverage.PARTIAL, Coverage.DENIED, Coverage.NOT_LICENSED, Coverage.UNREAD, Coverage.COMPLETE)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a list answer or a manifest says of one area."""

    coverage: Coverage
    reason: str = ""
    objects: int | None = None


class Ledger:
    """Counts what was read and what was not, by area."""

    def __init__(self) -> None:
        self._objects: Counter[str] = Counter()
        self._in_folder: defaultdict[str, set[str]] = defaultdict(set)
        self._claims: defaultdict[str, list[Claim]] = defaultdict(list)
        self._unread: list[Unread] = []

    def count(self, area: str, path: str) -> None:
        """Note an object of an area that was read from a path."""
        self._objects[area] += 1
        self._in_folder[_folder(path)].add(area)

    def claim(self, area: str, claim: Claim) -> None:
        """Note what a document says of an area as a whole."""
        self._claims[area].append(claim)

    def miss(self, unread: Unread) -> None:
        """Note something that could not be read."""
        self._unread.append(unread)

    def unread(self) -> Iterator[Unread]:
        """What could not be read, each with its area where that is certain, by path."""
        for unread in sorted(self._unread, key=lambda item: (item.path, item.area)):
            areas = self._areas_of(unread)
            yield replace(unread, area=next(iter(areas))) if not unread.area and len(areas) == 1 else unread

    def reports(self) -> tuple[AreaReport, ...]:
        """The coverage of every area, in the order of the provider."""
        missed: defaultdict[str, list[Unread]] = defaultdict(list)
        for unread in self._unread:
            for area in self._areas_of(unread) or self._touched():
                missed[area].append(unread)
        return tuple(self._report(area, missed[area]) for area in AREA_KEYS)

    def _touched(self) -> set[str]:
        return set(self._objects) | set(self._claims)

    def _areas_of(self, unread: Unread) -> set[str]:
        """The areas a file may belong to: said, or by its folder and its neighbours; empty when nobody can tell."""
        if unread.area:
            return {unread.area}
        path = unread.path.partition("#")[0]
        folders = tuple(reversed(path.split("/")[:-1]))
        return set(folder_areas(folders)) | self._in_folder.get(_folder(path), set())

    def _report(self, area: str, missed: list[Unread]) -> AreaReport:
        count = self._objects[area]
        claims = [_checked(claim, count) for claim in self._claims[area]]
        claims += [Claim(unread.coverage, _missed_reason(missed)) for unread in missed]
        if count and not claims:
            return AreaReport(area, Coverage.COMPLETE, count)
        if not claims:
            return AreaReport(area, Coverage.UNREAD, 0, NOTHING_HELD)
        worst = min(claims, key=lambda claim: _WORST.index(claim.coverage))
        if count and worst.coverage is not Coverage.COMPLETE:
            return AreaReport(area, Coverage.PARTIAL, count, worst.reason)
        return AreaReport(area, worst.coverage, count, worst.reason)


def _folder(path: str) -> str:
    return path.partition("#")[0].rpartition("/")[0]


def _checked(claim: Claim, count: int) -> Claim:
    if claim.objects is None or claim.objects == count or claim.coverage is not Coverage.COMPLETE:
        return claim
    return Claim(Coverage.PARTIAL, f"The export claims {claim.objects} objects and holds {count}.")


def _missed_reason(missed: list[Unread]) -> str:
    first = missed[0]
    if len(missed) == 1:
        return f"{first.path}: {first.detail}"
    return f"{len(missed)} files could not be read, the first is {first.path}: {first.detail}"


def read_manifest(document: Json, path: str) -> tuple[dict[str, Claim], list[Unread | Warn]]:
    """The claims of a manifest by area, and what is wrong with it.

    An area that is denied or not licensed is also an `Unread`, so that it is named like any other gap. A manifest that
    cannot be understood counts as a file that could not be read.
    """
    areas = document.get("areas") if isinstance(document, dict) else None
    if not isinstance(areas, dict):
        return {}, [Unread(path, "corrupt", "The coverage file does not have the member `areas`.")]
    claims: dict[str, Claim] = {}
    notes: list[Unread | Warn] = []
    for area, entry in areas.items():
        claim = _claim_of(entry)
        if area not in AREA_KEYS:
            notes.append(Warn("unknown_area", (path, str(area))))
        elif claim is None:
            notes.append(Unread(path, "corrupt", f"The coverage file says of {area} what nobody understands.", area))
        else:
            claims[area] = claim
    return claims, [*notes, *_gaps(claims, path)]


def _claim_of(entry: Json) -> Claim | None:
    if not isinstance(entry, dict) or entry.get("coverage") not in list(Coverage):
        return None
    objects = entry.get("objects")
    reason = entry.get("reason")
    return Claim(
        Coverage(entry["coverage"]),
        reason if isinstance(reason, str) else "",
        objects if type(objects) is int and objects >= 0 else None,
    )


def _gaps(claims: dict[str, Claim], path: str) -> Iterable[Unread]:
    for area, claim in claims.items():
        if claim.coverage in (Coverage.DENIED, Coverage.NOT_LICENSED):
            detail = claim.reason or "The area could not be read."
            yield Unread(path, claim.coverage.value, detail, area, claim.coverage)
