"""What rules said of each trace, as the latest look that judged it saw it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from trueline.evaluations.models import TraceJudgement
from trueline.traces import queries as traces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.evaluations.models import Scan
    from trueline.evaluations.verdicts import JudgedTrace
    from trueline.kit.scope import Scope

_AT_ONCE = 500
_KEY = ("workspace_id", "environment_id", "trace_id")


# lint: allow TL015 a step of keep_scan
def note_judgements(scope: Scope, made: Scan, judged: Iterable[JudgedTrace]) -> None:
    """Bring each trace to what this scan said of it, unless a later look has; forget what is older than traces are."""
    mine = TraceJudgement.objects.filter(workspace_id=scope.workspace_id, environment_id=made.environment_id)
    keep_days = traces.policy(scope, made.environment_id).keep_days
    mine.filter(judged_at__lt=made.observed_at - timedelta(days=keep_days)).delete()
    by_trace = {one.trace_id: one for one in judged}
    later = mine.filter(trace_id__in=list(by_trace), judged_at__gt=made.observed_at)
    for trace_id in later.values_list("trace_id", flat=True):
        del by_trace[trace_id]
    TraceJudgement.objects.bulk_create(
        [_line(made, one) for one in by_trace.values()],
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=_KEY,
        update_fields=("scan", "judged_at", "verdicts"),
    )


def _line(made: Scan, one: JudgedTrace) -> TraceJudgement:
    return TraceJudgement(
        workspace_id=made.workspace_id,
        environment_id=made.environment_id,
        trace_id=one.trace_id,
        scan=made,
        judged_at=made.observed_at,
        verdicts=list(one.verdicts),
    )
