"""No cell of an exported file is a formula, and a number stays one."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.web.exports import csv_bytes, file_name, safe, xlsx_bytes

DANGEROUS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    " =1",
    "\u200b=1",
    '"=1',
    "'=1",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "-",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_program_could_take_for_a_formula_starts_with_an_apostrophe(text):
    assert safe(text).startswith("'")
    assert safe(text)[1:] == text


@pytest.mark.parametrize("text", ["1", "-1", "0.5", "-12.25", "plain", "a=b", "", "2026-11-01", "a-b"])
def test_a_number_and_plain_text_stay_as_they_are(text):
    assert safe(text) == text


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_row_comes_back_cell_by_cell(row):
    cells = next(csv.reader(io.StringIO(csv_bytes([tuple(row)]).decode("utf-8-sig"), newline="")))
    assert cells == [safe(cell) for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d)", cell)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_sheet_holds_text_and_numbers_only(text):
    body = xlsx_bytes([("One", [("Head",), (text,), ("-7",), ("007",), ("http://example.org",)], (20,))])
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '<c r="A3"><v>-7</v></c>' in sheet
    assert "<t>007</t>" in sheet


def test_a_file_is_named_after_its_sides():
    assert file_name(("Süd/../x", "…"), "csv", "settings") == "s-d-x-side-settings.csv"
