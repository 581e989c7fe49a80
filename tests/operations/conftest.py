"""Workers to be mistreated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.drill import Crew, Nursery, Stage, build_stage
from tests.worlds import small_world


@pytest.fixture(scope="module")
def nursery(django_db_setup: None) -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def crew(nursery: Nursery, tmp_path: Path) -> Crew:
    return Crew(nursery, tmp_path)


@pytest.fixture
def stage(committed: None, tmp_path: Path) -> Stage:
    return build_stage(small_world(), tmp_path)
