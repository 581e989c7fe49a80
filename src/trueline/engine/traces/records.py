"""Log records that describe a span: they become events of that span."""

from __future__ import annotations

from collections.abc import Mapping

from trueline.engine.traces.model import Json, SpanEvent

BODY = "body"


def log_event(name: str, at_ns: int | None, attributes: Mapping[str, Json], body: Json) -> SpanEvent:
    """The span event that a log record stands for.

    The event's name is the record's own, else its attribute `event.name`. A body that is a mapping is merged below the
    attributes (generation 2 of gen_ai puts a message's role and content there); any other body is kept as `body`.
    """
    named = name or str(attributes.get("event.name") or "")
    content = dict(body) if isinstance(body, Mapping) else ({} if body is None else {BODY: body})
    return SpanEvent(name=named, at_ns=at_ns, attributes=content | dict(attributes))
