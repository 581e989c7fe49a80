"""The contract of an OTLP receiver, over HTTP."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.traces import spans
from tests.traces.conftest import PROTOBUF
from trueline.api import otlp
from trueline.engine.traces.receiving import LARGEST_BODY_BYTES
from trueline.kit import clock
from trueline.traces.actions import receiving
from trueline.traces.models import ReceivedBatch
from trueline.workspaces.actions import move_environment
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.models import ApiKey
from trueline.workspaces.rules import Lifecycle

JSON = "application/json"
DAY = 86_400 * spans.SECOND


def batches(agents) -> list[ReceivedBatch]:
    with agents.world.inside():
        return list(ReceivedBatch.objects.all())


def key(agents, capabilities, environment=None) -> str:
    with agents.world.scope() as scope:
        until = clock.now() + timedelta(days=1)
        place = environment.pk if environment else None
        return create_api_key(scope, "k", capabilities, until, actor=scope.actor, environment_id=place)[1]


@pytest.mark.parametrize(
    ("body", "form", "headers"),
    [
        (spans.protobuf({}, {"span": 2}), PROTOBUF, {}),
        (gzip.compress(spans.protobuf({}, {"span": 2})), PROTOBUF, {"Content-Encoding": "gzip"}),
        (spans.as_json({}, {"span": 2}), JSON, {}),
        (gzip.compress(spans.as_json({}, {"span": 2})), f"{JSON}; charset=utf-8", {"Content-Encoding": "gzip"}),
    ],
    ids=["protobuf", "protobuf gzip", "json", "json gzip"],
)
def test_what_is_good_is_kept_and_answered_in_its_own_form(agents, body, form, headers):
    answer = agents.send(body, form=form, **headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, form.partition(";")[0])
    assert answer.content in (b"", b"{}")
    (kept,) = batches(agents)
    assert kept.items == 2


def test_what_was_left_out_is_told_with_its_number_and_reason(agents):
    now = clock.now().timestamp()
    old = int(now) * spans.SECOND - 40 * DAY
    backwards = spans.request({}, {"span": 2, "at": old}, {"span": 3})
    backwards.resource_spans[0].scope_spans[0].spans[2].end_time_unix_nano = 1
    answer = agents.send(bytes(backwards.SerializeToString()))
    told = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, told.rejected_spans) == (200, 2)
    assert "ends before it starts" in told.error_message
    assert "older than 30 days" in told.error_message
    assert batches(agents)[0].items == 1


@pytest.mark.parametrize(
    ("body", "form", "headers", "status"),
    [
        (b"\xff\xff", PROTOBUF, {}, 400),
        (b"{", JSON, {}, 400),
        (b'{"resourceSpans": {"scopeSpans": []}}', JSON, {}, 400),
        (b'{"resourceLogs": []}', JSON, {}, 400),
        (b"no gzip", PROTOBUF, {"Content-Encoding": "gzip"}, 400),
        (b"", PROTOBUF, {"Content-Encoding": "br"}, 400),
        (gzip.compress(bytes(LARGEST_BODY_BYTES + 1)), PROTOBUF, {"Content-Encoding": "gzip"}, 413),
        (b"", "text/plain", {}, 415),
    ],
    ids=["protobuf", "json", "no list", "logs", "gzip", "brotli", "bomb", "form"],
)
def test_what_cannot_be_read_is_refused_whole_with_a_status(agents, body, form, headers, status):
    answer = agents.send(body, form=form, **headers)
    assert answer.status_code == status
    if form == PROTOBUF:
        assert answer.content[0] == 0x08
    else:
        assert json.loads(answer.content).keys() == {"code", "message"}
    assert batches(agents) == []


def test_an_empty_request_is_a_success_and_keeps_nothing(agents):
    assert agents.send(b"").status_code == 200
    assert batches(agents) == []


def test_only_a_good_key_of_this_environment_may_send(agents):
    world, body = agents.world, spans.protobuf({})
    assert agents.send(body, Authorization="").status_code == 401
    assert agents.send(body, token=f"{agents.token[:-1]}!").status_code == 401
    assert agents.send(body, token=key(agents, ["traces.write"])).status_code == 403
    assert agents.send(body, token=key(agents, ["traces.write"], world.environment)).status_code == 403
    assert agents.send(body, token=key(agents, ["findings.view"], agents.environment)).status_code == 403
    with world.scope() as scope:
        for one in ApiKey.objects.all():
            revoke_api_key(scope, one.pk, actor=scope.actor)
    assert agents.send(body).status_code == 401
    assert batches(agents) == []


def test_an_archived_environment_takes_nothing(agents):
    with agents.world.scope() as scope:
        for step in (Lifecycle.ACTIVE, Lifecycle.ARCHIVED):
            move_environment(scope, agents.environment, step, actor=scope.actor)
    assert agents.send(spans.protobuf({})).status_code == 403


def test_the_same_request_again_is_one_batch(agents):
    body = spans.protobuf({"at": 1_000 * spans.SECOND + int(clock.now().timestamp() - 2_000) * spans.SECOND})
    assert [agents.send(body).status_code for _ in range(3)] == [200, 200, 200]
    again = agents.send(gzip.compress(body), **{"Content-Encoding": "gzip"})
    assert again.status_code == 200
    assert len(batches(agents)) == 1


def test_too_much_at_once_is_asked_to_come_back(agents, monkeypatch):
    for _ in range(otlp.AT_ONCE):
        otlp._slots.acquire()
    try:
        answer = agents.send(spans.protobuf({}))
    finally:
        for _ in range(otlp.AT_ONCE):
            otlp._slots.release()
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    agents.send(spans.protobuf({}))
    monkeypatch.setattr(receiving, "MOST_WAITING_BYTES", 1)
    answer = agents.send(spans.protobuf({"span": 2}))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.content[1] == 14


def test_a_secret_is_readable_nowhere_in_the_database_even_before_it_is_taken_out(agents):
    canary = "sk-canary-0123456789abcdefghij"
    agents.send(spans.protobuf({"attributes": {"gen_ai.input.messages": canary}}))
    with agents.world.inside(), connection.cursor() as cursor:
        cursor.execute("select count(*) from traces_receivedbatch where position(%s in body) > 0", [canary.encode()])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "select storage from (select attstorage as storage from pg_attribute"
            " where attrelid = 'traces_receivedbatch'::regclass and attname = 'body') as x"
        )
        assert cursor.fetchone()[0] in ("e", b"e")


def test_a_look_with_a_browser_says_how_to_send(agents):
    answer = Client().get("/v1/traces")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
