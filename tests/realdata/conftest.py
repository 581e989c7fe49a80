"""Tests that read the real data beside the checkout; without it they skip with one line, in CI they fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    if os.environ.get("CI") == "true":
        pytest.fail("The real data (../shared/data) is missing, and in CI it must be there.")
    pytest.skip("The real data (../shared/data) is not there.")
