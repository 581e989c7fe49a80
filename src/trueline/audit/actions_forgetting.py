"""Put a stand-in for a person into the trail, which stays verifiable.

The digests of the events stay as they are, and so does every link, proof and checkpoint. What the changed events say
now is sealed by new events of the trail, each with the digests of those it speaks of: a check then takes an event that
does not fit its own digest any more, if it is exactly what a later event says that it became.

Nobody but the owner of the tables can change an event, as with retention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from trueline.audit import queries
from trueline.audit.actions import Subject, record
from trueline.audit.errors import TrailBroken
from trueline.audit.models import AuditEvent
from trueline.audit.rules import body_digest
from trueline.kit.database.context import within
from trueline.kit.digest import canonical
from trueline.kit.scope import Actor

_AT_ONCE = 500
"""Events that one new event speaks of."""
_TABLE = "audit_auditevent"
_LABELS = ("actor_label", "on_behalf_of", "subject_label")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody who is not to be named any more.

    Attributes:
        names: What they were called: address, and name where nobody else bears it.
        stand_in: What stands in their place.
    """

    person_id: UUID
    names: frozenset[str]
    stand_in: str

    def replaced(self, value: Any) -> Any:
        """A JSON value with the stand-in wherever a text is one of the names."""
        if isinstance(value, str):
            return self.stand_in if value in self.names else value
        if isinstance(value, list):
            return [self.replaced(item) for item in value]
        if isinstance(value, dict):
            return {self.replaced(key): self.replaced(item) for key, item in value.items()}
        return value


def forget_in_trail(workspace_id: UUID, person: Forgotten, *, actor: Actor) -> int:
    """Replace a person's names in the events of a trail; gives in how many.

    The trail tells of it first. Killed in between, it is whole with and without the names; repeated, it goes on.

    Raises `TrailBroken`.
    """
    with within(workspace_id), transaction.atomic():
        verdict = queries.chain_verdict(workspace_id)
        if verdict.bad_sequence is not None:
            raise TrailBroken(verdict.bad_sequence)
        changed = list(_changed(workspace_id, person))
        subject = Subject("person", str(person.person_id), person.stand_in)
        for part in _parts(changed):
            after = {
                "stand_in": person.stand_in,
                "events": {str(one.sequence): body_digest(one.body()) for one in part},
            }
            record(workspace_id, queries.FORGOT, subject, actor=actor, after=after)
    _write(workspace_id, changed)
    return len(changed)


def _changed(workspace_id: UUID, person: Forgotten) -> Iterator[AuditEvent]:
    """The events that name them, as they are to be."""
    for event in _naming(workspace_id, person).order_by("sequence").iterator(chunk_size=_AT_ONCE):
        before = canonical(event.body())
        for name in _LABELS:
            setattr(event, name, person.replaced(getattr(event, name)))
        if event.actor_id == str(person.person_id):  # by whatever name they went then
            event.actor_label = person.stand_in
        event.before, event.after = person.replaced(event.before), person.replaced(event.after)
        if canonical(event.body()) != before:
            yield event


def _naming(workspace_id: UUID, person: Forgotten) -> Any:
    told = Q(actor_id=str(person.person_id))
    for name in person.names:
        told |= Q(actor_label=name) | Q(on_behalf_of=name) | Q(subject_label=name)
        told |= Q(was__contains=name) | Q(became__contains=name)
    found = AuditEvent.objects.filter(workspace_id=workspace_id)
    return found.alias(was=Cast("before", TextField()), became=Cast("after", TextField())).filter(told)


def _parts(events: Iterable[AuditEvent]) -> Iterator[list[AuditEvent]]:
    rest = iter(events)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _write(workspace_id: UUID, events: Iterable[AuditEvent]) -> None:
    rows = [
        (
            *(getattr(one, name) for name in _LABELS),
            canonical(one.before).decode(),
            canonical(one.after).decode(),
            workspace_id,
            one.sequence,
        )
        for one in events
    ]
    if not rows:
        return
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"alter table {_TABLE} no force row level security, disable trigger user")
        cursor.executemany(
            f"update {_TABLE} set actor_label = %s, on_behalf_of = %s, subject_label = %s, before = %s::json, "  # noqa: S608 - a constant
            "after = %s::json where workspace_id = %s and sequence = %s",
            rows,
        )
        cursor.execute(f"alter table {_TABLE} force row level security, enable trigger user")
