"""Reviews that wait for somebody are in that person's inbox, and in nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.isolation.factories import Seeds
from tests.worlds import World
from trueline.casework.actions import snooze_item
from trueline.casework.queries import Wish, inbox
from trueline.casework.rules import Lane, SnoozeFor, Source
from trueline.findings.workflow import STANDS_STILL_DAYS
from trueline.kit import clock, ids
from trueline.reviews.models import CycleTurn, EvidenceSnapshot, Review, ReviewCycle
from trueline.workspaces.models import EnvironmentGrant, Membership, User


def begun(world: World, state: str, days: int = 0) -> Review:
    place = {"workspace_id": world.workspace.pk, "environment_id": world.environment.pk}
    with world.inside():
        evidence = EvidenceSnapshot.objects.create(**place, fingerprint=ids.new().hex, dimensions=[])
        held = {"failure": "not_measured"} if state == "failed" else {"evidence": evidence}
        at = clock.now() - timedelta(days=days)
        return Review.objects.create(**place, **held, title="November", state=state, pseudonym_key=b"k", created_at=at)


def waiting(world: World, user: User | None = None) -> list[Any]:
    with world.scope(user) as scope:
        return [one for one in inbox(scope, Wish()).items if one.source is Source.REVIEW]


@pytest.mark.parametrize(("state", "priority"), [("ready", 3), ("failed", 2)])
def test_a_review_waits_for_whoever_can_go_on_with_it(state: str, priority: int, world: World) -> None:
    made = begun(world, state)
    (item,) = waiting(world)
    assert (item.lane, item.kind, item.id) == (Lane.REQUIRES_DECISION, state, made.pk)
    assert (item.priority, item.at, item.environment_id) == (priority, made.created_at, world.environment.pk)
    assert waiting(world, world.viewer) == []


def test_a_draft_waits_when_nobody_sits_before_it(world: World) -> None:
    made = begun(world, "draft")
    assert waiting(world) == []
    cycle = Seeds(world.workspace, world.environment, world.owner, "November").one(ReviewCycle)
    with world.inside():
        place = {"workspace_id": made.workspace_id, "environment_id": made.environment_id}
        CycleTurn.objects.create(**place, cycle=cycle, due_on=date(2026, 11, 30), review=made)
    assert [one.kind for one in waiting(world)] == ["draft"]


def test_a_draft_that_was_left_waits_after_as_long_as_other_work(world: World) -> None:
    begun(world, "draft", days=STANDS_STILL_DAYS)
    assert [one.kind for one in waiting(world)] == ["draft"]


def test_what_is_put_away_does_not_wait(world: World) -> None:
    begun(world, "archived", days=STANDS_STILL_DAYS)
    assert waiting(world) == []


def test_somebody_narrowed_away_from_its_environment_never_hears_of_it(world: World) -> None:
    begun(world, "ready")
    with world.inside():
        narrowed = User.objects.create_user("mia@example.org", None, name="Mia")
        member = Membership.objects.create(workspace=world.workspace, user=narrowed, role="manager")
        grant = {"workspace": world.workspace, "membership": member, "environment": world.environment}
        found = EnvironmentGrant.objects.create(**grant, effect="include", role="viewer")
    assert waiting(world, narrowed) == []
    with world.inside():
        found.delete()
        EnvironmentGrant.objects.create(**grant, effect="exclude")
    assert waiting(world, narrowed) == []


def test_its_line_leads_to_its_page_and_can_be_put_off(world: World, signed_in: Any) -> None:
    made = begun(world, "ready")
    page = signed_in(world.owner).get("/w/acme/inbox/").content.decode()
    assert "November, of North" in page
    assert "It is ready, and somebody has to publish it." in page
    assert f'href="/w/acme/reviews/{made.pk}/"' in page
    with world.scope() as scope:
        snooze_item(scope, f"review:{made.pk}", SnoozeFor.DAY, actor=scope.actor)
    assert waiting(world) == []
