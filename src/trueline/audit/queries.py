"""Reads of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from trueline.audit import chain
from trueline.audit.checkpoints import PRINT_BYTES, Checkpoint, End, first_difference, leaf, opened, prints
from trueline.audit.errors import CheckpointForged
from trueline.audit.models import AuditCheckpoint, AuditEvent, AuditTerm
from trueline.audit.rules import BODY_FIELDS, GENESIS, Fault, Link, Verdict, fault_of
from trueline.engine.packs import merkle
from trueline.engine.packs.packing import PublicKey
from trueline.kit import ids
from trueline.kit.scope import Scope
from trueline.vault.queries import public_keys

BEGINNING = End(0, GENESIS, ())
CUT = "audit:trail:cut"
FORGOT = "audit:person:forget"
_NUMBER_DIGITS = 15
"""Of a number that an event may have."""
_AT_ONCE = 50_000
"""Events that one statement looks at: far below its time limit, and what it cannot vouch for fits into memory."""


def events(scope: Scope) -> QuerySet[AuditEvent]:
    """Events the reader may see, newest first; those of environments out of reach are left out."""
    found = AuditEvent.objects.filter(workspace_id=scope.workspace_id)
    if scope.environment_ids is not None:
        found = found.filter(Q(environment_id=None) | Q(environment_id__in=scope.environment_ids))
    if scope.excluded_ids:
        found = found.exclude(environment_id__in=scope.excluded_ids)
    return found.order_by("-sequence")


def history(scope: Scope, subject_type: str, subject_id: str) -> QuerySet[AuditEvent]:
    """What was done to one record, newest first."""
    return events(scope).filter(subject_type=subject_type, subject_id=subject_id)


# lint: allow TL003 narrows events that a scope has given
def mentioning(found: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Events that have a text in what they are about or in what changed, or are called by this id or number."""
    told = Q(subject_label__icontains=text) | Q(was__icontains=text) | Q(became__icontains=text)
    named = Q(subject_id=text[:64]) | Q(request_id=text[:64])
    if text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS:
        named |= Q(sequence=int(text))
    return found.alias(was=Cast("before", TextField()), became=Cast("after", TextField())).filter(told | named)


def checkpoints(scope: Scope) -> QuerySet[AuditCheckpoint]:
    """The signed checkpoints of the workspace's trail, newest first."""
    return AuditCheckpoint.objects.filter(workspace_id=scope.workspace_id).order_by("-size")


def term_days(scope: Scope) -> int | None:
    """For how many days the workspace keeps its trail; None for ever."""
    return AuditTerm.objects.filter(workspace_id=scope.workspace_id).values_list("days", flat=True).first()


# lint: allow TL003 the installation has a chain as well, and no scope
def chain_verdict(workspace_id: UUID, *, at_once: int = _AT_ONCE) -> Verdict:
    """Check the whole trail of a workspace, in bounded memory, and name the first event that does not hold.

    First the chain of its events, then every checkpoint that is kept beside it.
    """
    with transaction.atomic():
        begin = first_end(workspace_id)
        found = verdict_after(workspace_id, begin, at_once=at_once)
        if found.bad_sequence is not None:
            return found
        stand_ins = sum(1 for sequence in _stand_ins(workspace_id) if sequence > begin.size)
        return _held_against_checkpoints(workspace_id, replace(found, cut=begin.size, replaced=stand_ins))


# lint: allow TL003 the installation's chain, too
def first_end(workspace_id: UUID) -> End:
    """Where the trail begins that is still there: behind what retention has removed, else at its beginning.

    A gap at the beginning is one of retention only when a signed checkpoint stands for it, and the trail tells of it.
    """
    first = _events_of(workspace_id).order_by("sequence").values_list("sequence", flat=True).first() or 1
    row = AuditCheckpoint.objects.filter(workspace_id=workspace_id, size=first - 1).first()
    told = _events_of(workspace_id).filter(action=CUT).order_by("sequence").last()
    if row is None or told is None or told.after.get("events") != row.size or _says(row, public_keys()) is None:
        return BEGINNING
    return End(row.size, row.head, tuple(row.peaks))


def _stand_ins(workspace_id: UUID) -> dict[int, frozenset[str]]:
    """For each event in which somebody was forgotten the digests of what later events say that it became."""
    found: dict[int, frozenset[str]] = {}
    for told in _events_of(workspace_id).filter(action=FORGOT).values_list("after", flat=True):
        for sequence, digest in told["events"].items():
            found[int(sequence)] = found.get(int(sequence), frozenset()) | {digest}
    return found


