"""From what was received to files and their index: nothing lost, nothing double, in whatever pieces it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.traces import spans
from trueline.connections.models import Connection
from trueline.engine.traces.model import Status
from trueline.kit import clock
from trueline.traces import queries
from trueline.traces.actions import folding, merging
from trueline.traces.actions.connecting import change_policy
from trueline.traces.actions.locking import try_lock
from trueline.traces.actions.merging import forget, merge_small
from trueline.traces.errors import TraceFileMissing
from trueline.traces.models import ReceivedBatch, Trace, TraceFile
from trueline.traces.rules import tier_of

AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk"}
CALL = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 3}


def at(seconds: int) -> int:
    return int(clock.now().timestamp() - 3_600 + seconds) * spans.SECOND


def told(agents):
    with agents.world.scope() as scope:
        return [(one.trace_id[-4:], one.name, one.spans) for one in queries.traces(scope, agents.environment.pk)]


def whole(agents, number: int = 1):
    with agents.world.scope() as scope:
        line = Trace.objects.get(trace_id=spans.trace_id(number).hex())
        return queries.spans_of(scope, line)


def test_what_was_sent_can_be_read_and_the_environment_is_connected_by_it(agents):
    begun = at(0)
    agents.send(
        spans.protobuf(
            {"name": "invoke_agent clerk", "at": begun, "lasts": 9 * spans.SECOND, "attributes": AGENT},
            {"span": 2, "parent": 1, "name": "chat", "at": begun + 5, "status": 2, "attributes": CALL},
        )
    )
    assert agents.fold() == 1
    with agents.world.scope() as scope:
        (line,) = queries.traces(scope, agents.environment.pk)
        found = queries.spans_of(scope, line)
        assert Connection.objects.get(environment_id=agents.environment.pk).kind == "traces"
        assert queries.waiting(scope, agents.environment.pk) == queries.Waiting(0, 0, None, 0)
    assert (line.name, line.status, line.spans, line.failed_spans) == ("invoke_agent clerk", Status.ERROR, 2, 1)
    assert (line.agents, line.input_tokens, line.output_tokens) == (["clerk"], 7, 3)
    assert line.duration_ns == 9 * spans.SECOND
    assert [span.name for span in found.spans] == ["invoke_agent clerk", "chat"]
    assert found.spans[1].attributes["gen_ai.usage.input_tokens"] == 7
    assert found.spans[0].wire.resource == {"service.name": "shop"}


def test_a_trace_in_pieces_repeated_and_out_of_order_is_one_trace(agents):
    parts = [{"span": number, "at": at(number), "name": f"s{number}"} for number in range(1, 7)]
    for part in (parts[4:], parts[:2], parts[1:5], parts[:2]):
        agents.send(spans.protobuf(*part))
        agents.fold()
    assert [span.name for span in whole(agents).spans] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert told(agents) == [("a001", "s1", 6)]
    with agents.world.inside():
        assert sum(TraceFile.objects.filter(replaced_at=None).values_list("spans", flat=True)) == 6


def test_a_fuller_version_of_a_span_takes_the_place_of_the_first(agents):
    begun = at(0)
    agents.send(spans.protobuf({"at": begun, "lasts": 0}, {"span": 2, "at": begun}))
    agents.fold()
    agents.send(spans.protobuf({"at": begun, "lasts": 5 * spans.SECOND, "attributes": {"said": "more"}}))
    agents.fold()
    first = whole(agents).spans[0]
    assert (first.attributes, first.wire.ended_ns) == ({"said": "more"}, begun + 5 * spans.SECOND)
    with agents.world.scope() as scope:
        hours = queries.by_agent_and_hour(
            scope, agents.environment.pk, clock.now() - timedelta(hours=3), clock.now() + timedelta(hours=1)
        )
        assert hours == []
        assert sum(TraceFile.objects.filter(replaced_at=None).values_list("spans", flat=True)) == 2


def test_a_log_record_becomes_an_event_of_its_span_whichever_comes_first(agents):
    agents.send(spans.logs(1, 1, "gen_ai.choice", "hello"), to="logs")
    agents.fold()
    assert told(agents) == []
    agents.send(spans.protobuf({"at": at(0)}))
    agents.send(spans.logs(1, 1, "gen_ai.choice", "hello again"), to="logs")
    agents.fold()
    events = whole(agents).spans[0].wire.events
    assert [event.attributes["body"] for event in events] == ["hello", "hello again"]


def test_a_secret_is_taken_out_before_it_reaches_a_file(agents, store, caplog):
    canary = "sk-canary-0123456789abcdefghij"
    agents.send(spans.protobuf({"at": at(0), "name": f"asks {canary}", "attributes": {"password": "hunter2hunter2"}}))
    agents.fold()
    assert whole(agents).spans[0].attributes == {"password": "[redacted]"}
    assert told(agents)[0][1] == "asks [redacted]"
    assert all(canary.encode() not in path.read_bytes() for path in store.rglob("*.parquet"))
    assert canary not in caplog.text


def test_the_policy_decides_what_is_kept_from_then_on(agents):
    with agents.world.scope() as scope:
        change_policy(scope, agents.environment.pk, "metadata_only", 30, actor=scope.actor)
    agents.send(spans.protobuf({"at": at(0), "attributes": CALL | {"input.value": "private"}}))
    agents.fold()
    assert set(whole(agents).spans[0].attributes) == set(CALL)


def test_a_batch_that_cannot_be_read_is_set_aside_and_stops_no_other(agents, monkeypatch, caplog):
    agents.send(spans.protobuf({"at": at(0)}))
    agents.send(spans.protobuf({"at": at(1), "trace": 2}))
    with agents.world.inside():
        broken = ReceivedBatch.objects.order_by("received_at", "id").first()
        ReceivedBatch.objects.filter(id=broken.pk).update(packing="odd")
    agents.fold()
    assert len(told(agents)) == 1
    assert "is set aside" in caplog.text
    with agents.world.scope() as scope:
        assert queries.waiting(scope, agents.environment.pk).set_aside == 1


def test_days_lie_apart_and_what_is_over_its_time_is_removed(agents, store):
    agents.send(spans.protobuf({"at": at(0)}, {"trace": 2, "at": at(-9 * 86_400)}))
    agents.fold()
    assert len({path.parent for path in store.rglob("*.parquet")}) == 2
    with agents.world.scope() as scope:
        change_policy(scope, agents.environment.pk, "redacted", 3, actor=scope.actor)
        removed = merging.forget(scope, agents.environment.pk)
    assert removed == 1
    assert [line[0] for line in told(agents)] == ["a001"]


def test_small_files_become_one_and_every_trace_is_still_found(agents, monkeypatch):
    for number in range(8):
        agents.send(spans.protobuf({"trace": number, "at": at(number), "attributes": AGENT}))
        with agents.world.scope() as scope:
            folding.fold(scope, agents.environment.pk)
    with agents.world.scope() as scope:
        assert merge_small(scope, agents.environment.pk) == 8
        live = TraceFile.objects.filter(replaced_at=None)
        assert [file.spans for file in live] == [8]
        hours = queries.by_agent_and_hour(
            scope, agents.environment.pk, clock.now() - timedelta(hours=3), clock.now() + timedelta(hours=1)
        )
    assert sum(hour.spans for hour in hours) == 8
    assert [whole(agents, number).spans[0].span_id for number in range(8)] == [spans.span_id(1).hex()] * 8


def test_replaced_files_and_those_of_killed_processes_are_cleaned_up(
    agents, store, monkeypatch, django_capture_on_commit_callbacks
):
    for number in range(8):
        agents.send(spans.protobuf({"trace": number, "at": at(number)}))
        with agents.world.scope() as scope:
            folding.fold(scope, agents.environment.pk)
    with agents.world.scope() as scope:
        merge_small(scope, agents.environment.pk)
        folder = next(store.rglob("*.parquet")).parent
        (folder / ".half.parquet").write_bytes(b"x")
        monkeypatch.setattr(merging, "ORPHAN_SECONDS", -1)
        monkeypatch.setattr(merging, "REPLACED_KEPT_SECONDS", -1)
        with django_capture_on_commit_callbacks(execute=True):
            forget(scope, agents.environment.pk)
    assert len(list(store.rglob("*.parquet"))) == 2, "bodies and facts of one file"
    assert whole(agents, 3) is not None


def test_a_file_that_is_gone_is_told_and_never_shown_as_nothing(agents, store):
    agents.send(spans.protobuf({"at": at(0)}))
    agents.fold()
    for path in store.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(TraceFileMissing):
        whole(agents)


def test_files_of_like_size_are_of_one_tier():
    assert [tier_of(spans) for spans in (1, 4_000, 4_001, 32_000, 40_000, 300_000)] == [0, 0, 1, 1, 2, 3]


def test_a_fold_may_think_longer_than_a_page(world):
    with world.inside(), transaction.atomic(), connection.cursor() as cursor:
        assert try_lock(world.environment.pk)
        cursor.execute("show idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)
