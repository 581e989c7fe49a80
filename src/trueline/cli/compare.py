"""`trueline compare`: two exported tenants side by side, without a database; or two captures of a workspace."""

from __future__ import annotations

import importlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from trueline.cli.compare_text import document_text
from trueline.cli.export_reading import given_definitions, must_exist, read_with
from trueline.cli.main import DONE, NO
from trueline.cli.progress import Line
from trueline.connections import registry
from trueline.connections.errors import NoExportProvider
from trueline.inventory.definitions import definitions_of
from trueline.inventory.readings import compare_readings
from trueline.kit.errors import Refused, Unavailable

if TYPE_CHECKING:
    import argparse

    from trueline.connections.contract import Provider
    from trueline.inventory.document import ComparisonDocument

HELP = "Compare two exported tenants, folders or zips, without a database."
EXAMPLE = "trueline compare exports/january exports/june --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to compare, as what, in which form."""
    parser.add_argument(
        "left", type=Path, metavar="A", help="folder, file or zip of exported policies; with --workspace a capture's id"
    )
    parser.add_argument("right", type=Path, metavar="B", help="the same at another time, or of another tenant")
    parser.add_argument("--workspace", metavar="SLUG", help="A and B are ids of captures in this workspace")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--ignore-ids", action="store_true", help="treat A and B as two tenants: equal ids mean nothing"
    )
    parser.add_argument(
        "--definitions",
        type=Path,
        metavar="FILE",
        help="setting definitions (JSON, may be gzipped) for names and values",
    )
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="lines shown of each part as text, 0 for all (default: 20)"
    )


def run(args: argparse.Namespace) -> int:
    """Compare and print. 0 when nothing differs, 1 when something does or cannot be told; raises `Refused`."""
    if args.definitions is not None:
        must_exist(args.definitions)
    document, labels = _of_workspace(args) if args.workspace else _of_files(args)
    if args.format == "json":
        print(document.to_json().decode())
    else:
        print(document_text(document, *labels, limit=args.limit))
    return DONE if document.is_equal else NO


def _of_files(args: argparse.Namespace) -> tuple[ComparisonDocument, tuple[str, str]]:
    provider = _export_provider()
    for path in (args.left, args.right):
        must_exist(path)
    given = given_definitions(args.definitions)
    # Both sides are fingerprinted with one key, made for this comparison, so that an equal secret shows as equal.
    key = secrets.token_bytes(32)
    with Line() as line:
        left = read_with(provider, args.left, key, line)
        right = read_with(provider, args.right, key, line)
    known = definitions_of([*left.definitions, *right.definitions]).over(given)
    document = compare_readings(left, right, ignore_ids=args.ignore_ids, definitions=known)
    return document, _labels(args.left, args.right)


def _of_workspace(args: argparse.Namespace) -> tuple[ComparisonDocument, tuple[str, str]]:
    """Two captures that are kept; their definitions are asked first, then the file."""
    ids = [_id(path) for path in (args.left, args.right)]
    given = given_definitions(args.definitions)
    with args.installation.database():
        stored = importlib.import_module("trueline.cli.stored")
        found: tuple[ComparisonDocument, tuple[str, str]] = stored.compared(
            args.workspace, ids[0], ids[1], given, ignore_ids=args.ignore_ids
        )
    return found


def _id(path: Path) -> UUID:
    try:
        return UUID(str(path))
    except ValueError as error:
        raise Refused(
            f"{str(path)!r} is not the id of a capture.", next_step="Its page shows it, and its address ends with it."
        ) from error


def _export_provider() -> Provider:
    """The registered provider that can open exports."""
    try:
        return registry.export_provider()
    except NoExportProvider as error:
        raise Unavailable("No provider that reads exported files is installed.") from error


def _labels(left: Path, right: Path) -> tuple[str, str]:
    """What to call the sides: their last names, or whole paths where these are the same."""
    short = left.resolve().name, right.resolve().name
    return short if short[0] != short[1] and all(short) else (str(left), str(right))
