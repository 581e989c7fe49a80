"""Sees to a browser for the browser tests: Debian's chromium, installed when root or sudo allows it.

    python -m tools.browser

Exit code 0 with a browser, and also without one (the tests then skip, one line says so); 1 without one when CI is true.
"""

from __future__ import annotations

import os
import shutil
import sys

from tools import debian

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SKIPPED = "Browser tests are skipped: no chromium, and neither root nor sudo without a password to install it."


def browser_path() -> str | None:
    """The browser that the tests drive, or None where the machine has none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def browser_is_demanded() -> bool:
    """In CI a missing browser is a failure, since a skipped test proves nothing there."""
    return os.environ.get("CI", "").lower() == "true"


def main() -> int:
    """Find or install the browser. 0 when tests may go on, 1 when CI has none."""
    if browser_path() is None:
        debian.install("chromium")
    if browser_path() is not None:
        return 0
    if browser_is_demanded():
        print("CI is true and there is no chromium: the browser tests cannot run.", file=sys.stderr)
        return 1
    print(SKIPPED, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
