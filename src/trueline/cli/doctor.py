"""`trueline doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

import argparse
import json

from trueline.cli.main import DONE, NO

HELP = "Say what is wrong with this installation and what to do."
EXAMPLE = "trueline doctor --format json"
_MARKS = {True: "ok", False: "WRONG", None: "?"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The form of the answer."""
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print every check. 0 when nothing is wrong, else 1."""
    found = args.installation.problems()
    if args.format == "json":
        print(json.dumps([{"name": n, "ok": ok, "sentence": s, "next_step": step} for n, ok, s, step in found]))
    else:
        for name, ok, sentence, step in found:
            print(f"{_MARKS[ok]:<6} {name}: {sentence}{f' {step}' if step else ''}")
    return NO if any(ok is False for _, ok, _, _ in found) else DONE
