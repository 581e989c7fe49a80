from __future__ import annotations

from itertools import islice

import pytest

from trueline.connections.contract import Facet
from trueline.providers.microsoft365.demo.blueprints import planned, standard
from trueline.providers.microsoft365.demo.drift import described
from trueline.providers.microsoft365.demo.generate import _EVE, scale
from trueline.providers.microsoft365.demo.identity import Names
from trueline.providers.microsoft365.demo.objects import objects_of
from trueline.providers.microsoft365.demo.settings import change_value, definition_id, instances, settings_of

NAMES = Names(7, "any")


def test_a_short_id_is_written_out() -> None:
    assert definition_id("p:system_allowtelemetry") == "device_vendor_msft_policy_config_system_allowtelemetry"
    assert definition_id("^name", "rule") == "rule_name"
    assert definition_id("passcode_minimumlength") == "passcode_minimumlength"


def test_the_value_decides_the_kind_of_a_setting() -> None:
    settings = settings_of(
        [["a", "1", [["^b", 5]]], ["c", "=text"], ["d", ["x", "y"]], ["e", {"items": [[["^f", "0"]], [["^f", "1"]]]}]],
        is_templated=False,
    )
    kinds = [
        one["settingInstance"]["@odata.type"].removeprefix("#microsoft.graph.deviceManagementConfiguration")
        for one in settings
    ]

    assert kinds == [
        "ChoiceSettingInstance", "SimpleSettingInstance", "SimpleSettingCollectionInstance",
        "GroupSettingCollectionInstance",
    ]  # fmt: skip
    assert [one["id"] for one in settings] == ["0", "1", "2", "3"]
    assert [one["settingDefinitionId"] for one in instances(settings)] == ["a", "a_b", "c", "d", "e", "e_f", "e_f"]


def test_a_changed_value_keeps_the_form_of_its_setting() -> None:
    (choice,) = instances(settings_of([["a", "1"]], is_templated=True))

    assert change_value(choice, "0") == ("a_1", "a_0")
    assert choice["choiceSettingValue"]["value"] == "a_0"


def test_planned_drift_of_an_unknown_object_is_an_error() -> None:
    entry = {**planned()[0], "name": "No such policy"}

    with pytest.raises(LookupError, match="No such policy"):
        described(entry, objects_of(standard(), NAMES), NAMES, _EVE)


def test_describing_a_change_leaves_the_given_objects_alone() -> None:
    base = objects_of(standard(), NAMES)
    described(planned()[0], base, NAMES, _EVE)

    assert [item.raw for item in base] == [item.raw for item in objects_of(standard(), NAMES)]


def test_every_facet_that_can_drift_does() -> None:
    base = objects_of(standard(), NAMES)
    facets = {described({**entry, "tenant": "any"}, base, NAMES, _EVE).facet for entry in planned()}

    assert {Facet.SETTINGS, Facet.ASSIGNMENTS, Facet.SCOPE_TAGS, Facet.IDENTITY} <= facets


def test_scale_yields_as_many_objects_as_wanted_and_the_same_each_time() -> None:
    assert len(list(scale(500))) == 500
    assert list(scale(300, seed=3)) == list(scale(300, seed=3))
    assert list(scale(300, seed=3)) != list(scale(300, seed=4))


def test_scale_is_lazy_and_gives_every_object_its_own_id() -> None:
    raws = list(islice(scale(10**9), 600))
    own = [raw["id"] for raw in raws if "-" in str(raw["id"])]

    assert len(own) > 500
    assert len(own) == len(set(own))
