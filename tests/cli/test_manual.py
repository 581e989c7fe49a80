"""The operator's manual says of each command what the command says of itself."""

from __future__ import annotations

import argparse
import re

import pytest

from tests.cli.test_contract import NAMES, arguments_of, module_of
from tools import docs

MANUAL = (docs.ROOT / "docs" / "operator" / "commands.md").read_text(encoding="utf-8")
SECTIONS = {
    heading.split()[1]: body
    for heading, body in re.findall(r"^## `(trueline [^`]+)`\n(.*?)(?=^## |\Z)", MANUAL, re.DOTALL | re.MULTILINE)
}


def test_every_command_has_its_section_in_the_order_of_the_help():
    assert sorted(SECTIONS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_shows_the_example_and_tells_the_exit_codes(name):
    assert f"\n    {module_of(name).EXAMPLE}\n" in SECTIONS[name]
    told = SECTIONS[name].partition("Exit codes: ")[2].partition("\n\n")[0]
    assert {"0", "2"} <= set(re.findall(r"\b[0-2]\b", told))


@pytest.mark.parametrize("name", NAMES)
def test_a_section_names_every_option_and_no_other(name):
    actions = [item for item in arguments_of(name)._actions if not isinstance(item, argparse._HelpAction)]
    options = {option for item in actions for option in item.option_strings}
    rows = re.findall(r"^\| (.+?) \|", SECTIONS[name].replace(r"\|", "/"), re.MULTILINE)
    assert {option for row in rows for option in re.findall(r"--[a-z-]+", row)} == options - {"-h", "--help"}


@pytest.mark.parametrize("name", NAMES)
def test_a_command_that_writes_json_tells_its_form(name):
    has_json = any(item.dest == "format" for item in arguments_of(name)._actions)
    assert ("\nJSON: " in SECTIONS[name]) == has_json
