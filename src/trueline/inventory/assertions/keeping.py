"""Results in the form in which they are kept: codes and values, never sentences. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueline.connections.contract import Hole, Json, Phrase, Reach
from trueline.inventory.assertions.evaluation import Result, ResultState
from trueline.inventory.assertions.saying import Said, Value, kept_phrase, phrase_document

MOST_LINES = 100
"""Policies, proofs and exclusions kept of one result; the number of all stands beside them."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One policy that has a say, proves an answer, or leaves somebody out.

    Attributes:
        id: The outside system's id of the object; of who is left out.
        says: What a proof does, in words of the provider; kind of who is left out.
        value: What a policy sets it to, None elsewhere.
        is_accepted: Whether it does what is asked, or is accepted as left out.
    """

    name: str
    path: str
    id: str
    says: Hole
    value: Json
    is_accepted: bool
    reach: Reach


@dataclass(frozen=True, slots=True)
class Kept:
    """One result as it was kept."""

    state: ResultState
    said: Said
    observed: tuple[KeptLine, ...]
    observed_count: int
    proofs: tuple[KeptLine, ...]
    proofs_count: int
    excluded: tuple[KeptLine, ...]
    excluded_count: int
    gaps: tuple[Hole, ...]


def results_document(results: Sequence[Result]) -> dict[str, Json]:
    """Everything that a check found, by the id of the assertion."""
    return {one.entry.demand.id: _document(one) for one in results}


def states_of(results: Sequence[Result]) -> dict[str, str]:
    """The state of each assertion by its id."""
    return {one.entry.demand.id: one.state.value for one in results}


def _document(one: Result) -> dict[str, Json]:
    observed = [
        [each.policy, each.path, each.id, "", each.value, each.is_accepted, each.reach.value] for each in one.observed
    ]
    proofs = [
        [each.name, each.path, each.id, phrase_document(each.says), None, True, Reach.UNKNOWN.value]
        for each in one.proofs
    ]
    excluded = [
        [each.name, "", each.id, each.kind, list(each.policies), each.is_accepted, Reach.UNKNOWN.value]
        for each in one.excluded
    ]
    return {
        "state": one.state.value,
        "code": one.said.code,
        "values": {name: _value(value) for name, value in one.said.values.items()},
        "observed": [observed[:MOST_LINES], len(observed)],
        "proofs": [proofs[:MOST_LINES], len(proofs)],
        "excluded": [excluded[:MOST_LINES], len(excluded)],
        "gaps": [phrase_document(each) for each in one.gaps],
    }


def _value(value: Value) -> Json:
    """A list holds texts; a phrase is kept apart from that under a name of its own."""
    if isinstance(value, Phrase):
        return {"phrase": phrase_document(value)}
    return list(value) if isinstance(value, tuple) else value


def _kept_value(value: Json) -> Value:
    if isinstance(value, dict):
        found = kept_phrase(value["phrase"])
        return found if isinstance(found, Phrase) else str(found)
    return tuple(value) if isinstance(value, list) else str(value)


def kept_results(document: Mapping[str, Any]) -> dict[str, Kept]:
    """The reverse of `results_document`."""
    return {key: _kept(entry) for key, entry in document.items()}


def _kept(entry: Mapping[str, Any]) -> Kept:
    return Kept(
        ResultState(entry["state"]),
        Said(entry["code"], {name: _kept_value(value) for name, value in entry["values"].items()}),
        _lines(entry["observed"][0]),
        entry["observed"][1],
        _lines(entry["proofs"][0]),
        entry["proofs"][1],
        _lines(entry["excluded"][0]),
        entry["excluded"][1],
        tuple(map(kept_phrase, entry["gaps"])),
    )


def _lines(rows: Sequence[Sequence[Json]]) -> tuple[KeptLine, ...]:
    return tuple(KeptLine(row[0], row[1], row[2], kept_phrase(row[3]), row[4], row[5], Reach(row[6])) for row in rows)
