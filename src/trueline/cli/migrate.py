"""`trueline migrate`: bring the database to this release."""

from __future__ import annotations

import argparse

from trueline.cli.main import DONE

HELP = "Bring the database to this release."
EXAMPLE = "trueline migrate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Make roles and database when missing, then apply every migration."""
    with args.installation.database():
        print("The database is at this release.")
    return DONE
