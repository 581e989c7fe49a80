"""Each way to tamper with a pack has its own name."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest

from tests.packs import MADE_AT, OTHER, WORKSPACE, key, small_pack, trail, with_proofs
from trueline.engine.packs import archive, verify_pack
from trueline.engine.packs.signatures import holds


def members_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def verdict_of(pack: bytes, tmp_path, **asked):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)
    return verify_pack.verify(path, check_signature=holds, **asked)


def codes(pack: bytes, tmp_path, **asked) -> set[str]:
    return {failure.code for failure in verdict_of(pack, tmp_path, **asked).failures}


def trusting(*keys):
    return {one.public.key_id: {"pem": one.public.pem, "not_after": one.public.not_after} for one in keys}


def test_a_whole_pack_holds_and_tells_what_it_is(tmp_path):
    verdict = verdict_of(small_pack(), tmp_path, trusted=trusting(key()), workspace=WORKSPACE)
    assert verdict.is_whole, verdict.failures
    assert verdict.facts["events"] == 2
    assert verdict.facts["signed_at"] == MADE_AT


def test_the_same_content_gives_the_same_bytes():
    assert small_pack() == small_pack()


def test_any_member_that_is_changed_is_named(tmp_path):
    pack = members_of(small_pack())
    for name in sorted(set(pack) - {verify_pack.MANIFEST, verify_pack.ATTESTATION}):
        body = bytearray(pack[name])
        body[len(body) // 2] ^= 1
        found = verdict_of(archive.zipped({**pack, name: bytes(body)}), tmp_path)
        assert ("member_changed", name) in {(failure.code, failure.subject) for failure in found.failures}


def test_a_flipped_bit_anywhere_in_a_member_never_passes(tmp_path):
    whole = members_of(small_pack())
    check = {}
    for name in (verify_pack.MANIFEST, verify_pack.ATTESTATION):
        for place in range(0, len(whole[name]) - 1, 37):
            body = bytearray(whole[name])
            body[place] ^= 1
            found = verdict_of(archive.zipped({**whole, name: bytes(body)}), tmp_path, trusted=trusting(key()))
            check[name, place] = found.is_whole
    assert not [spot for spot, is_whole in check.items() if is_whole]


def test_a_byte_damaged_inside_the_archive_is_named(tmp_path):
    pack = bytearray(small_pack())
    spot = pack.index(b"findings.csv") + len(b"findings.csv") + 12
    pack[spot] ^= 0x10
    assert verdict_of(bytes(pack), tmp_path).failures[0].subject == "findings.csv"


TAMPERED = {
    "member_missing": lambda pack: {name: body for name, body in pack.items() if name != "findings.csv"},
    "member_added": lambda pack: {**pack, "notes.txt": b"hello"},
    "signature_invalid": lambda pack: {**pack, verify_pack.ATTESTATION: resigned(pack, lambda sig: sig[::-1])},
    "attestation_missing": lambda pack: {k: body for k, body in pack.items() if k != verify_pack.ATTESTATION},
    "attestation_unreadable": lambda pack: {**pack, verify_pack.ATTESTATION: b"{}"},
    "attestation_mismatch": lambda pack: {
        **pack,
        verify_pack.ATTESTATION: members_of(small_pack(review="r2"))[verify_pack.ATTESTATION],
    },
    "wrong_workspace": lambda pack: {
        **pack,
        verify_pack.ATTESTATION: members_of(small_pack(workspace=OTHER))[verify_pack.ATTESTATION],
    },
    "manifest_missing": lambda pack: {k: body for k, body in pack.items() if k != verify_pack.MANIFEST},
    "manifest_unreadable": lambda pack: {**pack, verify_pack.MANIFEST: b"\xff"},
    "unsafe_name": lambda pack: {**pack, "../../etc/passwd": b"root"},
}


def resigned(pack, change):
    envelope = json.loads(pack[verify_pack.ATTESTATION])
    envelope["signatures"][0]["sig"] = change(envelope["signatures"][0]["sig"].rstrip("=")) + "=="
    return json.dumps(envelope).encode()


@pytest.mark.parametrize("code", sorted(TAMPERED))
def test_each_way_to_tamper_has_its_name(code, tmp_path):
    assert codes(archive.zipped(TAMPERED[code](members_of(small_pack()))), tmp_path) == {code}


def test_a_list_made_to_fit_a_changed_file_is_not_the_signed_one(tmp_path):
    pack = members_of(small_pack())
    forged = {**pack, "findings.csv": b"title,severity\n"}
    listing = json.loads(pack[verify_pack.MANIFEST])
    for entry in listing["members"]:
        entry["sha256"] = archive.digests(forged)[entry["path"]]
    forged[verify_pack.MANIFEST] = archive.readable(listing)
    found = verdict_of(archive.zipped(forged), tmp_path)
    assert [(failure.code, failure.subject) for failure in found.failures] == [("member_changed", verify_pack.MANIFEST)]


def test_a_pack_of_another_workspace_is_refused_when_one_was_asked_for(tmp_path):
    assert codes(small_pack(), tmp_path, workspace=OTHER) == {"wrong_workspace"}


def test_a_key_that_is_not_trusted_is_named_whatever_the_pack_says(tmp_path):
    assert codes(small_pack(key(2)), tmp_path, trusted=trusting(key(1))) == {"key_unknown"}
    assert codes(small_pack(key(2)), tmp_path, trusted=trusting(key(1), key(2))) == set()


def test_what_was_signed_outside_a_keys_time_is_named(tmp_path):
    assert codes(small_pack(key(not_after="2026-06-01T00:00:00Z")), tmp_path) == {"key_expired"}
    assert codes(small_pack(key(not_before="2026-12-01T00:00:00Z")), tmp_path) == {"key_expired"}


def test_a_pack_that_is_older_than_the_end_of_its_key_still_holds(tmp_path):
    retired = key(not_after="2027-01-01T00:00:00Z")
    assert codes(small_pack(key()), tmp_path, trusted=trusting(retired, key(2))) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda made: replace(made, envelope=trail(key(1), events=[b"\x07" * 32] * 12).envelope), "checkpoint_forged"),
        (lambda made: replace(made, envelope={**made.envelope, "signatures": [forged()]}), "checkpoint_forged"),
        (lambda made: with_proofs(made, digest="00" * 32), "proof_invalid"),
        (lambda made: with_proofs(made, sequence=4), "proof_invalid"),
        (lambda made: with_proofs(made, path=[]), "proof_invalid"),
    ],
)
def test_a_trail_that_does_not_hold_is_named(change, code, tmp_path):
    assert codes(small_pack(change=change), tmp_path) == {code}


def forged():
    return {"keyid": key().public.key_id, "sig": "A" * 86 + "=="}


def test_what_is_no_pack_is_named(tmp_path):
    assert codes(b"PK\x03\x04 not really", tmp_path) == {"unreadable"}
    assert codes(small_pack()[:-40], tmp_path) == {"unreadable"}
    with pytest.raises(verify_pack.CannotCheck):
        verify_pack.verify(tmp_path / "absent.zip")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(verify_pack, "MOST_BYTES", 100)
    assert codes(small_pack(), tmp_path) == {"too_large"}


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    out = io.BytesIO(small_pack())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as opened:
        opened.writestr("findings.csv", b"other")
    assert codes(out.getvalue(), tmp_path) == {"duplicate_member"}


@pytest.mark.parametrize("is_changed", [False, True])
def test_the_verifier_in_the_pack_needs_nothing_but_python_and_openssl(is_changed, tmp_path):
    members = members_of(small_pack())
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "verify_pack.py").write_bytes(members["verify_pack.py"])
    pack = archive.zipped({**members, "findings.csv": b"other"} if is_changed else members)
    (alone / "pack.zip").write_bytes(pack)
    bare = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-I", "-S", "verify_pack.py", "pack.zip", "--format", "json"]
    done = subprocess.run(command, cwd=alone, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == int(is_changed), done.stderr
    assert json.loads(done.stdout)["whole"] is not is_changed


def test_the_commands_that_a_pack_names_check_it(tmp_path):
    for name, body in members_of(small_pack()).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    text = (tmp_path / "VERIFY.md").read_text()
    script = "\n".join(
        line.strip() if "<<" in line or line.strip() == "END" else line[7:]
        for line in text.splitlines()
        if line.startswith("       ")
    )
    done = subprocess.run(["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout, done.stderr
    assert key().public.key_id.removeprefix("sha256:") in done.stdout


def test_a_file_of_keys_may_be_one_key_or_the_published_list():
    one = key().public
    listed = json.dumps({"keys": [{"id": one.key_id, "pem": one.pem, "not_before": one.not_before}]})
    assert set(verify_pack.read_keys(one.pem)) == set(verify_pack.read_keys(listed)) == {one.key_id}
    with pytest.raises(verify_pack.CannotCheck):
        verify_pack.read_keys("hello")
