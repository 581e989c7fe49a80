"""Traces in the making: spans of OpenTelemetry in JSON, in the present form of `gen_ai.*`. Pure: nothing is random."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PROVIDER = "example"
_SECOND = 10**9
_ERROR = 2


class StepFailed(Exception):
    """A step of a made-up run fails; whoever is above decides whether the run goes on."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass(slots=True)
class Run:
    """One trace; its clock goes on with each step."""

    name: str
    at_ns: int
    spans: list[Json] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    begun: int = 0

    @property
    def trace_id(self) -> str:
        return digest(self.name)[:32]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at_ns += int(seconds * _SECOND)

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any]) -> Iterator[Json]:
        """A span around everything that happens inside; a failure marks it and goes on up."""
        self.begun += 1
        span_id = digest(f"{self.name}/{self.begun}")[:16]
        made: Json = {"traceId": self.trace_id, "spanId": span_id, "name": name, "startTimeUnixNano": str(self.at_ns)}
        if self.open:
            made["parentSpanId"] = self.open[-1]
        said = dict(attributes)
        self.open.append(span_id)
        try:
            yield said
        except StepFailed as failure:
            said["error.type"] = failure.kind
            made["status"] = {"code": _ERROR, "message": failure.message}
            made["events"] = [self._exception(failure)]
            raise
        finally:
            self.open.pop()
            self.wait(0.002)
            made |= {"endTimeUnixNano": str(self.at_ns), "attributes": _pairs(said)}
            self.spans.append(made)

    def _exception(self, failure: StepFailed) -> Json:
        told = {"exception.type": failure.kind, "exception.message": failure.message}
        return {"name": "exception", "timeUnixNano": str(self.at_ns), "attributes": _pairs(told)}


def digest(text: str) -> str:
    """Hexadecimal digits that stand for a text: ids, and choices that look like chance and are none."""
    return hashlib.sha256(text.encode()).hexdigest()


def chance(text: str) -> float:
    """A number from 0 to 1 that stands for a text."""
    return int(digest(text)[:8], 16) / 0xFFFFFFFF


def export(runs: list[Run], service: str) -> bytes:
    """What a sender would send of these runs."""
    resource = {"attributes": _pairs({"service.name": service, "telemetry.sdk.language": "python"})}
    spans = [span for run in runs for span in run.spans]
    scope = {"scope": {"name": "trueline.demo"}, "spans": spans}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}).encode()


def _pairs(attributes: Mapping[str, Any]) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> Json:
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": value if isinstance(value, str) else json.dumps(value)}
