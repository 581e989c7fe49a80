"""The ten hottest queries with row security, and on copies of the same tables without any."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Row security against none"
TABLES = (
    "findings_finding",
    "findings_findingexception",
    "inventory_snapshot",
    "inventory_snapshotarea",
    "inventory_snapshotitem",
    "operations_operationrun",
    "audit_auditevent",
)
ENVIRONMENTS = 5
ROUNDS, REPEATS = 15, 8


def tables(is_quick: bool) -> Iterator[Table]:
    workspaces, each = (6, 500) if is_quick else (60, 5_000)
    one = measure(f"{__name__}:compared", workspaces, each)
    rows = [
        [name, *(f"{cell:.2f}" for cell in (alone, plain, alone / plain, whole / whole_plain)), scans or "none"]
        for name, alone, plain, whole, whole_plain, scans in one.value["queries"]
    ]
    ratios = [row[3] / row[4] for row in one.value["queries"]]
    intro = (
        f"Median milliseconds as the application's role, {workspaces * each:,} findings, as many objects and audit "
        f"events, in {workspaces} workspaces of which one asks. The other side is a copy of the tables with the same "
        "indexes and no policy, asked with the same filter. Rounds of both alternate. The statement alone, and "
        "the ratio of whole transactions as a request has them: begin, say for whom, ask, commit. "
        f"Target: at most 1.1 times, and no sequential scan of a tenant table. "
        f"Geometric mean of the transactions: {statistics.geometric_mean(ratios):.2f}."
    )
    yield Table(intro, ["query", "with ms", "without ms", "times", "times, transaction", "sequential scans"], rows)


def compared(workspaces: int, each: int) -> dict[str, Any]:
    from benchmarks.product.installation import administrator, opened, scope  # noqa: PLC0415 - only in the child

    with opened(), scope() as inside:
        from benchmarks.product.worlds import environment  # noqa: PLC0415 - Django must be ready first

        places = [environment(inside, f"Place {number}").pk for number in range(ENVIRONMENTS)]
        with administrator() as connection:
            _fill(connection, inside.workspace_id, places, workspaces, each)
        return {"queries": [_measured(name, call) for name, call in _hottest(inside, places).items()]}


def _hottest(inside: Any, places: list[Any]) -> dict[str, Callable[[], Any]]:
    from trueline.audit import queries as audit  # noqa: PLC0415 - Django must be ready first
    from trueline.findings import queries as findings  # noqa: PLC0415 - the same
    from trueline.inventory import queries as inventory  # noqa: PLC0415 - the same
    from trueline.operations import queries as operations  # noqa: PLC0415 - the same

    snapshot = inventory.snapshots(inside, places[0])[0]
    finding = findings.open_findings(inside)[0]
    return {
        "findings, first page": lambda: list(findings.open_findings(inside)[:51]),
        "findings of an environment": lambda: list(findings.findings(inside).filter(environment_id=places[1])[:51]),
        "one finding": lambda: findings.finding(inside, finding.pk),
        "others of its object": lambda: list(findings.siblings(inside, finding)[:20]),
        "open by environment and severity": lambda: findings.open_counts(inside, places),
        "open by area": lambda: findings.area_counts(inside, places),
        "newest snapshots": lambda: inventory.newest_snapshots(inside, places),
        "objects of a snapshot": lambda: list(inventory.items(inside, snapshot.pk)[:51]),
        "runs, first page": lambda: list(operations.runs(inside)[:51]),
        "audit, first page": lambda: list(audit.events(inside)[:51]),
    }


def _measured(name: str, call: Callable[[], Any]) -> tuple[str, float, float, float, float, str]:
    statement = _statement(call)
    found: dict[tuple[Any, bool], list[float]] = {}
    for _ in range(ROUNDS):
        for measured in (_round, _transactions):
            for has_policy in (True, False):
                found.setdefault((measured, has_policy), []).extend(measured(statement, has_policy=has_policy))
    alone, plain, whole, whole_plain = (statistics.median(times) for times in found.values())
    return name, alone, plain, whole, whole_plain, _sequential(statement)


def _transactions(statement: tuple[str, Any], *, has_policy: bool) -> Iterator[float]:
    """Whole transactions; where the copies stand in for the tables is said outside of them, for both sides alike."""
    from django.db import connection, transaction  # noqa: PLC0415 - Django must be ready first

    with connection.cursor() as cursor:
        cursor.execute("set search_path to public" if has_policy else "set search_path to plain, public")
    for _ in range(REPEATS):
        begun = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*statement)
            cursor.fetchall()
        yield (time.perf_counter() - begun) * 1e3
    with connection.cursor() as cursor:
        cursor.execute("set search_path to public")


def _statement(call: Callable[[], Any]) -> tuple[str, Any]:
    """The last statement that a query sends: the one before only says for which workspace."""
    from django.db import connection  # noqa: PLC0415 - Django must be ready first

    sent: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        call()
    return sent[-1]


def _round(statement: tuple[str, Any], *, has_policy: bool) -> Iterator[float]:
    from django.db import connection, transaction  # noqa: PLC0415 - Django must be ready first

    with transaction.atomic(), connection.cursor() as cursor:
        if not has_policy:
            cursor.execute("set local search_path to plain, public")
        cursor.execute(*statement)
        cursor.fetchall()
        for _ in range(REPEATS):
            begun = time.perf_counter()
            cursor.execute(*statement)
            cursor.fetchall()
            yield (time.perf_counter() - begun) * 1e3


def _sequential(statement: tuple[str, Any]) -> str:
    from django.db import connection, transaction  # noqa: PLC0415 - Django must be ready first

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("explain (costs off) " + statement[0], statement[1])
        lines = [line for (line,) in cursor.fetchall() if "Seq Scan" in line]
    return ", ".join(line.strip() for line in lines)


def _fill(connection: Any, workspace: Any, places: list[Any], workspaces: int, each: int) -> None:
    """Rows of many workspaces, written past every trigger and key by a superuser, then the copies."""
    connection.execute(
        "drop schema if exists plain cascade; create schema plain; set session_replication_role = replica"
    )
    connection.execute("create temporary table place (number int, workspace uuid, environment uuid, snapshot uuid)")
    connection.execute(_PLACES, {"workspace": workspace, "places": places, "others": workspaces - 1})
    for statement in _ROWS:
        connection.execute(statement, {"each": each // ENVIRONMENTS})
    for table in TABLES:
        connection.execute(f"create table plain.{table} (like public.{table} including all)")
        connection.execute(f"insert into plain.{table} select * from public.{table}")
        connection.execute(f"grant select on plain.{table} to trueline_app")
        connection.execute(f"vacuum analyze public.{table}")
        connection.execute(f"vacuum analyze plain.{table}")
    connection.execute("grant usage on schema plain to trueline_app")


_PLACES = """
insert into place
select row_number() over (), workspace, environment, gen_random_uuid() from (
  select %(workspace)s::uuid as workspace, unnest(%(places)s::uuid[]) as environment
  union all
  select workspace, gen_random_uuid() from
    (select gen_random_uuid() as workspace from generate_series(1, %(others)s)) as w, generate_series(1, 5)
) as found
"""

_ROWS = (
    """
    insert into operations_operationrun (id, workspace_id, environment_id, environment_label, run_type, capability,
      initiator_kind, initiator_id, initiator_label, identity_digest, parameters, state, outcome, reason_code, message,
      counts, progress_done, progress_label, attempt, fence, needs_attention, queued_at, completed_at)
    select gen_random_uuid(), workspace, environment, 'Place', 'inventory.capture', 'operations.start', 'system', 'x',
      'x', md5(random()::text), '{}', 'completed', 'succeeded', '', '', '{}', 0, '', 1, 1, false,
      now() - n * interval '1 hour', now() - n * interval '1 hour'
    from place, generate_series(1, 100) as n where %(each)s > 0
    """,
    """
    insert into inventory_snapshot (id, workspace_id, environment_id, run_id, provider_key, source_label, observed_at,
      captured_at, coverage, objects_count, unread_count, digest)
    select case when n = 1 then snapshot else gen_random_uuid() end, workspace, environment, gen_random_uuid(),
      'microsoft365', 'x', now() - n * interval '1 day', now(), 'complete', 0, 0, ''
    from place, generate_series(1, 30) as n where %(each)s > 0
    """,
    """
    insert into inventory_snapshotitem (id, workspace_id, snapshot_id, area, object_type, external_id, name, platform,
      source_path, fixed_key, is_truncated, raw_digest, content_digest, digests)
    select gen_random_uuid(), workspace, snapshot, 'area' || n %% 15, 'configurationPolicies', gen_random_uuid(),
      'Policy ' || n, 'windows10', 'x.json', '', false, md5(n::text), md5(n::text), '{}'
    from place, generate_series(1, %(each)s) as n
    """,
    """
    insert into findings_finding (id, workspace_id, environment_id, fingerprint, detector, standard_id, area,
      object_type, subject_key, subject_name, facet, path, kind, severity, severity_rank, state, expected, observed,
      observed_digest, first_seen_at, last_seen_at, times_seen, times_reopened, snapshot_id, due_at, resolved_reason,
      resolved_at, closed_reason, updated_at)
    select gen_random_uuid(), workspace, environment, md5(number || '-' || n), 'drift', 'standard', 'area' || n %% 15,
      'configurationPolicies', 'policy:' || n / 8, 'Policy ' || n / 8, 'settings', 'setting' || n %% 8, 'modified',
      (array['critical', 'high', 'medium', 'low', 'info'])[1 + n %% 5], 1 + n %% 5,
      case when n %% 4 = 0 then 'resolved' when n %% 50 = 1 then 'risk_accepted' else 'new' end,
      '{"value": 1}', '{"value": 2}', md5(n::text),
      now() - interval '9 days', now() - n * interval '1 minute', 1, 0, snapshot, now(),
      case when n %% 4 = 0 then 'verified_cleared' else '' end, case when n %% 4 = 0 then now() end, '', now()
    from place, generate_series(1, %(each)s) as n
    """,
    """
    insert into findings_findingexception (id, workspace_id, finding_id, status, requested_by_label, requested_at,
      decided_by_label, decided_at, owner_id, reason, compensating_control, effective_from, expires_at, review_due_at,
      pinned_path, pinned_digest, pinned_rank)
    select gen_random_uuid(), workspace_id, id, 'active', 'x', now(), 'x', now(), gen_random_uuid(), 'x', '', now(),
      now() + interval '30 days', now() + interval '15 days', path, observed_digest, severity_rank
    from findings_finding where state = 'risk_accepted' and %(each)s > 0
    """,
    """
    insert into audit_auditevent (id, workspace_id, sequence, recorded_at, action, actor_kind, actor_id, actor_label,
      on_behalf_of, subject_type, subject_id, subject_label, environment_id, environment_label, before, after, outcome,
      request_id, body_digest, previous_digest, digest)
    select gen_random_uuid(), workspace, 100000 + number * 100000 + n, now(), 'operations:run:start', 'system', 'x',
      'x', '', 'run', n::text, 'x', environment, 'Place', '{}', '{}', 'success', '', md5(n::text), '', ''
    from place, generate_series(1, %(each)s) as n
    """,
)
