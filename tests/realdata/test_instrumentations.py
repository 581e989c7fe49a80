"""Two instrumentations of agents, of both conventions, on recorded calls, against the product over a socket."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
import yaml
from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor as GenAi
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.traces.conftest import agents_of
from tests.traces.test_real_senders import served
from tests.worlds import small_world
from trueline.engine.traces.decoding import embedded
from trueline.traces import queries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opentelemetry.trace import Tracer

pytestmark = pytest.mark.realdata
CASSETTES = ("autogen-agentchat__TestTeam.test_team_run", "agno__team_coordinate_run")


def recorded(shared_data: Path) -> list[tuple[dict[str, Any], Any]]:
    """Requests to a model and its answers, as they were once made by two frameworks for agents."""
    folder = shared_data / "agents" / "openinference_cassettes"
    told = [yaml.safe_load((folder / f"{name}.yaml").read_text())["interactions"] for name in CASSETTES]
    return [
        (json.loads(one["request"]["body"]), one["response"]["body"]["string"])
        for several in told
        for one in several
        if one["request"]["uri"].endswith("/chat/completions")
    ]


@contextmanager
def instrumented(instrumentor: Any, address: str, token: str) -> Iterator[Tracer]:
    headers = {"Authorization": f"Bearer {token}"}
    tracing, logging = TracerProvider(), LoggerProvider()
    tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{address}/v1/traces", headers=headers)))
    logging.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{address}/v1/logs", headers=headers)))
    instrumentor.instrument(tracer_provider=tracing, logger_provider=logging)
    try:
        yield tracing.get_tracer("tests")
    finally:
        instrumentor.uninstrument()
        tracing.shutdown()
        logging.shutdown()


def run_again(calls: list[tuple[dict[str, Any], Any]]) -> None:
    """Make every call once more; the answers are those that were recorded."""
    answers = (answer for _, answer in calls)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=next(answers), headers={"Content-Type": "application/json"})
    )
    with openai.OpenAI(api_key="none", http_client=httpx.Client(transport=transport)) as client:
        for request, _ in calls:
            client.chat.completions.create(**request)


def said(messages: Any) -> list[Any]:
    return [
        (message.role, [(part.kind, part.text, part.tool, part.arguments) for part in message.parts])
        for message in messages
    ]


def sent(request: dict[str, Any], answer: str) -> tuple[Any, ...]:
    """What the normal form should say of a call, read from the recording itself."""
    whole = json.loads(answer)
    return (
        whole["model"],
        *(whole["usage"][key] for key in ("prompt_tokens", "completion_tokens")),
        [one["content"] or "" for one in request["messages"]],
        [
            (call["function"]["name"], embedded(call["function"]["arguments"]))
            for call in whole["choices"][0]["message"].get("tool_calls") or ()
        ],
    )


def kept(span: Any) -> tuple[Any, ...]:
    return (
        span.model,
        *(span.usage.input_tokens, span.usage.output_tokens),
        ["".join(part.text for part in message.parts) for message in span.input_messages],
        [
            (part.tool, part.arguments)
            for message in span.output_messages
            for part in message.parts
            if part.kind == "tool_call"
        ],
    )


def test_both_conventions_of_recorded_calls_become_one_normal_form(
    committed, settings, tmp_path, shared_data, monkeypatch
):
    settings.TRACES_PATH = tmp_path
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")
    agents, calls = agents_of(small_world()), recorded(shared_data)
    with served() as address:
        for instrumentor in (OpenInference(), GenAi()):
            name = type(instrumentor).__module__
            with instrumented(instrumentor, address, agents.token) as tracer, tracer.start_as_current_span(name):
                run_again(calls)
    agents.fold()
    with agents.world.scope() as scope:
        traces = [queries.spans_of(scope, line) for line in queries.traces(scope, agents.environment.pk)]
    by_name = {trace.spans[0].name.partition(".")[0]: trace.spans[1:] for trace in traces}
    inference, genai = by_name["openinference"], by_name["opentelemetry"]
    assert [kept(span) for span in inference] == [sent(*call) for call in calls]
    assert [kept(span) for span in genai] == [sent(*call) for call in calls]
    assert [said(span.input_messages) for span in genai] == [said(span.input_messages) for span in inference]
    assert [said(span.output_messages) for span in genai] == [said(span.output_messages) for span in inference]
    assert {str(span.kind) for span in (*inference, *genai)} == {"llm"}
