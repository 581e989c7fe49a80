"""What `trueline api-key` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from trueline.cli.rooms import operator
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.workspaces import access
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.installation import one_workspace
from trueline.workspaces.models import ApiKey
from trueline.workspaces.queries import api_keys, person_by_email
from trueline.workspaces.rules import KEY_DAYS, Role, capabilities_of


def created(args: argparse.Namespace) -> dict[str, Any]:
    """A new key with its token. Raises `Refused` for an unknown person, role or length of life."""
    person = person_by_email(args.person)
    if person is None:
        raise Refused(f"Nobody has an account with the address {args.person}.")
    if not args.capability and args.role not in set(Role):
        raise Refused(f"There is no role {args.role!r}; there are: {', '.join(Role)}.")
    if not 0 < args.days <= KEY_DAYS:
        raise Refused(f"A key lives 1 to {KEY_DAYS} days.")
    place = one_workspace(args.workspace, actor=operator(), purpose="api-key create")
    given = args.capability or capabilities_of(args.role)
    expires_at = clock.now() + timedelta(days=args.days)
    with within(place.id):
        scope = access.enter(person, place.id)
        environment = access.environment(scope, args.environment).pk if args.environment else None
        key, token = create_api_key(scope, args.key, given, expires_at, actor=operator(), environment_id=environment)
        return {**_shown(key), "token": token}


def listed(workspace: str | None) -> dict[str, Any]:
    """Every key of a workspace."""
    place = one_workspace(workspace, actor=operator(), purpose="api-key list")
    with within(place.id):
        return {"items": [_shown(key) for key in api_keys(access.system(place.id))]}


def revoked(workspace: str | None, wanted: str) -> dict[str, Any]:
    """The key that was withdrawn, named by its prefix or id. Raises `Refused` when that names none, or several."""
    place = one_workspace(workspace, actor=operator(), purpose="api-key revoke")
    with within(place.id):
        scope = access.system(place.id)
        found = [key for key in api_keys(scope) if wanted in {key.prefix, str(key.pk)}]
        if len(found) != 1:
            raise Refused(f"{len(found) or 'No'} keys are called {wanted!r}.", next_step="See `trueline api-key list`.")
        return {"items": [_shown(revoke_api_key(scope, found[0].pk, actor=operator()))]}


def _shown(key: ApiKey) -> dict[str, Any]:
    state = "withdrawn" if key.revoked_at else "expired" if key.expires_at <= clock.now() else "good"
    return {
        "id": str(key.pk),
        "prefix": key.prefix,
        "name": key.name,
        "state": state,
        "made_by": str(key.creator),
        "capabilities": key.capabilities,
        "expires_at": key.expires_at.isoformat(),
    }
