"""Opens an installation for a command: its database, its roles, Django, its migrations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from trueline.config.installation import Installation, has_secret, home_of
from trueline.kit.postgres import doctor
from trueline.kit.postgres.bootstrap import ENVIRONMENT_NAMES, bootstrap
from trueline.kit.postgres.roles import role_passwords
from trueline.kit.postgres.server import provide

SETTINGS = "trueline.config.settings"
_PATIENT_MS = "60000"
"""A command or a worker may let one statement take a minute; the web process lowers it to what a reader waits for."""


class LocalInstallation:
    """The installation of this process. Satisfies `cli.main.Installation`."""

    @cached_property
    def described(self) -> Installation:
        """Home and secret. Made on first use: a comparison of two folders must not create a key."""
        return Installation.of(os.environ)

    @property
    def home(self) -> Path:
        """Folder of its state."""
        return self.described.home

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[Callable[[], None]]:
        """The database started and Django ready. A process started by another finds both by its environment.

        Gives a function that brings the database back when it was killed.
        """
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        os.environ.setdefault("TRUELINE_STATEMENT_TIMEOUT_MS", _PATIENT_MS)
        with provide(self.home, os.environ) as server:
            if not all(name in os.environ for name in ENVIRONMENT_NAMES.values()):
                os.environ.update(bootstrap(server, self._passwords()).environ())
            _set_up(migrated=migrated)
            yield server.ensure

    def problems(self) -> list[tuple[str, bool | None, str, str]]:
        """What a doctor finds. Looking must not make a secret key."""
        passwords = self._passwords() if has_secret(os.environ) else None
        found = doctor.checks(home_of(os.environ), os.environ, passwords)
        return [*((item.name, item.ok, item.sentence, item.next_step) for item in found), _mail()]

    def _passwords(self) -> dict[str, str]:
        return role_passwords(self.described.secret.encode())


def _mail() -> tuple[str, bool | None, str, str]:
    """Whether mail leaves this installation; that none does is no fault."""
    host = os.environ.get("TRUELINE_SMTP_HOST", "")
    if host:
        return "mail", True, f"Mail is sent through {host}.", ""
    return "mail", None, "No mail server is set up, so no notice is mailed.", "Set TRUELINE_SMTP_HOST to change that."


def _set_up(*, migrated: bool) -> None:
    import django  # noqa: PLC0415 - a second of start-up that commands without a database must not pay
    from django.core.management import call_command  # noqa: PLC0415 - the same second of start-up

    django.setup()
    if migrated:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
