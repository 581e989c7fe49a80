"""The document of a review: one JSON value that says all of it, and its projection for a customer. Pure.

Machine parts hold codes and numbers and are the same in every language; words come when it is rendered.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueline.reviews.controls import interpreted
from trueline.reviews.rules import Audience, Completeness, Dimension

FORMAT = "trueline-review/1"
Json = Any


@dataclass(frozen=True, slots=True)
class About:
    """What a review is and who answers for it, as it was called when it was published."""

    review_id: str
    title: str
    summary: str
    workspace_id: str
    workspace: str
    environment_id: str
    environment: str
    evidence_id: str
    fingerprint: str
    published_at: str
    published_by: str
    published_by_role: str


def composed(
    about: About,
    dimensions: Sequence[Mapping[str, Json]],
    bodies: Mapping[str, Mapping[str, Json]],
    previous: Mapping[str, Json] | None,
    decisions: Sequence[Mapping[str, Json]],
) -> dict[str, Json]:
    """The whole document, for those who work on the environment.

    Args:
        about: The review.
        dimensions: For each dimension its name, state, source, reason, `measured_at`, `fresh_until` and digest.
        bodies: What each dimension holds.
        previous: The document of the review before, None for the first.
        decisions: Events of the audit trail that the review cites.
    """
    found = bodies[Dimension.FINDINGS]
    return {
        "format": FORMAT,
        "audience": str(Audience.INTERNAL),
        "is_no_certification": True,
        "workspace": {"id": about.workspace_id, "name": about.workspace},
        "environment": {"id": about.environment_id, "name": about.environment},
        "review": _review(about),
        "evidence": {"id": about.evidence_id, "fingerprint": about.fingerprint, "dimensions": list(dimensions)},
        "blind_spots": blind_spots(dimensions, bodies),
        "findings": dict(found),
        "accepted_risks": list(bodies[Dimension.ACCEPTED_RISK]["valid"]),
        "operations": dict(bodies[Dimension.OPERATIONS]),
        **(_of_system(bodies) if Dimension.SCAN in bodies else _of_tenant(bodies)),
        "trend": _trend(found, previous),
        "decisions": list(decisions),
        "redaction": {"method": "none", "personal_data": "included"},
    }


def _of_tenant(bodies: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    coverage = bodies[Dimension.COVERAGE]
    return {
        "baseline": dict(bodies[Dimension.BASELINE]),
        "coverage": dict(coverage),
        "permissions": dict(bodies[Dimension.PERMISSIONS]),
        "controls": interpreted(coverage, bodies[Dimension.FINDINGS]["open"]),
    }


def _of_system(bodies: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    return {str(name): dict(bodies[name]) for name in (Dimension.SCAN, Dimension.WORLD_MODEL, Dimension.SCORE)}


def is_of_system(document: Mapping[str, Json]) -> bool:
    """Whether a document is about a system of agents, and so tells of a scan where others tell of a capture."""
    return Dimension.SCAN in document


def _review(about: About) -> dict[str, Json]:
    return {
        "id": about.review_id,
        "title": about.title,
        "summary": about.summary,
        "published_at": about.published_at,
        "published_by": about.published_by,
        "published_by_role": about.published_by_role,
    }


def blind_spots(
    dimensions: Iterable[Mapping[str, Json]], bodies: Mapping[str, Mapping[str, Json]]
) -> list[dict[str, Json]]:
    """What was not measured, or not wholly: dimensions first, then what is missing within them."""
    spots = [
        {"kind": "dimension", "dimension": one["dimension"], "state": one["state"], "reason": one["reason"]}
        for one in dimensions
        if one["state"] != Completeness.COMPLETE
    ]
    return spots + (_unseen_of_system(bodies) if Dimension.SCAN in bodies else _unseen_of_tenant(bodies))


def _unseen_of_tenant(bodies: Mapping[str, Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Areas, then what lay there and was not readable."""
    coverage = bodies[Dimension.COVERAGE]
    spots = [
        {"kind": "area", "area": row["area"], "state": row["state"]}
        for row in coverage["areas"]
        if row["state"] != Completeness.COMPLETE
    ]
    return spots + [{"kind": "unread", "reason": kind, "number": count} for kind, count in coverage["unread"].items()]


