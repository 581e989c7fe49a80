"""Check a Trueline pack, offline. Needs Python 3.9 or later and the `openssl` command, version 3 or later.

    python3 verify_pack.py PACK.zip [--key FILE] [--workspace ID] [--format json]

PACK.zip      the pack
--key FILE    the signing keys you trust, as published by whoever made the pack: its list of keys (JSON) or one
              public key (PEM). Without it the pack is held against the key it carries, which shows that it is
              whole, and not who made it.
--workspace   the id of the workspace that the pack must be of

Ends with 0 when everything holds, 1 when something does not, 2 when it could not be checked.

This file travels in every pack and is the checker behind `trueline verify`. Better take it from a place you trust than
from the pack that you doubt.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MANIFEST, ATTESTATION, KEYS = "manifest.json", "attestation.dsse.json", "signing-keys.json"
CHECKPOINT, PROOFS, REVIEW = "audit/checkpoint.dsse.json", "audit/proofs.json", "review.json"
INTOTO, CHECKPOINT_TYPE = "application/vnd.in-toto+json", "application/vnd.trueline.checkpoint+json"
IDENTITY = ("review", "audience", "language", "made_at")
MOST_MEMBERS, MOST_BYTES = 10_000, 2**30

CheckSignature = Callable[[str, bytes, bytes], bool]
"""Public key as PEM, message, signature -> whether it holds."""


class CannotCheck(Exception):
    """The check could not be made; nothing is known of the pack."""


@dataclass(frozen=True)
class Failure:
    """One thing that does not hold: a fixed word for programs, what it is about, and a sentence."""

    code: str
    subject: str
    sentence: str


@dataclass
class Verdict:
    """What was found. `facts` tells of the pack what its signature covers, as far as it was readable."""

    failures: list[Failure] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether everything holds that was checked."""
        return not self.failures

    def add(self, code: str, subject: str, sentence: str) -> None:
        """Note a failure."""
        self.failures.append(Failure(code, subject, sentence))


class Stop(Exception):
    """Nothing more can be said of the pack after this failure."""


def verify(
    pack: Path,
    *,
    check_signature: CheckSignature | None = None,
    trusted: Mapping[str, Mapping[str, str]] | None = None,
    workspace: str = "",
) -> Verdict:
    """Check a pack.

    Args:
        pack: The zip.
        check_signature: How an Ed25519 signature is checked; by the `openssl` command when left out.
        trusted: Keys by id, each with `pem` and perhaps `not_before` and `not_after`; the pack's own when left out.
        workspace: Id that the pack must be of, empty for any.

    Raises `CannotCheck` when there is no such file or no `openssl`.
    """
    verdict = Verdict()
    with contextlib.suppress(Stop):
        members = _members(pack, verdict)
        manifest = _manifest(members, verdict)
        _compare_members(members, manifest, verdict)
        signatures = _Signatures(check_signature or openssl_check, _keys(members, trusted, verdict), verdict)
        statement = signatures.opened(members, ATTESTATION, INTOTO)
        _compare_statement(members, manifest, statement, workspace, verdict)
        _check_trail(members, statement, signatures, verdict)
    verdict.facts["signer_was_compared"] = trusted is not None
    return verdict


