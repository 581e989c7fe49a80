"""`trueline demo`: the main job on generated tenants."""

from __future__ import annotations

import argparse
import importlib
import time

from trueline.cli.demo_report import agents_table, table
from trueline.cli.main import DONE
from trueline.cli.progress import Line

HELP = "Show the main job on generated tenants, print the findings, end."
EXAMPLE = "trueline demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Make or find the demo workspace, capture, compare, print what differs and where to look."""
    began = time.monotonic()
    with args.installation.database():
        story = importlib.import_module("trueline.cli.demo_story")
        where = story.stage()
        with Line() as line:
            story.play(where, args.installation.home / "demo" / "exports", line.show)
        print(table(story.lines(where.scope)))
        agents = importlib.import_module("trueline.cli.demo_agents")
        print("", agents_table(agents.lines(where.scope)), sep="\n")
        review = importlib.import_module("trueline.cli.demo_review")
        print("", *review.publish(where, args.installation.home / "demo" / "review-pack.zip"), sep="\n")
    print(f"\nDone in {time.monotonic() - began:.1f} s. To look at it in a browser: make up")
    return DONE
