"""Django loads this module as the database engine `trueline.kit.database`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.postgresql import base

from trueline.kit.database.context import FOLLOWING_ALIASES, settings_now


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, where every transaction begins by saying for which workspace and as which role it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.alias in FOLLOWING_ALIASES:
            self.execute_wrappers.append(_in_a_transaction)

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin a transaction as Django does, then write the context into it.

        Always written, so that a value somebody else left on a pooled connection can never be seen. Where that fails
        the connection is given up: Django would take it for one that is inside a transaction, and never commit.
        """
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        connection: Any = self.connection
        if autocommit or connection is None:
            return
        try:
            with self.wrap_database_errors:
                connection.execute(*settings_now())
        except DatabaseError:
            self.close()
            raise


def _in_a_transaction(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Give a statement outside of any transaction one of its own: without it, it would see no workspace's rows."""
    connection = context["connection"]
    if connection.in_atomic_block or not connection.get_autocommit():
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        return execute(sql, params, many, context)
