"""`trueline forget`: name a person nowhere any more, and keep every trail verifiable."""

from __future__ import annotations

import argparse
import importlib
import json

from trueline.cli.main import DONE, NO

HELP = "Forget a person: end what they may do, and name them nowhere any more."
EXAMPLE = "trueline forget olga@example.org --yes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom, and whether it is meant."""
    parser.add_argument("email", help="address of a person who has an account here")
    parser.add_argument("--yes", action="store_true", help="do it; it cannot be taken back")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Say what was done. 1 when it was not meant yet."""
    with args.installation.database():
        # Loaded late: its models need Django.
        told = importlib.import_module("trueline.cli.people").forget(args.email, is_meant=args.yes)
    if args.format == "json":
        print(json.dumps(told))
    elif told["is_done"]:
        print(f"{args.email} is {told['stand_in']} now: {told['records']} records, {told['events']} events.")
    else:
        print(f"{args.email} would become {told['stand_in']}. Say --yes to do it; it cannot be taken back.")
    return DONE if told["is_done"] else NO
