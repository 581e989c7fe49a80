"""One result of one configuration on one case, and how a plain row becomes one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trueline.engine.scores import EngineError, Measured, Score, Unscored

CASE_FIELDS = ("case", "case_id", "instance_id", "task_id", "id")
SEED_FIELDS = ("seed", "trial", "repeat", "run")
NESTED_FIELDS = ("scores", "metrics", "result", "other_data")
"""Objects inside a row whose numbers are scores too."""

TRUE_WORDS = frozenset({"true", "yes", "pass", "passed", "correct"})
FALSE_WORDS = frozenset({"false", "no", "fail", "failed", "incorrect"})
MISSING_WORDS = frozenset({"", "none", "null", "nan", "n/a"})
OUTCOME_FIELDS = frozenset({"correct", "passed", "success"})
"""The fields whose text is an outcome; text elsewhere (an answer "100") is no score."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one configuration scored on one case under one seed.

    Attributes:
        case: The case's name, the same in both configurations.
        seed: The seed's name, empty when the source gives none.
        scores: A measure for each objective.
    """

    case: str
    seed: str
    scores: Mapping[str, Measured]


class ResultError(EngineError):
    """A row that is no case result."""


def case_result(row: Mapping[str, Any], *, file_seed: str = "") -> CaseResult:
    """A case result from a row of JSON or CSV.

    Booleans and numbers are scores, `null` is a score that is missing; text is a score only as an outcome such as
    `"correct": "yes"`.

    Args:
        row: An object with a case field, perhaps a seed field, and score fields, flat or under `scores`.
        file_seed: The seed to use when the row has none.

    Raises:
        ResultError: There is no case or no score field.
    """
    case_field = _first_present(row, CASE_FIELDS)
    if not case_field:
        raise ResultError(f"There is no case field (one of {', '.join(CASE_FIELDS)}).")
    seed_field = _first_present(row, SEED_FIELDS)
    scores = dict(_score_fields(row, {case_field, seed_field}))
    if not scores:
        raise ResultError(f"Case {row[case_field]} has no score: add `correct` or a number.")
    return CaseResult(str(row[case_field]), str(row[seed_field]) if seed_field else file_seed, scores)


def _first_present(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((name for name in names if row.get(name) not in (None, "")), "")


def _score_fields(row: Mapping[str, Any], skipped: set[str]) -> Iterable[tuple[str, Measured]]:
    for name, value in row.items():
        if name in NESTED_FIELDS and isinstance(value, Mapping):
            yield from _score_fields(value, set())
            continue
        if name in skipped or name in CASE_FIELDS or name in SEED_FIELDS:
            continue
        measured = measure_word(value) if isinstance(value, str) and name in OUTCOME_FIELDS else measure(value)
        if measured is not None:
            yield name, measured


def measure(value: Any) -> Measured | None:
    """A score from a plain value; `Unscored` for a missing one; None for something that is no score at all."""
    if isinstance(value, bool):
        return Score(float(value))
    if isinstance(value, int | float):
        return Score(float(value)) if math.isfinite(value) else Unscored("the value is not a finite number")
    if value is None:
        return Unscored("the value is missing")
    return _measure_object(value) if isinstance(value, Mapping) else None


def _measure_object(value: Mapping[str, Any]) -> Measured | None:
    """A score written as `{"value": 0.7}`, `{"value": null, "reason": "..."}` or `{"unscored": "..."}`."""
    if "unscored" in value:
        return Unscored(str(value["unscored"]))
    if value.get("value") is None and "reason" in value:
        return Unscored(str(value["reason"]))
    return measure(value["value"]) if "value" in value else None


def measure_word(text: str) -> Measured | None:
    """A score from a word or a number written as text, as a CSV cell holds it; None for any other text."""
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return Score(1.0)
    if word in FALSE_WORDS:
        return Score(0.0)
    if word in MISSING_WORDS:
        return Unscored("the value is missing")
    return Score(float(word)) if _NUMBER.fullmatch(word) else None
