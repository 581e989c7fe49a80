"""`trueline verify`: check a pack, without a database and without a network."""

from __future__ import annotations

import argparse
from pathlib import Path

from trueline.cli.main import DONE, NO
from trueline.engine.packs import verify_pack
from trueline.engine.packs.signatures import holds
from trueline.kit.errors import Refused

HELP = "Check a signed pack, offline."
EXAMPLE = "trueline verify review-pack.zip --key signing-keys.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which pack, by whose keys."""
    parser.add_argument("pack", type=Path, metavar="PACK", help="the pack, a zip")
    parser.add_argument("--key", type=Path, metavar="FILE", help="keys you trust: a published list, or one key as PEM")
    parser.add_argument("--workspace", default="", metavar="ID", help="the workspace that it must be of")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print the verdict. 0 when everything holds, 1 when something does not."""
    try:
        trusted = verify_pack.read_keys(_text(args.key)) if args.key else None
        verdict = verify_pack.verify(args.pack, check_signature=holds, trusted=trusted, workspace=args.workspace)
    except verify_pack.CannotCheck as error:
        raise Refused(str(error)) from error
    print(verify_pack.as_json(verdict) if args.format == "json" else "\n".join(verify_pack.report(verdict)))
    return DONE if verdict.is_whole else NO


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise verify_pack.CannotCheck(f"{path} cannot be read: {error}.") from error
