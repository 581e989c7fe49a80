"""The audit chain: appended and verified."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from benchmarks.child import Measured, measure
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
    measured = {
        count: measure(f"{__name__}:checked", count) for count in ((2_000,) if is_quick else (100_000, 1_000_000))
    }
    yield Table(
        "Seconds to check a whole chain, events of several kinds, the best of three; the other side only reads the "
        "rows and hashes one column. Then against a checkpoint that was kept elsewhere (`--checkpoint`), event by "
        "event. Target: 1,000,000 in less than 10 s.",
        ["events", "s", "events/s", "read and hash s", "times", "against a checkpoint s", "peak MB"],
        [_checked(one) for one in measured.values()],
    )
    names = list(next(iter(measured.values())).value["found"])
    yield Table(
        "Milliseconds until the page has its first 50 events, the middle of three. No index helps a text: one of "
        "trigrams is not used under row security, so a text that is nowhere reads every event.",
        ["events", *names],
        [
            [f"{count:,}", *(f"{one.value['found'][name] * 1e3:,.0f}" for name in names)]
            for count, one in measured.items()
        ],
    )


def _checked(one: Measured) -> list[str]:
    value = one.value
    return [
        f"{value['events']:,}",
        f"{value['seconds']:.2f}",
        f"{value['events'] / value['seconds']:,.0f}",
        f"{value['plain']:.2f}",
        f"{value['seconds'] / value['plain']:.1f}",
        f"{value['against']:.2f}",
        f"{one.peak_mb:,.0f}",
    ]


def checked(count: int) -> dict[str, Any]:
    """Seconds to check a long chain, alone and against a checkpoint, to read and hash it, and to find events in it."""
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened(), scope() as inside:
        from django.db import connection, transaction  # noqa: PLC0415 - Django must be ready first

        from benchmarks.product.trail_rows import fill  # noqa: PLC0415 - the same
        from trueline.audit.queries import chain_verdict  # noqa: PLC0415 - the same

        fill(inside.workspace_id, count)
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            assert chain_verdict(inside.workspace_id).is_whole
            seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select count(sha256(convert_to(digest || subject_label, 'UTF8'))) from audit_auditevent")
        plain = time.perf_counter() - began
        return {
            "events": count,
            "seconds": min(seconds),
            "plain": plain,
            "against": _against(inside.workspace_id),
            "found": _found(inside),
        }


def _against(workspace_id: UUID) -> float:
    from trueline.audit.actions_sealing import checkpoint  # noqa: PLC0415 - Django must be ready first
    from trueline.audit.queries import prints_of, verdict_against  # noqa: PLC0415 - the same

    said = checkpoint(workspace_id)
    then = prints_of(workspace_id, said.size)
    began = time.perf_counter()
    assert verdict_against(said, then).is_whole
    return time.perf_counter() - began


def _found(inside: Any) -> dict[str, float]:
    from django.db.models import Q  # noqa: PLC0415 - Django must be ready first

    from trueline.audit import queries  # noqa: PLC0415 - the same

    events = queries.events(inside)
    asked = {
        "newest": events,
        "a text that is often": queries.mentioning(events, "Finding 9"),
        "a text that is nowhere": queries.mentioning(events, "zebrafink"),
        "somebody who did nothing": events.filter(
            Q(actor_label__icontains="zebra") | Q(on_behalf_of__icontains="zebra")
        ),
        "one record": queries.history(inside, "finding", "none"),
        "an action that never was": events.filter(action="audit:trail:cut"),
    }
    return {name: _middle(lambda found=found: list(found.order_by("-sequence")[:51])) for name, found in asked.items()}


def _middle(call: Callable[[], object]) -> float:
    from django.db import transaction  # noqa: PLC0415 - Django must be ready first

    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        with transaction.atomic():
            call()
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[1]


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
