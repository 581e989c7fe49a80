"""Whatever lies in the folder: read, or listed with a reason; never a crash, never out of memory."""

from __future__ import annotations

import gzip
import json
import os
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.traces.senders import Sent, as_json, as_protobuf, json_request, json_span
from trueline.engine.traces.files import Limits
from trueline.engine.traces.reader import read, read_bytes

GOOD = as_json(Sent(status="error", message="boom"))
SMALL = Limits(file_bytes=4_000_000, containers=1_000, expansion=50, expansion_from=1_000_000, spans=3)


def reasons(path: Path, limits: Limits = SMALL) -> dict[str, str]:
    return {entry.path: entry.reason for entry in read(path, limits).unread}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_json_is_read(encoding, tmp_path):
    (tmp_path / "a.json").write_bytes(GOOD.decode().encode(encoding))
    assert (read(tmp_path).span_count, read(tmp_path).unread) == (1, ())


def test_gzip_of_one_and_of_several_members_is_read(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(as_protobuf(Sent(span=2))))
    (tmp_path / "b.gz").write_bytes(gzip.compress(GOOD + b"\n", mtime=0) + gzip.compress(as_json(Sent(span=3))))
    assert read(tmp_path).span_count == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (gzip.compress(GOOD, mtime=0)[:-9], "the gzip file ends too early"),
        (gzip.compress(GOOD, mtime=0)[:12] + b"\xff" * 40, "the gzip file is damaged"),
        (b'{"a": "\xe9"}', "its text is not valid UTF-8"),
        (b'{"a": ', "it is not valid JSON (line 1, column 7)"),
        (b"[" * 900_000, "its JSON holds more than 1,000 objects and lists"),
        (b"{}", "the JSON is none of the accepted forms of a trace"),
        (b"[]", "the JSON is an empty list"),
        (b"[1, 2]", "the JSON is a list without any trace"),
        (b"\x00\xff\x17" * 50, "it is neither JSON nor OTLP protobuf"),
        (b"name,value\n1,2\n", "it is neither JSON nor OTLP protobuf"),
        (gzip.compress(b"\x00" * 3_900_000, mtime=0), "it expands to more than 50 times its size"),
        (gzip.compress(random.Random(1).randbytes(4_100_000)), "it is larger than the limit of 3 MiB"),
        (b"x" * 4_000_001, "it is larger than the limit of 3 MiB"),
        (json.dumps({"resourceSpans": []}).encode(), "it holds no span"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_listed_with_its_reason_beside_what_can(content, reason, tmp_path):
    (tmp_path / "bad").write_bytes(content)
    (tmp_path / "good.json").write_bytes(GOOD)
    assert reasons(tmp_path) == {"bad": reason}
    assert read(tmp_path, SMALL).span_count == 1


def test_a_deep_nesting_is_a_reason_not_a_crash():
    assert read_bytes(b'{"a":' * 100_000).unread[0].reason.startswith("its JSON is nested too deeply")


def test_a_bomb_is_never_held_in_memory(tmp_path):
    engine = zlib.compressobj(wbits=31)
    (tmp_path / "bomb.gz").write_bytes(b"".join(engine.compress(b" " * 2**20) for _ in range(600)) + engine.flush())
    assert reasons(tmp_path, Limits())["bomb.gz"] == "it is larger than the limit of 256 MiB after decompression"


def test_things_that_are_no_files_and_files_that_are_gone_are_listed(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden").write_text("not mine")
    found = reasons(tmp_path)
    assert found["pipe"] == "it is not a regular file"
    assert found["link"].startswith("it cannot be opened")
    assert ".hidden" not in found
    assert read(tmp_path / "absent").unread[0].reason == "there is no such file or folder"


def test_no_more_spans_than_the_limit_are_held(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(as_json(*(Sent(trace=ord(name), span=n + 1) for n in range(2))))
    assert read(tmp_path, SMALL).span_count == 2
    assert reasons(tmp_path) == {"b": "the reading already holds close to 3 spans"}


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_pieces_in_any_order_and_repeated_give_the_same_traces(tmp_path_factory, rng, pieces):
    spans = [Sent(trace=n % 4 + 1, span=n + 1, parent=n // 2, started_ns=10**18 + n % 3) for n in range(12)]
    whole = read_bytes(as_json(*spans))
    folder = tmp_path_factory.mktemp("pieces")
    shuffled = [*spans, *rng.sample(spans, 3)]
    rng.shuffle(shuffled)
    for piece in range(pieces):
        part = shuffled[piece::pieces]
        render = as_json if piece % 2 else as_protobuf
        (folder / f"{piece}").write_bytes(render(*part))
    assert read(folder).traces == whole.traces


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_damage_to_a_file_raises(rng):
    data = bytearray(json_request(json_span(Sent(attributes={"a": [1, {"b": "c"}]}, events=(("exception", {}),)))))
    for _ in range(rng.randint(1, 6)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    reading = read_bytes(bytes(data))
    assert reading.span_count or reading.unread
