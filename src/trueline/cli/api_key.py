"""`trueline api-key`: keys for programs, made and withdrawn by whoever runs the machine."""

from __future__ import annotations

import argparse
import importlib
import json
from typing import Any

from trueline.cli.main import DONE
from trueline.kit.errors import Refused

HELP = "Make, list and withdraw keys of the programming interface."
EXAMPLE = "trueline api-key create nightly --workspace acme --for owner@example.org --role viewer --days 90"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which key."""
    parser.add_argument("action", choices=("create", "list", "revoke"))
    parser.add_argument("key", nargs="?", metavar="NAME", help="name of the new key; prefix or id of the one to revoke")
    parser.add_argument("--workspace", metavar="SLUG", help="needed when there are several")
    parser.add_argument("--for", dest="person", metavar="EMAIL", help="the owner that a new key acts for")
    parser.add_argument("--role", default="viewer", help="give what this role holds (default: viewer)")
    parser.add_argument("--capability", action="append", metavar="NAME", help="give this instead; may be repeated")
    parser.add_argument("--environment", metavar="SLUG", help="narrow it to one environment")
    parser.add_argument("--days", type=int, default=90, help="days until it ends, 365 at most (default: 90)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print the token of a new key, once; or a line for each key."""
    if args.action != "list" and not args.key:
        raise Refused("Say which key is meant.", next_step=f"For example: {EXAMPLE}")
    if args.action == "create" and not args.person:
        raise Refused("Say for whom the key acts with --for.")
    with args.installation.database(migrated=False):
        found = _done(importlib.import_module("trueline.cli.keys"), args)
    if args.format == "json":
        print(json.dumps(found))
    elif args.action == "create":
        print(found["token"])
    else:
        print("\n".join(_line(key) for key in found["items"]))
    return DONE


def _done(keys: object, args: argparse.Namespace) -> dict[str, Any]:
    if args.action == "list":
        return keys.listed(args.workspace)  # type: ignore[attr-defined,no-any-return]  # loaded late: its models need Django
    if args.action == "revoke":
        return keys.revoked(args.workspace, args.key)  # type: ignore[attr-defined,no-any-return]  # (same reason)
    return keys.created(args)  # type: ignore[attr-defined,no-any-return]  # (same reason)


def _line(key: dict[str, str]) -> str:
    return f"{key['prefix']}  {key['state']:<9} until {key['expires_at'][:10]}  {key['name']} (for {key['made_by']})"
