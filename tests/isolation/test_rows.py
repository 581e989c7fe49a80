"""The row contract (D-2, D-9), for every tenant model that exists: what A does never touches a row of B."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model

from tests.isolation import catalogue
from tests.isolation.factories import FACTORIES, Seeds, tenant_column, tenant_models
from trueline.audit.models import AuditHead, AuditTerm
from trueline.kit.database.context import reading, within
from trueline.kit.scope import NotVisible
from trueline.notices.models import NoticeCursor
from trueline.vault.models import DataKey
from trueline.workspaces import access
from trueline.workspaces.models import Workspace

MODELS = tenant_models()
by_model = pytest.mark.parametrize("model", MODELS, ids=[model._meta.label for model in MODELS])
ONE_EACH = (AuditHead, AuditTerm, DataKey, NoticeCursor)  # a workspace has one of these and never a second
Two = tuple[Seeds, Seeds]


def count(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def changed(sql: str, *values: Any) -> int:
    """Rows that a statement changed; 0 also when the application has no such right at all."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)
    except ProgrammingError as error:
        if "permission denied" in str(error):
            return 0
        raise


@contextmanager
def no_lasting_change() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rights(model: type[Model]) -> set[str]:
    with connection.cursor() as cursor:
        return {
            right for table, right in catalogue.table_grants(cursor, catalogue.APP) if table == model._meta.db_table
        }


def test_every_tenant_model_has_a_factory(covered: Any) -> None:
    assert {model._meta.label for model in MODELS} - set(FACTORIES) == set()
    covered("tenant models", len(MODELS))


@by_model
def test_another_workspaces_rows_do_not_exist(model: type[Model], two: Two) -> None:
    ours, theirs = two
    mine, foreign = ours.one(model), theirs.one(model)
    table, tenant = model._meta.db_table, tenant_column(model)
    with within(ours.workspace.pk):
        assert count(f"select count(*) from {table} where {tenant} = %s", theirs.workspace.pk) == 0
        assert count(f"select count(*) from {table} where {tenant} <> %s", ours.workspace.pk) == 0
        assert not model._base_manager.filter(pk=foreign.pk).exists()
        assert model._base_manager.filter(pk=mine.pk).exists()
    with within(theirs.workspace.pk):
        assert count(f"select count(*) from {table} where {tenant} = %s", theirs.workspace.pk) > 0
        assert model._base_manager.filter(pk=foreign.pk).exists()


@by_model
def test_another_workspaces_rows_cannot_be_changed_or_deleted(model: type[Model], two: Two) -> None:
    ours, theirs = two
    ours.one(model), theirs.one(model)
    table, tenant = model._meta.db_table, tenant_column(model)
    update = f"update {table} set {tenant} = {tenant} where {tenant} = %s"
    delete = f"delete from {table} where {tenant} = %s"
    with within(ours.workspace.pk):
        assert changed(update, theirs.workspace.pk) == 0
        assert changed(delete, theirs.workspace.pk) == 0
        assert changed(f"update {table} set {tenant} = {tenant} where {tenant} <> %s", ours.workspace.pk) == 0
        assert changed(f"delete from {table} where {tenant} <> %s", ours.workspace.pk) == 0
    with within(theirs.workspace.pk):
        assert count(f"select count(*) from {table}") > 0
        with no_lasting_change():  # the positive control: with its own context the same statement finds the rows
            assert (changed(update, theirs.workspace.pk) > 0) is ("UPDATE" in rights(model))


