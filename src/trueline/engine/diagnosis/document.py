"""The diagnosis as JSON documents: the published shapes, keys in a fixed order, nothing but plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trueline.engine.diagnosis.attribution import Attribution
    from trueline.engine.diagnosis.bursts import Systemic
    from trueline.engine.diagnosis.clusters import Cluster, Member, Variant
    from trueline.engine.diagnosis.diagnosis import Diagnosis
    from trueline.engine.traces.model import Json, TraceReading, Unread

_SPAN = ("trace_id", "span_id")
_MESSAGE = ("id",)


def trace_document(reading: TraceReading, found: Diagnosis) -> dict[str, Json]:
    """The document of `trueline diagnose PATH`."""
    return {
        "traces": len(reading.traces),
        "spans": reading.span_count,
        "unread": _unread(reading.unread),
        "clusters": [_cluster(cluster, _SPAN) for cluster in found.clusters],
        "systemic": [_systemic(pattern) for pattern in found.systemic],
        "attribution": [_attribution(entry) for entry in found.attribution],
        "agents": list(found.agents),
    }


def message_document(clusters: Sequence[Cluster], unread: Sequence[Unread]) -> dict[str, Json]:
    """The document of `trueline diagnose --messages FILE`."""
    return {"unread": _unread(unread), "clusters": [_cluster(cluster, _MESSAGE) for cluster in clusters]}


def _unread(unread: Iterable[Unread]) -> list[dict[str, Json]]:
    return [{"path": entry.path, "reason": entry.reason} for entry in unread]


def _cluster(cluster: Cluster, names: Sequence[str]) -> dict[str, Json]:
    return {
        "id": cluster.id,
        "root_cause": cluster.root_cause,
        "label": cluster.label,
        "agents": list(cluster.agents),
        "members": _members(cluster.members, names),
        "variants": [_variant(variant, names) for variant in cluster.variants],
    }


def _variant(variant: Variant, names: Sequence[str]) -> dict[str, Json]:
    return {
        "id": variant.id,
        "quantity": _plain_number(variant.quantity),
        "unit": variant.unit,
        "members": _members(variant.members, names),
    }


def _plain_number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _members(members: Iterable[Member], names: Sequence[str]) -> list[dict[str, Json]]:
    return [dict(zip(names, member, strict=True)) for member in members]


def _systemic(pattern: Systemic) -> dict[str, Json]:
    return {
        "kind": pattern.kind,
        "cluster": pattern.cluster,
        "window": {"from": _moment(pattern.from_ns), "to": _moment(pattern.to_ns)},
        "traces": list(pattern.traces),
        "p_value": pattern.p_value,
    }


def _moment(at_ns: int | None) -> str | None:
    """ISO 8601 in UTC with microseconds; None when unknown."""
    if at_ns is None:
        return None
    seconds, rest = divmod(at_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest // 1_000).isoformat().replace("+00:00", "Z")


def _attribution(entry: Attribution) -> dict[str, Json]:
    return {
        "trace_id": entry.trace_id,
        "candidates": [
            {
                "agent": candidate.agent,
                "step": candidate.step,
                "span_id": candidate.span_id,
                "score": candidate.score,
                "reasons": [str(reason) for reason in candidate.reasons],
            }
            for candidate in entry.candidates
        ],
    }
