"""The statements behind `record_detections`.

Every one names the workspace although row security would do so: an index that leads with it is then used for sure.
"""

COLUMNS = (
    "id",
    "fingerprint",
    "area",
    "object_type",
    "subject_key",
    "subject_name",
    "facet",
    "path",
    "kind",
    "severity",
    "severity_rank",
    "expected",
    "observed",
    "observed_digest",
    "due_at",
)

STAGE = """
create temporary table staged_detection (
  id uuid, fingerprint text, area text, object_type text, subject_key text, subject_name text, facet text, path text,
  kind text, severity text, severity_rank smallint, expected jsonb, observed jsonb, observed_digest text,
  due_at timestamptz
) on commit drop
"""

INDEX = "create unique index on staged_detection (fingerprint)"

_SEEN = """
  last_seen_at = %(observed)s,
  times_seen = f.times_seen + 1,
  snapshot_id = %(snapshot)s,
  scan_id = %(scan)s,
  subject_name = s.subject_name,
  kind = s.kind,
  expected = s.expected,
  observed = s.observed,
  observed_digest = s.observed_digest,
  severity = s.severity,
  severity_rank = s.severity_rank,
  updated_at = %(now)s
"""

_SAME = """
  from staged_detection as s
  where f.workspace_id = %(workspace)s
    and f.fingerprint = s.fingerprint
    and f.last_seen_at < %(observed)s
"""

TOUCH = f"update findings_finding as f set {_SEEN} {_SAME} and f.state <> 'resolved'"  # noqa: S608 - parts are above

REOPEN = f"""
update findings_finding as f set {_SEEN},
  state = 'reopened',
  times_reopened = f.times_reopened + 1,
  reopened_at = %(now)s,
  due_at = s.due_at,
  resolved_at = null,
  resolved_reason = ''
{_SAME} and f.state = 'resolved' and f.resolved_at < %(observed)s
"""  # noqa: S608 - parts are above

INSERT = """
insert into findings_finding (
  id, workspace_id, environment_id, fingerprint, detector, standard_id, area, object_type, subject_key, subject_name,
  facet, path, kind, severity, severity_rank, state, expected, observed, observed_digest, first_seen_at, last_seen_at,
  times_seen, times_reopened, snapshot_id, scan_id, due_at, resolved_reason, closed_reason, updated_at)
select s.id, %(workspace)s, %(environment)s, s.fingerprint, %(detector)s, %(standard)s, s.area, s.object_type,
  s.subject_key, s.subject_name, s.facet, s.path, s.kind, s.severity, s.severity_rank, 'new', s.expected, s.observed,
  s.observed_digest, %(observed)s, %(observed)s, 1, 0, %(snapshot)s, %(scan)s, s.due_at, '', '', %(now)s
from staged_detection as s
on conflict (workspace_id, fingerprint) do nothing
"""

CLEAR = """
update findings_finding as f set
  state = 'resolved',
  resolved_at = %(observed)s,
  resolved_reason = 'verified_cleared',
  updated_at = %(now)s
where f.workspace_id = %(workspace)s
  and f.environment_id = %(environment)s
  and f.detector = %(detector)s
  and f.standard_id = %(standard)s
  and f.state in ('new', 'triaged', 'in_progress', 'reopened')
  and f.area = any(%(covered)s)
  and not (f.subject_key || chr(31) || f.path = any(%(unknown)s::text[]))
  and (%(asked)s::text[] is null or f.subject_key || chr(31) || f.path = any(%(asked)s::text[]))
  and f.last_seen_at < %(observed)s
  and not exists (select from staged_detection as s where s.fingerprint = f.fingerprint)
"""

# Somebody's word that it is repaired becomes knowledge once a complete capture no longer shows it.
CONFIRM = """
update findings_finding as f set
  resolved_at = %(observed)s,
  resolved_reason = 'verified_cleared',
  updated_at = %(now)s
where f.workspace_id = %(workspace)s
  and f.environment_id = %(environment)s
  and f.detector = %(detector)s
  and f.standard_id = %(standard)s
  and f.state = 'resolved'
  and f.resolved_reason = 'remediated'
  and f.area = any(%(covered)s)
  and not (f.subject_key || chr(31) || f.path = any(%(unknown)s::text[]))
  and (%(asked)s::text[] is null or f.subject_key || chr(31) || f.path = any(%(asked)s::text[]))
  and f.resolved_at < %(observed)s
  and not exists (select from staged_detection as s where s.fingerprint = f.fingerprint)
"""

# A person's closing stays as it was left; one that Trueline closed itself opens again once it is asked for again, even
# when the capture is the same as before.
REVIVE = f"""
update findings_finding as f set {_SEEN},
  state = 'reopened',
  times_reopened = f.times_reopened + 1,
  reopened_at = %(now)s,
  due_at = s.due_at,
  closed_at = null,
  closed_reason = ''
from staged_detection as s
where f.workspace_id = %(workspace)s
  and f.fingerprint = s.fingerprint
  and f.last_seen_at <= %(observed)s
  and f.state = 'closed'
  and f.closed_reason = 'not_asked'
"""  # noqa: S608 - parts are above

_CLOSE = """
update findings_finding as f set
  state = 'closed',
  closed_at = %(now)s,
  closed_reason = 'not_asked',
  updated_at = %(now)s
where f.workspace_id = %(workspace)s
  and f.environment_id = %(environment)s
  and f.state in ('new', 'triaged', 'in_progress', 'reopened')
"""

DROP = f"""{_CLOSE}
  and f.detector = %(detector)s
  and f.standard_id = %(standard)s
  and not (f.subject_key || chr(31) || f.path = any(%(asked)s::text[]))
"""

RELEASE = f"""{_CLOSE}
  and f.standard_id <> ''
  and f.detector = any(%(detectors)s::text[])
  and not (f.detector || ':' || f.standard_id = any(%(held)s::text[]))
"""

# One judge at a time for each environment: two would wait for each other's rows, or judge in the wrong order.
QUEUE_UP = "select pg_advisory_xact_lock(hashtextextended(%(environment)s::text, 0))"

# A capture and a scan look at different things, so neither overtakes the other.
SUPERSEDED = """
select %(snapshot)s::uuid is not null and exists (
  select from inventory_snapshot as newer
  where newer.workspace_id = %(workspace)s
    and newer.environment_id = %(environment)s
    and newer.observed_at > %(observed)s
)"""

OVERTAKEN = f"""{SUPERSEDED} or exists (
  select from findings_finding as f
  where f.workspace_id = %(workspace)s
    and f.environment_id = %(environment)s
    and f.detector = %(detector)s
    and f.standard_id = %(standard)s
    and (f.last_seen_at > %(observed)s
      or (f.resolved_reason = 'verified_cleared' and f.resolved_at > %(observed)s))
)
"""
