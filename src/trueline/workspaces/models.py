"""Tables of people, workspaces and environments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from trueline.kit import clock, ids
from trueline.workspaces.rules import KEY_DAYS, CommercialState, GrantEffect, InvitationState, Kind, Lifecycle, Role


def one_of(column: str, values: Any, name: str) -> models.CheckConstraint:
    """A CHECK that a text column holds one of an enumeration's values."""
    return models.CheckConstraint(condition=Q(**{f"{column}__in": sorted(str(v) for v in values)}), name=name)


class People(BaseUserManager["User"]):
    """Makes and finds people by e-mail address; the name is Django's contract with its sign-in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who may sign in; without a password only by another way."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)  # lint: allow TL001 the contract of the sign-in library
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The person of that address, whatever its letter case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. Belongs to no workspace; memberships do."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    locale = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sessions_ended_at = models.DateTimeField(null=True, editable=False)

    objects = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name to show."""
        return str(self)

    get_short_name = get_full_name

    def get_session_auth_hash(self) -> str:
        """What a session is checked against at each request: another password or an end of all sessions changes it."""
        return self._of_these_sessions(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same for secret keys that were in use before."""
        return map(self._of_these_sessions, super().get_session_auth_fallback_hash())

    def _of_these_sessions(self, by_password: str) -> str:
        if self.sessions_ended_at is None:
            return by_password
        ended = self.sessions_ended_at.isoformat()
        return salted_hmac("trueline.sessions", f"{by_password} {ended}", algorithm="sha256").hexdigest()


class Workspace(models.Model):
    """The outermost boundary: what is in one workspace is never seen in another."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    locale = models.CharField(_("language"), max_length=8, default="en")
    commercial_state = models.CharField(max_length=24, default=CommercialState.ACTIVE)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [one_of("commercial_state", CommercialState, "workspace_commercial_state")]

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row of one workspace. Its table is isolated by row security in the same migration that makes it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Environment(TenantModel):
    """One system under governance: a Microsoft 365 tenant or a system of agents. Holds nothing of its provider."""

    slug = models.SlugField(_("address"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=32, default=Kind.MICROSOFT365)
    lifecycle = models.CharField(max_length=16, default=Lifecycle.DRAFT)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="environment_slug_once"),
            one_of("kind", Kind, "environment_kind"),
            one_of("lifecycle", Lifecycle, "environment_lifecycle"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A person in a workspace, with one role."""

    user = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            one_of("role", Role, "membership_role"),
        ]


class EnvironmentGrant(TenantModel):
    """Narrows a membership: to some environments, away from one, or to a smaller role in one."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    effect = models.CharField(max_length=8)
    role = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "membership", "environment"], name="grant_once"),
            one_of("effect", GrantEffect, "grant_effect"),
            one_of("role", [*Role, ""], "grant_role"),
        ]


class Invitation(TenantModel):
    """An offer to join, valid for seven days, known to us only by the digest of its token."""

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(max_length=16)
    token_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=InvitationState.PENDING)
    invited_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "token_digest"], name="invitation_token_once"),
            models.UniqueConstraint(
                fields=["workspace", "email"], condition=Q(state="pending"), name="invitation_pending_once"
            ),
            one_of("role", Role, "invitation_role"),
            one_of("state", InvitationState, "invitation_state"),
        ]


class OperationalControl(TenantModel):
    """A stop on one type of run in this workspace. No active row means it may run."""

    run_type = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    paused_by_label = models.CharField(max_length=200)
    paused_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "run_type"], name="control_once")]


class ServiceAccount(TenantModel):
    """A member that is no person: a program with a name and a role of its own, until a date. It never signs in.

    What it does stays its own when whoever made it leaves. `environment` narrows it to one.
    """

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16)
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    made_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(revoked_at=None), name="service_account_name_once"
            ),
            one_of("role", set(Role) - {Role.OWNER}, "service_account_role"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_good(self) -> bool:
        """Whether it has neither been ended nor come to its end."""
        return self.revoked_at is None and self.expires_at > clock.now()


class ApiKey(TenantModel):
    """Lets a program act for the person who made it, with some of that person's capabilities, until a date.

    Only the digest of its token is kept. `environment` narrows it to one. `parent` is the key that made it, if one did.
    With a `service_account` it acts for that one, and its maker has only made it.
    """

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8)
    token_digest = models.CharField(max_length=64)
    creator = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+")
    service_account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    capabilities = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "token_digest"], name="api_key_token_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + timedelta(days=KEY_DAYS)),
                name="api_key_expires_within_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeptAnswer(TenantModel):
    """What a request with an idempotency key was answered, so that the same request again gets the same answer.

    `body` is sealed with the caller's own token, which is kept nowhere: neither we nor a stolen copy can read it.
    """

    actor_id = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: of requests with one key at the same time, all but the first wait here.
            models.UniqueConstraint(fields=["workspace", "actor_id", "idempotency_key"], name="kept_answer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "created_at"], name="kept_answer_age")]


class RequestWindow(TenantModel):
    """How many requests one key, or all keys of the workspace, sent in the present minute; one row for each."""

    subject = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    requests = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "subject"], name="window_once")]


class SignInLink(models.Model):
    """A way in that works once, for the first start and for recovery by whoever runs the machine."""

    token_digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
