"""`kill -9` between file, index and answer: no acknowledged span is lost, none is double."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import connections

from tests.traces import spans
from tests.traces.conftest import agents_of
from tests.traces.test_folding import AGENT, at, told, whole
from tests.worlds import small_world
from trueline.traces import looking
from trueline.traces.models import ReceivedBatch, TraceFile


def killed_at(failpoint, act):
    """Do something in a process of its own, which is killed there."""
    connections.close_all()  # the child opens its own
    child = os.fork()
    if not child:
        os.environ["TRUELINE_FAILPOINT"] = failpoint
        try:
            act()
        finally:
            os._exit(70)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def pieces(agents):
    """Two traces, of which the second comes in a piece that was there and one that is fuller."""
    agents.send(spans.protobuf({"trace": 2, "at": at(0), "lasts": 0, "attributes": AGENT}))
    agents.fold()
    agents.send(spans.protobuf({"at": at(1)}, {"span": 2, "parent": 1, "at": at(2)}))
    agents.send(spans.protobuf({"trace": 2, "at": at(0), "attributes": AGENT}, {"trace": 2, "span": 2, "at": at(4)}))


@pytest.mark.parametrize("failpoint", ["fold:after-write", "merge:after-write", "fold:before-commit"])
def test_a_fold_that_is_killed_is_done_again_and_once(committed, store, failpoint):
    agents = agents_of(small_world())
    pieces(agents)
    killed_at(failpoint, agents.fold)
    with agents.world.inside():
        assert ReceivedBatch.objects.count() == 2
    assert told(agents) == [("a002", "step", 1)]
    assert agents.fold() == 2
    assert sorted(told(agents)) == [("a001", "step", 2), ("a002", "step", 2)]
    assert [len(whole(agents, number).spans) for number in (1, 2)] == [2, 2]
    with agents.world.inside():
        assert ReceivedBatch.objects.count() == 0
        assert sum(TraceFile.objects.filter(replaced_at=None).values_list("spans", flat=True)) == 4


def test_a_receiver_that_is_killed_before_the_commit_has_acknowledged_nothing_and_the_sender_repeats(committed, store):
    agents = agents_of(small_world())
    body = spans.protobuf({"at": at(0)})
    killed_at("receive:before-commit", lambda: agents.send(body))
    with agents.world.inside():
        assert ReceivedBatch.objects.count() == 0
    assert agents.send(body).status_code == 200
    agents.fold()
    assert told(agents) == [("a001", "step", 1)]


def test_a_merge_that_is_killed_leaves_every_trace_where_it_was(committed, store, monkeypatch):
    agents = agents_of(small_world())
    monkeypatch.setattr(looking, "merge_small", lambda *_: 0)
    for number in range(8):
        agents.send(spans.protobuf({"trace": number, "at": at(number)}))
        agents.fold()
    monkeypatch.undo()
    agents.send(spans.protobuf({"trace": 9, "at": at(9)}))
    killed_at("merge:before-commit", agents.fold)
    assert len(told(agents)) == 9
    agents.fold()
    assert all(whole(agents, number) for number in (*range(8), 9))
