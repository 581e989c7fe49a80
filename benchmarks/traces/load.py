"""Bodies as a sender of OpenTelemetry writes them, each of its own spans, and connections that send them."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SPANS_OF_A_BODY = 512
_SPANS_OF_A_TRACE = 10
_AGENTS = ("clerk", "buyer", "writer", "checker", "planner", "searcher", "critic")
_WORDS = [f"word{number}" for number in range(4_000)]


def bodies(number: int, *, spread_ns: int = 0, seed: int = 1) -> Iterator[bytes]:
    """That many export requests in protobuf; the texts repeat every 16 bodies, ids and times never."""
    dice = random.Random(seed)
    patterns = [_pattern(dice) for _ in range(16)]
    now = time.time_ns()
    for position in range(number):
        begun = now - spread_ns + (spread_ns * position // max(1, number))
        yield _renewed(patterns[position % 16], dice, begun)


def _pattern(dice: random.Random) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    group = made.resource_spans.add()
    _set(group.resource.attributes, {"service.name": "shop", "service.version": "4.2.0"})
    scope = group.scope_spans.add()
    scope.scope.name = "bench"
    for number in range(SPANS_OF_A_BODY):
        span = scope.spans.add()
        _fill(span, number % _SPANS_OF_A_TRACE, dice)
    return made


def _fill(span: object, place: int, dice: random.Random) -> None:
    agent = dice.choice(_AGENTS)
    if place == 0:
        span.name, given = (
            f"invoke_agent {agent}",
            {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent},
        )
    elif place % 3 == 0:
        span.name = "execute_tool look_up"
        given = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look_up", **_said(dice, 20, "tool.call")}
    else:
        span.name = "chat small-model"
        given = {
            "gen_ai.operation.name": "chat",
            "gen_ai.agent.name": agent,
            "gen_ai.request.model": "small-model",
            "gen_ai.usage.input_tokens": dice.randrange(50, 4_000),
            "gen_ai.usage.output_tokens": dice.randrange(5, 400),
            "gen_ai.input.messages": _message("user", dice, 80),
            "gen_ai.output.messages": _message("assistant", dice, 40),
        }
    span.status.code = 2 if dice.random() < 0.03 else 0
    _set(span.attributes, given)


def _said(dice: random.Random, words: int, what: str) -> dict[str, str]:
    return {f"gen_ai.{what}.arguments": json.dumps({"query": " ".join(dice.choices(_WORDS, k=words))})}


def _message(role: str, dice: random.Random, words: int) -> str:
    text = " ".join(dice.choices(_WORDS, k=words))
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def _set(into: object, values: dict[str, object]) -> None:
    for key, value in values.items():
        pair = into.add()
        pair.key = key
        if isinstance(value, int):
            pair.value.int_value = value
        else:
            pair.value.string_value = str(value)


def _renewed(pattern: ExportTraceServiceRequest, dice: random.Random, begun: int) -> bytes:
    trace_id, root = b"", b""
    for number, span in enumerate(pattern.resource_spans[0].scope_spans[0].spans):
        span.span_id = dice.randbytes(8)
        if number % _SPANS_OF_A_TRACE == 0:
            trace_id, root = dice.randbytes(16), span.span_id
            span.ClearField("parent_span_id")
        else:
            span.parent_span_id = root
        span.trace_id = trace_id
        span.start_time_unix_nano = begun + number * 1_000_000
        span.end_time_unix_nano = span.start_time_unix_nano + dice.randrange(10**6, 10**9)
    return pattern.SerializeToString()


def packed(plain: Iterable[bytes]) -> list[bytes]:
    """The same with gzip, as exporters are told to send."""
    return [gzip.compress(body, 1) for body in plain]


@dataclass(slots=True)
class Sending:
    """What came of sending: answers by status, and how long each good one took."""

    seconds: float = 0.0
    answers: dict[int, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    @property
    def spans(self) -> int:
        return self.answers.get(200, 0) * SPANS_OF_A_BODY


def send(address: str, ready: list[bytes], headers: dict[str, str], connections: int = 3) -> Sending:
    """Send every body once, over so many connections; one that is told to come back does so."""
    waiting, told, lock = iter(ready), Sending(), threading.Lock()

    def work() -> None:
        parts = urlsplit(address)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            _until_taken(line, parts.path, body, headers, told, lock)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.seconds = time.perf_counter() - began
    return told


def _until_taken(  # noqa: PLR0913, PLR0917 - what one request needs
    line: http.client.HTTPConnection,
    path: str,
    body: bytes,
    headers: dict[str, str],
    told: Sending,
    lock: threading.Lock,
) -> None:
    while True:
        began = time.perf_counter()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        with lock:
            told.answers[answer.status] = told.answers.get(answer.status, 0) + 1
            if answer.status == 200:
                told.took.append(time.perf_counter() - began)
        if answer.status != 503:
            return
        time.sleep(0.05)
