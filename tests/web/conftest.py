"""What tests of pages may ask for."""

from __future__ import annotations

import pytest

from tests.samples import Captured, captured_world
from tests.worlds import World


@pytest.fixture
def captured(world: World, tmp_path) -> Captured:
    """Both environments captured, one of them differing from the other's standard."""
    return captured_world(world, tmp_path)
