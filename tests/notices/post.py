"""What tests of messages do again and again."""

from __future__ import annotations

from contextlib import contextmanager

from trueline.notices.actions.destinations import Terms, create_destination
from trueline.notices.actions.evaluating import evaluate
from trueline.notices.jobs import deliver
from trueline.notices.models import Delivery
from trueline.operations.actions import lifecycle
from trueline.operations.actions.runs import start_run
from trueline.operations.actions.work import Work
from trueline.workspaces import access

ALL = Terms(["finding.opened", "finding.reopened", "finding.resolved", "run.failed", "exception.requested"], "info")


@contextmanager
def trueline(world):
    """Trueline itself, in the workspace."""
    with world.inside():
        yield access.system(world.workspace.pk)


def destination(world, kind="webhook", address="https://hooks.example.org/x", terms=ALL, name="Ops"):
    """A destination of the workspace, with the secret that it signs with."""
    with world.scope() as scope:
        return create_destination(scope, name, kind, address, terms, actor=scope.actor)


def look(world):
    """Look through the trail, and send what is due."""
    with trueline(world) as scope:
        evaluate(scope)
        return send(scope)


def send(scope):
    """Perform one run of deliveries; gives its counts."""
    run = lifecycle.claim(start_run(scope, "notices.deliver", None, {}, actor=scope.actor, wakes=False).run)
    result = deliver(Work(scope, run.pk, None, {}, run.fence))
    lifecycle.finish(run, result.outcome, actor=scope.actor, counts=result.counts)
    return dict(result.counts)


def deliveries(world):
    """Every delivery, oldest first."""
    with world.inside():
        return list(Delivery.objects.order_by("created_at", "id"))


def statuses(world):
    return [one.status for one in deliveries(world)]
