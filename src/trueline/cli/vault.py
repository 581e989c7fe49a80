"""`trueline vault`: the keys that seal stored secrets, looked after by whoever runs the machine."""

from __future__ import annotations

import argparse
import importlib
import json
from typing import Any

from trueline.cli.main import DONE, NO

HELP = "Look after the keys that seal stored secrets."
EXAMPLE = "trueline vault rotate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument("action", choices=("status", "rotate", "rewrap", "withdraw"))
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Do it and print the keys by name. 0 when every stored secret can be opened, else 1."""
    with args.installation.database(migrated=False):
        # Loaded late: its models need Django.
        found = importlib.import_module("trueline.cli.vault_keys").DEEDS[args.action]()
    print(json.dumps(found) if args.format == "json" else "\n".join(map(_line, found["keys"])))
    return NO if any(key["state"] == "missing" for key in found["keys"]) else DONE


def _line(key: dict[str, Any]) -> str:
    return f"{key['name']}  {key['state']:<8} wraps {key['data_keys']} data keys"
