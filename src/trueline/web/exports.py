"""A comparison as a file: JSON, CSV and XLSX.

A cell that a spreadsheet program could take for a formula is written as text: a name in a tenant is somebody's input,
and whoever opens the file trusts it.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import xlsxwriter
from django.utils.translation import gettext as _

from trueline.web import compare_rows, setting_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trueline.inventory.definitions import Definitions
    from trueline.inventory.readings import Whole
    from trueline.inventory.rows import ItemRow

Row = tuple[str, ...]

_SKIPPED = "\\s\\u200b-\\u200f\\u2060-\\u2064\\ufeff\\u00ad"
_FORMULA = re.compile(f"^[{_SKIPPED}\"']*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20|%]|^[\\t\\r\\n]")
"""What programs take for the start of a formula, full-width forms and leading invisible signs included."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
"""What a program keeps as it is; with more digits or leading zeros it would become another number."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
_MOST_ROWS = 1_048_575


def safe(text: str) -> str:
    """The text as a cell that no program takes for a formula; a number stays one."""
    plain = _plain(text)
    if _FORMULA.match(plain) and not _NUMBER.fullmatch(plain):
        return f"'{plain}"
    return plain


def _plain(text: str) -> str:
    return text if text.isprintable() else _CONTROL.sub("\ufffd", text)


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """Rows as CSV, UTF-8 with a mark so that spreadsheet programs read it as such."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Iterable[tuple[str, Iterable[Row], Sequence[int]]]) -> bytes:
    """Sheets of a name, rows and widths of columns as XLSX. A cell is a number or text: no formula, no link."""
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows, widths in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            _fill(sheet, rows, bold)
    return file.getvalue()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Iterable[Row], bold: xlsxwriter.format.Format) -> None:
    for number, row in enumerate(rows):
        if number > _MOST_ROWS:
            break
        for column, cell in enumerate(row):
            if number and _NUMBER.fullmatch(cell):
                sheet.write_number(number, column, float(cell))
            else:
                sheet.write_string(number, column, _plain(cell)[:_LONGEST], bold if number == 0 else None)


def setting_sheet(whole: Whole[ItemRow], definitions: Definitions, names: tuple[str, str]) -> Iterator[Row]:
    """Every setting, one line for each."""
    yield (_("State"), _("Setting"), _("Category"), *_headings(names), _("Id"))
    found = compare_rows.settings_of(whole, compare_rows.Wish(), definitions)
    for row in compare_rows.setting_rows(found, definitions, names):
        values = [
            cell
            for side in (row.left, row.right)
            for cell in ("\n".join(line.value for line in side), "\n".join(line.policy for line in side))
        ]
        yield (row.word, row.name, row.category, *values, row.id)


def _headings(names: tuple[str, str]) -> tuple[str, ...]:
    policies = _("Policies in %(name)s")
    return names[0], policies % {"name": names[0]}, names[1], policies % {"name": names[1]}


def object_sheet(whole: Whole[ItemRow], definitions: Definitions, names: tuple[str, str]) -> Iterator[Row]:
    """Every object, and one line for each value that differs."""
    change = (_("Part"), _("What differs"), *names, _("Path"))
    yield (_("State"), _("Area"), _("Type"), *names, _("Paired by"), _("Reason"), *change)
    for group in (*compare_rows.OUTCOMES, "proposed"):
        for entry in compare_rows.entries_of(whole, compare_rows.Wish(group=str(group))):
            row = compare_rows.object_rows([entry], definitions, (lambda _item: "", lambda _item: ""), most=0)[0]
            head = (
                compare_rows.state_word(str(group), names),
                row.area,
                row.object_type,
                entry.left.name if entry.left else "",
                entry.right.name if entry.right else "",
                row.method,
                row.reason or (setting_words.reason(entry.evidence.reason) if entry.evidence else ""),
            )
            changes = [compare_rows.change_row(one, definitions) for one in entry.changes]
            yield from ((*head, one.facet, one.name, one.left, one.right, one.path) for one in changes)
            if not changes:
                yield (*head, "", "", "", "", "")


def file_name(names: tuple[str, str], kind: str, part: str = "") -> str:
    """A file name of both sides that every system takes."""
    plain = [re.sub(r"[^A-Za-z0-9]+", "-", words.value_text(one)).strip("-").lower()[:40] or "side" for one in names]
    return f"{plain[0]}-{plain[1]}{f'-{part}' if part else ''}.{kind}"
