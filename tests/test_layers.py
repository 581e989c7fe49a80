"""What tests begin with is the same however often it was taken away and made again."""

from __future__ import annotations

from tests.conftest import STANDING
from trueline.workspaces.models import Environment


def test_what_stands_is_the_same_when_it_is_made_again(django_db_setup, django_db_blocker):
    for _ in range(2):
        STANDING.build("captured", django_db_blocker.unblock)
        world = STANDING.made("world")
        with django_db_blocker.unblock(), world.inside():
            kept = Environment.objects.get(pk=world.environment.pk)
        assert world.environment.lifecycle == kept.lifecycle == "active"
        STANDING.clear("world")
        assert STANDING.made("world").environment.lifecycle == "onboarding"
