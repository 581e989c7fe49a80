"""The catalogue contract (D-1, D-4, D-5, D-6): every table is found by itself, and a breach is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tests.isolation import catalogue
from tests.isolation.factories import columns, tenant_models

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def cursor(db: None) -> Iterator[Any]:
    """As the owner: what a test plants in its transaction is seen there, and gone afterwards."""
    with connections["owner"].cursor() as cursor:
        yield cursor


@pytest.mark.parametrize("check", catalogue.CHECKS.values(), ids=catalogue.CHECKS)
def test_the_database_holds_the_contract(check: Any, cursor: Any) -> None:
    assert check(cursor) == []


def test_every_table_with_a_workspace_is_walked(cursor: Any, covered: Any) -> None:
    tenants = set(catalogue.tenant_columns(cursor))
    assert {model._meta.db_table for model in tenant_models()} == tenants
    covered("tenant tables", len(tenants))
    covered("shared tables with a reason", len(catalogue.WITHOUT_WORKSPACE))
    assert len(tenants) >= 20


def test_the_allow_lists_name_only_what_exists(cursor: Any) -> None:
    tables = {name for (name,) in catalogue.rows(cursor, "select tablename from pg_tables where schemaname = 'public'")}
    indexes = {
        name for (name,) in catalogue.rows(cursor, "select indexname from pg_indexes where schemaname = 'public'")
    }
    assert set(catalogue.WITHOUT_WORKSPACE) <= tables
    assert set(catalogue.UNIQUE_WITHOUT_WORKSPACE) <= indexes
    for table, column in catalogue.UNTIED:
        assert column in {name for model in tenant_models() if model._meta.db_table == table for name in columns(model)}


def test_the_application_can_turn_into_the_reader_and_nobody_else(cursor: Any) -> None:
    assert catalogue.memberships(cursor) == {
        (catalogue.APP, catalogue.READER),
        (catalogue.OWNER, catalogue.SYSTEM),
    }


def test_the_tests_themselves_run_as_the_application_role() -> None:
    with connections["default"].cursor() as cursor:
        found = catalogue.rows(cursor, "select session_user::text, current_setting('is_superuser')")
    assert found == [(catalogue.APP, "off")]


def test_the_server_is_new_enough() -> None:
    with connections["default"].cursor():
        assert catalogue.old_server(connections["default"].connection.info.server_version) == []


@pytest.mark.parametrize("version", [130022, 150009, 160010, 170006, 180000])
def test_an_old_server_is_named(version: int) -> None:
    assert catalogue.old_server(version)


BARE = "create table planted (id uuid primary key, workspace_id uuid not null)"
KEYED = "create table planted (workspace_id uuid not null, id uuid not null, primary key (workspace_id, id))"
ON = "alter table planted enable row level security; alter table planted force row level security"
EXACT = "(workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid))"
LOOSE = "(workspace_id = current_setting('app.workspace_id')::uuid or current_setting('app.system', true) = 'on')"
TO_BOTH = "for all to trueline_app, trueline_reader"
PLANTED = {
    "a table nobody has thought about": ("unknown_tables", "create table planted (id int)"),
    "a table in a schema aside": ("unknown_tables", "create schema aside; create table aside.planted (id int)"),
    "a tenant table without row security": ("unprotected_tables", BARE),
    "row security that spares the owner": (
        "unprotected_tables",
        f"{BARE}; alter table planted enable row level security",
    ),
    "row security without a policy": ("wrong_policies", f"{BARE}; {ON}"),
    "a policy with an OR in it": (
        "wrong_policies",
        f"{BARE}; {ON}; create policy workspace on planted {TO_BOTH} using {LOOSE} with check {LOOSE}",
    ),
    "a policy that checks no write": (
        "wrong_policies",
        f"{BARE}; {ON}; create policy workspace on planted {TO_BOTH} using {EXACT} with check (true)",
    ),
    "a policy for everybody": (
        "wrong_policies",
        f"{BARE}; {ON}; create policy workspace on planted for all using {EXACT} with check {EXACT}",
    ),
    "a second policy that opens the table again": (
        "wrong_policies",
        "create policy more on findings_finding for select to trueline_app using (true)",
    ),
    "a sweep that may write": (
        "wrong_policies",
        "create policy sweep_delete on workspaces_membership for delete to trueline_system using (true)",
    ),
    "a policy somebody took away": ("wrong_policies", "drop policy workspace on findings_finding"),
    "row security switched off": ("unprotected_tables", "alter table findings_finding disable row level security"),
    "one more grant of the system role": ("missing_sweeps", "grant select on findings_finding to trueline_system"),
    "a sweep that lost its policy": ("missing_sweeps", "drop policy sweep_select on workspaces_membership"),
    "truncate for the application": ("loose_roles", "grant truncate on findings_finding to trueline_app"),
    "references for everybody": ("loose_roles", "grant references on findings_finding to public"),
    "a table of the system role": (
        "loose_roles",
        f"{KEYED}; grant create on schema public to trueline_system; alter table planted owner to trueline_system",
    ),
    "a reader that writes": ("reader_writes", "grant insert on findings_finding to trueline_reader"),
    "a plain foreign key": (
        "plain_foreign_keys",
        """create unique index planted_once on inventory_snapshot (id);
        alter table findings_finding
          add constraint planted foreign key (snapshot_id) references inventory_snapshot (id)""",
    ),
    "a column that points anywhere": ("untied_columns", f"{KEYED}; alter table planted add column finding_id uuid"),
    "a unique index across workspaces": (
        "unique_oracles",
        "create unique index planted_once on workspaces_environment (slug)",
    ),
    "a primary key without the workspace": ("unique_oracles", BARE),
    "a function that runs as its owner": (
        "strange_code",
        "create function planted() returns int language sql security definer as 'select 1'",
    ),
    "the one function opened to everybody": (
        "strange_code",
        "set role trueline_system; grant execute on function workspace_doors(uuid) to public; reset role",
    ),
    "a view that sees as its owner": ("strange_code", "create view planted as select * from findings_finding"),
    "a materialised view": ("strange_code", "create materialized view planted as select * from findings_finding"),
}


@pytest.mark.parametrize(("check", "breach"), PLANTED.values(), ids=PLANTED)
def test_a_planted_breach_is_named(check: str, breach: str, cursor: Any) -> None:
    cursor.execute(breach)
    assert catalogue.CHECKS[check](cursor)


def test_a_table_that_keeps_the_contract_is_left_alone(cursor: Any) -> None:
    cursor.execute(f"{KEYED}; {ON}; create policy workspace on planted {TO_BOTH} using {EXACT} with check {EXACT}")
    found = [complaint for check in catalogue.CHECKS.values() for complaint in check(cursor)]
    assert [complaint for complaint in found if "planted" in complaint] == []
