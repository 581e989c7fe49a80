"""What `trueline audit` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from trueline.audit.actions_retention import cut_trail
from trueline.audit.actions_sealing import checkpoint
from trueline.audit.checkpoints import opened
from trueline.audit.errors import CheckpointForged
from trueline.audit.queries import chain_verdict, prints_of, verdict_against
from trueline.audit.rules import Verdict
from trueline.cli.rooms import operator
from trueline.engine.packs.packing import PublicKey, published
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.vault.queries import public_keys
from trueline.workspaces.installation import every_workspace

FORMAT = "trueline.checkpoints/1"
_OWN = "installation"


@dataclass(frozen=True, slots=True)
class Kept:
    """Checkpoints as they were written to a file, and the keys that must have signed them."""

    entries: Sequence[Mapping[str, Any]]
    keys: tuple[PublicKey, ...]


def kept(content: Any, trusted: Mapping[str, Mapping[str, str]]) -> Kept:
    """What a file of checkpoints holds. Raises `Refused` for any other file."""
    try:
        if content["format"] != FORMAT:
            raise Refused(f"The file is not of the format {FORMAT}.")
        entries = [
            {"workspace": one["workspace"], "envelope": one["envelope"], "prints": b64decode(one["prints"])}
            for one in content["checkpoints"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("This is no file of checkpoints.", next_step="`trueline audit checkpoint` makes one.") from error
    keys = [
        PublicKey(name, key["pem"], key.get("not_before", ""), key.get("not_after", ""))
        for name, key in trusted.items()
    ]
    return Kept(entries, tuple(keys))


def chain_verdicts(workspace: str | None) -> list[dict[str, Any]]:
    """The verdict on each trail, the installation's own first."""
    found = []
    for slug, workspace_id in _places(workspace, "audit verify"):
        with within(workspace_id):
            found.append(_line(slug, chain_verdict(workspace_id)))
    return found


def verdicts_against(file: Kept, workspace: str | None) -> list[dict[str, Any]]:
    """The verdict on each trail of which a checkpoint was kept, held against that."""
    found = [_against(entry, file.keys) for entry in file.entries if workspace in (None, entry["workspace"])]
    if not found:
        raise Refused("The file has no checkpoint of this workspace.")
    return found


def _against(entry: Mapping[str, Any], keys: Sequence[PublicKey]) -> dict[str, Any]:
    try:
        said = opened(entry["envelope"], keys)
    except CheckpointForged as error:
        raise Refused(f"The checkpoint of {entry['workspace']} in the file was not signed by its keys.") from error
    workspace_id = UUID(said.workspace)
    with within(workspace_id):
        return _line(entry["workspace"], verdict_against(said, entry["prints"]))


def checkpoints(workspace: str | None) -> dict[str, Any]:
    """A new checkpoint of each trail, with the keys that are needed to check it, to be kept elsewhere."""
    made = [_exported(slug, workspace_id) for slug, workspace_id in _places(workspace, "audit checkpoint")]
    return {"format": FORMAT, "checkpoints": made, **published(public_keys())}


def _exported(slug: str, workspace_id: UUID) -> dict[str, Any]:
    with within(workspace_id):
        found = checkpoint(workspace_id)
        shown = {"workspace": slug, "size": found.size, "head": found.head, "signed_at": found.signed_at}
        return {
            **shown,
            "envelope": dict(found.envelope),
            "prints": b64encode(prints_of(workspace_id, found.size)).decode(),
        }


def cut(workspace: str, before: date) -> int:
    """Remove the events of a trail that are older than a day, as far as a checkpoint stands for them."""
    ((slug, workspace_id),) = _places(workspace, "audit cut")
    moment = datetime.combine(before, time.min, tzinfo=UTC)
    return cut_trail(workspace_id, slug, moment, actor=operator())


def _places(workspace: str | None, purpose: str) -> list[tuple[str, UUID]]:
    places = every_workspace(actor=operator(), purpose=purpose)
    chains = [(_OWN, ids.installation())] if workspace in (None, _OWN) else []
    chains += [(place.slug, place.id) for place in places if workspace in (None, place.slug)]
    if not chains:
        raise Refused(f"There is no workspace {workspace!r} here.")
    return chains


def _line(slug: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "workspace": slug,
        "whole": verdict.is_whole,
        "checked": verdict.checked,
        "sealed": verdict.sealed,
        "cut": verdict.cut,
        "replaced": verdict.replaced,
        "bad_sequence": verdict.bad_sequence,
        "reason": verdict.reason,
    }
