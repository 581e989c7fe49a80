"""Small baselines and environments."""

from __future__ import annotations

from typing import Any

from tests.inventory.pure.records import AREA, areas, record
from trueline.connections.contract import Coverage, Facet, Reach
from trueline.inventory.assertions.evaluation import Environment, Result, environment, evaluate
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.model import Assertion, Baseline, Operator

__all__ = ["AREA", "areas", "record"]


def asks(setting: str = "home", operator: str = "equals", value: Any = "on", **fields: Any) -> Assertion:
    defaults: dict[str, Any] = {"id": setting, "title": setting, "area": AREA}
    return Assertion(setting=setting, operator=Operator(operator), value=value, **(defaults | fields))


def baseline(*assertions: Assertion, **fields: Any) -> Baseline:
    defaults: dict[str, Any] = {"id": "small", "version": "1", "title": "Small"}
    return Baseline(assertions=assertions, **(defaults | fields))


def reach(facet: Any) -> Reach:
    """Everybody when `all` is there, nobody when nothing is."""
    if not facet:
        return Reach.NOBODY
    return Reach.ALL if "all" in facet else Reach.PART


def assigned(*groups: str) -> dict[str, Any]:
    return {"facets": {Facet.ASSIGNMENTS: dict.fromkeys(groups, True)}}


def where(*records: Any, coverage: Coverage = Coverage.COMPLETE, **fields: Any) -> Environment:
    return environment(records, areas(coverage), questions=fields.get("questions", {}), reach=reach)


def one_result(assertion: Assertion, place: Environment) -> Result:
    (result,) = evaluate(effective([baseline(assertion)]), place)
    return result
