"""One small world. Most tests need no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.workspaces import access
from trueline.workspaces.actions import create_environment, create_person, create_workspace
from trueline.workspaces.models import Environment, Membership, User, Workspace

_MAKER = Actor(ActorKind.SYSTEM, "tests", "tests")


@dataclass(frozen=True)
class World:
    """A workspace with its people, one environment, and next door a stranger with a workspace of their own."""

    workspace: Workspace
    owner: User
    approver: User
    operator: User
    viewer: User
    customer: User
    environment: Environment
    other_environment: Environment
    stranger: User
    other_workspace: Workspace

    def inside(self, workspace: Workspace | None = None) -> AbstractContextManager[None]:
        """Work in the workspace, or in another."""
        return within((workspace or self.workspace).pk)

    @contextmanager
    def scope(self, user: User | None = None) -> Iterator[Scope]:
        """That person's scope in the workspace; the owner's when nobody is named."""
        with self.inside():
            yield access.enter(user or self.owner, self.workspace.pk)


def small_world() -> World:
    """Make the world, inside whatever transaction the test has."""
    owner = create_person("owner@example.org", "Olga Owner", actor=_MAKER)
    stranger = create_person("stranger@example.org", "Stefan Stranger", actor=_MAKER)
    workspace = create_workspace("Acme", owner=owner, actor=access.person(owner))
    other = create_workspace("Elsewhere", owner=stranger, actor=access.person(stranger))
    people = {role: _member(workspace, role) for role in ("approver", "operator", "viewer", "customer")}
    with within(workspace.pk):
        scope = access.enter(owner, workspace.pk)
        north = create_environment(scope, "North", actor=scope.actor)
        south = create_environment(scope, "South", actor=scope.actor)
    return World(
        workspace=workspace,
        owner=owner,
        environment=north,
        other_environment=south,
        stranger=stranger,
        other_workspace=other,
        **people,
    )


def _member(workspace: Workspace, role: str) -> User:
    user = create_person(f"{role}@example.org", role.capitalize(), actor=_MAKER)
    with within(workspace.pk):
        Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


def actor_of(user: User) -> Actor:
    """The person as an actor."""
    return access.person(user)
