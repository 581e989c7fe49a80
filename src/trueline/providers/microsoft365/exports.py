"""Exported files as a source: a folder, file or zip archive of Graph JSON to records, gaps, oddities and coverage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.connections.contract import AreaReport, Coverage, Json, Progress, Record, SettingDefinition, Unread, Warn
from trueline.connections.errors import SourceRefused
from trueline.providers.microsoft365.archives import Archive, is_archive
from trueline.providers.microsoft365.containers import Container, Folder, Member
from trueline.providers.microsoft365.coverage import MANIFEST_NAME, Claim, Ledger, read_manifest
from trueline.providers.microsoft365.decoding import Unusable, parse_text, utf8
from trueline.providers.microsoft365.definitions import Vocabulary
from trueline.providers.microsoft365.documents import (
    Failed,
    Found,
    Ignored,
    Listed,
    is_settings_part,
    is_whole,
    parts_of,
)
from trueline.providers.microsoft365.normalise import record_of
from trueline.providers.microsoft365.recognise import UNKNOWN, recognise
from trueline.providers.microsoft365.redaction import Redactor
from trueline.providers.microsoft365.ruleset import rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRESS_EVERY = 25
"""Files between two notes of progress: often enough for a page, too rare to cost anything."""

_COMPANION = "_settings.json"
_ONE_OBJECT = "A single exported object does not show what else the tenant has."
_ODD_SHAPE = "An object in the file has a shape that is not understood."

Item = Record | Unread | Warn | SettingDefinition | Progress


def open_export(path: Path, fingerprint_key: bytes) -> ExportSource:
    """Open a folder, a file or a zip archive of exported policies.

    Args:
        path: What a person chose.
        fingerprint_key: The secret key with which redacted secrets are fingerprinted.

    Raises:
        SourceRefused: When it does not exist, holds nothing to read, or is hostile; nothing was read then.
    """
    _open(path).close()
    return ExportSource(path, fingerprint_key)


def _open(path: Path) -> Container:
    try:
        if not path.exists():
            raise SourceRefused("There is no file or folder of that name.")
        container: Container = Archive(path) if path.is_file() and is_archive(path) else Folder(path)
    except OSError as error:
        raise SourceRefused("The file or folder could not be opened.") from error
    if not container.members and not container.skipped:
        container.close()
        raise SourceRefused("There is no exported policy in it: no JSON or YAML file at any depth.")
    return container


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a file says of an area; it counts only when the whole file could be read."""

    area: str
    claim: Claim


class ExportSource:
    """One export that was opened; each `read` reads it anew."""

    def __init__(self, path: Path, fingerprint_key: bytes) -> None:
        self._path = path
        self._key = fingerprint_key
        self._areas: tuple[AreaReport, ...] = ()

    def read(self) -> Iterator[Item]:
        """Yield records, gaps, oddities, progress; raises `SourceRefused` when the source has become a hostile one."""
        self._areas = ()
        container = _open(self._path)
        reading = _Reading(container, Redactor(self._key), is_single=self._path.is_file())
        try:
            yield from reading.run()
        finally:
            container.close()
        self._areas = reading.ledger.reports()

    def areas(self) -> tuple[AreaReport, ...]:
        """Coverage of every area; empty until `read` is exhausted."""
        return self._areas


