"""`kit.failpoints` kills a sender the hard way: nothing is lost, and what is sent again has the same id."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from django.db import connections

from tests.findings.looks import look as detect
from tests.findings.looks import seen
from tests.notices.post import destination, look, statuses, trueline
from tests.worlds import small_world
from trueline.kit import clock
from trueline.notices.models import Delivery
from trueline.operations.models import OperationRun


def killed_at(failpoint, world):
    """Look and send in a process of its own, which is killed there."""
    connections.close_all()  # the child opens its own
    child = os.fork()
    if not child:
        os.environ["TRUELINE_FAILPOINT"] = failpoint
        try:
            look(world)
        finally:
            os._exit(70)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(("failpoint", "requests"), [("deliver:after-claim", 1), ("deliver:after-send", 2)])
def test_a_sender_that_is_killed_loses_nothing_and_repeats_the_id(committed, receiver, failpoint, requests):
    world = small_world()
    destination(world, address=receiver.url)
    detect(world, world.environment, 0, [seen("Lock")])
    assert killed_at(failpoint, world) == signal.SIGKILL
    assert statuses(world) == ["sending"]
    with trueline(world):  # its run and its lease have passed
        OperationRun.objects.filter(run_type="notices.deliver").update(lease_until=clock.now())
        Delivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert look(world) == {"sent": 1}
    assert statuses(world) == ["sent"]
    assert len(receiver.requests) == requests
    assert len({headers["webhook-id"] for headers, _body in receiver.requests}) == 1
