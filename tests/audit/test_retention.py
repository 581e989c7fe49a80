"""What retention has removed is stood for by a signed checkpoint, and the trail stays verifiable (D-53)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.test_chain import HERE, NOBODY, tamper, trail, verdict
from tests.audit.test_checkpoints import DIGESTS, against, write, write_anew
from tests.worlds import World
from trueline.audit.actions_retention import cut_trail, cut_trails, keep_trail_for
from trueline.audit.actions_sealing import checkpoint
from trueline.audit.checkpoints import leaf
from trueline.audit.errors import NothingToCut, TermRefused, TrailBroken
from trueline.audit.models import AuditEvent
from trueline.audit.queries import BEGINNING, proofs
from trueline.audit.rules import Fault
from trueline.cli.trails import checkpoints
from trueline.engine.packs import merkle
from trueline.engine.packs.verify_pack import root_from
from trueline.kit import clock
from trueline.kit.scope import NotAllowed

__all__ = ["trail"]


@given(st.integers(1, 40), st.data())
def test_a_proof_needs_no_entry_before_the_peaks(total: int, data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, total - 1))
    leaves = [leaf(one) for one in DIGESTS[:total]]
    peaks = [bytes.fromhex(peak) for peak in BEGINNING.followed_by(DIGESTS[:gone]).peaks]
    rest = range(gone, total)
    assert merkle.proofs(leaves[gone:], rest, peaks=peaks, before=gone) == merkle.proofs(leaves, rest)
    with pytest.raises(IndexError):
        merkle.proofs(leaves[gone:], [gone - 1], peaks=peaks, before=gone)


def cut(world: World, days: int = 1) -> int:
    return cut_trail(world.workspace.pk, "Acme", clock.now() + timedelta(days=days), actor=NOBODY)


def test_a_trail_that_was_cut_is_whole_and_goes_on(trail: World) -> None:
    place, kept = trail.workspace.pk, checkpoints("acme")
    size = checkpoint(place).size
    write(trail, 5)
    assert cut(trail) == size
    with trail.inside():
        assert AuditEvent.objects.order_by("sequence").first().sequence == size + 1
        told = AuditEvent.objects.latest("sequence")
    assert (told.action, told.after["events"]) == ("audit:trail:cut", size)
    found = verdict(place)
    assert (found.is_whole, found.checked, found.cut) == (True, size + 6, size)
    made = checkpoint(place)
    assert verdict(place).sealed == made.size == size + 6
    with trail.inside():
        (proof,) = proofs(made, [size + 2])
        with pytest.raises(IndexError):
            proofs(made, [size])
    path = [bytes.fromhex(step) for step in proof["path"]]
    assert root_from(leaf(proof["digest"]), size + 1, made.size, path) == bytes.fromhex(made.root)
    assert against(kept) == (0, "")
    assert against(json.loads(json.dumps(checkpoints("acme")))) == (0, "")


def test_a_trail_is_cut_again_further_on(trail: World) -> None:
    place = trail.workspace.pk
    checkpoint(place)
    write(trail)
    first = cut(trail)
    later, kept = checkpoint(place), checkpoints("acme")
    write(trail)
    assert cut(trail) == later.size > first
    assert verdict(place).is_whole
    assert against(kept) == (0, "")


def test_without_the_event_or_the_checkpoint_a_gap_is_a_gap(trail: World) -> None:
    place = trail.workspace.pk
    size = checkpoint(place).size
    write(trail, 3)
    tamper(f"delete from audit_auditevent where {HERE} and sequence <= {size}", workspace=place)
    assert (verdict(place).fault, verdict(place).bad_sequence) == (Fault.PLACE, size + 1)


@pytest.mark.parametrize("column", ["root = repeat('a', 64)", "peaks = '[]'", "envelope = '{}'", "size = size + 1"])
def test_a_cut_whose_checkpoint_was_changed_does_not_hold(column: str, trail: World) -> None:
    place = trail.workspace.pk
    checkpoint(place)
    write(trail, 3)
    cut(trail)
    tamper(f"update audit_auditcheckpoint set {column} where {HERE}", workspace=place)
    assert not verdict(place).is_whole


def test_what_was_written_anew_behind_a_cut_is_seen(trail: World) -> None:
    place = trail.workspace.pk
    size = checkpoint(place).size
    write(trail, 3)
    cut(trail)
    tamper(f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = {size + 2}", workspace=place)
    assert (verdict(place).fault, verdict(place).bad_sequence) == (Fault.CONTENT, size + 2)
    write_anew(place, size + 1, "Eve")
    assert (verdict(place).fault, verdict(place).bad_sequence) == (Fault.ORDER, size + 1)


def test_nothing_is_cut_without_a_checkpoint_before_the_day_or_when_nothing_would_be_left(trail: World) -> None:
    with pytest.raises(NothingToCut):
        cut(trail)
    checkpoint(trail.workspace.pk)
    with pytest.raises(NothingToCut):
        cut(trail)
    write(trail)
    with pytest.raises(NothingToCut):
        cut(trail, days=-1)


def test_a_trail_that_does_not_hold_is_not_cut(trail: World) -> None:
    checkpoint(trail.workspace.pk)
    write(trail)
    tamper(
        f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = 2", workspace=trail.workspace.pk
    )
    with pytest.raises(TrailBroken):
        cut(trail)


def test_a_workspace_with_a_term_is_cut_by_itself_and_told_so(trail: World) -> None:
    size = checkpoint(trail.workspace.pk).size
    write(trail, 3)
    with trail.scope() as scope:
        with pytest.raises(TermRefused):
            keep_trail_for(scope, 30, actor=scope.actor)
        keep_trail_for(scope, 90, actor=scope.actor)
    assert cut_trails() == 0
    with clock.settled(clock.now() + timedelta(days=91)):
        assert [cut_trails(), cut_trails()] == [1, 0]
    found = verdict(trail.workspace.pk)
    assert (found.is_whole, found.cut) == (True, size)
    with trail.scope(trail.approver) as scope, pytest.raises(NotAllowed):
        keep_trail_for(scope, None, actor=scope.actor)
