"""`trueline pack`: the signed pack of a published review, as a file."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from trueline.cli.main import DONE
from trueline.kit.errors import Refused

HELP = "Write the signed pack of a published review to a file."
EXAMPLE = "trueline pack 0191a2b3-0000-7000-8000-000000000001 --out review-pack.zip"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which review, for whom, in which language, where to."""
    parser.add_argument("review", metavar="REVIEW", help="id of the review; `latest` for the one published last")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write the zip")
    parser.add_argument("--workspace", metavar="SLUG", help="needed when there is more than one workspace")
    parser.add_argument(
        "--audience", choices=("customer", "named", "internal"), default="customer", help="whom the pack is for"
    )
    parser.add_argument("--language", choices=("en", "de"), default="en", help="of the PDF and the HTML")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Write the file and say what it is."""
    with args.installation.database():
        # Loaded late: its models need Django.
        told = importlib.import_module("trueline.cli.packs").pack_of(args)
    body = told.pop("body")
    try:
        write_whole(args.out, body)
    except OSError as error:
        raise Refused(f"{args.out} cannot be written: {error.strerror}.") from error
    if args.format == "json":
        print(json.dumps(told))
    else:
        print(f"{args.out}: {told['size_bytes']:,} bytes, SHA-256 {told['digest']}")
        print(f"Check it with: trueline verify {args.out}")
    return DONE


def write_whole(path: Path, body: bytes) -> None:
    """The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(body)
    part.replace(path)
