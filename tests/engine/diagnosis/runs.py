"""Made runs of agents: hundreds of traces over days, with failures planted where a test wants them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.model import SpanEvent, Status, WireSpan

if TYPE_CHECKING:
    from trueline.engine.traces.model import Trace

START_NS = 1_767_225_600_000_000_000
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
RATE_LIMIT = "429 Too Many Requests: Rate limit reached for gpt-4o, please try again in {}s"
USUAL = (
    "timeout after {}s calling payments API",
    "KeyError: 'user_id'",
    "CRM lookup failed with HTTP 50{}",
    "No results found for query: 'number {}'. Use another one.",
    "Connection refused by redis",
)


def span(
    trace: int, number: int, message: str | None = None, *, parent: int = 0, at_ns: int = START_NS, **more
) -> WireSpan:
    """A tool span, or with other `attributes` any other; failed when it has a message."""
    attributes = more.pop("attributes", {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "lookup"})
    return WireSpan(
        trace_id=f"{trace:032x}",
        span_id=f"{number:016x}",
        parent_id=f"{parent:016x}" if parent else None,
        name=more.pop("name", "execute_tool lookup"),
        started_ns=at_ns,
        ended_ns=at_ns + SECOND,
        status=Status.UNSET if message is None else Status.ERROR,
        status_message=message or "",
        attributes=attributes,
        **more,
    )


def exception(kind: str, message: str, at_ns: int = START_NS, stacktrace: str = "") -> tuple[SpanEvent, ...]:
    held = {"exception.type": kind, "exception.message": message, "exception.stacktrace": stacktrace}
    return (SpanEvent("exception", at_ns, {key: value for key, value in held.items() if value}),)


def usual_runs(seed: int, count: int = 300, days: float = 2.0, failing: float = 0.1) -> list[WireSpan]:
    """Runs at random times, each with six calls of which some fail for everyday reasons."""
    rng = random.Random(seed)
    made: list[WireSpan] = []
    for run in range(1, count + 1):
        begins, lasts = START_NS + int(rng.random() * days * DAY), rng.randint(20, 240) * SECOND
        for call in range(6):
            message = rng.choice(USUAL).format(rng.randint(1, 4)) if rng.random() < failing else None
            made.append(span(run, run * 10 + call, message, at_ns=begins + int(rng.random() * lasts)))
    return made


def hit_runs(times_ns: list[int]) -> list[WireSpan]:
    """One run for each time, of ten minutes around it, hit by the rate limit at that time."""
    made: list[WireSpan] = []
    for place, at_ns in enumerate(times_ns):
        trace, first = 900_000 + place, 9_000_000 + place * 100
        made.extend(span(trace, first + minute, at_ns=at_ns + (minute - 5) * 60 * SECOND) for minute in range(1, 10))
        made.append(span(trace, first + 50, RATE_LIMIT.format(place + 1), at_ns=at_ns))
    return made


def traces_of(spans: list[WireSpan]) -> tuple[Trace, ...]:
    return assemble(spans)
