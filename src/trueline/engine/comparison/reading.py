"""Case results from a file or a folder: JSON, JSON lines or CSV, plain or gzip."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueline.engine.comparison.results import (
    CASE_FIELDS,
    SEED_FIELDS,
    CaseResult,
    ResultError,
    case_result,
    measure_word,
)
from trueline.engine.scores import EngineError, Score

SUFFIXES = (".json", ".jsonl", ".ndjson", ".csv")
LIST_FIELDS = ("results", "cases", "runs")
"""Under which name an object may hold its list of results."""

_SEED_AT_END = re.compile(r"(\d+)$")


@dataclass(frozen=True, slots=True)
class UnreadResult:
    """A file or a row that could not be read.

    Attributes:
        path: The file, and after a colon the row's number when only that row is bad.
        reason: Why, one sentence.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything read for one configuration."""

    results: tuple[CaseResult, ...]
    unread: tuple[UnreadResult, ...]


def read_results(path: Path) -> Results:
    """All case results of one configuration, in the order of file names and rows.

    A row without a seed takes the number at the end of its file's name (`baseline_42.jsonl` is seed 42) when a folder
    holds several files.

    Args:
        path: A file or a folder (searched at any depth).

    Raises:
        EngineError: The path does not exist, or nothing in it could be read as a case result.
    """
    files = _files(path)
    results: list[CaseResult] = []
    unread: list[UnreadResult] = []
    for file in files:
        _read_file(file, _file_seed(file) if len(files) > 1 else "", results, unread)
    if not results:
        first = f" {unread[0].path}: {unread[0].reason}" if unread else ""
        raise EngineError(f"There are no case results in {path}.{first}")
    return Results(tuple(results), tuple(unread))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise EngineError(f"There is no file or folder {path}.")
    return sorted(file for file in path.rglob("*") if file.is_file() and _kind(file) in SUFFIXES)


def _kind(file: Path) -> str:
    return Path(file.stem).suffix.lower() if file.suffix.lower() == ".gz" else file.suffix.lower()


def _file_seed(file: Path) -> str:
    stem = file.name.split(".", 1)[0]
    found = _SEED_AT_END.search(stem)
    return found.group(1) if found else stem


def _read_file(file: Path, seed: str, results: list[CaseResult], unread: list[UnreadResult]) -> None:
    try:
        rows = list(_rows(file))
    except (OSError, EOFError, ValueError) as error:
        unread.append(UnreadResult(str(file), f"It could not be read: {error}"))
        return
    for number, row in enumerate(rows, start=1):
        try:
            results.append(_one_result(row, seed))
        except ResultError as error:
            unread.append(UnreadResult(f"{file}:{number}", str(error)))


def _one_result(row: Any, seed: str) -> CaseResult:
    if not isinstance(row, Mapping):
        raise ResultError("The row is not an object.")
    return case_result(row, file_seed=seed)


def _rows(file: Path) -> Iterator[Any]:
    text = _text(file)
    if _kind(file) == ".csv":
        return (_cells(row) for row in csv.DictReader(io.StringIO(text)))
    if _kind(file) in {".jsonl", ".ndjson"}:
        return _lines(text)
    try:
        return iter(_json_rows(json.loads(text)))
    except json.JSONDecodeError:
        # JSON lines under the name .json are common; their first line alone is a whole document.
        return _lines(text)


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cell(name, value) for name, value in row.items() if isinstance(name, str)}


def _cell(name: str, value: Any) -> Any:
    if name in CASE_FIELDS or name in SEED_FIELDS or not isinstance(value, str):
        return value
    measured = measure_word(value)
    if measured is None:
        return value
    return measured.value if isinstance(measured, Score) else None


def _lines(text: str) -> Iterator[Any]:
    return iter([json.loads(line) for line in text.splitlines() if line.strip()])


def _json_rows(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        raise ResultError("The document is neither a list nor an object.")
    listed = next((document[name] for name in LIST_FIELDS if isinstance(document.get(name), list)), None)
    if listed is None:
        return [document]
    shared = {name: document[name] for name in SEED_FIELDS if isinstance(document.get(name), int | str)}
    return [{**shared, **row} if isinstance(row, Mapping) else row for row in listed]


def _text(file: Path) -> str:
    raw = file.read_bytes()
    return (gzip.decompress(raw) if file.suffix.lower() == ".gz" else raw).decode("utf-8-sig")
