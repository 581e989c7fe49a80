"""The demo says what its settings are called: nobody reads the end of an id in what it shows first."""

from __future__ import annotations

import re
from importlib import resources

from trueline.connections.contract import gather
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.definitions import definitions_of
from trueline.providers.microsoft365.demo.blueprints import planned, setting_words
from trueline.providers.microsoft365.demo.generate import generate
from trueline.providers.microsoft365.demo.settings import definition_id
from trueline.providers.microsoft365.exports import open_export


def test_the_standard_brings_words_for_every_setting_that_differs(tmp_path) -> None:
    plan = generate(tmp_path)
    told = definitions_of(gather(open_export(plan.export(plan.standard, "day1"), b"x" * 32)).definitions)
    differing = {definition_id(entry["setting"]).lower() for entry in planned() if entry["do"] == "setting"}
    assert differing, "the plan has settings"
    assert [key for key in sorted(differing) if not told.knows(key)] == []


def test_the_shipped_standard_for_windows_is_read_in_words() -> None:
    words = {definition_id(key) for group in setting_words().values() for key in group["settings"]}
    folder = resources.files("trueline.providers.microsoft365").joinpath("baselines")
    text = folder.joinpath("windows-essentials.yaml").read_text("utf-8")
    assert [one.setting for one in parse_baseline(text).assertions if one.setting not in words] == []


def test_names_are_words_and_no_ids() -> None:
    names = [said["name"] for group in setting_words().values() for said in group["settings"].values()]
    assert len(names) == len(set(names))
    assert [name for name in names if re.search(r"[_{}]|[a-z]{25}", name)] == []
