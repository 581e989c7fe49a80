"""The console script: joins the command line with what this installation brings."""

from __future__ import annotations

import sys

from trueline.cli.main import run
from trueline.config.opening import LocalInstallation
from trueline.config.providers import wire_providers
from trueline.kit.memory import look_rarely


def main() -> int:
    """Run the command line and give its exit code."""
    look_rarely()
    wire_providers()
    return run(sys.argv[1:], LocalInstallation())
