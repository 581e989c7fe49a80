"""Check a pack as it is kept, by the verifier that travels in every pack. Reads only."""

from __future__ import annotations

import tempfile
from pathlib import Path

from trueline.engine.packs import verify_pack
from trueline.engine.packs.signatures import holds
from trueline.engine.packs.verify_pack import Verdict
from trueline.kit.scope import NotVisible, Scope
from trueline.reviews.models import Pack
from trueline.vault.queries import public_keys


def pack_verdict(scope: Scope, found: Pack) -> Verdict:
    """What the verifier says of a pack in reach, by the signing keys of this installation. Raises `NotVisible`."""
    if not scope.reaches(found.environment_id):
        raise NotVisible
    trusted = {
        one.key_id: {"pem": one.pem, "not_before": one.not_before, "not_after": one.not_after} for one in public_keys()
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack.zip")
        path.write_bytes(bytes(found.body))
        return verify_pack.verify(path, check_signature=holds, trusted=trusted, workspace=str(scope.workspace_id))
