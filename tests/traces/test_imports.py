"""Files that are handed over: what they hold is found again like what is sent, and what cannot be read is told."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.traces.senders import Sent, as_json, as_nested, as_protobuf
from tests.evaluations.runs import run
from trueline.audit.models import AuditEvent
from trueline.connections.models import UploadChunk
from trueline.engine.traces.redaction import MARK
from trueline.operations.actions.execution import execute
from trueline.operations.queries import run as find_run
from trueline.traces import queries
from trueline.traces.errors import NotReceiving
from trueline.traces.starting import import_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.traces.conftest import Agents
    from trueline.operations.models import OperationRun
    from trueline.traces.models import Trace, TraceImport

DAY_NS = 86_400 * 10**9


def now_ns() -> int:
    return time.time_ns() - 10**9 * 60


def archive(**files: bytes) -> bytes:
    return packed(lambda made: [made.writestr(name, content) for name, content in files.items()])


def packed(fill: Callable[[zipfile.ZipFile], Any]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        fill(made)
    return held.getvalue()


def imported(agents: Agents, body: bytes, name: str = "runs.zip") -> tuple[OperationRun, TraceImport]:
    """Hand a file over, perform the run, fold."""
    with agents.world.scope() as scope:
        started = import_file(scope, agents.environment, name, [body], actor=scope.actor)
        execute(scope.workspace_id, started.run.pk)
        done, made = find_run(scope, started.run.pk), queries.import_of_run(scope, started.run.pk)
    agents.fold()
    assert made is not None, done.message
    return done, made


def traces(agents: Agents) -> list[Trace]:
    with agents.world.scope() as scope:
        return list(queries.traces(scope, agents.environment.pk))


def test_files_of_every_form_become_traces(agents):
    found = archive(
        **{
            "otlp.json": as_json(Sent(trace=1, name="otlp", started_ns=now_ns())),
            "otlp.bin": as_protobuf(Sent(trace=2, name="binary", started_ns=now_ns())),
            "tree.json": as_nested(Sent(trace=3, name="tree", started_ns=now_ns())),
            "chat.json": json.dumps(run("case", "look")).encode(),
        }
    )
    done, made = imported(agents, found)
    assert (done.outcome, done.counts) == ("succeeded", {"traces": 4, "spans": made.spans_count, "unread": 0})
    assert {one.name for one in traces(agents)} == {"otlp", "binary", "tree", "transcript"}
    with agents.world.scope() as scope:
        (chat,) = [one for one in traces(agents) if one.name == "transcript"]
        told = queries.spans_of(scope, chat)
        assert told is not None
        assert (told.metadata["case"], told.metadata["seed"]) == ("case", 0)
        assert AuditEvent.objects.filter(action="traces:import:keep", subject_id=str(made.pk)).count() == 1
        assert not UploadChunk.objects.exists()


def test_what_was_sent_and_is_imported_is_there_once(agents):
    span = Sent(trace=1, started_ns=now_ns())
    assert agents.send(as_json(span), form="application/json").status_code == 200
    agents.fold()
    imported(agents, as_protobuf(span, Sent(trace=1, span=2, parent=1, started_ns=now_ns())))
    imported(agents, as_nested(span))
    (line,) = traces(agents)
    assert line.spans == 2


def test_secrets_are_taken_out_of_files_too(agents, store):
    canary = "sk-" + "canary0123456789abcdef"
    imported(agents, as_json(Sent(attributes={"input.value": f"my key is {canary}"}, started_ns=now_ns())))
    with agents.world.scope() as scope:
        told = queries.spans_of(scope, traces(agents)[0])
    assert told is not None
    assert told.spans[0].wire.attributes["input.value"] == f"my key is {MARK}"
    assert not any(canary.encode() in file.read_bytes() for file in store.rglob("*.parquet"))


def test_what_is_older_than_is_kept_is_left_out_and_told(agents):
    old = Sent(trace=1, started_ns=now_ns() - 100 * DAY_NS)
    young = Sent(trace=2, started_ns=now_ns() - 80 * DAY_NS)  # too old for a sender, not for a file
    done, made = imported(agents, as_json(old, young), "last-quarter.json")
    assert (done.outcome, len(traces(agents))) == ("partially_succeeded", 1)
    reason = "1 left out: older than 90 days or more than 24 hours ahead"
    assert made.unread == [{"path": "last-quarter.json", "reason": reason}]


def linked(held: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("a.json")
    link.external_attr = 0o120777 << 16
    held.writestr(link, "/etc/passwd")


def leading_out(held: zipfile.ZipFile) -> None:
    held.writestr("../a.json", "{}")


def growing(held: zipfile.ZipFile) -> None:
    held.writestr("a.json", b" " * 40_000_000)


def crowded(held: zipfile.ZipFile) -> None:
    for number in range(20_001):
        held.writestr(f"{number}", "")


@pytest.mark.parametrize(
    ("body", "path", "reason"),
    [
        (b"", "x.zip", "it is empty"),
        (b'{"a": "\xe9"}', "x.zip", "its text is not valid UTF-8"),
        (b"PK\x05\x06" + b"\xff" * 40, "x.zip", "the archive is damaged"),
        (archive(**{"a.json": b"{}"})[:-30], "x.zip", "the archive is damaged"),
        (packed(leading_out), "../a.json", "its path leads out of the archive"),
        (packed(linked), "a.json", "it is a link"),
        (packed(growing), "a.json", "it expands to more than 500 times its size"),
        (packed(crowded), "x.zip", "the archive holds more than 20,000 files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence_and_keeps_nothing(body, path, reason, agents):
    done, made = imported(agents, body, "x.zip")
    assert (done.outcome, done.message) == ("partially_succeeded", "Nothing of it could be taken.")
    assert (made.unread, made.spans_count) == ([{"path": path, "reason": reason}], 0)


def test_a_file_whose_neighbour_is_broken_is_taken(agents):
    _, made = imported(agents, archive(**{"a.json": b"{", "b.json": as_json(Sent(started_ns=now_ns()))}))
    assert [one["path"] for one in made.unread] == ["a.json"]
    assert (made.files_count, len(traces(agents))) == (2, 1)


def test_only_a_system_of_agents_takes_traces(world):
    with world.scope() as scope, pytest.raises(NotReceiving):
        import_file(scope, world.environment, "a.json", [b"{}"], actor=scope.actor)
