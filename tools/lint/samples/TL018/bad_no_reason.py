# place: src/trueline/findings/rules.py
"""Tools silenced without a word."""

import os  # noqa: F401

LIMIT: int = "5"  # type: ignore[assignment]
