"""A page of the inbox, and the count in the rail, over many findings in many environments."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Inbox"
_ROUNDS = 40
_AREAS = 20
_FINDINGS = """
insert into findings_finding (workspace_id, id, environment_id, fingerprint, detector, standard_id, area, object_type,
  subject_key, subject_name, facet, path, kind, severity, severity_rank, state, expected, observed, observed_digest,
  first_seen_at, last_seen_at, times_seen, times_reopened, snapshot_id, due_at, resolved_reason, closed_reason,
  assignee_id, updated_at)
select %(workspace)s, gen_random_uuid(), (%(places)s::uuid[])[1 + n %% %(many)s], md5(n::text), 'drift', '',
  'area' || n %% 20, 'configurationPolicies', 'policy:' || n / 8, 'Policy ' || n / 8, 'settings', '/setting' || n %% 8,
  'changed', (array['critical', 'high', 'medium', 'low', 'info'])[1 + n %% 5], 1 + n %% 5, 'new', '1', '2', 'd', now(),
  now(), 1, 0, (%(snapshots)s::uuid[])[1 + n %% %(many)s], now() + n %% 9000 * interval '1 hour', '', '',
  case when n %% 1000 = 0 then %(user)s::uuid end, now()
from generate_series(1, %(findings)s) as n
"""
_AREA_ROWS = """
insert into inventory_snapshotarea (workspace_id, id, snapshot_id, area, coverage, objects_count, reason)
select workspace_id, gen_random_uuid(), id, 'area' || n, case when n %% 3 = 0 and coverage = 'partial' then 'denied'
  else 'complete' end, 1, ''
from inventory_snapshot cross join generate_series(0, %(areas)s) as n
"""


def tables(is_quick: bool) -> Iterator[Table]:
    sizes = ((10_000, 20),) if is_quick else ((100_000, 50), (100_000, 1_000), (1_000_000, 1_000))
    rows = []
    for findings, places in sizes:
        found = measure(f"{__name__}:timed", findings, places)
        rows.append([f"{findings:,}", f"{places:,}", *(f"{value:.1f}" for value in found.value.values())])
    intro = (
        "Milliseconds, 95th percentile of 40 rounds, of the one statement of a page (50 lines, counts by lane "
        "and environment, lost coverage over four captures for each environment), and of the count in the rail; as the "
        "reader's role, under row security, one person "
        "holding a thousandth of the findings. Target: a page below 100 ms."
    )
    names = ["first page", "page in the middle", "one environment", "rail"]
    yield Table(intro, ["findings", "environments", *names], rows)


def timed(findings: int, places: int) -> dict[str, float]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened(), scope() as inside:
        made = filled(inside, findings, places)
        return _measured(inside, made)


def filled(inside: Any, findings: int, places: int) -> list[Any]:
    from django.db import connection  # noqa: PLC0415 - Django must be ready first

    from benchmarks.product.installation import administrator  # noqa: PLC0415 - the same
    from benchmarks.product.worlds import environment  # noqa: PLC0415 - the same

    made = [environment(inside, f"Place {number}").pk for number in range(places)]
    asked = {"workspace": inside.workspace_id, "places": made, "many": places, "areas": _AREAS - 1}
    with connection.cursor() as cursor:
        snapshots = [_captures(cursor, asked, day) for day in range(4)][-1]
        cursor.execute(_AREA_ROWS, asked)
        cursor.execute(_FINDINGS, asked | {"snapshots": snapshots, "findings": findings, "user": inside.actor.id})
    with administrator() as admin:
        admin.execute("vacuum analyze")
    return made


def _captures(cursor: Any, asked: dict[str, Any], day: int) -> list[Any]:
    cursor.execute(
        """
        with run as (
          insert into operations_operationrun (workspace_id, id, environment_id, environment_label, run_type,
            capability, initiator_kind, initiator_id, initiator_label, identity_digest, parameters, state,
            outcome, reason_code, message, counts, progress_done, progress_label,
             attempt, fence, needs_attention, queued_at, completed_at)
          select %(workspace)s, gen_random_uuid(), place, '', 'inventory.capture', 'operations.start', 'system',
            'b', 'b', gen_random_uuid()::text, '{}', 'completed', 'succeeded', '', '', '{}', 0, '', 1, 1, false,
            now() + %(day)s * interval '1 day', now() + %(day)s * interval '1 day'
          from unnest(%(places)s::uuid[]) as place returning workspace_id, id, environment_id)
        insert into inventory_snapshot (workspace_id, id, environment_id, run_id, provider_key, source_label,
          observed_at, captured_at, coverage, objects_count, unread_count, digest)
        select workspace_id, gen_random_uuid(), environment_id, id, 'microsoft365', '',
          now() + %(day)s * interval '1 day', now(),
          case when %(day)s = 3 and right(environment_id::text, 1) < '4' then 'partial' else 'complete' end, 20, 0, 'd'
        from run returning id
        """,
        asked | {"day": day},
    )
    return [found for (found,) in cursor.fetchall()]


def _measured(inside: Any, places: list[Any]) -> dict[str, float]:
    from trueline.casework.queries import Wish, inbox, waiting_count  # noqa: PLC0415 - Django must be ready first
    from trueline.casework.rules import Place  # noqa: PLC0415 - the same
    from trueline.kit import clock, ids  # noqa: PLC0415 - the same

    many = len(places)
    middle = Place(3, clock.now(), ids.new())
    return {
        "first": _p95(lambda: inbox(inside, Wish(environments=many))),
        "middle": _p95(lambda: inbox(inside, Wish(environments=many, start=middle))),
        "place": _p95(lambda: inbox(inside, Wish(environments=many, environment_id=places[0]))),
        "rail": _p95(lambda: waiting_count(inside)),
    }


def _p95(act: Callable[[], Any]) -> float:
    from trueline.kit.database.context import reading  # noqa: PLC0415 - Django must be ready first

    took = []
    with reading():
        for _ in range(_ROUNDS + 2):
            begun = time.perf_counter()
            act()
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(took[2:], n=20)[-1]
