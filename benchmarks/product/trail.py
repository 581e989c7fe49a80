"""The audit chain: appended and verified."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Audit trail"


def tables(is_quick: bool) -> Iterator[Table]:
    counts = (200, 1_000) if is_quick else (500, 5_000)
    rows = []
    for count in counts:
        one = measure(f"{__name__}:appended", count)
        value = one.value
        rows.append(
            [
                f"{count:,}",
                f"{value['each'] * 1e3:.2f}",
                f"{value['together'] * 1e3:.2f}",
                f"{value['plain'] * 1e3:.2f}",
                f"{value['each'] / value['plain']:.1f}",
                f"{1 / value['verify']:,.0f}",
                f"{one.peak_mb:,.0f}",
            ]
        )
    intro = (
        "Milliseconds for one event, appended with its own commit, and in one transaction with the others; the other "
        "side inserts the same row with its own commit, without chain or lock. Then verification of the whole chain."
    )
    yield Table(
        intro,
        ["events", "own commit ms", "one transaction ms", "plain insert ms", "times", "verified/s", "peak MB"],
        rows,
    )


def appended(count: int) -> dict[str, float]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened(), scope() as inside:
        from django.db import transaction  # noqa: PLC0415 - Django must be ready first

        from trueline.audit.actions import Subject, record  # noqa: PLC0415 - the same
        from trueline.audit.models import AuditEvent  # noqa: PLC0415 - the same
        from trueline.audit.queries import chain_verdict  # noqa: PLC0415 - the same
        from trueline.kit import ids  # noqa: PLC0415 - the same

        def append() -> None:
            subject = Subject("run", "0", "inventory.capture")
            record(inside.workspace_id, "operations:run:start", subject, actor=inside.actor, after={"type": "x"})

        single = transaction.atomic(append)
        each = _timed(single, count // 2)
        together = _together(append, count // 2)
        began = time.perf_counter()
        verdict = chain_verdict(inside.workspace_id)
        assert verdict.is_whole
        verify = (time.perf_counter() - began) / verdict.checked
        last = AuditEvent.objects.filter(workspace_id=inside.workspace_id).latest("sequence")

        def insert() -> None:
            last.sequence, last.pk = last.sequence + 1, ids.new()
            last.save(force_insert=True)

        return {"each": each, "together": together, "verify": verify, "plain": _timed(insert, count // 4)}


def _timed(call: object, times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        call()  # type: ignore[operator]  # a function of this module
    return (time.perf_counter() - begun) / times


def _together(append: object, times: int) -> float:
    from django.db import transaction  # noqa: PLC0415 - Django must be ready first

    with transaction.atomic():
        return _timed(append, times)
