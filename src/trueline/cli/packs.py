"""What `trueline pack` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

from trueline.cli.rooms import operator
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import Scope
from trueline.reviews import queries
from trueline.reviews.actions import make_pack
from trueline.reviews.rules import Audience
from trueline.workspaces import access
from trueline.workspaces.installation import one_workspace


def pack_of(args: argparse.Namespace) -> dict[str, Any]:
    """The pack that was asked for, made when it is not there yet. Raises `Refused`, `NotVisible`, `OutputRefused`."""
    workspace = one_workspace(args.workspace, actor=operator(), purpose="pack")
    with within(workspace.id):
        scope = access.system(workspace.id, operator().label)
        made = make_pack(scope, _review(scope, args.review), Audience(args.audience), args.language, actor=scope.actor)
        body = bytes(queries.pack(scope, made.pk).body)
    return {
        "id": str(made.pk),
        "review": str(made.review_id),
        "digest": made.digest,
        "size_bytes": made.size_bytes,
        "body": body,
    }


def _review(scope: Scope, asked: str) -> UUID:
    if asked == "latest":
        newest = queries.released(scope).first()
        if newest is None:
            raise Refused("No review is published yet.")
        return newest.pk
    try:
        return UUID(asked)
    except ValueError as error:
        raise Refused(f"{asked!r} is not the id of a review.", next_step="Use `latest` for the newest one.") from error
