"""`trueline signing-key`: the keys that sign packs and checkpoints."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from trueline.cli.main import DONE
from trueline.kit.errors import Refused

HELP = "List and replace the keys that sign packs and checkpoints."
EXAMPLE = "trueline signing-key list --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which key."""
    parser.add_argument("action", choices=("list", "replace"))
    parser.add_argument(
        "--file", type=Path, metavar="PEM", help="a key of your own, Ed25519 as PEM (default: make one)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Do it and print the public keys, the present one first."""
    private = _private(args.file) if args.file else None
    with args.installation.database():
        # Loaded late: its models need Django.
        rooms = importlib.import_module("trueline.cli.signing_keys")
        if args.action == "replace":
            rooms.replace(private)
        found = rooms.listed()
    print(json.dumps(found, indent=2) if args.format == "json" else "\n".join(map(_line, found["keys"])))
    return DONE


def _private(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


def _line(key: dict[str, str]) -> str:
    return f"{key['id']}  from {key['not_before']}" + (f" to {key['not_after']}" if key["not_after"] else ", signs now")
