"""Reads the demo's exports with the standard library alone, so that the demo is not judged by the reader it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COVERAGE_FILE = "trueline-coverage.json"


def documents(export: Path) -> Iterator[tuple[str, Any]]:
    """Every file of an export with what it holds, None where it is not whole JSON."""
    for path in sorted(export.rglob("*.json")):
        if path.name not in {COVERAGE_FILE, "MigrationTable.json"}:
            yield str(path.relative_to(export)), _parsed(path.read_bytes())


def objects(export: Path) -> list[dict[str, Any]]:
    """Every object of an export that can be read, list answers taken apart."""
    found: list[dict[str, Any]] = []
    for path, document in documents(export):
        if document is not None and not path.endswith("_Settings.json"):
            found += document["value"] if "@odata.count" in document else [document]
    return found


def of_type(export: Path, word: str) -> list[dict[str, Any]]:
    """The objects whose type or context ends with a word."""
    return [one for one in objects(export) if str(one.get("@odata.type") or one.get("@odata.context")).endswith(word)]


def _parsed(content: bytes) -> Any:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return json.loads(content.decode(encoding))
    except json.JSONDecodeError:
        return None
