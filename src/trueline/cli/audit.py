"""`trueline audit verify`: check every audit chain of this installation."""

from __future__ import annotations

import argparse
import importlib
import json

from trueline.cli.main import DONE, NO

HELP = "Check the audit chains of this installation."
EXAMPLE = "trueline audit verify --workspace nordlicht"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, for whom, in which form."""
    parser.add_argument("action", choices=("verify",))
    parser.add_argument("--workspace", metavar="SLUG", help="only this workspace (default: all)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print a line for each chain. 0 when all hold, 1 when one does not."""
    with args.installation.database(migrated=False):
        chains = importlib.import_module("trueline.cli.rooms").chain_verdicts(args.workspace)
    if args.format == "json":
        print(json.dumps(chains))
    else:
        for chain in chains:
            state = "whole" if chain["whole"] else f"BROKEN at event {chain['bad_sequence']}: {chain['reason']}"
            print(f"{chain['workspace']}: {chain['checked']} events, {state}")
    return DONE if all(chain["whole"] for chain in chains) else NO
