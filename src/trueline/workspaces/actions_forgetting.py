"""Forget a person: end what they may do, and put a stand-in for their name everywhere, the trails too.

Asked for by whoever runs the machine. What was published keeps the names that it was published with: it never changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connections, transaction

from trueline.audit.actions import Subject, record
from trueline.audit.actions_forgetting import Forgotten, forget_in_trail
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor
from trueline.workspaces import access
from trueline.workspaces.actions import remove_member
from trueline.workspaces.models import Membership, User
from trueline.workspaces.rules import stand_in_for

_HOLDS_NAMES = """
    select table_name, column_name from information_schema.columns c
    where table_schema = 'public' and table_name not like 'audit%%'
      and (column_name like '%%\\_by\\_label' or column_name in
        ('actor_label', 'author_label', 'person_label', 'initiator_label'))
      and exists (select from information_schema.columns o where o.table_schema = 'public'
        and o.table_name = c.table_name and o.column_name = 'workspace_id')
    order by table_name, column_name
"""
"""Columns that hold what a person was called: a new one is found by its name."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What forgetting somebody came to."""

    stand_in: str
    memberships: int
    records: int
    events: int


def forget_person(user: User, *, actor: Actor) -> Forgetting:
    """Forget a person. Killed in between, it goes on when it is asked for again.

    Raises `LastOwner` before anything is changed in that workspace, `TrailBroken`.
    """
    person = Forgotten(user.pk, _names(user), stand_in_for(user.pk))
    places = _places()
    ended = sum(_left(place, user, actor) for place in places)
    records = _unnamed(person)
    _signed_out(user)
    events = sum(forget_in_trail(place, person, actor=actor) for place in (*places, ids.installation()))
    _replaced(user, person)
    with within(ids.installation()), transaction.atomic():
        after = {"records": records, "events": events}
        subject = Subject("person", str(user.pk), person.stand_in)
        record(ids.installation(), "workspaces:person:forget", subject, actor=actor, after=after)
    return Forgetting(person.stand_in, ended, records, events)


def _names(user: User) -> frozenset[str]:
    """Address and name; a name that somebody else here bears, too, tells nothing of this person, and stays."""
    is_shared = User.objects.filter(name=user.name).exclude(pk=user.pk).exists()
    return frozenset({user.email} | ({user.name} if user.name and not is_shared else set()))


def _places() -> tuple[UUID, ...]:
    """Every workspace, archived ones too: a name lies in the trail of one that the person has left long ago."""
    with connections["system"].cursor() as cursor:
        cursor.execute("select id from workspaces_workspace order by id")
        return tuple(row[0] for row in cursor.fetchall())


def _left(workspace_id: UUID, user: User, actor: Actor) -> int:
    with within(workspace_id):
        mine = Membership.objects.filter(workspace_id=workspace_id, user=user).first()
        if mine is None:
            return 0
        remove_member(access.system(workspace_id, actor.label), mine.pk, actor=actor)
    return 1


def _unnamed(person: Forgotten) -> int:
    """Put the stand-in into every record that says who did something; gives how many there were."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_HOLDS_NAMES)
        columns = cursor.fetchall()
        return sum(_replaced_in(cursor, table, column, person) for table, column in columns)


def _replaced_in(cursor: Any, table: str, column: str, person: Forgotten) -> int:
    cursor.execute(f"alter table {table} no force row level security, disable trigger user")
    cursor.execute(
        f"update {table} set {column} = %s where {column} = any(%s)",  # noqa: S608 - names from the catalogue
        [person.stand_in, sorted(person.names)],
    )
    changed = int(cursor.rowcount)
    cursor.execute(f"alter table {table} force row level security, enable trigger user")
    return changed


def _signed_out(user: User) -> None:
    mine: Iterable[Any] = (EmailAddress, SocialAccount, Authenticator, UserSession)
    with transaction.atomic():
        for model in mine:
            model.objects.filter(user=user).delete()
        user.is_active, user.sessions_ended_at = False, clock.now()
        user.set_unusable_password()
        user.save(update_fields=["is_active", "sessions_ended_at", "password"])


def _replaced(user: User, person: Forgotten) -> None:
    user.name, user.email = person.stand_in, f"{person.stand_in}@forgotten.invalid"
    user.save(update_fields=["name", "email"])
