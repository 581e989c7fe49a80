"""Writes on people, workspaces and environments: one action, one transaction, one event."""

from __future__ import annotations

import secrets
from datetime import timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from trueline.audit.actions import Subject, record
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.digest import sha256
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, Scope
from trueline.workspaces import access, queries
from trueline.workspaces.errors import InvitationInvalid, LastOwner, NotOperable, RoleTooHigh
from trueline.workspaces.leaving import give_back
from trueline.workspaces.models import (
    ApiKey,
    Environment,
    EnvironmentGrant,
    Invitation,
    Membership,
    OperationalControl,
    SignInLink,
    User,
    Workspace,
)
from trueline.workspaces.rules import (
    INVITATION_DAYS,
    STOPS_ONBOARDING,
    Capability,
    GrantEffect,
    InvitationState,
    Kind,
    Lifecycle,
    Role,
    capabilities_of,
    is_lower,
)

_TOKEN_BYTES = 32
_LINK_MINUTES = 60


@transaction.atomic
def create_person(email: str, name: str, *, actor: Actor, password: str | None = None, is_staff: bool = False) -> User:
    """A person who can sign in. People belong to no workspace, so the installation's trail tells of it."""
    user = User.objects.create_user(email, password, name=name, is_staff=is_staff)
    _tell_installation("workspaces:person:create", Subject("person", str(user.pk), str(user)), actor=actor)
    return user


@transaction.atomic
def create_workspace(name: str, *, owner: User, actor: Actor, locale: str = "en", slug: str = "") -> Workspace:
    """A workspace with its first owner. Raises `Conflict` when the address is taken."""
    workspace_id = ids.new()
    with within(workspace_id):
        try:
            with transaction.atomic():
                workspace = Workspace.objects.create(
                    id=workspace_id, slug=slug or slugify(name)[:60] or "workspace", name=name, locale=locale
                )
        except IntegrityError as error:
            raise Conflict("This address is taken.", next_step="Choose another one.") from error
        Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        record(workspace_id, "workspaces:workspace:create", Subject("workspace", str(workspace_id), name), actor=actor)
    return workspace


@transaction.atomic
def create_environment(scope: Scope, name: str, *, actor: Actor, kind: str = Kind.MICROSOFT365) -> Environment:
    """An environment, in onboarding until its first connection. Raises `Conflict` when its address is taken."""
    scope.require(Capability.ENVIRONMENTS_MANAGE)
    if queries.workspace(scope).commercial_state in STOPS_ONBOARDING:
        raise NotOperable("The contract of this workspace does not allow new environments at present.")
    try:
        with transaction.atomic():
            made = Environment.objects.create(
                workspace_id=scope.workspace_id,
                name=name,
                slug=slugify(name)[:60] or "environment",
                kind=kind,
                lifecycle=Lifecycle.ONBOARDING,
            )
    except IntegrityError as error:
        raise Conflict("An environment of this name exists already.", next_step="Choose another name.") from error
    record(scope.workspace_id, "workspaces:environment:create", _subject(made), actor=actor)
    return made


@transaction.atomic
def move_environment(scope: Scope, environment: Environment, to: Lifecycle, *, actor: Actor) -> Environment:
    """Move an environment in its life; the database refuses a move that the table does not list."""
    scope.require(Capability.ENVIRONMENTS_MANAGE, environment.pk)
    before = environment.lifecycle
    moved = Environment.objects.filter(workspace_id=scope.workspace_id, id=environment.pk, lifecycle=before)
    if not moved.update(lifecycle=to):
        raise Conflict("Somebody else has moved this environment.", next_step="Reload the page and look again.")
    environment.lifecycle = to
    record(
        scope.workspace_id,
        "workspaces:environment:move",
        _subject(environment),
        actor=actor,
        before={"lifecycle": str(before)},
        after={"lifecycle": str(to)},
    )
    return environment


