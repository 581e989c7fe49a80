"""`trueline capture`: read an export on this machine's disk into an environment, and say what differs."""

from __future__ import annotations

import argparse
import importlib
import json
from datetime import datetime
from pathlib import Path

from trueline.cli.main import DONE, NO
from trueline.cli.progress import Line
from trueline.kit import clock
from trueline.kit.errors import Refused

HELP = "Read an export on this machine into an environment."
EXAMPLE = "trueline capture exports/contoso --environment Contoso"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to read, and into what."""
    parser.add_argument("path", type=Path, help="folder, file or zip of exported policies")
    parser.add_argument("--environment", required=True, metavar="NAME", help="made when there is none of this name")
    parser.add_argument("--workspace", metavar="SLUG", help="needed when there are several")
    parser.add_argument("--standard", metavar="NAME", help="make this capture a standard of that name")
    parser.add_argument("--against", metavar="NAME", help="hold the environment to the standard of that name")
    parser.add_argument("--observed-at", metavar="TIME", help="when the export was taken, ISO 8601 (default: now)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Capture, detect, print. 0 when nothing differs from a standard, 1 when something does."""
    if not args.path.exists():
        raise Refused(f"There is no file or folder at {args.path}.")
    observed_at = _time(args.observed_at)
    with args.installation.database():
        rooms = importlib.import_module("trueline.cli.rooms")
        with Line(is_shown=args.format == "text") as line:
            report = rooms.capture(_wish(rooms, args, observed_at), line.show)
    print(json.dumps(report.document()) if args.format == "json" else report.text())
    return NO if report.open_findings else DONE


def _wish(rooms: object, args: argparse.Namespace, observed_at: datetime) -> object:
    return rooms.CaptureWish(  # type: ignore[attr-defined]  # loaded late: its models need Django
        path=args.path.resolve(),
        environment=args.environment,
        workspace=args.workspace,
        standard=args.standard,
        against=args.against,
        observed_at=observed_at,
    )


def _time(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text!r} is not a time such as 2026-11-20T08:00:00+00:00.") from error
    return found if found.tzinfo else found.astimezone()
