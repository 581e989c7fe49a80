from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trueline.providers.microsoft365.demo.generate import TENANTS
from trueline.providers.microsoft365.demonstration import make_demo

if TYPE_CHECKING:
    from trueline.connections.demonstration import DemoExport


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoExport, ...]:
    return make_demo(tmp_path_factory.mktemp("demo"))


def test_the_standard_comes_first_and_every_tenant_ends_today(exports: tuple[DemoExport, ...]) -> None:
    assert [export.is_standard for export in exports] == [True, *[False] * (len(exports) - 1)]
    assert [export.days_ago for export in exports] == sorted((export.days_ago for export in exports), reverse=True)
    for tenant in TENANTS:
        ages = [export.days_ago for export in exports if export.environment == tenant.name]
        assert ages == list(reversed(range(len(tenant.days))))
    assert all(export.path.is_dir() for export in exports)
