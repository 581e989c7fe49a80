"""Every registered provider against the contract, on its own demonstration and on hostile input."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.providers.conformance import CHECKS, KEY, Seen, breaches, look
from trueline.config.providers import wire_providers
from trueline.connections import registry
from trueline.connections.contract import AreaReport, Coverage, Facet, Progress, Provider, Record, Setting, Unread
from trueline.connections.errors import SourceRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trueline.connections.demonstration import DemoExport

    MakeDemo = Callable[[Path], tuple[DemoExport, ...]]

wire_providers()
PROVIDERS = tuple(one for one in registry.providers() if one.open_export is not None)
PLANTED = {"microsoft365": ("Sunny-Demo-Pass-4711",)}
"""Secrets that a provider's own demonstration holds on purpose."""

with_demo = pytest.mark.parametrize(
    ("provider", "make_demo"),
    [pytest.param(one, one.make_demo, id=one.key) for one in PROVIDERS if one.make_demo is not None],
)
by_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.key)


@with_demo
def test_every_export_of_the_demonstration_keeps_the_contract(
    provider: Provider, make_demo: MakeDemo, tmp_path: Path
) -> None:
    exports = make_demo(tmp_path)

    for export in exports:
        assert breaches(look(provider, export.path, PLANTED.get(provider.key, ()))) == [], export


@with_demo
def test_the_demonstration_has_one_standard_and_is_told_oldest_first(
    provider: Provider, make_demo: MakeDemo, tmp_path: Path
) -> None:
    exports = make_demo(tmp_path)

    assert [export.is_standard for export in exports].count(True) == 1
    assert exports[0].is_standard
    assert [export.days_ago for export in exports] == sorted((e.days_ago for e in exports), reverse=True)
    assert len({(export.environment, export.days_ago) for export in exports}) == len(exports)


@with_demo
def test_a_copy_under_another_path_and_as_a_zip_says_the_same(
    provider: Provider, make_demo: MakeDemo, tmp_path: Path
) -> None:
    export = make_demo(tmp_path / "demo")[-1].path
    archive = tmp_path / "elsewhere" / "export.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        # In another order than a folder gives them.
        for path in sorted((path for path in export.rglob("*") if path.is_file()), reverse=True):
            target.write(path, path.relative_to(export))

    folder, zipped = look(provider, export), look(provider, archive)

    assert contents(zipped) == contents(folder)
    assert {(area.area, area.coverage) for area in zipped.areas} == {
        (area.area, area.coverage) for area in folder.areas
    }


def coverage(seen: Seen) -> list[tuple[str, Coverage, int]]:
    return [(report.area, report.coverage, report.objects) for report in seen.areas]


def contents(seen: Seen) -> list[str]:
    return sorted(repr((record.object_type, record.name, sorted(record.facets.items()))) for record in seen.records)


@with_demo
def test_a_source_that_was_left_half_read_can_be_read_again(
    provider: Provider, make_demo: MakeDemo, tmp_path: Path
) -> None:
    source = provider.open_export(make_demo(tmp_path)[0].path, KEY)
    reading = iter(source.read())
    next(reading)
    reading.close()  # type: ignore[attr-defined]  # a source reads in a generator

    assert len(list(source.read())) > 100
    assert tuple(report.area for report in source.areas()) == provider.areas


def nothing(path: Path) -> None:
    """Leave the path absent."""


def empty_folder(path: Path) -> None:
    path.mkdir()


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def half_a_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "{}" * 1000)
    path.write_bytes(path.read_bytes()[:-30])


def deep(path: Path) -> None:
    folder_with(path, b"[" * 200_000)


def deep_object(path: Path) -> None:
    folder_with(path, b'{"settings":' * 5_000 + b"1" + b"}" * 5_000)


def huge_number(path: Path) -> None:
    folder_with(path, b'{"@odata.type":"#microsoft.graph.group","id":' + b"9" * 10_000 + b"}")


def lone_surrogate(path: Path) -> None:
    folder_with(path, b'{"displayName":"\\ud800","id":"x","groupTypes":[],"securityEnabled":true}')


def wrong_types(path: Path) -> None:
    folder_with(path, b'{"name":7,"platforms":{},"technologies":[],"settings":[null,3,{"settingInstance":[]}]}')


def only_null(path: Path) -> None:
    folder_with(path, b"null")


def folder_named_like_a_file(path: Path) -> None:
    (path / "policy.json").mkdir(parents=True)


def link_to_itself(path: Path) -> None:
    path.mkdir()
    (path / "round").symlink_to(path, target_is_directory=True)
    (path / "a.json").write_bytes(b"{}")


def folder_with(path: Path, content: bytes) -> None:
    path.mkdir()
    (path / "policy.json").write_bytes(content)


HOSTILE = (
    nothing, empty_folder, empty_file, noise, half_a_zip, deep, deep_object, huge_number, lone_surrogate, wrong_types,
    only_null, folder_named_like_a_file, link_to_itself,
)  # fmt: skip


@by_provider
@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_hostile_input_is_refused_or_named_and_never_an_accident(
    provider: Provider, make: Callable[[Path], None], tmp_path: Path
) -> None:
    export = tmp_path / "export"
    make(export)
    seen = looked(provider, export)

    if isinstance(seen, SourceRefused):
        assert seen.message.endswith(".")
        assert str(tmp_path) not in str(seen)
    else:
        assert breaches(seen) == []


