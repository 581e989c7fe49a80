"""Secrets at rest: bound to their place, opened or refused, never empty; keys rotate while secrets are read."""

from __future__ import annotations

import stat

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import small_world
from trueline.kit import ids, sealing
from trueline.kit.database.context import reading, within
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor, ActorKind, NotVisible
from trueline.kit.sealing import KeyFile, KeysUnusable, KeyWithdrawn, LocalKeys, Place, SealBroken, new_key
from trueline.vault.actions import rewrap, seal, unseal
from trueline.vault.models import DataKey
from trueline.workspaces.installation import rotate_sealing_key, sealing_state, withdraw_sealing_keys

KEEPER = Actor(ActorKind.SYSTEM, "tests", "tests")
ROW = ids.new()
HERE = Place("alerts", ROW, "secret")
CANARY = b"canary-secret"


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.KEY_ENCRYPTION = KeyFile(tmp_path / "sealing.keys")
    return settings.KEY_ENCRYPTION


@given(st.binary(), st.binary(min_size=32, max_size=32))
def test_what_was_sealed_is_what_is_opened(plaintext, key):
    workspace, data_key_id = ids.new(), ids.new()
    sealed = sealing.seal(data_key_id, key, workspace, HERE, plaintext)
    assert sealing.data_key_id_of(sealed) == data_key_id
    assert sealing.unseal(key, workspace, HERE, sealed) == plaintext


@pytest.mark.parametrize(
    "elsewhere", [Place("others", ROW, "secret"), Place("alerts", ids.new(), "secret"), Place("alerts", ROW, "url")]
)
def test_a_secret_moved_to_another_place_opens_nowhere(world, elsewhere):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
        assert unseal(world.workspace.pk, HERE, sealed) == CANARY
        with pytest.raises(SealBroken):
            unseal(world.workspace.pk, elsewhere, sealed)


def test_a_secret_of_one_workspace_opens_in_no_other(world):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
    with world.inside(world.other_workspace):
        seal(world.other_workspace.pk, HERE, CANARY)
        with pytest.raises(SealBroken):
            unseal(world.other_workspace.pk, HERE, sealed)
        with pytest.raises(NotVisible):
            unseal(world.workspace.pk, HERE, sealed)


def test_a_data_key_copied_to_another_workspace_unwraps_nothing(world):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
        mine = DataKey.objects.get()
    with world.inside(world.other_workspace):
        copy = {"kek_name": mine.kek_name, "wrapped": mine.wrapped}
        DataKey.objects.create(id=mine.pk, workspace_id=world.other_workspace.pk, **copy)
        with pytest.raises(SealBroken):
            unseal(world.other_workspace.pk, HERE, sealed)


def test_a_damaged_secret_is_refused_and_never_empty(world):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
        for damaged in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], sealed[:-40], b"", b"\x01"):
            with pytest.raises(SealBroken):
                unseal(world.workspace.pk, HERE, damaged)


def test_the_installation_keeps_secrets_of_its_own(db):
    sealed = seal(ids.installation(), HERE, CANARY)
    assert CANARY not in sealed
    assert unseal(ids.installation(), HERE, sealed) == CANARY


def test_a_page_that_only_reads_can_open_a_secret(world):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
        with reading():
            assert unseal(world.workspace.pk, HERE, sealed) == CANARY


def test_secrets_can_be_read_at_every_step_of_a_rotation(world, key_file):
    first = key_file.current_name()
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)

    def reads():
        with world.inside():
            return unseal(world.workspace.pk, HERE, sealed) == CANARY

    key_file.add()
    assert reads()
    assert rewrap(world.workspace.pk) == 1
    assert rewrap(world.workspace.pk) == 0
    assert reads()
    assert first in {key.name for key in key_file.held()}
    key_file.keep_first()
    assert first not in {key.name for key in key_file.held()}
    assert reads()


def test_a_key_that_is_gone_raises_and_nothing_is_empty(world, key_file):
    with world.inside():
        sealed = seal(world.workspace.pk, HERE, CANARY)
        key_file.add()
        key_file.keep_first()
        with pytest.raises(KeyWithdrawn):
            unseal(world.workspace.pk, HERE, sealed)
        with pytest.raises(KeyWithdrawn):
            seal(world.workspace.pk, HERE, b"new")


def test_the_keeper_rotates_all_workspaces_and_withdraws_only_what_wraps_nothing(committed, key_file):
    world, sealed = small_world(), {}
    for workspace in (world.workspace, world.other_workspace):
        with world.inside(workspace):
            sealed[workspace] = seal(workspace.pk, HERE, CANARY)
    seal(ids.installation(), HERE, CANARY)
    key_file.add()
    with pytest.raises(Refused, match="still wraps"):
        withdraw_sealing_keys(actor=KEEPER)
    state = rotate_sealing_key(actor=KEEPER)
    assert state.wrapped[state.current] == 3
    assert withdraw_sealing_keys(actor=KEEPER).names == (state.current,)
    for workspace, secret in sealed.items():
        with world.inside(workspace):
            assert unseal(workspace.pk, HERE, secret) == CANARY


def test_a_lost_key_is_named(committed, key_file):
    world = small_world()
    with world.inside():
        seal(world.workspace.pk, HERE, CANARY)
    lost = key_file.current_name()
    key_file.path.unlink()
    assert sealing_state().missing == (lost,)


def test_the_key_file_is_made_once_and_for_its_owner_only(key_file):
    name = key_file.current_name()
    assert KeyFile(key_file.path).current_name() == name
    assert stat.S_IMODE(key_file.path.stat().st_mode) == 0o600
    key_file.add()
    assert stat.S_IMODE(key_file.path.stat().st_mode) == 0o600
    assert [path.name for path in key_file.path.parent.iterdir()] == ["sealing.keys"]


@pytest.mark.parametrize("text", ["", " , ", "short", "A" * 40, "not base 64 at all !!!"])
def test_keys_that_are_none_are_refused(text):
    with pytest.raises(KeysUnusable):
        LocalKeys(lambda: text).held()


def test_keys_of_a_variable_are_not_changed_by_us(committed, settings):
    text = f"{new_key()},{new_key()}"
    settings.KEY_ENCRYPTION = LocalKeys(lambda: text)
    assert len(sealing_state().names) == 2
    with pytest.raises(Refused, match="TRUELINE_SEALING_KEYS"):
        rotate_sealing_key(actor=KEEPER)


def test_a_key_does_not_show_itself(key_file):
    key = key_file.held()[0]
    assert repr(key) == "Kek()"


def test_the_settings_of_an_installation_have_keys():
    assert settings.KEY_ENCRYPTION.current_name()


def test_a_context_of_nothing_seals_nothing(world):
    with within(None), pytest.raises(NotVisible):
        seal(world.workspace.pk, HERE, CANARY)
