"""Hostile and broken input: refused or named within 2 seconds and 200 MB, in one sentence, and nothing half read."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.providers.microsoft365.objects import CONDITIONAL_ACCESS, FIREWALL, KEY, read, write
from trueline.connections.contract import Coverage
from trueline.connections.errors import SourceRefused
from trueline.providers.microsoft365 import limits
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 2.0
MEGABYTES = 200
GOOD = json.dumps(CONDITIONAL_ACCESS)


@pytest.fixture(autouse=True)
def _in_time():
    before = time.process_time()
    yield
    assert time.process_time() - before < SECONDS * 2, "the test makes its own input, too, so it may take twice as long"


def archive(path: Path, members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


def refusal(path: Path) -> str:
    started = time.perf_counter()
    with pytest.raises(SourceRefused) as caught:
        MICROSOFT365.open_export(path, KEY)
    assert time.perf_counter() - started < SECONDS
    message = str(caught.value)
    assert message.count(".") == 1
    assert str(path.parent) not in message
    return message


def reason_of(folder: Path, data: bytes, name: str = "bad.json") -> str:
    """The reason of one bad file beside a good one; the good one is always read and the area is never complete."""
    (folder / name).write_bytes(data)
    write(folder, "good.json", CONDITIONAL_ACCESS)
    started = time.perf_counter()
    reading = read(folder)
    assert time.perf_counter() - started < SECONDS
    assert [record.name for record in reading.records] == ["Require MFA"]
    (unread,) = reading.unread
    assert unread.path == name
    (area,) = [report for report in reading.areas if report.area == "conditional_access"]
    assert area.coverage is Coverage.PARTIAL
    return unread.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"{", "corrupt"),
        (b"\x00\x00\x00", "corrupt"),
        (b"\xff\xfe{\x00\x00", "corrupt"),
        (b"\xff\xfe\x00\xd8", "corrupt"),
        (b'{"a": "\xff"}', "corrupt"),
        (b"[" * 10_000 + b"]" * 10_000, "too_deep"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "too_deep"),
        (b'{"id": 1e400}', "bad_number"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "bad_number"),
        (b'{"id": 9007199254740993}', "bad_number"),
        (b'{"id": 123456789012345678901234567890}', "bad_number"),
        (b'{"id": "\\ud800"}', "bad_text"),
        (b'{"id": "a\\u0000b"}', "bad_text"),
        (b'{"a\\u0000b": 1}', "bad_text"),
        (b'{"id": NaN}', "corrupt"),
    ],
)
def test_a_file_that_cannot_be_kept_exactly_is_named(tmp_path, data, reason) -> None:
    assert reason_of(tmp_path, data) == reason


def test_a_million_members_are_too_many(tmp_path) -> None:
    assert reason_of(tmp_path, b"{" + b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}") == "too_large"


def test_a_document_of_empty_lists_is_too_large(tmp_path) -> None:
    assert reason_of(tmp_path, b"[" + b"[]," * 1_000_000 + b"[]]") == "too_large"


def test_a_list_of_more_objects_than_a_tenant_has_is_too_large(tmp_path) -> None:
    assert reason_of(tmp_path, json.dumps([{"a": 1}] * (limits.MAX_OBJECTS + 1)).encode()) == "too_large"


def test_yaml_that_unfolds_is_not_read(tmp_path) -> None:
    bomb = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 120))
    assert reason_of(tmp_path, bomb, "bad.yaml") == "corrupt"


def test_yaml_that_nests_deep_is_not_read(tmp_path) -> None:
    assert reason_of(tmp_path, b"[" * 500 + b"]" * 500, "bad.yaml") == "too_deep"


def test_a_file_of_a_gigabyte_is_named_without_being_read(tmp_path) -> None:
    with (tmp_path / "large.json").open("wb") as stream:
        stream.truncate(2**30)
    write(tmp_path, "good.json", CONDITIONAL_ACCESS)
    (unread,) = read(tmp_path).unread
    assert (unread.path, unread.reason) == ("large.json", "too_large")
    assert "larger than 16 MB" in refusal(tmp_path / "large.json")


def test_a_link_inside_a_folder_is_not_followed(tmp_path) -> None:
    outside = write(tmp_path / "outside", "secret.json", FIREWALL)
    write(tmp_path / "export", "good.json", CONDITIONAL_ACCESS)
    (tmp_path / "export" / "link.json").symlink_to(outside)
    (tmp_path / "export" / "folder").symlink_to(outside.parent)
    (tmp_path / "export" / "round").symlink_to(tmp_path / "export")
    reading = read(tmp_path / "export")
    assert [record.name for record in reading.records] == ["Require MFA"]
    assert [(item.path, item.reason) for item in reading.unread] == [
        ("folder", "symlink"),
        ("link.json", "symlink"),
        ("round", "symlink"),
    ]


def test_a_pipe_is_named_and_nobody_waits_for_it(tmp_path) -> None:
    write(tmp_path, "good.json", CONDITIONAL_ACCESS)
    os.mkfifo(tmp_path / "pipe.json")
    (unread,) = read(tmp_path).unread
    assert unread.reason == "unreadable"


def test_a_name_with_control_characters_is_written_as_escapes(tmp_path) -> None:
    (tmp_path / "a\x1b[31m\n.json").write_text("{")
    write(tmp_path, "good.json", CONDITIONAL_ACCESS)
    (unread,) = read(tmp_path).unread
    assert unread.path == "a\\x1b[31m\\n.json"


def test_a_name_that_is_no_text_is_written_as_escapes(tmp_path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.json")).write_text("{")
    write(tmp_path, "good.json", CONDITIONAL_ACCESS)
    (unread,) = read(tmp_path).unread
    assert unread.path.encode() == b"a\\udcff.json"


def test_nothing_to_read_is_refused(tmp_path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    assert "no exported policy" in refusal(tmp_path)
    assert "no file or folder" in refusal(tmp_path / "absent")


def test_a_bomb_is_refused(tmp_path) -> None:
    assert "far more" in refusal(archive(tmp_path / "b.zip", {"a.json": b" " * 12_000_000}))


def test_a_bomb_in_many_members_is_refused(tmp_path) -> None:
    assert "far more" in refusal(archive(tmp_path / "b.zip", {f"{n}.json": b" " * 1_000_000 for n in range(20)}))


def test_an_archive_inside_an_archive_is_named_and_not_opened(tmp_path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as target:
        target.writestr("hidden.json", json.dumps(FIREWALL))
    reading = read(archive(tmp_path / "b.zip", {"inner.zip": inner.getvalue(), "good.json": GOOD}))
    (unread,) = reading.unread
    assert (unread.path, unread.reason) == ("inner.zip", "nested_archive")
    assert [record.name for record in reading.records] == ["Require MFA"]


@pytest.mark.parametrize("name", ["../up.json", "a/../../up.json", "/etc/passwd.json", "..\\up.json", "C:\\x.json"])
def test_a_path_that_leads_out_is_refused(tmp_path, name) -> None:
    assert "leads out" in refusal(archive(tmp_path / "b.zip", {name: GOOD}))


def test_a_link_in_an_archive_is_refused(tmp_path) -> None:
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as target:
        target.writestr(entry, "/etc/passwd")
    assert "link" in refusal(tmp_path / "b.zip")


def test_too_many_members_are_refused_by_what_the_archive_claims(tmp_path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 4_700_000, 56, 0)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 100_000, 100_000, 4_700_000, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04" + b"x" * 100 + end64 + locator + end)
    assert str(limits.MAX_MEMBERS) in refusal(tmp_path / "b.zip")


def test_a_directory_larger_than_it_claims_is_refused(tmp_path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 40 * 2**20, 0, 0)
    with (tmp_path / "b.zip").open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(41 * 2**20)
        stream.seek(0, 2)
        stream.write(end)
    refusal(tmp_path / "b.zip")


def patched(path: Path, change: bytes, offset: int, mark: bytes) -> Path:
    """Overwrite bytes at an offset from the first mark."""
    data = bytearray(path.read_bytes())
    at = data.index(mark) + offset
    data[at : at + len(change)] = change
    path.write_bytes(bytes(data))
    return path


def test_overlapping_members_are_refused(tmp_path) -> None:
    path = archive(tmp_path / "b.zip", {"a.json": GOOD, "b.json": GOOD})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    path.write_bytes(bytes(data))
    assert "overlap" in refusal(path)


@pytest.mark.parametrize("claimed", [10, 100_000])
def test_a_member_that_lies_about_its_size_is_not_read(tmp_path, claimed) -> None:
    path = archive(tmp_path / "b.zip", {"a.json": json.dumps(FIREWALL)})
    reading = read(patched(path, struct.pack("<L", claimed), 24, b"PK\x01\x02"))
    assert reading.records == []
    assert [item.reason for item in reading.unread] == ["corrupt"]


def test_a_member_with_a_password_is_named(tmp_path) -> None:
    path = patched(archive(tmp_path / "b.zip", {"a.json": GOOD}), b"\x01", 8, b"PK\x01\x02")
    assert [item.reason for item in read(path).unread] == ["encrypted"]


def test_a_method_that_no_export_uses_is_named(tmp_path) -> None:
    path = archive(tmp_path / "b.zip", {"a.json": GOOD}, zipfile.ZIP_LZMA)
    assert [item.reason for item in read(path).unread] == ["unsupported"]


def test_a_damaged_archive_is_refused(tmp_path) -> None:
    whole = archive(tmp_path / "b.zip", {"a.json": GOOD}).read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[:-30])
    refusal(tmp_path / "b.zip")


def test_the_doubles_of_macos_are_left_out(tmp_path) -> None:
    reading = read(archive(tmp_path / "b.zip", {"good.json": GOOD, "__MACOSX/._good.json": b"\x00\x05"}))
    assert len(reading.records) == 1
    assert reading.unread == []


MANY = """
import sys, time
from pathlib import Path
from trueline.connections.errors import SourceRefused
from trueline.providers.microsoft365.provider import MICROSOFT365
started = time.perf_counter()
try:
    MICROSOFT365.open_export(Path(sys.argv[1]), b"k" * 32)
except SourceRefused as refused:
    seconds = time.perf_counter() - started
    # The peak that the kernel keeps for this program alone; getrusage would count the parent before exec, too.
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("refused", seconds, int(peak) / 1024)
"""


def measured(path: Path) -> tuple[float, float]:
    """Seconds and megabytes that refusing takes in a fresh process."""
    done = subprocess.run([sys.executable, "-c", MANY, str(path)], capture_output=True, text=True, check=True)
    word, seconds, megabytes = done.stdout.split()
    assert word == "refused"
    return float(seconds), float(megabytes)


def test_a_hundred_thousand_members_are_refused_in_time_and_memory(tmp_path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + b"%08d" % number for number in range(100_000))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, len(directory), 4, 0)
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04" + directory + end)
    seconds, megabytes = measured(tmp_path / "b.zip")
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
