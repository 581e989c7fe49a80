"""The results of a check as one JSON document of stable shape.

Field names are a contract: `trueline baseline check --format json` prints exactly these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trueline.connections.contract import Json, Reading
from trueline.inventory.assertions.evaluation import Observed, Result, ResultState
from trueline.inventory.assertions.layers import Applied, Effective, EffectiveBaseline, Origin
from trueline.inventory.assertions.model import Assertion
from trueline.inventory.definitions import Definitions

NO_DEFINITIONS = Definitions()


def check_document(
    baseline: EffectiveBaseline,
    reading: Reading,
    results: Sequence[Result],
    definitions: Definitions = NO_DEFINITIONS,
) -> dict[str, Json]:
    """Everything that a check found.

    Args:
        baseline: What was held against the environment.
        reading: What was read of the environment.
        results: One result for each assertion and template.
        definitions: Names of settings and values.
    """
    return {
        "baseline": {
            "title": baseline.title,
            "layers": [origin_document(one) for one in baseline.layers],
            "dropped": [dropped_document(one) for one in baseline.entries if one.is_dropped],
        },
        "environment": environment_document(reading),
        "counts": counts(results),
        "is_met": is_met(results),
        "results": [result_document(one, definitions) for one in results],
    }


def is_met(results: Sequence[Result]) -> bool:
    """Whether everything holds; what was not measured does not."""
    return all(one.state is ResultState.MET for one in results)


def counts(results: Sequence[Result]) -> dict[str, int]:
    """How many results of each state, every state named."""
    found = Counter(one.state for one in results)
    return {state.value: found[state] for state in ResultState}


def environment_document(reading: Reading) -> dict[str, Json]:
    """What was read and what was not."""
    return {
        "objects": len(reading.records),
        "areas": [
            {"area": one.area, "coverage": one.coverage.value, "objects": one.objects, "reason": one.reason}
            for one in reading.areas
        ],
        "unread": sorted(
            ({"path": one.path, "reason": one.reason, "detail": one.detail} for one in reading.unread),
            key=lambda line: (line["path"], line["reason"]),
        ),
    }


def result_document(result: Result, definitions: Definitions = NO_DEFINITIONS) -> dict[str, Json]:
    """One result."""
    demand = result.entry.demand
    about = _about(demand, definitions) if isinstance(demand, Assertion) else {"kind": "template", "type": demand.type}
    return {
        "id": demand.id,
        "title": demand.title,
        "severity": demand.severity,
        "state": result.state.value,
        "sentence": result.sentence,
        **about,
        "expected": result.expected,
        "observed": [_observed(one, demand, definitions) for one in result.observed],
        "proofs": [{"name": one.name, "path": one.path, "id": one.id, "says": str(one.says)} for one in result.proofs],
        "excluded": [
            {
                "kind": one.kind,
                "id": one.id,
                "name": one.name,
                "policies": list(one.policies),
                "is_accepted": one.is_accepted,
            }
            for one in result.excluded
        ],
        "gaps": [str(one) for one in result.gaps],
        "rationale": demand.rationale,
        "references": [{"framework": one.framework, "id": one.id} for one in demand.references],
        "origin": origin_document(result.entry.origin),
        "history": [_applied(one) for one in result.entry.history],
    }


def _about(demand: Assertion, definitions: Definitions) -> dict[str, Json]:
    if demand.question:
        return {"kind": "question", "question": demand.question, "parameters": dict(demand.parameters)}
    name = demand.setting if demand.type else definitions.name(demand.setting)
    found = {"kind": "setting", "setting": demand.setting, "name": name, "type": demand.type, "area": demand.area}
    return {**found, "operator": demand.operator.value, "value": demand.value}


def _observed(one: Observed, demand: object, definitions: Definitions) -> dict[str, Json]:
    setting = demand.setting if isinstance(demand, Assertion) and not demand.type else ""
    return {
        "policy": one.policy,
        "path": one.path,
        "id": one.id,
        "type": one.type,
        "value": one.value,
        "label": definitions.label(setting, one.value),
        "is_accepted": one.is_accepted,
        "reach": one.reach.value,
    }


def origin_document(origin: Origin) -> dict[str, Json]:
    """A layer."""
    return {"id": origin.id, "version": origin.version, "level": origin.level.value}


def _applied(one: Applied) -> dict[str, Json]:
    return {
        "layer": origin_document(one.layer),
        "effect": one.effect.value,
        "fields": list(one.fields),
        "reason": one.reason,
    }


def dropped_document(entry: Effective) -> dict[str, Json]:
    """An assertion that a layer dropped, with the reason."""
    return {"id": entry.demand.id, "title": entry.demand.title, "history": [_applied(one) for one in entry.history]}
