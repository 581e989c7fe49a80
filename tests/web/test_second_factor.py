"""What a second factor rests on is not readable in the database."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from cryptography.exceptions import InvalidTag
from django.test import override_settings


def test_a_secret_is_stored_as_something_else_each_time() -> None:
    adapter = get_adapter()
    first, second = adapter.encrypt("JBSWY3DPEHPK3PXP"), adapter.encrypt("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in first
    assert first != second
    assert adapter.decrypt(first) == adapter.decrypt(second) == "JBSWY3DPEHPK3PXP"


def test_another_installation_cannot_read_it() -> None:
    stored = get_adapter().encrypt("JBSWY3DPEHPK3PXP")

    with override_settings(SECRET_KEY="another-installation-" + "1" * 40), pytest.raises(InvalidTag):
        get_adapter().decrypt(stored)
