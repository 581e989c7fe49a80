"""Signed packs of reviews: from the frozen document to the zip."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Signed packs"
_AREAS = ("settings_catalog", "compliance", "conditional_access", "device_configurations")
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def tables(is_quick: bool) -> Iterator[Table]:
    rows = []
    for count in (100,) if is_quick else (1_000, 5_000):
        one = measure(f"{__name__}:packed", count)
        value = one.value
        rows.append(
            [
                f"{count:,}",
                f"{value['seconds']:.2f}",
                f"{value['pdf']:.2f}",
                f"{value['processor']:.2f}",
                f"{value['pages']:,}",
                f"{value['bytes'] / 1e6:.1f}",
                f"{one.peak_mb:,.0f}",
                f"{value['typesetter_mb']:,.0f}",
            ]
        )
    yield Table(
        "Seconds from the frozen document of a review with so many open findings to the signed zip; of "
        "that the PDF alone, and the processor time of both processes. The PDF "
        "is set in a process of its own, whose memory ends with it. Targets: 1,000 "
        "findings in less than 3 s, 5,000 in less than 15 s and 700 MB.",
        ["findings", "pack s", "PDF s", "processor s", "PDF pages", "zip MB", "peak MB", "typesetter peak MB"],
        rows,
    )


def packed(count: int) -> dict[str, float]:
    import os  # noqa: PLC0415 - only in the child

    os.environ["TRUELINE_SECRET_KEY"] = "benchmarks-only-" + "0" * 40
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trueline.config.settings")
    import django  # noqa: PLC0415 - the same

    django.setup()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - the same

    from trueline.engine.packs.dsse import Signer  # noqa: PLC0415 - Django must be ready first
    from trueline.engine.packs.packing import Trail  # noqa: PLC0415 - the same
    from trueline.reviews import packs  # noqa: PLC0415 - the same
    from trueline.reviews.rendering import pdf as rendering  # noqa: PLC0415 - the same

    took: list[tuple[float, bytes]] = []
    plain = rendering.pdf

    def timed(shown: Any) -> bytes:
        begun = time.perf_counter()
        made = plain(shown)
        took.append((time.perf_counter() - begun, made))
        return made

    packs.pdf = timed
    begun, used = time.perf_counter(), _processor_seconds()
    signer = Signer("sha256:0", Ed25519PrivateKey.generate().sign)
    made = packs.pack(document(count), "en", Trail({}, {}, []), (), signer, signed_at="2026-11-30T12:00:00Z")
    seconds, processor = time.perf_counter() - begun, _processor_seconds() - used
    ((pdf_seconds, pdf),) = took
    return {
        "seconds": seconds,
        "pdf": pdf_seconds,
        "processor": processor,
        "pages": len(re.findall(rb"/Type */Page[^s]", pdf)),
        "bytes": len(made),
        "typesetter_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _processor_seconds() -> float:
    """What this process and the one that sets the PDF have used; wall clock says little on a busy machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def document(count: int) -> dict[str, Any]:
    """The document of a review with so many open findings."""
    from trueline.reviews.document import About, composed  # noqa: PLC0415 - only in the child

    rows = [_finding(number) for number in range(count)]
    dimensions = [
        {
            "dimension": name,
            "state": "complete",
            "source": "capture",
            "reason": "",
            "measured_at": "2026-11-30T08:00:00Z",
            "fresh_until": "2026-12-07T08:00:00Z",
            "digest": _DIGEST,
        }
        for name in ("findings", "accepted_risk", "baseline", "coverage", "permissions", "operations")
    ]
    bodies: dict[str, dict[str, Any]] = {
        "findings": {
            "open": rows,
            "by_severity": {"critical": 0, "high": count // 2, "medium": count - count // 2},
            "by_area": {area: count // len(_AREAS) for area in _AREAS},
            "verified_cleared": 12,
            "reopened": 1,
        },
        "accepted_risk": {"valid": []},
        "baseline": {"standards": [{"id": "1", "name": "House", "version": 3}], "open_by_kind": {"changed": count}},
        "coverage": {
            "objects": count,
            "areas": [{"area": area, "state": "complete", "objects": count} for area in _AREAS],
            "unread": {},
        },
        "permissions": {"denied": []},
        "operations": {"days": 30, "by_outcome": {"succeeded": 31}},
    }
    about = About(
        review_id="1",
        title="Security review",
        summary="Two things matter.\n\nBoth are being worked on.",
        workspace_id="2",
        workspace="Nordlicht",
        environment_id="3",
        environment="Contoso",
        evidence_id="4",
        fingerprint=_DIGEST,
        published_at="2026-11-30T12:00:00Z",
        published_by="Anna Approver",
        published_by_role="approver",
    )
    return composed(about, dimensions, bodies, None, [])


def _finding(number: int) -> dict[str, Any]:
    return {
        "id": f"019a9f3e-6c1a-7c3e-8f5d-{number:012d}",
        "kind": "changed",
        "facet": "settings",
        "area": _AREAS[number % len(_AREAS)],
        "object_type": "configurationPolicies",
        "subject": f"Windows - Baseline - Defender Antivirus {number // 40}",
        "path": f"device_vendor_msft_policy_config_defender_setting{number}",
        "setting": f"Allow scanning of network files, number {number}",
        "severity": ("high", "medium")[number % 2],
        "state": "new",
        "expected": "Allowed. Scans network files.",
        "observed": f"Not allowed ({number})",
        "first_seen_at": "2026-11-01T08:00:00+00:00",
        "last_seen_at": "2026-11-30T08:00:00+00:00",
        "due_at": "2026-12-20T08:00:00+00:00",
    }
