"""The line of one trace: the same however its spans arrive, and each token counted once."""

from __future__ import annotations

import random

import pytest

from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.model import Status, WireSpan
from trueline.engine.traces.summary import TraceSummary, summary

TRACE = "a" * 32
START = 1_800_000_000 * 10**9


def span(number: int, parent: int = 0, *, status: Status = Status.UNSET, lasts: int = 100, **attributes) -> WireSpan:
    return WireSpan(
        TRACE,
        f"{number:016x}",
        f"{parent:016x}" if parent else None,
        f"step {number}",
        started_ns=START + number,
        ended_ns=START + number + lasts,
        status=status,
        attributes={name.replace("__", "."): value for name, value in attributes.items()},
    )


def call(number: int, parent: int, tokens: int, cost: float) -> WireSpan:
    return span(
        number,
        parent,
        gen_ai__operation__name="chat",
        gen_ai__usage__input_tokens=tokens,
        gen_ai__usage__output_tokens=1,
        gen_ai__usage__cost=cost,
    )


def agent(number: int, parent: int, name: str, tokens: int) -> WireSpan:
    return span(
        number,
        parent,
        gen_ai__operation__name="invoke_agent",
        gen_ai__agent__name=name,
        gen_ai__usage__input_tokens=tokens,
    )


def of(*spans: WireSpan) -> TraceSummary:
    (trace,) = assemble(spans)
    return summary(trace)


WHOLE = [
    agent(1, 0, "planner", 30),
    call(2, 1, 10, 0.1),
    agent(3, 1, "buyer", 20),
    call(4, 3, 20, 0.7),
    span(5, 3, status=Status.ERROR, lasts=900),
]


def test_a_trace_in_a_line():
    assert of(*WHOLE) == TraceSummary(
        trace_id=TRACE,
        name="step 1",
        started_ns=START + 1,
        ended_ns=START + 905,
        spans=5,
        failed_spans=1,
        status=Status.ERROR,
        agents=("buyer", "planner"),
        input_tokens=30,
        output_tokens=2,
        cost=pytest.approx(0.8),
    )


@pytest.mark.parametrize("seed", range(20))
def test_pieces_shuffles_and_repeats_converge_to_the_same(seed):
    chance = random.Random(seed)
    arrived = WHOLE + chance.choices(WHOLE, k=4)
    chance.shuffle(arrived)
    assert of(*arrived) == of(*WHOLE)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_span_sent_when_it_began_and_again_when_it_ended_is_one(turn):
    begun = WireSpan(TRACE, WHOLE[0].span_id, None, "step 1", started_ns=START + 1)
    assert of(*[begun, *WHOLE][::turn]) == of(*WHOLE)


def test_a_piece_without_its_root_still_has_a_line():
    piece = of(*WHOLE[3:])
    assert (piece.name, piece.spans, piece.status, piece.agents) == ("step 4", 2, Status.ERROR, ())


def test_the_root_decides_the_status_when_it_says_one():
    assert of(span(1, status=Status.OK), span(2, 1, status=Status.ERROR)).status is Status.OK


def test_what_no_span_says_is_unknown_and_never_zero():
    bare = summary(assemble([WireSpan(TRACE, "1" * 16, None, "x")])[0])
    assert (bare.started_ns, bare.duration_ns, bare.cost, bare.input_tokens) == (None, None, None, None)
    assert bare.status is Status.UNSET


def test_parents_in_a_circle_end():
    assert of(span(1, 2), span(2, 1)).spans == 2
