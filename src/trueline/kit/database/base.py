"""Django loads this module as the database engine `trueline.kit.database`."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from trueline.kit.database.context import settings_now


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, where every transaction begins by saying for which workspace and as which role it works."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin a transaction as Django does, then write the context into it.

        Always written, so that a value somebody else left on a pooled connection can never be seen.
        """
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        connection: Any = self.connection
        if not autocommit and connection is not None:
            connection.execute(*settings_now())
