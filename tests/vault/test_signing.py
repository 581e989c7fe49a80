"""The keys that sign: one at a time, sealed, replaced without making old signatures bad, and published to everyone."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from trueline.audit.models import AuditEvent
from trueline.engine.packs import signatures
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.vault.actions_signing import SigningKeyUnusable, signer
from trueline.vault.models import SigningKey
from trueline.vault.queries import public_keys
from trueline.workspaces.installation import use_signing_key

KEEPER = Actor(ActorKind.SYSTEM, "tests", "tests")


def test_the_first_key_is_made_when_it_is_needed_and_then_kept(db):
    assert public_keys() == ()
    first, again = signer(), signer()
    assert first.key_id == again.key_id == public_keys()[0].key_id
    assert signatures.holds(public_keys()[0].pem, b"message", first.sign(b"message"))


def test_no_private_key_stands_in_the_clear(db):
    signer()
    with within(ids.installation()):
        kept = bytes(SigningKey.objects.get().sealed)
    assert b"PRIVATE" not in kept


def test_a_replaced_key_stays_on_the_list_with_the_time_in_which_it_signed(db, client):
    first = signer()
    second = use_signing_key(actor=KEEPER)
    assert signer().key_id == second.key_id != first.key_id
    listed = client.get("/.well-known/trueline-signing-keys.json").json()["keys"]
    assert [entry["id"] for entry in listed] == [second.key_id, first.key_id]
    assert listed[0]["not_after"] == ""
    assert listed[1]["not_before"] <= listed[1]["not_after"]
    assert all(set(entry) == {"id", "pem", "not_before", "not_after"} for entry in listed)
    with within(ids.installation()):
        event = AuditEvent.objects.get(action="vault:signing:rotate")
    assert event.after == {"valid_from": second.not_before, "key": "made"}


def test_a_key_of_ones_own_signs_and_does_not_come_back_after_it_was_replaced(db):
    own = signatures.new_key()
    assert use_signing_key(own, actor=KEEPER).key_id == signatures.signer(own).key_id == signer().key_id
    use_signing_key(actor=KEEPER)
    with pytest.raises(SigningKeyUnusable):
        use_signing_key(own, actor=KEEPER)


@pytest.mark.parametrize("text", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused_and_the_present_one_goes_on(db, text):
    before = signer().key_id
    with pytest.raises(SigningKeyUnusable):
        use_signing_key(text or b" ", actor=KEEPER)
    assert signer().key_id == before


def test_two_first_signatures_at_once_make_one_key(committed):
    found: list[str] = []

    def sign() -> None:
        try:
            found.append(signer().key_id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