def _unseen_of_system(bodies: Mapping[str, Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Traces that could not be read, runs without a score, rules that came to no verdict."""
    scan, score = bodies[Dimension.SCAN], bodies[Dimension.SCORE]
    undecided = [one for one in bodies[Dimension.WORLD_MODEL]["rules"] if not one["passed"] + one["failed"]]
    counted = {
        "traces_unread": scan.get("unread", 0),
        "runs_unscored": score.get("runs", 0) - score.get("scored", 0),
        "rules_undecided": len(undecided),
    }
    return [{"kind": kind, "number": number} for kind, number in counted.items() if number]


def _trend(found: Mapping[str, Json], previous: Mapping[str, Json] | None) -> dict[str, Json]:
    now = found["by_severity"]
    if previous is None:
        return {"previous": None, "by_severity": now, "before": None}
    return {
        "previous": previous["review"]["id"],
        "published_at": previous["review"]["published_at"],
        "by_severity": now,
        "before": previous["findings"]["by_severity"],
    }


def for_customer(document: Mapping[str, Json], key: bytes, *, with_names: bool = False) -> dict[str, Json]:
    """The document as a customer may have it: what is on the list below, persons by role, addresses by pseudonyms.

    Nothing passes that is not named here, so a field that is added later stays inside until somebody lets it out. With
    names, persons stand by name and addresses as they are; all else stays inside all the same.
    """
    masked = Unmasked(key) if with_names else Pseudonyms(key)
    review, evidence = document["review"], document["evidence"]
    return {
        "format": document["format"],
        "audience": str(Audience.NAMED if with_names else Audience.CUSTOMER),
        "is_no_certification": document["is_no_certification"],
        "workspace": _only(document["workspace"], "id", "name"),
        "environment": _only(document["environment"], "id", "name"),
        "review": {
            **_only(review, "id", "title", "summary", "published_at", "published_by_role"),
            "published_by": review["published_by"] if with_names else "",
        },
        "evidence": {
            **_only(evidence, "id", "fingerprint"),
            "dimensions": [
                _only(one, "dimension", "state", "source", "reason", "measured_at", "fresh_until")
                for one in evidence["dimensions"]
            ],
        },
        "blind_spots": [
            _only(spot, "kind", "dimension", "area", "state", "reason", "number") for spot in document["blind_spots"]
        ],
        "findings": {
            **_only(document["findings"], "by_severity", "by_area", "verified_cleared", "reopened"),
            "open": [_finding(row, masked) for row in document["findings"]["open"]],
        },
        "accepted_risks": [_accepted(row, masked) for row in document["accepted_risks"]],
        "operations": _only(document["operations"], "days", "by_outcome"),
        **(_system_for_customer(document, masked) if is_of_system(document) else _tenant_for_customer(document)),
        "trend": _only(document["trend"], "previous", "published_at", "by_severity", "before"),
        "decisions": [_only(one, "sequence", "digest", "action", "recorded_at") for one in document["decisions"]],
        "redaction": {
            "method": "allow_list" if with_names else "allow_list_and_pseudonyms",
            "personal_data": "included_by_decision" if with_names else "left_out",
        },
    }


def _tenant_for_customer(document: Mapping[str, Json]) -> dict[str, Json]:
    baseline, coverage = document["baseline"], document["coverage"]
    return {
        "baseline": {
            "standards": [_only(one, "name", "version") for one in baseline["standards"]],
            "open_by_kind": baseline["open_by_kind"],
        },
        "coverage": {
            "objects": coverage["objects"],
            "areas": [_only(row, "area", "state", "objects") for row in coverage["areas"]],
            "unread": coverage["unread"],
        },
        "permissions": _only(document["permissions"], "denied"),
        "controls": [
            _only(one, "control", "state", "findings", "areas_not_read", "frameworks") for one in document["controls"]
        ],
    }


def _system_for_customer(document: Mapping[str, Json], masked: Pseudonyms) -> dict[str, Json]:
    scan, judged, score = document["scan"], document["world_model"], document["score"]
    version = judged["version"]
    return {
        "scan": {
            **_only(scan, "readiness", "observed_at", "runs", "steps", "failed_steps", "unread"),
            "causes": [
                {
                    **_only(one, "id", "source", "is_hard", "hit", "of", "interval", "occurrences", "first_seen_at"),
                    "name": masked.text(one["name"]),
                }
                for one in scan["causes"]
            ],
        },
        "world_model": {
            "version": version and _only(version, "name", "label", "digest", "in_force", "enshrined", "published_at"),
            "rules": [
                {
                    **_only(one, "rule", "is_hard", "passed", "failed", "not_applicable", "unscored"),
                    "text": masked.text(one["text"]),
                }
                for one in judged["rules"]
            ],
        },
        "score": _only(score, "blended", "scored", "runs", "needed", "parts", "safety"),
    }


def _finding(row: Mapping[str, Json], masked: Pseudonyms) -> dict[str, Json]:
    kept = _only(
        row,
        "id",
        "kind",
        "facet",
        "area",
        "object_type",
        "severity",
        "state",
        "first_seen_at",
        "last_seen_at",
        "due_at",
    )
    shown = {name: masked.text(row[name]) for name in ("subject", "path", "setting")}
    # Who a policy is assigned to names groups and people; that it differs is told, with whom is not.
    hides = row["facet"] == "assignments" and not masked.shows_persons
    values = {name: None if hides else masked.value(row[name]) for name in ("expected", "observed")}
    return {**kept, **shown, **values}


def _accepted(row: Mapping[str, Json], masked: Pseudonyms) -> dict[str, Json]:
    persons = _only(row, "owner", "decided_by") if masked.shows_persons else {}
    kept = _only(row, "id", "owner_role", "decided_by_role", "decided_at", "expires_at", "review_due_at")
    said = {name: masked.text(row[name]) for name in ("reason", "compensating_control")}
    return {**kept, **persons, **said, "finding": _finding(row["finding"], masked)}


def _only(value: Mapping[str, Json], *names: str) -> dict[str, Json]:
    return {name: value[name] for name in names if name in value}


class Pseudonyms:
    """Replaces addresses of people and machines in text; the same one in one pack, another one in every other pack.

    Keyed, so that nobody who guesses an address can confirm the guess without the key.
    """

    shows_persons = False

    def __init__(self, key: bytes) -> None:
        self._key = key

    def text(self, text: str) -> str:
        """Text with every address replaced."""
        for kind, pattern in _PERSONAL:
            text = pattern.sub(self._replacing(kind), text)
        return text

    def value(self, value: Json) -> Json:
        """A JSON value with every address in any of its texts replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self.value(one) for name, one in value.items()}
        return value

    def _replacing(self, kind: str) -> Callable[[re.Match[str]], str]:
        def replaced(found: re.Match[str]) -> str:
            if kind == "address" and not _is_address(found[0]):
                return found[0]
            code = hmac.new(self._key, f"{kind}\x1f{found[0].lower()}".encode(), hashlib.sha256).digest()
            return f"{kind}-{b32encode(code)[:8].decode().lower()}"

        return replaced


class Unmasked(Pseudonyms):
    """Leaves every address as it is: somebody who may publish has decided so."""

    shows_persons = True

    def text(self, text: str) -> str:
        """The text itself."""
        return text


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_PERSONAL = (
    ("person", re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)),
    ("device", re.compile(r"\b(?:DESKTOP|LAPTOP|PC|WS|NB)-[A-Z0-9]{4,}\b", re.IGNORECASE)),
    ("address", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")),
    ("address", re.compile(r"(?<![\w:.])[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*(?![\w:])", re.IGNORECASE)),
    ("id", re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)),
)
"""What names a person or a machine: addresses of mail and sign-in, names of devices, addresses of networks, ids."""