def _events_of(workspace_id: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(workspace_id=workspace_id)


# lint: allow TL003 the installation's chain, too
def verdict_after(workspace_id: UUID, before: End, *, at_once: int = _AT_ONCE) -> Verdict:
    """Check the chain from an event on that is known to hold."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(chain.ENDS, {"workspace": workspace_id, "genesis": GENESIS})
        first, top, *head = cursor.fetchone()
        if first < 1:
            return Verdict(0, first, Fault.PLACE)
        stand_ins = _stand_ins(workspace_id)
        place = {"workspace": workspace_id, "after": before.size, "last": before.head, "top": top, "at_once": at_once}
        while end := _end_of_part(cursor, place):
            bad = _first_bad(cursor, {**place, "until": end[0]}, stand_ins)
            if bad:
                return bad
            place["after"], place["last"] = end
    checked = int(place["after"])
    if head != [checked, place["last"]]:
        return Verdict(checked, checked + 1, Fault.END)
    return Verdict(checked)


def _end_of_part(cursor: Any, place: Mapping[str, Any]) -> tuple[int, str] | None:
    cursor.execute(chain.PART, place)
    found: tuple[int, str] | None = cursor.fetchone()
    return found


def _first_bad(cursor: Any, part: Mapping[str, Any], stand_ins: Mapping[int, frozenset[str]]) -> Verdict | None:
    """The verdict on a part of a chain, None when it holds: first its order, then each event before a break in it."""
    cursor.execute(chain.FIRST_OUT_OF_PLACE, part)
    broken = cursor.fetchone()
    ends = broken[0] - 1 if broken else part["until"]
    cursor.execute(chain.UNVOUCHED, {**part, "until": ends})
    for sequence, body, previous, digest, *values in cursor.fetchall():
        link = Link(sequence, dict(zip(BODY_FIELDS, values, strict=True)), body, previous, digest)
        fault = fault_of(str(part["workspace"]), link, stand_ins.get(sequence, frozenset()))
        if fault:
            return Verdict(sequence - 1, sequence, fault)
    if not broken:
        return None
    sequence, is_in_place, expected = broken
    return Verdict(expected - 1, sequence, Fault.ORDER if is_in_place else Fault.PLACE)


def _held_against_checkpoints(workspace_id: UUID, whole: Verdict) -> Verdict:
    """The verdict on a whole chain that must still be the one that was signed."""
    keys, good = public_keys(), 0
    for row in AuditCheckpoint.objects.filter(workspace_id=workspace_id).order_by("size"):
        fault = _fault_of_checkpoint(row, whole, keys)
        if fault is not None:
            first = {Fault.REWRITTEN: good, Fault.CUT: whole.checked}.get(fault, row.size - 1)
            return Verdict(first, first + 1, fault)
        good = row.size
    return replace(whole, sealed=good)


def _fault_of_checkpoint(row: AuditCheckpoint, whole: Verdict, keys: Sequence[PublicKey]) -> Fault | None:
    said = _says(row, keys)
    if said is None:
        return Fault.CHECKPOINT
    if said.size > whole.checked:
        return Fault.CUT
    if said.size <= whole.cut:
        return None  # its events are not there any more; the first one that is follows the checkpoint of the cut
    return None if digests_after(row.workspace_id, said.size - 1, said.size) == [said.head] else Fault.REWRITTEN


def _says(row: AuditCheckpoint, keys: Sequence[PublicKey]) -> Checkpoint | None:
    """What a checkpoint says, None when it was not signed by us, or says something else than its row."""
    try:
        said = opened(row.envelope, keys)
    except CheckpointForged:
        return None
    end = End(row.size, row.head, tuple(row.peaks))
    stands = (str(row.workspace_id), row.size, row.head, row.root, row.root)
    return said if (said.workspace, said.size, said.head, said.root, end.root) == stands else None


# lint: allow TL003 the installation's chain, too
def digests_after(workspace_id: UUID, size: int, until: int) -> list[str]:
    """The digests of the events behind the first `size` ones, in order."""
    found = _events_of(workspace_id).filter(sequence__gt=size, sequence__lte=until)
    return list(found.order_by("sequence").values_list("digest", flat=True))


# lint: allow TL003 the installation's chain, too
def verdict_against(said: Checkpoint, then: bytes) -> Verdict:
    """Check a trail, and that it begins as a checkpoint says that was kept elsewhere.

    For events that retention has removed, the prints are not asked; the head of the checkpoint stands for them.

    Args:
        said: The checkpoint, its signature checked.
        then: What `prints_of` gave when it was made.
    """
    workspace_id = UUID(said.workspace)
    with transaction.atomic():
        whole, end = chain_verdict(workspace_id), first_end(workspace_id)
        if whole.bad_sequence is not None:
            return whole
        if said.size < end.size:
            return _held_against_kept(said, whole)
        for part in _digests(workspace_id, end.size, said.size):
            place = first_difference(then[end.size * PRINT_BYTES :][: len(part) * PRINT_BYTES], prints(part))
            if place is not None:
                return Verdict(end.size + place - 1, end.size + place, Fault.REPLACED)
            end = end.followed_by(part)
    if end.size < said.size:
        return Verdict(end.size, end.size + 1, Fault.CUT)
    if (end.head, end.root) != (said.head, said.root):
        return Verdict(end.size - 1, end.size, Fault.REPLACED)
    return replace(whole, sealed=max(whole.sealed, said.size))


# lint: allow TL003 the installation's chain, too
def prints_of(workspace_id: UUID, size: int) -> bytes:
    """By what one who keeps a checkpoint of that size finds the first event that differs; blank where removed."""
    cut = first_end(workspace_id).size
    return bytes(PRINT_BYTES * cut) + b"".join(prints(part) for part in _digests(workspace_id, cut, size))


def _held_against_kept(said: Checkpoint, whole: Verdict) -> Verdict:
    """The verdict by a checkpoint whose events were removed: there must be the same one here."""
    same = AuditCheckpoint.objects.filter(workspace_id=UUID(said.workspace), size=said.size, head=said.head)
    return whole if same.exists() else Verdict(said.size - 1, said.size, Fault.REPLACED)


def _digests(workspace_id: UUID, begin: int, size: int) -> Iterator[list[str]]:
    for start in range(begin, size, _AT_ONCE):
        part = digests_after(workspace_id, start, min(start + _AT_ONCE, size))
        if not part:
            return
        yield part


# lint: allow TL003 the installation's chain, too
def last_end(workspace_id: UUID) -> End:
    """Where the trail ended when it was sealed last; its beginning when it never was."""
    row = AuditCheckpoint.objects.filter(workspace_id=workspace_id).order_by("-size").first()
    return End(row.size, row.head, tuple(row.peaks)) if row else BEGINNING


# lint: allow TL003 the installation's chain, too
def checkpoint_at(workspace_id: UUID, size: int) -> Checkpoint:
    """The checkpoint of that size. Raises `CheckpointForged`."""
    row = AuditCheckpoint.objects.get(workspace_id=workspace_id, size=size)
    return opened(row.envelope, public_keys())


# lint: allow TL003 the installation's chain, too
def proofs(found: Checkpoint, sequences: Sequence[int]) -> list[dict[str, Any]]:
    """That these events are covered by a checkpoint, as a pack has it.

    Raises `IndexError` for one that is not, or that retention has removed.
    """
    begin = first_end(UUID(found.workspace))
    digests = digests_after(UUID(found.workspace), begin.size, found.size)
    paths = merkle.proofs(
        [leaf(one) for one in digests],
        [number - 1 for number in sequences],
        peaks=[bytes.fromhex(peak) for peak in begin.peaks],
        before=begin.size,
    )
    return [
        {"sequence": number, "digest": digests[number - 1 - begin.size], "path": [step.hex() for step in path]}
        for number, path in zip(sequences, paths, strict=True)
    ]


# lint: allow TL003 the installation's chain, too
def checkpoint_before(workspace_id: UUID, moment: datetime) -> AuditCheckpoint | None:
    """The newest checkpoint that was signed before a moment, and covers events that are still there."""
    there = first_end(workspace_id).size
    found = AuditCheckpoint.objects.filter(workspace_id=workspace_id, signed_at__lt=moment, size__gt=there)
    return found.order_by("-size").first()


# lint: allow TL003 the installation's chain, too
def was_told_of_break(workspace_id: UUID, since: datetime) -> bool:
    """Whether the installation's trail tells already that this one does not hold."""
    told = AuditEvent.objects.filter(workspace_id=ids.installation(), action="audit:trail:break")
    return told.filter(subject_id=str(workspace_id), recorded_at__gt=since).exists()
