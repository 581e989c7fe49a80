"""A review as OSCAL assessment results (NIST, version 1.1.3), for tools that read those. Pure.

Controls are those of our catalogue. Only what the evidence shows goes in: a control that was not measured is an
observation without a finding, never a satisfied one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from trueline.reviews.controls import title_of

OSCAL_VERSION = "1.1.3"
_SPACE = uuid.UUID("6f0d9c1e-4f6b-5a55-9d0f-5d7c2f1b8a34")
_STATES = {"no_difference": "satisfied", "differs": "not-satisfied"}


def assessment_results(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an assessment; its ids are derived, so the same review gives the same bytes."""
    review = document["review"]
    measured = [one for one in document["controls"] if one["state"] in _STATES]
    at = review["published_at"]
    result = {
        "uuid": _id(review["id"], "result"),
        "title": review["title"],
        "description": "Differences from the standard, as measured; no assessment of a framework.",
        "start": at,
        "end": at,
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": one["control"]} for one in document["controls"]]}
            ]
        },
        "observations": [_observation(review["id"], one, at) for one in document["controls"]],
    }
    if measured:  # the schema allows no empty list
        result["findings"] = [_finding(review["id"], one) for one in measured]
    metadata = {
        "title": review["title"],
        "last-modified": at,
        "version": review["id"],
        "oscal-version": OSCAL_VERSION,
    }
    return {
        "assessment-results": {
            "uuid": _id(review["id"], "document"),
            "metadata": metadata,
            "import-ap": {"href": "#" + _id(review["id"], "plan")},
            "results": [result],
        }
    }


def _observation(review: str, one: Mapping[str, Any], at: str) -> dict[str, Any]:
    told = {
        "no_difference": "No difference from the standard was found in the areas that were read.",
        "differs": f"{len(one['findings'])} open findings.",
        "not_measured": f"Not measured: {', '.join(one['areas_not_read'])}.",
    }
    return {
        "uuid": _id(review, "observation", one["control"]),
        "title": title_of(one["control"]),
        "description": told[one["state"]],
        "methods": ["TEST"],
        "collected": at,
    }


def _finding(review: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uuid": _id(review, "finding", one["control"]),
        "title": title_of(one["control"]),
        "description": f"{len(one['findings'])} open findings.",
        "target": {
            "type": "objective-id",
            "target-id": one["control"],
            "status": {"state": _STATES[one["state"]]},
        },
        "related-observations": [{"observation-uuid": _id(review, "observation", one["control"])}],
    }


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(parts)))
