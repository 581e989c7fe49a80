# ruff: noqa: S608 - joined from constants of this module; every value of a reader is a parameter
"""The one statement that the inbox is: every source read in place, under row security and the reader's reach.

Written as SQL because a page joins five rooms: each branch is cut to a page before they are brought together, which
query sets cannot express over one shared list of places. It reads; nothing here writes.
"""

from __future__ import annotations

from trueline.notices.rules import FAILED_DAYS, REVIEW_RELEASED

_OPEN = "('new', 'triaged', 'in_progress', 'reopened')"
_STANDS = "(finding.state = 'in_progress' and coalesce(finding.worked_at, finding.updated_at) <= %(stands_still)s)"
_RECENT = 3
"""A loss is told while one of so many captures before the newest has read the area."""
_FAILED_DAYS = 90
_SEEN = "array(select id from finding_place)"
_OPS = "array(select id from run_place)"
_UNSNOOZED = (
    "not exists (select from mark where mark.item_key = {} and mark.snoozed_until > %(now)s)"  # one place, seven uses
)

PLACES = """
mark as materialized (
  select item_key, snoozed_until from casework_inboxmark
  where workspace_id = %(workspace)s and user_id = %(user)s
),
place as materialized (
  select id, created_at, kind from workspaces_environment
  where workspace_id = %(workspace)s and lifecycle <> 'archived'
    and (%(included)s::uuid[] is null or id = any(%(included)s::uuid[])) and id <> all(%(excluded)s::uuid[])
),
finding_place as materialized (
  select id from place where %(may_findings)s and id <> all(%(no_findings)s::uuid[])
),
run_place as materialized (select id from place where %(may_runs)s and id <> all(%(no_runs)s::uuid[])),
newest as materialized (
  select place.id as environment_id, snapshot.*
  from place cross join lateral (
    select id, observed_at, captured_at, coverage from inventory_snapshot
    where workspace_id = %(workspace)s and environment_id = place.id
    order by observed_at desc, captured_at desc limit 1
  ) as snapshot
)
"""

_MINE = f"""
select 'mine' as source,
  case when finding.scan_id is not null or exists (
    select from inventory_snapshotarea as area
    where area.workspace_id = %(workspace)s and area.snapshot_id = newest.id and area.area = finding.area
      and area.coverage = 'complete'
  ) then 'requires_decision' else 'evidence_required' end as lane,
  case when {_STANDS} then 'standing_still' else finding.state::text end as kind,
  finding.id, finding.environment_id, null::uuid as ref,
  finding.severity_rank as priority, finding.due_at as at, '' as detail, 'finding:' || finding.id as item_key
from findings_finding as finding left join newest on newest.environment_id = finding.environment_id
where finding.workspace_id = %(workspace)s and finding.assignee_id = %(user)s and finding.state in {_OPEN}
  and finding.environment_id = any({_SEEN})
"""

_STANDING = f"""
select 'mine', 'requires_decision', 'standing_still', finding.id, finding.environment_id, null::uuid,
  finding.severity_rank, finding.due_at, '', 'finding:' || finding.id
from findings_finding as finding
where finding.workspace_id = %(workspace)s and finding.owner_id = %(user)s and finding.assignee_id <> %(user)s
  and {_STANDS} and finding.environment_id = any({_SEEN})
"""

_REQUESTS = f"""
select 'exception', 'risk_exception_review', case exception.status when 'pending' then 'pending' else 'expiring' end,
  exception.id, finding.environment_id, finding.id, finding.severity_rank,
  case exception.status when 'pending' then exception.requested_at else exception.expires_at end, '',
  'exception:' || exception.id
from findings_findingexception as exception
join findings_finding as finding on finding.workspace_id = %(workspace)s and finding.id = exception.finding_id
where exception.workspace_id = %(workspace)s and finding.environment_id = any({_SEEN})
  and (exception.status = 'pending' or (
    exception.status = 'active' and exception.lapsed_at is null and exception.pinned_digest = finding.observed_digest
    and finding.severity_rank >= exception.pinned_rank
    and exception.expires_at > %(now)s and exception.expires_at <= %(expiring)s))
"""

_UNSUPPORTED = f"""
select 'exception', 'risk_exception_review',
  case when exception.id is null then 'missing'
    when exception.pinned_digest <> finding.observed_digest then 'stale'
    when finding.severity_rank < exception.pinned_rank then 'stale'
    else 'expired' end,
  coalesce(exception.id, finding.id), finding.environment_id, finding.id, finding.severity_rank,
  coalesce(exception.expires_at, finding.due_at), '', 'exception:' || coalesce(exception.id, finding.id)
from findings_finding as finding
left join findings_findingexception as exception
  on exception.workspace_id = %(workspace)s and exception.finding_id = finding.id and exception.status = 'active'
where finding.workspace_id = %(workspace)s and finding.state = 'risk_accepted'
  and finding.environment_id = any({_SEEN})
  and (exception.id is null or exception.expires_at <= %(now)s
    or exception.pinned_digest <> finding.observed_digest or finding.severity_rank < exception.pinned_rank)
"""

