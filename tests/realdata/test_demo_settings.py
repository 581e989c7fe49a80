"""The demo's settings against the public catalogue of setting definitions: every id and every choice exists."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from trueline.providers.microsoft365.demo.generate import scale
from trueline.providers.microsoft365.demo.settings import instances

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def choices(shared_data: Path) -> Mapping[str, set[str]]:
    """For every known setting the ids of its choices, empty for a setting that has none."""
    path = shared_data / "m365" / "catalogues" / "intune-settings" / "intune-settings-names.all.json.gz"
    known = json.loads(gzip.decompress(path.read_bytes()))
    return {identifier.lower(): {choice.lower() for choice in entry[2]} for identifier, entry in known.items()}


@pytest.fixture(scope="module")
def used() -> list[dict[str, Any]]:
    """Every setting instance of one tenant of the demo."""
    catalogue = [raw for raw in scale(147) if "settingCount" in raw]
    return [instance for raw in catalogue for instance in instances(raw["settings"])]


def test_every_setting_of_the_demo_is_a_real_one(choices: Mapping[str, set[str]], used: list[dict[str, Any]]) -> None:
    assert len(used) > 200
    assert [one["settingDefinitionId"] for one in used if one["settingDefinitionId"] not in choices] == []


def test_every_choice_of_the_demo_is_one_of_the_settings_own(
    choices: Mapping[str, set[str]], used: list[dict[str, Any]]
) -> None:
    chosen = [
        (one["settingDefinitionId"], one["choiceSettingValue"]["value"]) for one in used if "choiceSettingValue" in one
    ]

    assert [choice for identifier, choice in chosen if choice not in choices[identifier]] == []


def test_only_settings_without_choices_hold_plain_values(
    choices: Mapping[str, set[str]], used: list[dict[str, Any]]
) -> None:
    plain = [one["settingDefinitionId"] for one in used if "simpleSettingValue" in one]

    assert plain
    assert [identifier for identifier in plain if choices[identifier]] == []
