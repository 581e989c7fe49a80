"""Which case a run stands for, as its sender tells: what makes runs of two configurations comparable.

A span or its resource names it by `trueline.case` or, as OpenTelemetry calls it, `test.case.name`; a case that is run
several times tells its runs apart by `trueline.seed`. What a file said of a run beside its spans travels with the root
span, as `trueline.metadata`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.traces.decoding import as_text, first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.engine.traces.model import Decoded, Json, Span

CASE = ("trueline.case", "test.case.name")
SEED = ("trueline.seed",)
METADATA = "trueline.metadata"


def with_case(told: Mapping[str, Json], spans: Sequence[Span]) -> Mapping[str, Json]:
    """What is told of a run, with the case and seed that its spans name; what a file says of it stands."""
    found = {
        name: value for name, keys in (("case", CASE), ("seed", SEED)) if (value := _named(spans, keys)) is not None
    }
    carried = _carried(spans)
    return {**found, **carried, **told} if found or carried else told


def _carried(spans: Sequence[Span]) -> Mapping[str, Json]:
    roots = (span.wire.attributes.get(METADATA) for span in spans if span.parent_id is None)
    return next((value for value in roots if isinstance(value, Mapping)), {})


def carry_metadata(found: Decoded) -> None:
    """Write what a file says of its runs on the first root of each, in place, so that it goes where the spans go."""
    told = dict(found.metadata)
    for number, span in enumerate(found.spans):
        if span.parent_id is None and span.trace_id in told:
            attributes = {**span.attributes, METADATA: told.pop(span.trace_id)}
            found.spans[number] = replace(span, attributes=attributes)


def _named(spans: Sequence[Span], keys: Sequence[str]) -> Json:
    """The first value that a span gives, in order of their start; that of a span before that of its resource."""
    for span in spans:
        for held in (span.wire.attributes, span.wire.resource):
            value = first(held, keys) if any(key in held for key in keys) else None
            if value is not None and as_text(value).strip():
                return value
    return None
