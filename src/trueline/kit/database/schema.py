"""What a migration writes to make a table belong to one workspace, and keys that cannot leave it."""

from __future__ import annotations

from django.db.migrations import RunSQL

POLICY = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
"""The only policy text. A CASE or OR in it costs a thousandfold the day somebody forgets a filter."""

APP, READER, SYSTEM, OWNER = "trueline_app", "trueline_reader", "trueline_system", "trueline_owner"
WRITES = "select, insert, update, delete"


def isolate(table: str, *, key: str = "id", tenant: str = "workspace_id", rights: str = WRITES) -> RunSQL:
    """Row security on a table, forced on its owner too, and the grants of the application's roles.

    The primary key becomes (workspace_id, key): a distributed PostgreSQL can take the first column as its
    distribution key, and a foreign key that names both columns cannot point into another workspace.

    Args:
        table: Name of the table.
        key: The column that Django holds to be the primary key; empty when the model has a composite one already.
        tenant: The column that holds the workspace.
        rights: What the application may do. An append-only table gets `select, insert`.
    """
    statements = []
    if key and tenant != key:
        statements += [
            f"alter table {table} drop constraint {table}_pkey",
            f"alter table {table} add constraint {table}_pkey primary key ({tenant}, {key})",
        ]
    statements += [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy workspace on {table} for all to {APP}, {READER} {_check(tenant)}",
        *_grants(table, rights),
    ]
    return RunSQL(";\n".join(statements), RunSQL.noop)


def share(*tables: str, rights: str = WRITES, reader: str = "select") -> RunSQL:
    """Grants on tables that belong to no workspace. Each has its reason in the catalogue test's allow-list."""
    statements = [line for table in tables for line in _grants(table, rights, reader)]
    return RunSQL(";\n".join(statements), RunSQL.noop)


def tie(table: str, column: str, parent: str, *, parent_key: str = "id") -> RunSQL:
    """A foreign key on (workspace_id, column): a plain one ignores row security and accepts another's row."""
    return RunSQL(
        f"alter table {table} add constraint {table}_{column}_tie foreign key (workspace_id, {column}) "
        f"references {parent} (workspace_id, {parent_key}) deferrable initially deferred",
        RunSQL.noop,
    )


def allow_moves(table: str, column: str, moves: dict[str, set[str]]) -> RunSQL:
    """Let the database refuse a move between states that the table of moves does not list."""
    pairs = ", ".join(f"('{old}', '{new}')" for old, news in sorted(moves.items()) for new in sorted(news))
    function = f"{table}_{column}_moves"
    return RunSQL(
        f"""
        create function {function}() returns trigger language plpgsql as $$
        begin
          if (old.{column}, new.{column}) in ({pairs}) then return new; end if;
          raise exception 'illegal move of {table}.{column} from % to %', old.{column}, new.{column}
            using errcode = 'check_violation';
        end $$;
        create trigger {function} before update of {column} on {table} for each row
          when (old.{column} is distinct from new.{column}) execute function {function}()
        """,
        RunSQL.noop,
    )


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE and DELETE of a table's rows, for the owner too."""
    return RunSQL(
        f"""
        create function {table}_is_append_only() returns trigger language plpgsql as $$
        begin
          raise exception '{table} is append-only' using errcode = 'insufficient_privilege';
        end $$;
        create trigger {table}_is_append_only before update or delete on {table}
          for each row execute function {table}_is_append_only()
        """,
        RunSQL.noop,
    )


def written_once(table: str, *columns: str, until: str = "") -> RunSQL:
    """Refuse to change these columns of a row, for the owner too; with `until`, unless that column changes as well."""
    function = f"{table}_is_written_once{f'_until_{until}' if until else ''}"
    stays = f"old.{until} is not distinct from new.{until} and " if until else ""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    return RunSQL(
        f"""
        create function {function}() returns trigger language plpgsql as $$
        begin
          raise exception 'what {table} was written with is not changed' using errcode = 'check_violation';
        end $$;
        create trigger {function} before update on {table} for each row
          when ({stays}row({old}) is distinct from row({new})) execute function {function}()
        """,
        RunSQL.noop,
    )


def never_emptied(table: str) -> RunSQL:
    """Refuse TRUNCATE, for the owner too: it asks no trigger of the rows."""
    return RunSQL(
        f"""
        create function {table}_is_never_emptied() returns trigger language plpgsql as $$
        begin
          raise exception '{table} is append-only' using errcode = 'insufficient_privilege';
        end $$;
        create trigger {table}_is_never_emptied before truncate on {table}
          for each statement execute function {table}_is_never_emptied()
        """,
        RunSQL.noop,
    )


def sweepable(table: str, *, rights: str = "select") -> RunSQL:
    """Let the narrow system role see every workspace's rows of one table, for a sweep."""
    commands = [command.strip() for command in rights.split(",")]
    statements = [f"grant {rights} on {table} to {SYSTEM}"]
    statements += [
        f"create policy sweep_{command} on {table} for {command} to {SYSTEM} using (true)" for command in commands
    ]
    return RunSQL(";\n".join(statements), RunSQL.noop)


def _check(tenant: str) -> str:
    return f"using ({tenant} = {POLICY}) with check ({tenant} = {POLICY})"


def _grants(table: str, rights: str, reader: str = "select") -> list[str]:
    return [f"grant {rights} on {table} to {APP}", f"grant {reader} on {table} to {READER}"]
