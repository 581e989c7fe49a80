"""A checkpoint that was kept sees a trail that was written anew or cut, which no chain can show by itself (D-52)."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.test_chain import HERE, NOBODY, tamper, trail, verdict
from tests.worlds import World
from trueline.audit.actions import Subject, record
from trueline.audit.actions_sealing import checkpoint, seal_trails
from trueline.audit.checkpoints import first_difference, opened, prints
from trueline.audit.errors import CheckpointForged, TrailBroken
from trueline.audit.models import AuditCheckpoint, AuditEvent, AuditHead
from trueline.audit.queries import BEGINNING, checkpoint_at, proofs
from trueline.audit.rules import GENESIS, Fault, body_digest, body_of, link_digest
from trueline.cli.trails import FORMAT, checkpoints, kept, verdicts_against
from trueline.engine.packs import merkle
from trueline.engine.packs.verify_pack import read_keys, root_from
from trueline.kit import clock, digest, ids
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.vault.actions_signing import replace_signing_key
from trueline.vault.queries import public_keys

__all__ = ["trail"]
DIGESTS = [digest.sha256(str(number).encode()) for number in range(40)]


def write(world: World, number: int = 1) -> None:
    with world.inside(), transaction.atomic():
        for _ in range(number):
            subject = Subject("environment", str(world.environment.pk), "North")
            record(world.workspace.pk, "workspaces:environment:move", subject, actor=NOBODY)


def write_anew(workspace_id: UUID, begin: int, actor: str) -> None:
    """What whoever owns the database can do: other events, every hash computed again."""
    with within(workspace_id):
        rows = list(AuditEvent.objects.order_by("sequence").values())
    previous, statements = GENESIS, []
    for row in rows:
        if row["sequence"] >= begin:
            row["actor_label"] = actor
        body = body_digest(body_of(row))
        sealed = link_digest(str(workspace_id), row["sequence"], previous, body)
        statements.append(
            f"update audit_auditevent set actor_label = '{row['actor_label']}', body_digest = '{body}', "
            f"previous_digest = '{previous}', digest = '{sealed}' where {HERE} and sequence = {row['sequence']}"
        )
        previous = sealed
    head = f"update audit_audithead set digest = '{previous}' where {HERE}"
    tamper(*statements, head, workspace=workspace_id)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_tree_goes_on_from_its_peaks_as_if_it_were_built_at_once(first: int, second: int) -> None:
    first, second = sorted((first, second))
    grown = BEGINNING.followed_by(DIGESTS[:first]).followed_by(DIGESTS[first:second])
    leaves = [merkle.leaf_hash(bytes.fromhex(one)) for one in DIGESTS[:second]]
    assert grown.root == merkle.root(leaves).hex()
    assert (grown.size, grown.head) == (second, DIGESTS[second - 1] if second else GENESIS)


def test_the_first_event_that_differs_is_found_by_its_print() -> None:
    other = [*DIGESTS[:17], *(digest.sha256(b"x" + one.encode()) for one in DIGESTS[17:])]
    assert first_difference(prints(DIGESTS), prints(other)) == 18
    assert first_difference(prints(DIGESTS), prints(DIGESTS[:9])) == 10
    assert first_difference(prints(DIGESTS), prints(DIGESTS)) is None


def test_a_checkpoint_covers_the_event_of_its_own_transaction_and_can_show_it(world: World) -> None:
    with world.inside(), transaction.atomic():
        subject = Subject("environment", str(world.environment.pk), "North")
        event = record(world.workspace.pk, "workspaces:environment:move", subject, actor=NOBODY)
        made = checkpoint(world.workspace.pk)
        (proof,) = proofs(made, [event.sequence])
    assert (made.size, made.head) == (event.sequence, event.digest)
    path = [bytes.fromhex(step) for step in proof["path"]]
    leaf = merkle.leaf_hash(bytes.fromhex(event.digest))
    assert root_from(leaf, event.sequence - 1, made.size, path) == bytes.fromhex(made.root)
    assert root_from(leaf, event.sequence - 2, made.size, path) != bytes.fromhex(made.root)


def test_a_checkpoint_without_new_events_is_the_one_before(world: World) -> None:
    first = checkpoint(world.workspace.pk)
    assert checkpoint(world.workspace.pk) == first
    write(world, 3)
    second = checkpoint(world.workspace.pk)
    assert second.size == first.size + 3
    assert verdict(world.workspace.pk).sealed == second.size


def test_a_checkpoint_holds_after_its_key_was_replaced_and_no_other_text_does(world: World) -> None:
    made = checkpoint(world.workspace.pk)
    replace_signing_key()
    with world.inside():
        assert checkpoint_at(world.workspace.pk, made.size) == made
    said = json.loads(base64.b64decode(made.envelope["payload"]))
    for forged in (
        {**made.envelope, "payload": base64.b64encode(json.dumps({**said, "size": 1}).encode()).decode()},
        {**made.envelope, "payloadType": "text/plain"},
        {**made.envelope, "signatures": []},
        {},
    ):
        with pytest.raises(CheckpointForged):
            opened(forged, public_keys())
    with pytest.raises(CheckpointForged):
        opened(made.envelope, [key for key in public_keys() if not key.not_after])


def test_a_key_signs_nothing_before_it_was_there(world: World) -> None:
    made = checkpoint(world.workspace.pk)
    (key,) = public_keys()
    late = type(key)(key.key_id, key.pem, "2999-01-01T00:00:00Z")
    with pytest.raises(CheckpointForged):
        opened(made.envelope, [late])


def against(file: Any) -> tuple[int, str]:
    """The verdict on the small world's trail, held against a file that was kept elsewhere."""
    content = json.loads(json.dumps(file))
    (line,) = verdicts_against(kept(content, read_keys(json.dumps(content))), "acme")
    assert line["whole"] == (line["bad_sequence"] is None)
    return line["bad_sequence"] or 0, line["reason"]


