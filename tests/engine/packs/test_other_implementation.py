"""What signs a pack is read by an implementation that is not ours: the one of securesystemslib (D-50)."""

from __future__ import annotations

import base64
import copy
import io
import json
import zipfile
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from tests.packs import key, small_pack
from trueline.engine.packs import verify_pack
from trueline.engine.packs.dsse import INTOTO, STATEMENT_TYPE


def members() -> tuple[dict[str, Any], Any]:
    """The signed members of a pack, and the key that signed them as the other implementation knows it."""
    signed_by = key()
    with zipfile.ZipFile(io.BytesIO(small_pack(signed_by))) as opened:
        found = {name: json.loads(opened.read(name)) for name in (verify_pack.ATTESTATION, verify_pack.CHECKPOINT)}
    pem = load_pem_public_key(signed_by.public.pem.encode())
    return found, SSlibKey.from_crypto(pem, keyid=signed_by.public.key_id)


@pytest.mark.parametrize("name", [verify_pack.ATTESTATION, verify_pack.CHECKPOINT])
def test_it_takes_our_envelopes_and_refuses_changed_ones(name: str) -> None:
    found, theirs = members()
    assert set(Envelope.from_dict(copy.deepcopy(found[name])).verify([theirs], 1)) == {theirs.keyid}
    payload = base64.b64decode(found[name]["payload"])
    for changed in ({"payload": base64.b64encode(payload + b" ").decode()}, {"payloadType": "text/plain"}):
        with pytest.raises(VerificationError):
            Envelope.from_dict({**copy.deepcopy(found[name]), **changed}).verify([theirs], 1)


def test_the_statement_inside_is_of_the_published_form() -> None:
    found, _theirs = members()
    statement = json.loads(base64.b64decode(found[verify_pack.ATTESTATION]["payload"]))
    assert found[verify_pack.ATTESTATION]["payloadType"] == INTOTO
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert statement["_type"] == STATEMENT_TYPE
    assert all(set(one) == {"name", "digest"} and len(one["digest"]["sha256"]) == 64 for one in statement["subject"])