_RUNS = f"""
select 'run', 'blocked', case when run.state = 'running' then 'stalled' else run.outcome end, run.id,
  run.environment_id, null, 2::smallint, coalesce(run.completed_at, run.lease_until), '', 'run:' || run.id
from operations_operationrun as run
where run.workspace_id = %(workspace)s
  and (run.environment_id = any({_OPS}) or (run.environment_id is null and %(may_runs)s))
  and ((run.state = 'running' and run.lease_until < %(now)s) or (
    run.outcome in ('failed', 'blocked') and run.completed_at > %(now)s - interval '{_FAILED_DAYS} days'
    and not exists (
      select from operations_operationrun as later
      where later.workspace_id = %(workspace)s and later.run_type = run.run_type
        and (later.environment_id = run.environment_id
          or (later.environment_id is null and run.environment_id is null))
        and later.queued_at > run.queued_at and later.state = 'completed' and later.outcome <> 'cancelled')))
"""

_COVERAGE = f"""
select 'coverage', 'evidence_required', 'lost', newest.id, newest.environment_id, null, 2::smallint,
  newest.observed_at, string_agg(had.area, ',' order by had.area), 'coverage:' || newest.id
from newest
cross join lateral (
  select distinct area.area
  from (
    select id from inventory_snapshot
    where workspace_id = %(workspace)s and environment_id = newest.environment_id
      and observed_at <= newest.observed_at and id <> newest.id
    order by observed_at desc, captured_at desc limit {_RECENT}
  ) as earlier
  join inventory_snapshotarea as area
    on area.workspace_id = %(workspace)s and area.snapshot_id = earlier.id and area.coverage = 'complete'
) as had
where newest.coverage <> 'complete' and not exists (
  select from inventory_snapshotarea as area
  where area.workspace_id = %(workspace)s and area.snapshot_id = newest.id and area.area = had.area
    and area.coverage = 'complete')
group by newest.id, newest.environment_id, newest.observed_at
"""

_ENVIRONMENTS = """
select 'environment', case when newest.id is null then 'evidence_required' else 'requires_decision' end,
  case when newest.id is null then 'never_captured' else 'no_standard' end, place.id, place.id, null,
  case when newest.id is null then 3 else 4 end::smallint, place.created_at, '', 'environment:' || place.id
from place left join newest on newest.environment_id = place.id
where place.kind <> 'agent_system' and (newest.id is null or not exists (
  select from inventory_baselineassignment as held
  where held.workspace_id = %(workspace)s and held.environment_id = place.id))
"""

_CONNECTIONS = """
select 'connection', 'blocked', 'off', off.id, off.environment_id, null, 2::smallint, off.disabled_at, '',
  'connection:' || off.id
from connections_connection as off join place on place.id = off.environment_id
where off.workspace_id = %(workspace)s and off.disabled_at is not null and not exists (
  select from connections_connection as ready
  where ready.workspace_id = %(workspace)s and ready.environment_id = off.environment_id
    and ready.disabled_at is null)
"""

_DELIVERIES = f"""
select 'delivery', 'blocked', 'failed', destination.id, null::uuid, null::uuid, 2::smallint,
  min(failed.created_at), '', 'delivery:' || destination.id
from notices_delivery as failed
join notices_destination as destination
  on destination.workspace_id = %(workspace)s and destination.id = failed.destination_id
where %(may_deliveries)s and failed.workspace_id = %(workspace)s and failed.status = 'failed'
  and failed.created_at > %(now)s - interval '{FAILED_DAYS} days'
  and destination.is_enabled and destination.removed_at is null
group by destination.id
"""

# A draft waits at once when a cycle has prepared it, else after as long as other work stands still.
_REVIEWS = """
select 'review', 'requires_decision', review.state::text, review.id, review.environment_id, null::uuid,
  case review.state when 'failed' then 2 when 'ready' then 3 else 4 end::smallint, review.created_at, '',
  'review:' || review.id
from reviews_review as review join place on place.id = review.environment_id
where review.workspace_id = %(workspace)s and review.state in ('draft', 'ready', 'failed')
  and case review.state
    when 'ready' then %(may_publish)s and place.id <> all(%(no_publish)s::uuid[])
    else %(may_prepare)s and place.id <> all(%(no_prepare)s::uuid[]) end
  and (review.state <> 'draft' or review.created_at <= %(stands_still)s or exists (
    select from reviews_cycleturn as turn
    where turn.workspace_id = %(workspace)s and turn.review_id = review.id))
"""

_LETTERS = f"""
select 'review', 'blocked', 'undelivered', (failed.payload ->> 'review')::uuid, failed.environment_id, null::uuid,
  2::smallint, min(failed.created_at), '', 'review:' || (failed.payload ->> 'review')
from notices_delivery as failed join place on place.id = failed.environment_id
where %(may_publish)s and failed.workspace_id = %(workspace)s and failed.status = 'failed'
  and failed.event_type = '{REVIEW_RELEASED}' and place.id <> all(%(no_publish)s::uuid[])
  and failed.created_at > %(now)s - interval '{FAILED_DAYS} days'
group by failed.payload ->> 'review', failed.environment_id
"""