@by_model
def test_a_row_cannot_be_written_into_another_workspace(model: type[Model], two: Two) -> None:
    ours, theirs = two
    with within(theirs.workspace.pk):
        stray = theirs.draft(model)
    with within(ours.workspace.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        stray.save(force_insert=True)
    if model not in ONE_EACH:  # the other workspace has its one already
        with within(theirs.workspace.pk) if model is not Workspace else within(stray.pk):
            stray.save(force_insert=True)


@by_model
def test_a_row_cannot_be_moved_into_another_workspace(model: type[Model], two: Two) -> None:
    ours, theirs = two
    ours.one(model), theirs.one(model)
    tenant = tenant_column(model)
    move = f"update {model._meta.db_table} set {tenant} = %s where {tenant} = %s"
    with within(ours.workspace.pk):
        with pytest.raises(DatabaseError, match=r"row-level security|permission denied"), transaction.atomic():
            connection.cursor().execute(move, [theirs.workspace.pk, ours.workspace.pk])
        assert model._base_manager.filter(pk=ours.one(model).pk).exists()


@by_model
def test_without_a_workspace_there_are_no_rows_and_no_error(model: type[Model], two: Two) -> None:
    for seeds in two:
        seeds.one(model)
    table = model._meta.db_table
    assert count(f"select count(*) from {table}") == 0
    assert model._base_manager.count() == 0
    with reading():
        assert count(f"select count(*) from {table}") == 0
    with connection.cursor() as cursor:  # a pooled connection that never heard of a workspace, and one that did
        cursor.execute("reset app.workspace_id")
        assert count(f"select count(*) from {table}") == 0
        cursor.execute("select set_config('app.workspace_id', '', true)")
        assert count(f"select count(*) from {table}") == 0


# What else must be said for a key to be the only thing that is wrong with a row.
BESIDE = {
    "inventory_identitylink_left_environment_id_tie": {"left_profile_id": None},
    "findings_finding_scan_id_tie": {"snapshot_id": None},
    "evaluations_failurecluster_world_model_id_tie": {"source": "rule"},
}


@by_model
def test_a_child_cannot_have_a_parent_in_another_workspace(model: type[Model], two: Two) -> None:
    with connection.cursor() as cursor:
        keys = [key for key in catalogue.foreign_keys(cursor) if key[1] == model._meta.db_table and len(key[3]) > 1]
    for name, _, parent_table, child_columns, parent_columns in keys:
        parent = next(found for found in MODELS if found._meta.db_table == parent_table)
        refusals = ""
        for here, elsewhere in (two, two[::-1]):
            with within(here.workspace.pk):
                child = here.draft(model)
                foreign = _by_column(elsewhere.one(parent), parent_columns[-1])
                for attribute, value in {_attribute(model, child_columns[-1]): foreign, **BESIDE.get(name, {})}.items():
                    setattr(child, attribute, value)
                with pytest.raises(IntegrityError) as refused:
                    _stored(child)
            refusals += str(refused.value)
        assert f'foreign key constraint "{name}"' in refusals
    assert keys or not any(column.endswith("_id") for column in _own_ids(model))


@transaction.atomic
def _stored(row: Model) -> None:
    row.save(force_insert=True)
    connection.check_constraints()


def _by_column(row: Model, column: str) -> Any:
    return getattr(row, _attribute(type(row), column))


def _attribute(model: type[Model], column: str) -> str:
    return next(field.attname for field in model._meta.concrete_fields if field.column == column)


def _own_ids(model: type[Model]) -> set[str]:
    """Columns that name a row of the same workspace."""
    with connection.cursor() as cursor:
        query = """
            select attname from pg_attribute where attrelid = %s::regclass and attnum > 0
              and atttypid = 'uuid'::regtype and attname not in ('id', 'workspace_id', 'user_id')
        """
        found = {name for (name,) in catalogue.rows(cursor, query, model._meta.db_table)}
    return {name for name in found if (model._meta.db_table, name) not in catalogue.UNTIED}


COPIED = [model for model in MODELS if model is not Workspace and model not in ONE_EACH]


@pytest.mark.parametrize("model", COPIED, ids=[model._meta.label for model in COPIED])
def test_the_same_names_and_ids_may_exist_in_both(model: type[Model], two: Two) -> None:
    ours, theirs = two
    mine = ours.one(model)
    with within(theirs.workspace.pk):
        copy = theirs.draft(model)
        for attribute in _own_words(model):
            setattr(copy, attribute, getattr(mine, attribute))
        copy.save(force_insert=True)
        connection.check_constraints()
        assert model._base_manager.filter(pk=copy.pk).exists()


def _own_words(model: type[Model]) -> list[str]:
    """Every field that says something itself, the id too; not those that name a workspace or another row."""
    with connection.cursor() as cursor:
        keys = [key for key in catalogue.foreign_keys(cursor) if key[1] == model._meta.db_table]
    elsewhere = {"workspace_id", *(column for key in keys for column in key[3]), *_own_ids(model)}
    return [field.attname for field in model._meta.concrete_fields if field.column and field.column not in elsewhere]


@by_model
def test_the_reader_reads_its_workspace_and_writes_nothing(model: type[Model], two: Two) -> None:
    mine, table = two[0].one(model), model._meta.db_table
    with within(two[0].workspace.pk):
        new = two[0].draft(model)
        with reading():
            assert model._base_manager.filter(pk=mine.pk).exists()
            for attempt in (f"update {table} set {tenant_column(model)} = null", f"delete from {table}"):
                with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                    connection.cursor().execute(attempt)
            with pytest.raises(ProgrammingError, match="permission denied"):
                _stored(new)


def test_a_scope_of_one_workspace_is_not_made_in_the_context_of_another(two: Two) -> None:
    ours, theirs = two
    with within(theirs.workspace.pk), pytest.raises(NotVisible):
        access.enter(ours.person, ours.workspace.pk)
    with within(theirs.workspace.pk), pytest.raises(NotVisible):
        access.system(ours.workspace.pk)


def test_the_context_returns_to_what_it_was_after_an_error_in_a_savepoint(two: Two) -> None:
    ours, theirs = two
    query = "select current_setting('app.workspace_id', true)"
    with connection.cursor() as cursor, within(ours.workspace.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), within(theirs.workspace.pk):
            cursor.execute("select 1 / 0")
        assert catalogue.rows(cursor, query) == [(str(ours.workspace.pk),)]
        with pytest.raises(DatabaseError), within(theirs.workspace.pk), transaction.atomic():
            cursor.execute("select 1 / 0")
        assert catalogue.rows(cursor, query) == [(str(ours.workspace.pk),)]
