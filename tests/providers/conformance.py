"""What every provider promises, as checks. Each check takes what was read and yields a sentence for every breach."""

from __future__ import annotations

import base64
import dataclasses
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import (
    AreaReport,
    Coverage,
    Facet,
    Progress,
    Provider,
    Record,
    Setting,
    SettingDefinition,
    Unread,
    Warn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = b"the fingerprint key of the conformance tests"
KINDS = (Record, Unread, Warn, SettingDefinition, Progress)
SCALARS = (str, int, float, bool, type(None))
SEVERITIES = frozenset({"critical", "high", "medium", "low", "info"})


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that two reads of one export gave."""

    provider: Provider
    export: Path
    items: tuple[Any, ...]
    areas: tuple[AreaReport, ...]
    again: tuple[Any, ...]
    areas_again: tuple[AreaReport, ...]
    secrets: tuple[str, ...] = ()

    @property
    def records(self) -> list[Record]:
        """The records of the first read."""
        return [item for item in self.items if isinstance(item, Record)]

    @property
    def unread(self) -> list[Unread]:
        """What the first read could not read."""
        return [item for item in self.items if isinstance(item, Unread)]


def look(provider: Provider, export: Path, secrets: tuple[str, ...] = ()) -> Seen:
    """Read an export twice, with one source each time."""
    first, second = (provider.open_export(export, KEY) for _ in range(2))
    items, again = tuple(first.read()), tuple(second.read())
    return Seen(provider, export, items, first.areas(), again, second.areas(), secrets)


def breaches(seen: Seen) -> list[str]:
    """Every breach of the contract in one export, in the order of the checks."""
    return [breach for check in CHECKS for breach in check(seen)]


def yields_only_what_the_contract_names(seen: Seen) -> Iterator[str]:
    for item in seen.items:
        if type(item) not in KINDS:
            yield f"The source yields a {type(item).__name__}."


def reports_every_area_exactly_once(seen: Seen) -> Iterator[str]:
    reported = tuple(report.area for report in seen.areas)
    if reported != seen.provider.areas:
        odd = sorted(set(reported) ^ set(seen.provider.areas)) or "in another order or more than once"
        yield f"The areas are not reported once each, in their order: {odd}."


def counts_each_area(seen: Seen) -> Iterator[str]:
    counted = Counter(record.area for record in seen.records)
    for report in seen.areas:
        if report.objects != counted[report.area]:
            yield f"The area {report.area} reports {report.objects} objects and has {counted[report.area]}."
    for area in counted.keys() - {report.area for report in seen.areas}:
        yield f"Records belong to the area {area}, which is not reported."


def says_why_an_area_is_not_whole(seen: Seen) -> Iterator[str]:
    for report in seen.areas:
        if report.coverage is not Coverage.COMPLETE and not report.reason:
            yield f"The area {report.area} is {report.coverage} without a reason."


def never_calls_an_area_complete_that_has_gaps(seen: Seen) -> Iterator[str]:
    complete = {report.area for report in seen.areas if report.coverage is Coverage.COMPLETE}
    for unread in seen.unread:
        if unread.area in complete:
            yield f"{unread.path} could not be read, and its area {unread.area} is complete."
    for record in seen.records:
        if record.is_truncated and record.area in complete:
            yield f"{record.source_path} shows too few settings, and its area {record.area} is complete."


def says_what_could_not_be_read(seen: Seen) -> Iterator[str]:
    for unread in seen.unread:
        if not (unread.path and unread.reason and unread.detail):
            yield f"Something could not be read, without path, reason or detail: {unread}."


def names_paths_inside_the_export(seen: Seen) -> Iterator[str]:
    for path in (*(record.source_path for record in seen.records), *(unread.path for unread in seen.unread)):
        pure = PurePosixPath(path)
        if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path:
            yield f"The path {path!r} does not lie inside the export."


def never_shows_this_machine(seen: Seen) -> Iterator[str]:
    place = str(seen.export.parent)
    for item in (*seen.items, *seen.areas):
        if place in repr(item):
            yield f"A {type(item).__name__} shows where the export lies on this machine."


def gives_records_that_nobody_can_reassign(seen: Seen) -> Iterator[str]:
    for record in seen.records[:1]:
        for field in dataclasses.fields(record):
            try:
                setattr(record, field.name, getattr(record, field.name))
            except dataclasses.FrozenInstanceError:
                continue
            yield f"A record's {field.name} can be reassigned."


def reads_the_same_twice(seen: Seen) -> Iterator[str]:
    if [item for item in seen.items if item not in seen.again]:
        yield "A second read of the same export gives other records or gaps."
    if seen.areas != seen.areas_again:
        yield "A second read of the same export gives other coverage."


def gives_flat_facets(seen: Seen) -> Iterator[str]:
    for record in seen.records:
        for facet, flat in record.facets.items():
            if not isinstance(facet, Facet) or not flat:
                yield f"{record.source_path}: the facet {facet} is unknown or empty."
            for path, value in flat.items():
                members = value if isinstance(value, list) else [value]
                if not isinstance(path, str) or not all(isinstance(member, SCALARS) for member in members):
                    yield f"{record.source_path}: {path} is neither a scalar nor a list of scalars."


def gives_settings_in_order(seen: Seen) -> Iterator[str]:
    for record in seen.records:
        yield from (f"{record.source_path}: {breach}" for breach in map(_setting_breach, record.settings) if breach)
        ids = [setting.id for setting in record.settings]
        if ids != sorted(set(ids)):
            yield f"{record.source_path}: the settings are not sorted by id, each once."


def _setting_breach(setting: Setting) -> str:
    if setting.id != setting.id.lower():
        return f"the setting id {setting.id} is not in lower case."
    if list(setting.values) != sorted(set(setting.values)):
        return f"the values of {setting.id} are not sorted without repeats."
    return ""


def names_every_object(seen: Seen) -> Iterator[str]:
    for record in seen.records:
        if not (record.object_type and record.area and record.name):
            yield f"{record.source_path} has no type, no area or no name."


def lets_no_secret_through(seen: Seen) -> Iterator[str]:
    text = repr((seen.items, seen.areas))
    for secret in seen.secrets:
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
        if secret in text or encoded in text:
            yield "A planted secret is in what was read."
    if KEY.decode() in text or KEY.hex() in text:
        yield "The fingerprint key is in what was read."


def tells_progress_that_only_grows(seen: Seen) -> Iterator[str]:
    told = [item for item in seen.items if isinstance(item, Progress)]
    if any(later.done < earlier.done for earlier, later in pairwise(told)):
        yield "Progress goes back."
    if any(item.total is not None and item.done > item.total for item in told):
        yield "Progress goes past its end."


def weighs_with_known_words(seen: Seen) -> Iterator[str]:
    words = {seen.provider.weigh(area, facet, "") for area in seen.provider.areas for facet in ("", *Facet)}
    if words - SEVERITIES:
        yield f"Differences are weighed with unknown words: {sorted(words - SEVERITIES)}."


def describes_its_areas(seen: Seen) -> Iterator[str]:
    provider = seen.provider
    if len(set(provider.areas)) != len(provider.areas):
        yield "An area is listed twice."
    if set(provider.area_labels) != set(provider.areas) or not all(provider.area_labels.values()):
        yield "Not every area has exactly one label."
    if not set(provider.required_permissions) <= set(provider.areas):
        yield "A permission is named for an area that does not exist."


CHECKS: tuple[Callable[[Seen], Iterator[str]], ...] = (
    yields_only_what_the_contract_names,
    reports_every_area_exactly_once,
    counts_each_area,
    says_why_an_area_is_not_whole,
    never_calls_an_area_complete_that_has_gaps,
    says_what_could_not_be_read,
    names_paths_inside_the_export,
    never_shows_this_machine,
    gives_records_that_nobody_can_reassign,
    reads_the_same_twice,
    gives_flat_facets,
    gives_settings_in_order,
    names_every_object,
    lets_no_secret_through,
    tells_progress_that_only_grows,
    weighs_with_known_words,
    describes_its_areas,
)
