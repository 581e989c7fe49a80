"""The exporter of the OpenTelemetry SDK, as agents use it, against the product over a socket."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from tests.traces.conftest import agents_of
from tests.worlds import small_world
from trueline.traces import queries

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


@contextmanager
def served() -> Iterator[str]:
    """The product at an address."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_spans_of_the_sdk_arrive_once_and_whole(committed, store, compression):
    agents = agents_of(small_world())
    with served() as address:
        exporter = OTLPSpanExporter(
            f"{address}/v1/traces", headers={"Authorization": f"Bearer {agents.token}"}, compression=compression
        )
        provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
        provider.add_span_processor(BatchSpanProcessor(exporter, max_export_batch_size=4))
        tracer = provider.get_tracer("tests")
        with tracer.start_as_current_span("invoke_agent clerk", attributes={"gen_ai.agent.name": "clerk"}) as root:
            for number in range(9):
                with tracer.start_as_current_span("execute_tool look_up") as span:
                    span.set_attribute("gen_ai.tool.name", "look_up")
                    span.add_event("found", {"number": number})
            root.record_exception(ValueError("no such order"))
        provider.shutdown()
        refused = OTLPSpanExporter(f"{address}/v1/traces", headers={"Authorization": "Bearer nothing"})
        assert refused.export([root]) is SpanExportResult.FAILURE
    agents.fold()
    with agents.world.scope() as scope:
        (line,) = queries.traces(scope, agents.environment.pk)
        found = queries.spans_of(scope, line)
    assert (line.name, line.spans) == ("invoke_agent clerk", 10)
    assert sorted(event.attributes["number"] for span in found.spans[1:] for event in span.wire.events) == [*range(9)]
    assert {str(span.kind) for span in found.spans} == {"agent", "tool"}