_BRANCHES = (
    *(_MINE, _STANDING, _REQUESTS, _UNSUPPORTED),
    *(_RUNS, _COVERAGE, _ENVIRONMENTS, _CONNECTIONS, _DELIVERIES, _REVIEWS, _LETTERS),
)
_FEW = " union all ".join(_BRANCHES)
FEW = f"select * from ({_FEW}) as found where {_UNSNOOZED.format('found.item_key')}"
"""Everything but findings that nobody works on: those are many, and are never gathered."""

_INTAKE = f"""
select 'finding' as source, 'needs_triage' as lane, finding.state::text as kind, finding.id, finding.environment_id,
  null::uuid as ref, finding.severity_rank as priority, finding.due_at as at, '' as detail,
  'finding:' || finding.id as item_key
from findings_finding as finding
where finding.workspace_id = %(workspace)s and finding.assignee_id is null and finding.state in {_OPEN}
  and {_UNSNOOZED.format("'finding:' || finding.id")}
"""

_COUNTED = f"""
counted as (
  select place.id as environment_id, found.number
  from finding_place as place
  cross join lateral (
    select count(*) as number from (
      select from findings_finding as finding
      where finding.workspace_id = %(workspace)s and finding.environment_id = place.id
        and finding.assignee_id is null and finding.state in {_OPEN}
      limit %(most)s) as few_of_them
  ) as found
),
put_off as (
  select finding.environment_id, count(*) as number
  from mark join findings_finding as finding
    on finding.workspace_id = %(workspace)s and finding.id = substr(mark.item_key, 9)::uuid
  where mark.item_key like 'finding:%%' and mark.snoozed_until > %(now)s
    and finding.assignee_id is null and finding.state in {_OPEN}
  group by finding.environment_id
)
"""


def intake(*, by_place: bool, place: str, order: str) -> str:
    """Findings that nobody works on, cut to a page.

    Args:
        by_place: Read place by place, which is fast for a few; over all places at once the order's own index serves.
        place: Where the page begins, as a condition; empty for the first.
        order: The order, as SQL.
    """
    if by_place:
        inner = f"{_INTAKE} and finding.environment_id = place.id {place} order by {order} limit %(limit)s"
        return f"select intake.* from chosen as place cross join lateral ({inner}) as intake"
    return f"{_INTAKE} and finding.environment_id = any({_SEEN}) {place} order by {order} limit %(limit)s"


def page(*, lane: str, by_place: bool, place: bool, backwards: bool) -> str:
    """The statement of a page: items, and counts by lane and environment, told apart by their first column."""
    way, beyond = (" desc", "<") if backwards else ("", ">")
    order = f"priority{way}, at{way}, id{way}"
    start = "(%(priority)s::smallint, %(at)s::timestamptz, %(id)s::uuid)"
    few_start = f"and (priority, at, id) {beyond} {start}" if place else ""
    many_start = f"and (severity_rank, due_at, id) {beyond} {start}" if place else ""
    many = intake(by_place=by_place, place=many_start, order=f"severity_rank{way}, due_at{way}, id{way}")
    wanted = "and lane = %(lane)s" if lane else ""
    few = (
        f"select * from few where (%(environment)s::uuid is null or environment_id = %(environment)s::uuid) "
        f"{wanted} {few_start} order by {order} limit %(limit)s"
    )
    branches = [f"({few})"] + ([f"({many})"] if lane in {"", "needs_triage"} else [])
    return f"""
    with {PLACES}, few as materialized ({FEW}),
    chosen as (select id from finding_place where %(environment)s::uuid is null or id = %(environment)s::uuid),
    {_COUNTED},
    shown as (select * from ({" union all ".join(branches)}) as every order by {order} limit %(limit)s)
    select 'item', source, lane, kind, id, environment_id, ref, priority, at, detail, 0,
      exists (select from mark where mark.item_key = shown.item_key)
    from shown
    union all
    select 'count', null, lane, null, null, environment_id, null, null, null, '', count(*)::integer, false
    from few group by lane, environment_id
    union all
    select 'count', null, 'needs_triage', null, null, counted.environment_id, null, null, null, '',
      (counted.number - coalesce(put_off.number, 0))::integer, counted.number >= %(most)s
    from counted left join put_off on put_off.environment_id = counted.environment_id
    where counted.number > coalesce(put_off.number, 0)
    """


WAITING = f"""
with {PLACES}
select count(*) from (
  (select 1 from ({_INTAKE} and finding.environment_id = any({_SEEN}) limit %(limit)s) as many)
  union all (select 1 from ({FEW}) as few) limit %(limit)s) as waiting
"""
"""How many items wait, up to a limit: it stops as soon as that is reached."""

ONE = f"""
with {PLACES}
select exists (
  select from ({_INTAKE} and finding.environment_id = any({_SEEN}) and finding.id = %(id)s) as many
  where many.item_key = %(item_key)s)
  or exists (select from ({FEW}) as few where few.item_key = %(item_key)s)
"""
"""Whether an item of that name waits for the reader."""
