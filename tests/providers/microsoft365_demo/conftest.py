from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trueline.providers.microsoft365.demo.generate import generate

if TYPE_CHECKING:
    from trueline.providers.microsoft365.demo.plan import DemoPlan


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> DemoPlan:
    """The demo, written once for all tests; nobody changes it."""
    return generate(tmp_path_factory.mktemp("demo"))