class _Reading:
    """The state of one read: the ledger, and what was seen for finding duplicates."""

    def __init__(self, container: Container, redactor: Redactor, *, is_single: bool) -> None:
        self._container = container
        self._redactor = redactor
        self._is_single = is_single and len(container.members) == 1
        self._companions = _companions(container.members)
        self._seen: dict[str, defaultdict[tuple[str, str], list[str]]] = {
            "duplicate_id": defaultdict(list),
            "duplicate_name": defaultdict(list),
        }
        self._unknown: defaultdict[str, list[str]] = defaultdict(list)
        self._vocabulary = Vocabulary()
        self.ledger = Ledger()

    def run(self) -> Iterator[Item]:
        for unread in self._container.skipped:
            self.ledger.miss(unread)
        total = len(self._container.members)
        companions = {companion.path for companion in self._companions.values()}
        for number, member in enumerate(self._container.members):
            if number % PROGRESS_EVERY == 0:
                yield Progress(number, total, member.path)
            if member.path not in companions:
                yield from self._member(member)
        yield from self.ledger.unread()
        yield from self._oddities()
        yield from self._vocabulary.definitions()
        yield Progress(total, total, "")

    def _member(self, member: Member) -> Iterator[Item]:
        try:
            items = tuple(self._items(member))
        except Unusable as error:
            self.ledger.miss(Unread(member.path, error.reason, error.detail))
            return
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            # Files are written by strangers; one that no tool would write must not stop the others, and is named.
            self.ledger.miss(Unread(member.path, "unexpected_shape", _ODD_SHAPE))
            return
        for item in items:
            if isinstance(item, Record):
                self._note(item)
            match item:
                case Unread():
                    self.ledger.miss(item)
                case _Claimed():
                    self.ledger.claim(item.area, item.claim)
                case _:
                    yield item

    def _items(self, member: Member) -> Iterator[Record | Unread | Warn | _Claimed]:
        """Everything in one file, before any of it counts: a file is read whole or not at all."""
        text = utf8(self._container.read(member))
        document = parse_text(text, is_yaml=member.is_yaml)
        if member.path.rpartition("/")[2].lower() == MANIFEST_NAME:
            yield from _manifest(document, member.path)
            return
        if member.path.lower().endswith(_COMPANION) and not is_whole(document):
            raise Unusable("orphan_settings", "These are settings of a policy that is not in the export.")
        for part in parts_of(document):
            match part:
                case Found() if not part.type and self._vocabulary.takes(part.raw):
                    pass
                case Found():
                    yield self._record(part, member)
                case Ignored():
                    yield Warn("ignored_file", (_place(member.path, part.pointer), part.reason))
                case Failed():
                    yield Unread(_place(member.path, part.pointer), part.reason, part.detail, "", part.coverage)
                case Listed():
                    yield _Claimed(part.area, Claim(part.coverage, part.reason))

    def _record(self, part: Found, member: Member) -> Record:
        raw = part.raw
        companion = self._companions.get(member.path)
        if companion is not None and not part.pointer:
            raw = self._with_settings(raw, companion)
        self._vocabulary.listen(raw)
        rule = rule_of(part.type) if part.type else recognise(raw, member.folders, part.context)
        return record_of(self._redactor.redact(raw), rule, _place(member.path, part.pointer))

    def _with_settings(self, raw: dict[str, Json], companion: Member) -> dict[str, Json]:
        """The policy with the settings of its companion file; the longer list wins when both hold one."""
        settings = is_settings_part(parse_text(utf8(self._container.read(companion))))
        if settings is None:
            raise Unusable("corrupt", f"Its settings in {companion.path} are no list of settings.")
        own = raw.get("settings")
        if isinstance(own, list) and len(own) >= len(settings):
            return raw
        return raw | {"settings": settings}

    def _note(self, record: Record) -> None:
        self.ledger.count(record.area, record.source_path)
        if record.is_truncated:
            shown = len(record.raw.get("settings") or ())
            reason = f"{record.source_path} shows {shown} of {record.expected_settings} settings."
            self.ledger.claim(record.area, Claim(Coverage.PARTIAL, reason))
        elif self._is_single and "#" not in record.source_path:
            self.ledger.claim(record.area, Claim(Coverage.PARTIAL, _ONE_OBJECT))
        if record.object_type.startswith(UNKNOWN):
            self._unknown[record.object_type].append(record.source_path)
        if record.external_id:
            self._seen["duplicate_id"][record.object_type, record.external_id].append(record.source_path)
        self._seen["duplicate_name"][record.object_type, record.name.casefold()].append(record.source_path)

    def _oddities(self) -> Iterator[Warn]:
        for kind, seen in self._seen.items():
            for paths in seen.values():
                if len(paths) > 1:
                    yield Warn(kind, tuple(sorted(paths)))
        for paths in self._unknown.values():
            yield Warn("unknown_type", tuple(sorted(paths)))


def _manifest(document: Json, path: str) -> Iterator[Unread | Warn | _Claimed]:
    claims, notes = read_manifest(document, path)
    yield from (_Claimed(area, claim) for area, claim in claims.items())
    yield from notes


def _place(path: str, pointer: str) -> str:
    return f"{path}#{pointer}" if pointer else path


def _companions(members: list[Member]) -> dict[str, Member]:
    """For each policy file the file that holds its settings apart, by the path of the policy file."""
    by_path = {member.path.lower(): member for member in members}
    found: dict[str, Member] = {}
    for member in members:
        low = member.path.lower()
        if low.endswith(_COMPANION):
            main = by_path.get(low.removesuffix(_COMPANION) + ".json")
            if main is not None:
                found[main.path] = member
    return found