@transaction.atomic
def invite(scope: Scope, email: str, role: str, *, actor: Actor) -> tuple[Invitation, str]:
    """An invitation and its token, which is shown once and kept only as a digest.

    A second invitation of the same address withdraws the first.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    _refuse_higher(scope, role)
    email = email.strip().lower()
    pending = Invitation.objects.filter(workspace_id=scope.workspace_id, email=email, state=InvitationState.PENDING)
    pending.update(state=InvitationState.REVOKED)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    invitation = Invitation.objects.create(
        workspace_id=scope.workspace_id,
        email=email,
        role=role,
        token_digest=sha256(token.encode()),
        invited_by_label=actor.label,
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    subject = Subject("invitation", str(invitation.pk), email)
    record(scope.workspace_id, "workspaces:invitation:create", subject, actor=actor, after={"role": role})
    return invitation, token


@transaction.atomic
def revoke_invitation(scope: Scope, invitation_id: UUID, *, actor: Actor) -> None:
    """Withdraw an invitation. Raises `InvitationInvalid` when it is not pending."""
    scope.require(Capability.MEMBERS_MANAGE)
    pending = Invitation.objects.filter(
        workspace_id=scope.workspace_id, id=invitation_id, state=InvitationState.PENDING
    )
    if not pending.update(state=InvitationState.REVOKED):
        raise InvitationInvalid
    record(scope.workspace_id, "workspaces:invitation:revoke", Subject("invitation", str(invitation_id)), actor=actor)


@transaction.atomic
def accept_invitation(workspace_id: UUID, token: str, *, user: User, actor: Actor) -> Membership:
    """Join by a token, as the person it was sent to.

    Raises `InvitationInvalid` for every reason alike: unknown, used, withdrawn, expired, another person's address.
    """
    with within(workspace_id):
        pending = Invitation.objects.select_for_update().filter(
            workspace_id=workspace_id, token_digest=sha256(token.encode()), state=InvitationState.PENDING
        )
        invitation = pending.filter(expires_at__gt=clock.now(), email=user.email).first()
        if invitation is None:
            raise InvitationInvalid
        invitation.state = InvitationState.ACCEPTED
        invitation.save(update_fields=["state"])
        membership, _ = Membership.objects.get_or_create(
            workspace_id=workspace_id, user=user, defaults={"role": invitation.role}
        )
        subject = Subject("membership", str(membership.pk), str(user))
        after = {"role": str(membership.role)}
        record(workspace_id, "workspaces:invitation:accept", subject, actor=actor, after=after)
    return membership


@transaction.atomic
def change_role(scope: Scope, membership_id: UUID, role: str, *, actor: Actor) -> Membership:
    """Give a member another role; what they may not work on with it is given back.

    Raises `LastOwner`, `RoleTooHigh`.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    _refuse_higher(scope, role)
    membership = _locked_member(scope, membership_id)
    if membership.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(scope, membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    subject = Subject("membership", str(membership.pk), str(membership.user))
    record(
        scope.workspace_id,
        "workspaces:membership:change",
        subject,
        actor=actor,
        before={"role": str(before)},
        after={"role": str(role)},
    )
    give_back(scope, membership.user, actor=actor)
    return membership


@transaction.atomic
def remove_member(scope: Scope, membership_id: UUID, *, actor: Actor) -> None:
    """End a membership at once; what was theirs to work on is given back. Raises `LastOwner`."""
    scope.require(Capability.MEMBERS_MANAGE)
    membership = _locked_member(scope, membership_id)
    if membership.role == Role.OWNER:
        _keep_an_owner(scope, membership)
    subject = Subject("membership", str(membership.pk), str(membership.user))
    EnvironmentGrant.objects.filter(workspace_id=scope.workspace_id, membership_id=membership.pk).delete()
    membership.delete()
    # Their keys end with them, for good: somebody who is invited again starts without any.
    keys = ApiKey.objects.filter(workspace_id=scope.workspace_id, creator_id=membership.user_id, revoked_at=None)
    keys.filter(service_account=None).update(revoked_at=clock.now())
    record(scope.workspace_id, "workspaces:membership:remove", subject, actor=actor)
    give_back(scope, membership.user, actor=actor)


@transaction.atomic
def narrow(  # noqa: PLR0913 - one line of a membership has these parts
    scope: Scope,
    membership_id: UUID,
    environment_id: UUID,
    effect: GrantEffect,
    *,
    actor: Actor,
    role: str = "",
) -> EnvironmentGrant:
    """Narrow a member to an environment, away from one, or to a smaller role in one.

    Whoever is narrowed manages no members. Raises `LastOwner`, `RoleTooHigh`.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    membership = _locked_member(scope, membership_id)
    environment = access.environment_by_id(scope, environment_id)
    if membership.role == Role.OWNER:
        _keep_an_owner(scope, membership)
    if role and not is_lower(role, membership.role):
        raise RoleTooHigh
    grant, _ = EnvironmentGrant.objects.update_or_create(
        workspace_id=scope.workspace_id,
        membership=membership,
        environment=environment,
        defaults={"effect": effect, "role": role},
    )
    subject = Subject("membership", str(membership.pk), str(membership.user), environment.pk, environment.name)
    after = {"effect": str(effect), "role": role}
    record(scope.workspace_id, "workspaces:membership:narrow", subject, actor=actor, after=after)
    give_back(scope, membership.user, actor=actor)
    return grant


@transaction.atomic
def widen(scope: Scope, membership_id: UUID, environment_id: UUID, *, actor: Actor) -> None:
    """Take back how a member was narrowed in one environment; without such a line nothing is done."""
    scope.require(Capability.MEMBERS_MANAGE)
    membership = _locked_member(scope, membership_id)
    environment = access.environment_by_id(scope, environment_id)
    lines = EnvironmentGrant.objects.filter(workspace_id=scope.workspace_id, membership_id=membership.pk)
    removed, _ = lines.filter(environment_id=environment.pk).delete()
    if removed:
        subject = Subject("membership", str(membership.pk), str(membership.user), environment.pk, environment.name)
        record(scope.workspace_id, "workspaces:membership:widen", subject, actor=actor)


@transaction.atomic
def pause_runs(scope: Scope, run_type: str, reason: str, *, actor: Actor) -> OperationalControl:
    """Stop one type of run in this workspace; runs under way go on."""
    scope.require(Capability.WORKSPACE_SETTINGS_MANAGE)
    control, _ = OperationalControl.objects.update_or_create(
        workspace_id=scope.workspace_id,
        run_type=run_type,
        defaults={"reason": reason, "paused_by_label": actor.label, "expires_at": None},
    )
    after = {"reason": reason}
    record(scope.workspace_id, "workspaces:control:pause", Subject("control", run_type), actor=actor, after=after)
    return control


@transaction.atomic
def resume_runs(scope: Scope, run_type: str, *, actor: Actor) -> None:
    """Let a paused type of run go on."""
    scope.require(Capability.WORKSPACE_SETTINGS_MANAGE)
    OperationalControl.objects.filter(workspace_id=scope.workspace_id, run_type=run_type).delete()
    record(scope.workspace_id, "workspaces:control:resume", Subject("control", run_type), actor=actor)


@transaction.atomic
def make_sign_in_link(user: User, *, actor: Actor) -> str:
    """A token that signs the person in once, within the hour."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = clock.now() + timedelta(minutes=_LINK_MINUTES)
    SignInLink.objects.create(token_digest=sha256(token.encode()), user=user, expires_at=expires_at)
    _tell_installation("workspaces:link:create", Subject("person", str(user.pk), str(user)), actor=actor)
    return token


@transaction.atomic
# lint: allow TL015 whoever holds the link acts as the person it names
def use_sign_in_link(token: str) -> User | None:
    """The person a link signs in, None when it is unknown, used or too old. Using it is one conditional update."""
    link = SignInLink.objects.filter(token_digest=sha256(token.encode()), user__is_active=True)
    if not link.filter(used_at=None, expires_at__gt=clock.now()).update(used_at=clock.now()):
        return None
    user = link.select_related("user").get().user
    _tell_installation("workspaces:link:use", Subject("person", str(user.pk), str(user)), actor=access.person(user))
    return user


@transaction.atomic
def end_sessions(user: User, *, actor: Actor) -> User:
    """End every session of a person; whoever asks from one of them signs that one anew. Keys of programs go on."""
    user.sessions_ended_at = clock.now()
    user.save(update_fields=["sessions_ended_at"])
    _tell_installation("workspaces:session:end", Subject("person", str(user.pk), str(user)), actor=actor)
    return user


@transaction.atomic
def end_session(user: User, session_key: str, *, actor: Actor) -> None:
    """End one session of a person, at once; which ones are theirs, the caller knows."""
    import_module(settings.SESSION_ENGINE).SessionStore().delete(session_key)
    _tell_installation("workspaces:session:end", Subject("person", str(user.pk), str(user)), actor=actor)


def _tell_installation(action: str, subject: Subject, *, actor: Actor) -> None:
    with within(ids.installation()):
        record(ids.installation(), action, subject, actor=actor)


def _subject(environment: Environment) -> Subject:
    return Subject("environment", str(environment.pk), environment.name, environment.pk, environment.name)


def _refuse_higher(scope: Scope, role: str) -> None:
    if role not in set(Role) or not capabilities_of(role) <= scope.capabilities:
        raise RoleTooHigh


def _locked_member(scope: Scope, membership_id: UUID) -> Membership:
    # All members are locked, in one order: two owners who demote each other must not both succeed.
    list(Membership.objects.select_for_update().filter(workspace_id=scope.workspace_id).order_by("id"))
    return queries.member(scope, membership_id)


def _keep_an_owner(scope: Scope, leaving: Membership) -> None:
    owners = Membership.objects.filter(
        workspace_id=scope.workspace_id, role=Role.OWNER, suspended_at=None, user__is_active=True
    )
    narrowed = EnvironmentGrant.objects.filter(workspace_id=scope.workspace_id).values("membership_id")
    if not owners.exclude(id=leaving.pk).exclude(id__in=narrowed).exists():
        raise LastOwner