def openssl_check(pem: str, message: bytes, signature: bytes) -> bool:
    """Check an Ed25519 signature with `openssl pkeyutl`. Raises `CannotCheck` when that cannot be run."""
    with tempfile.TemporaryDirectory() as folder:
        key, data, sig = (Path(folder, name) for name in ("key.pem", "message", "signature"))
        key.write_text(pem, encoding="ascii", errors="replace")
        data.write_bytes(message)
        sig.write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", str(key), "-in", str(data)]
        command += ["-sigfile", str(sig)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed words and our own files
        except OSError as error:
            raise CannotCheck("The command openssl cannot be run; install OpenSSL 3.") from error
    if b"-rawin" in done.stderr:
        raise CannotCheck("This openssl cannot check Ed25519 signatures; install OpenSSL 3.")
    return done.returncode == 0


def read_keys(text: str) -> dict[str, dict[str, str]]:
    """Keys by id from a published list (JSON) or one public key (PEM). Raises `CannotCheck`."""
    if text.lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        return {key_id(text): {"pem": text}}
    try:
        return {key_id(entry["pem"]): dict(entry) for entry in json.loads(text)["keys"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CannotCheck("The file of keys is neither a public key (PEM) nor a published list of keys.") from error


def key_id(pem: str) -> str:
    """The id of a public key: SHA-256 of its DER form. Raises `ValueError` when it is no PEM."""
    lines = [line for line in pem.strip().splitlines() if "-----" not in line]
    return "sha256:" + hashlib.sha256(base64.b64decode("".join(lines), validate=True)).hexdigest()


def _members(pack: Path, verdict: Verdict) -> dict[str, bytes]:
    """Contents by name. What cannot be read is missing from it, and a failure."""
    try:
        with zipfile.ZipFile(pack) as archive:
            entries = archive.infolist()
            _refuse_hostile(entries, verdict)
            return dict(_contents(archive, entries, verdict))
    except OSError as error:
        raise CannotCheck(f"{pack} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        verdict.add("unreadable", str(pack), "It is not a zip archive, or a part of it was cut off.")
        raise Stop from error


def _refuse_hostile(entries: list[zipfile.ZipInfo], verdict: Verdict) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_BYTES:
        verdict.add("too_large", "", "It holds more than any pack; it was not unpacked.")
        raise Stop
    for name in names:
        if name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name:
            verdict.add("unsafe_name", name, f"The name {name!r} leads out of the pack.")
        elif names.count(name) > 1:
            verdict.add("duplicate_member", name, f"{name} is in the pack twice; readers may see different ones.")
    if verdict.failures:
        raise Stop


def _contents(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], verdict: Verdict
) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        try:
            yield entry.filename, archive.read(entry)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
            verdict.add("member_changed", entry.filename, f"{entry.filename} is damaged.")


def _manifest(members: Mapping[str, bytes], verdict: Verdict) -> dict[str, Any]:
    manifest = _json(members, MANIFEST, "manifest", verdict)
    if not isinstance(manifest.get("members"), list):
        verdict.add("manifest_unreadable", MANIFEST, "The list of members cannot be read.")
        raise Stop
    verdict.facts["workspace"] = manifest.get("workspace")
    return manifest


def _compare_members(members: Mapping[str, bytes], manifest: Mapping[str, Any], verdict: Verdict) -> None:
    listed = {str(entry.get("path")): entry.get("sha256") for entry in manifest["members"]}
    damaged = {failure.subject for failure in verdict.failures}
    for name, digest in sorted(listed.items()):
        if name not in members:
            if name not in damaged:
                verdict.add("member_missing", name, f"{name} was taken out of the pack.")
        elif hashlib.sha256(members[name]).hexdigest() != digest:
            verdict.add("member_changed", name, f"{name} is not the file that was packed.")
    for name in sorted(set(members) - set(listed) - {MANIFEST, ATTESTATION}):
        verdict.add("member_added", name, f"{name} was put into the pack afterwards.")


def _keys(
    members: Mapping[str, bytes], trusted: Mapping[str, Mapping[str, str]] | None, verdict: Verdict
) -> Mapping[str, Mapping[str, str]]:
    if trusted is not None:
        return trusted
    try:
        return read_keys(members[KEYS].decode())
    except (KeyError, CannotCheck, ValueError) as error:
        verdict.add("key_unknown", KEYS, "The pack carries no readable public key; give one by --key.")
        raise Stop from error


@dataclass
class _Signatures:
    """Opens signed envelopes with the keys at hand."""

    check: CheckSignature
    keys: Mapping[str, Mapping[str, str]]
    verdict: Verdict

    def opened(self, members: Mapping[str, bytes], name: str, kind: str) -> dict[str, Any]:
        """The signed value of an envelope. Adds a failure and stops when the signature does not hold."""
        word = "checkpoint" if name == CHECKPOINT else "attestation"
        envelope = _json(members, name, word, self.verdict)
        try:
            body = base64.b64decode(envelope["payload"], validate=True)
            signed = [(s["keyid"], base64.b64decode(s["sig"], validate=True)) for s in envelope["signatures"]]
            payload = {kind: dict(json.loads(body))}[envelope["payloadType"]]
            first_key = signed[0][0]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            self._fail(f"{word}_unreadable", name, f"{name} is not a signed statement of the kind that belongs there.")
            raise Stop from error
        message = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(body), body)
        for key, signature in signed:
            self._hold(word, name, key, message, signature)
        self._in_time(word, name, first_key, payload)
        return payload

    def _hold(self, word: str, name: str, key: str, message: bytes, signature: bytes) -> None:
        if key not in self.keys:
            self._fail("key_unknown", name, f"{name} was signed by the key {key}, which is none of those trusted.")
            raise Stop
        if not self.check(self.keys[key]["pem"], message, signature):
            code = "checkpoint_forged" if word == "checkpoint" else "signature_invalid"
            self._fail(code, name, f"The signature of {name} does not belong to its content and the key {key}.")
            raise Stop

    def _in_time(self, word: str, name: str, key: str, payload: Mapping[str, Any]) -> None:
        known, said = self.keys[key], str(payload.get("predicate", payload).get("signed_at", ""))
        first, last = known.get("not_before") or "", known.get("not_after") or ""
        if not said or (first and said < first) or (last and said > last):
            self._fail(
                "key_expired",
                name,
                f"The {word} says it was signed at {said or 'no time'}, when its key was not valid.",
            )

    def _fail(self, code: str, name: str, sentence: str) -> None:
        self.verdict.add(code, name, sentence)


def _compare_statement(
    members: Mapping[str, bytes],
    manifest: Mapping[str, Any],
    statement: Mapping[str, Any],
    workspace: str,
    verdict: Verdict,
) -> None:
    """Hold what was signed against what is there; the first of these that fits is the name of the failure."""
    signed = {s["name"]: s["digest"]["sha256"] for s in statement.get("subject", [])}
    about = statement.get("predicate", {})
    verdict.facts.update(about, subjects=len(signed))
    of = about.get("workspace")
    if workspace and of != workspace:
        verdict.add("wrong_workspace", ATTESTATION, f"The pack is of the workspace {of}, not of {workspace}.")
    listed = {str(entry.get("path")): entry.get("sha256") for entry in manifest["members"]}
    listed[MANIFEST] = hashlib.sha256(members[MANIFEST]).hexdigest()
    if signed == listed and _workspace_of(members.get(REVIEW, b"")) in (of, None):
        return
    if manifest.get("workspace") != of or _workspace_of(members.get(REVIEW, b"")) not in (of, None):
        verdict.add("wrong_workspace", MANIFEST, "The signature is of another workspace than the files.")
        raise Stop
    if any(manifest.get(name) != about.get(name) for name in IDENTITY):
        verdict.add("attestation_mismatch", ATTESTATION, "The signature is genuine, and is that of another pack.")
        raise Stop
    verdict.add("member_changed", MANIFEST, f"{MANIFEST} is not the list that was signed.")


def _workspace_of(body: bytes) -> Any:
    try:
        return json.loads(body)["workspace"]["id"]
    except (ValueError, KeyError, TypeError):
        return None


def _check_trail(
    members: Mapping[str, bytes], statement: Mapping[str, Any], signatures: _Signatures, verdict: Verdict
) -> None:
    """Hold the decisions that the pack cites against the signed checkpoint of the audit trail."""
    checkpoint = signatures.opened(members, CHECKPOINT, CHECKPOINT_TYPE)
    claimed = statement.get("predicate", {}).get("checkpoint", {})
    if any(checkpoint.get(name) != claimed.get(name) for name in ("workspace", "size", "root")):
        verdict.add("checkpoint_forged", CHECKPOINT, "The checkpoint is not the one that the pack was signed with.")
        return
    proofs = _json(members, PROOFS, "proofs", verdict).get("proofs", [])
    root = bytes.fromhex(str(checkpoint["root"]))
    for entry in proofs:
        if not _is_in(entry, int(checkpoint["size"]), root):
            event = str(entry.get("sequence"))
            verdict.add("proof_invalid", event, f"Event {event} of the audit trail is not covered by the checkpoint.")
    verdict.facts["events"] = len(proofs)


def _is_in(entry: Mapping[str, Any], size: int, root: bytes) -> bool:
    try:
        leaf = hashlib.sha256(b"\x00" + bytes.fromhex(entry["digest"])).digest()
        return root_from(leaf, int(entry["sequence"]) - 1, size, map(bytes.fromhex, entry["path"])) == root
    except (KeyError, TypeError, ValueError):
        return False


def root_from(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """The root that a proof leads to, as in RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = hashlib.sha256(b"\x01" + neighbour + found).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + neighbour).digest()
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def _json(members: Mapping[str, bytes], name: str, word: str, verdict: Verdict) -> dict[str, Any]:
    if name not in members:
        if not any(failure.subject == name for failure in verdict.failures):
            verdict.add(f"{word}_missing", name, f"{name} is not in the pack.")
        raise Stop
    with contextlib.suppress(ValueError):
        found = json.loads(members[name])
        if isinstance(found, dict):
            return found
    verdict.add(f"{word}_unreadable", name, f"{name} cannot be read.")
    raise Stop


def report(verdict: Verdict) -> list[str]:
    """The verdict in lines for a person."""
    facts = verdict.facts
    lines = [f"{failure.code}: {failure.sentence}" for failure in verdict.failures]
    if not verdict.is_whole:
        return [*lines, f"NOT WHOLE: {len(lines)} found. Do not rely on this pack."]
    key = facts.get("key", {})
    lines = [
        f"WHOLE: {facts['subjects']} files are as they were signed at {facts['signed_at']}.",
        f"workspace {facts['workspace']}, review {facts['review']}, {facts['audience']} edition",
        f"audit trail: sealed at {facts['checkpoint']['size']} events, {facts['events']} cited here and found in it",
        f"signed by the key {key.get('id')}",
    ]
    if not facts["signer_was_compared"]:
        lines.append("The key is the one in the pack: compare its id with what its maker publishes, or give --key.")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Check a pack and print the verdict."""
    parser = argparse.ArgumentParser(description="Check a Trueline pack, offline.")
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("--key", type=Path, metavar="FILE", help="keys you trust: a published list or one PEM")
    parser.add_argument("--workspace", default="", metavar="ID", help="the workspace it must be of")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    args = parser.parse_args(arguments)
    try:
        trusted = read_keys(args.key.read_text(encoding="utf-8")) if args.key else None
        verdict = verify(args.pack, trusted=trusted, workspace=args.workspace)
    except (CannotCheck, OSError) as error:
        sys.stderr.write(f"verify_pack: {error}\n")
        return 2
    sys.stdout.write((as_json(verdict) if args.format == "json" else "\n".join(report(verdict))) + "\n")
    return 0 if verdict.is_whole else 1


def as_json(verdict: Verdict) -> str:
    """The verdict as one JSON document."""
    failures = [asdict(failure) for failure in verdict.failures]
    return json.dumps({"whole": verdict.is_whole, "failures": failures, "facts": verdict.facts}, indent=2)


if __name__ == "__main__":
    sys.exit(main())
