"""`trueline worker`: perform queued runs. As many as you like, on as many machines, on one `DATABASE_URL`."""

from __future__ import annotations

import argparse
import importlib

from trueline.cli.main import DONE
from trueline.kit.processes import die_with_parent

HELP = "Perform queued runs until told to stop."
EXAMPLE = "trueline worker --concurrency 2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much at once."""
    parser.add_argument(
        "--concurrency", type=_at_least_one, default=2, help="runs performed at the same time (default: 2)"
    )
    parser.add_argument("--with-parent", action="store_true", help="die at once when the starting process does")


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 1")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; a run under way is finished, or taken up by another worker later."""
    if args.with_parent:
        die_with_parent()
    with args.installation.database():
        # The queue's models exist only now that Django is ready.
        importlib.import_module("trueline.operations.worker").work(concurrency=args.concurrency)
    return DONE