def looked(provider: Provider, export: Path) -> Seen | SourceRefused:
    try:
        return look(provider, export)
    except SourceRefused as refused:
        return refused


# The checks themselves: a provider that breaks each promise is caught.


RECORD = Record("things", "a", "1", "One", "", "one.json", {}, {Facet.SETTINGS: {"x": 1}})
REPORTS = (AreaReport("a", Coverage.COMPLETE, 1), AreaReport("b", Coverage.UNREAD, 0, "Nothing was there."))


@dataclass(slots=True)
class Claimed:
    """A source that says what it was told to say."""

    items: tuple[Any, ...]
    reports: tuple[AreaReport, ...]

    def read(self) -> Iterator[Any]:
        yield from self.items

    def areas(self) -> tuple[AreaReport, ...]:
        return self.reports


def claiming(*items: Any, reports: tuple[AreaReport, ...] = REPORTS, **changes: Any) -> Provider:
    source = Claimed(items, reports)
    provider = Provider("sample", "sample", lambda _path, _key: source, ("a", "b"), {"a": "A", "b": "B"})
    return replace(provider, **changes)


def test_a_provider_that_keeps_the_contract_has_no_breach(tmp_path: Path) -> None:
    assert breaches(look(claiming(RECORD, Progress(1, 1, "")), tmp_path / "x")) == []


class Thawed(Record):
    """A record that was made reassignable."""

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


class Flickering:
    """A source that says something else each time."""

    def __init__(self) -> None:
        self.times = 0

    def read(self) -> Iterator[Any]:
        self.times += 1
        yield replace(RECORD, external_id=str(self.times))

    def areas(self) -> tuple[AreaReport, ...]:
        return REPORTS


def telling_its_place(path: Path, _key: bytes) -> Claimed:
    return Claimed((replace(RECORD, name=str(path)),), REPORTS)


THAWED = Thawed("things", "a", "1", "One", "", "one.json", {}, {Facet.SETTINGS: {"x": 1}})
FLICKERING = Flickering()
GAP = Unread("two.json", "corrupt", "It ends in the middle.", "a")
BROKEN: tuple[tuple[str, Provider], ...] = (
    ("yields a str", claiming(RECORD, "something")),
    ("not reported once each", claiming(RECORD, reports=REPORTS[:1])),
    ("not reported once each", claiming(RECORD, reports=(*REPORTS, REPORTS[1]))),
    ("reports 1 objects and has 0", claiming()),
    ("without a reason", claiming(RECORD, reports=(REPORTS[0], AreaReport("b", Coverage.DENIED, 0)))),
    ("its area a is complete", claiming(RECORD, GAP)),
    ("shows too few settings", claiming(replace(RECORD, expected_settings=3))),
    ("without path, reason or detail", claiming(RECORD, replace(GAP, detail="", area="b"))),
    ("does not lie inside the export", claiming(replace(RECORD, source_path="/etc/one.json"))),
    ("does not lie inside the export", claiming(replace(RECORD, source_path="../one.json"))),
    ("shows where the export lies", replace(claiming(), open_export=telling_its_place)),
    ("can be reassigned", claiming(THAWED)),
    ("gives other records", replace(claiming(), open_export=lambda _path, _key: FLICKERING)),
    ("unknown or empty", claiming(replace(RECORD, facets={Facet.SETTINGS: {}}))),
    ("neither a scalar nor a list", claiming(replace(RECORD, facets={Facet.SETTINGS: {"x": {"y": 1}}}))),
    ("not in lower case", claiming(replace(RECORD, settings=(Setting("A", ()),)))),
    ("not sorted without repeats", claiming(replace(RECORD, settings=(Setting("a", ("2", "1")),)))),
    ("not sorted by id", claiming(replace(RECORD, settings=(Setting("b", ()), Setting("a", ()))))),
    ("no type, no area or no name", claiming(replace(RECORD, name=""))),
    ("A planted secret", claiming(replace(RECORD, raw={"value": "hush-hush"}))),
    ("A planted secret", claiming(replace(RECORD, raw={"value": "aHVzaC1odXNo"}))),
    ("The fingerprint key", claiming(replace(RECORD, raw={"value": KEY.decode()}))),
    ("Progress goes back", claiming(RECORD, Progress(2, 3, ""), Progress(1, 3, ""))),
    ("Progress goes past its end", claiming(RECORD, Progress(4, 3, ""))),
    ("unknown words", claiming(RECORD, weigh=lambda _area, _facet, _path: "dreadful")),
    ("exactly one label", claiming(RECORD, area_labels={"a": "A"})),
    ("an area that does not exist", claiming(RECORD, required_permissions={"z": "Read.All"})),
)


@pytest.mark.parametrize(("sentence", "provider"), BROKEN, ids=[sentence for sentence, _ in BROKEN])
def test_a_broken_promise_is_named(sentence: str, provider: Provider, tmp_path: Path) -> None:
    found = breaches(look(provider, tmp_path / "export", ("hush-hush",)))

    assert any(sentence in breach for breach in found), found


def test_every_check_is_proven_able_to_fail(tmp_path: Path) -> None:
    silent = set(CHECKS)
    for _, provider in BROKEN:
        seen = look(provider, tmp_path / "export", ("hush-hush",))
        silent -= {check for check in silent if any(check(seen))}

    assert silent == set()
