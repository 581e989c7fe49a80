"""What `trueline forget` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from trueline.cli.rooms import operator
from trueline.kit.errors import Refused
from trueline.workspaces.actions_forgetting import forget_person
from trueline.workspaces.queries import person_in_any_state
from trueline.workspaces.rules import stand_in_for


def forget(email: str, *, is_meant: bool) -> dict[str, Any]:
    """Forget the person of that address, or say what they would be called. Raises `Refused`, `LastOwner`."""
    user = person_in_any_state(email)
    if user is None:
        raise Refused(f"There is no account of {email} here.")
    if not is_meant:
        return {"stand_in": stand_in_for(user.pk), "memberships": 0, "records": 0, "events": 0, "is_done": False}
    return {**asdict(forget_person(user, actor=operator())), "is_done": True}
