"""What a page's view is handed beside the request: who asks, and in which scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest

from trueline.kit.scope import Actor, Scope
from trueline.workspaces.access import Door
from trueline.workspaces.models import User


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route declares: a test walks every route and fails for one that declares nothing.

    Attributes:
        kind: `public`, `signed_in` or `workspace`.
        capability: What the reader must hold; empty when being a member is enough.
        reason: Why a public route is public; empty otherwise.
        methods: What it accepts.
    """

    kind: str
    capability: str = ""
    reason: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request inside a workspace."""

    request: HttpRequest
    user: User
    scope: Scope
    doors: tuple[Door, ...]

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.scope.actor


def current_user(request: HttpRequest) -> User | None:
    """The signed-in person, None for a visitor."""
    user = getattr(request, "user", None)
    return cast("User", user) if user is not None and user.is_authenticated else None
