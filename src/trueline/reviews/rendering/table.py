"""Findings as CSV, the same in every language; a spreadsheet takes no cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import orjson

COLUMNS = (
    "id",
    "severity",
    "state",
    "area",
    "object_type",
    "subject",
    "setting",
    "path",
    "kind",
    "expected",
    "observed",
)
TIMES = ("first_seen_at", "last_seen_at", "due_at")
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets read full-width signs as formulas too


def findings_csv(document: Mapping[str, Any]) -> bytes:
    """Open findings, one a line, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *TIMES])
    for row in document["findings"]["open"]:
        writer.writerow([cell(row[name]) for name in (*COLUMNS, *TIMES)])
    return out.getvalue().encode()


def cell(value: Any) -> str:
    """A value as a cell: text that a spreadsheet would compute gets an apostrophe in front."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.lstrip(" \u200b\u00a0").startswith(_DANGEROUS) else text