def test_a_trail_that_was_written_anew_with_its_checkpoints_is_seen_by_one_kept_elsewhere(trail: World) -> None:
    place = trail.workspace.pk
    file = checkpoints("acme")
    write(trail, 2)
    assert against(file) == (0, "")
    tamper(f"delete from audit_auditcheckpoint where {HERE}", workspace=place)
    write_anew(place, 4, "Eve")
    assert verdict(place).is_whole  # no chain shows this by itself
    assert against(file) == (4, Fault.REPLACED)
    tamper(
        f"delete from audit_auditevent where {HERE}",
        f"delete from audit_audithead where {HERE}",
        workspace=place,
    )
    assert verdict(place).is_whole
    assert against(file) == (1, Fault.CUT)


def test_a_tail_that_was_cut_with_its_checkpoints_is_seen_by_one_kept_elsewhere(trail: World) -> None:
    place, file = trail.workspace.pk, checkpoints("acme")
    size = file["checkpoints"][0]["size"]
    tamper(
        f"delete from audit_auditcheckpoint where {HERE}",
        f"delete from audit_auditevent where {HERE} and sequence > {size - 2}",
        f"update audit_audithead set sequence = {size - 2}, digest = (select digest from audit_auditevent "
        f"where {HERE} and sequence = {size - 2}) where {HERE}",
        workspace=place,
    )
    assert verdict(place).is_whole
    assert against(file) == (size - 1, Fault.CUT)


BAD = {"workspace": "acme", "envelope": {}, "prints": "x"}


@pytest.mark.parametrize(
    "broken", [{}, [], {"format": "other"}, {"format": FORMAT}, {"format": FORMAT, "checkpoints": [BAD]}]
)
def test_a_file_of_something_else_is_refused(broken: Any) -> None:
    with pytest.raises(Refused):
        kept(broken, {})


def test_a_file_whose_signature_does_not_hold_is_refused(trail: World) -> None:
    file = checkpoints("acme")
    file["checkpoints"][0]["envelope"]["signatures"][0]["sig"] = base64.b64encode(b"x" * 64).decode()
    with pytest.raises(Refused, match="was not signed by its keys"):
        against(file)


def _forge(**values: Any) -> str:
    column, value = next(iter(values.items()))
    return f"update audit_auditcheckpoint set {column} = {value} where {HERE}"


def test_a_trail_that_was_written_anew_is_seen_by_the_checkpoint_beside_it(trail: World) -> None:
    place = trail.workspace.pk
    first = checkpoint(place).size
    write(trail, 4)
    checkpoint(place)
    write_anew(place, first + 2, "Eve")
    found = verdict(place)
    assert (found.bad_sequence, found.fault, found.checked) == (first + 1, Fault.REWRITTEN, first)


def test_a_tail_that_was_cut_with_its_head_is_seen_by_the_checkpoint_beside_it(trail: World) -> None:
    place = trail.workspace.pk
    size = checkpoint(place).size
    tamper(
        f"delete from audit_auditevent where {HERE} and sequence = {size}",
        f"update audit_audithead set sequence = {size - 1}, digest = (select digest from audit_auditevent "
        f"where {HERE} and sequence = {size - 1}) where {HERE}",
        workspace=place,
    )
    found = verdict(place)
    assert (found.bad_sequence, found.fault) == (size, Fault.CUT)


@pytest.mark.parametrize(
    "statement",
    [
        _forge(head="repeat('a', 64)"),
        _forge(root="repeat('a', 64)"),
        _forge(size="size - 1"),
        _forge(envelope="'{}'"),
    ],
)
def test_a_checkpoint_that_was_changed_is_named(statement: str, trail: World) -> None:
    checkpoint(trail.workspace.pk)
    tamper(statement, workspace=trail.workspace.pk)
    assert verdict(trail.workspace.pk).fault is Fault.CHECKPOINT


def test_a_trail_that_does_not_hold_is_not_signed(trail: World) -> None:
    place = trail.workspace.pk
    size = checkpoint(place).size
    write(trail, 3)
    tamper(f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = {size + 2}", workspace=place)
    with pytest.raises(TrailBroken) as refused:
        checkpoint(place)
    assert refused.value.sequence == size + 2


def test_the_sweep_signs_every_trail_once_a_day(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    assert seal_trails() == 3  # two workspaces and the installation
    write(trail)
    assert seal_trails() == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=25))
    assert seal_trails() == 2  # the installation's own has the event of the sweep, the other workspace nothing new
    with trail.inside():
        assert AuditCheckpoint.objects.count() == 2
        assert AuditCheckpoint.objects.latest("size").size == AuditHead.objects.get().sequence
    assert verdict(ids.installation()).is_whole


def test_the_sweep_tells_once_of_a_trail_that_does_not_hold_and_signs_the_others(trail: World) -> None:
    tamper(
        f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = 2", workspace=trail.workspace.pk
    )
    assert seal_trails() == 2
    assert seal_trails() == 0
    with within(ids.installation()):
        told = AuditEvent.objects.get(action="audit:trail:break")
    assert (told.subject_id, told.after) == (str(trail.workspace.pk), {"event": 2})


def test_two_checkpoints_at_once_are_one(trail: World) -> None:
    def seal(_: int) -> Any:
        try:
            return checkpoint(trail.workspace.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        assert len({made.size for made in workers.map(seal, range(4))}) == 1
    with trail.inside():
        assert AuditCheckpoint.objects.count() == 1
