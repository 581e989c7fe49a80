"""`trueline sign-in-link`: a way in for whoever runs the machine."""

from __future__ import annotations

import argparse
import importlib

from trueline.cli.main import DONE

HELP = "Make a link that signs a person in once."
EXAMPLE = "trueline sign-in-link owner@example.org"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom."""
    parser.add_argument("email", help="address of a person who has an account here")


def run(args: argparse.Namespace) -> int:
    """Print the link; it works once, within the hour."""
    with args.installation.database(migrated=False):
        print(importlib.import_module("trueline.cli.rooms").sign_in_link(args.email))
    return DONE
