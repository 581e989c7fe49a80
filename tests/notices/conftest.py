"""Receivers that listen, and an installation that may reach them."""

from __future__ import annotations

import pytest

from tests.notices.receivers import mail_server, web_server
from trueline.kit.http import Outgoing, networks
from trueline.kit.sealing import KeyFile


@pytest.fixture(scope="session")
def _mail_server():
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def _web_server():
    with web_server() as server:
        yield server


@pytest.fixture
def mailbox(_mail_server, settings):
    """The mail server, empty, and the settings that lead to it."""
    _mail_server.mails.clear()
    _mail_server.refuses = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", _mail_server.port, False
    return _mail_server


@pytest.fixture
def receiver(_web_server, settings):
    """The web server, empty; its network is allowed."""
    _web_server.requests.clear()
    _web_server.statuses.clear()
    settings.OUTGOING = Outgoing(networks("127.0.0.1/32"))
    return _web_server


@pytest.fixture(autouse=True)
def _keys(tmp_path, settings):
    settings.KEY_ENCRYPTION = KeyFile(tmp_path / "sealing.keys")
