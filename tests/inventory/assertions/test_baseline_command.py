"""`trueline baseline`, as a person and a program use it."""

from __future__ import annotations

import json

import pytest

from trueline.cli import baseline as command
from trueline.cli import main
from trueline.config.providers import wire_providers

KEY = "device_vendor_msft_policy_config_x"


def policy(name, value):
    instance = {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
        "settingDefinitionId": KEY,
        "choiceSettingValue": {"value": f"{KEY}_{value}", "children": []},
    }
    context = "https://graph.microsoft.com/beta/$metadata#deviceManagement/configurationPolicies/$entity"
    entry = {"id": "0", "settingInstance": instance}
    return {"@odata.context": context, "id": name, "name": name, "settingCount": 1, "settings": [entry]}


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    wire_providers()
    monkeypatch.chdir(tmp_path)
    for folder, value in (("mine", 1), ("theirs", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.json").write_text(json.dumps(policy(f"P-{folder}", value)))

    def ran(*words):
        code = main.run(["baseline", *words], None)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return ran


def test_what_an_export_does_is_made_met_by_itself_and_not_by_another(run):
    assert run("make", "mine", "--out", "b.yaml")[0] == 0
    assert run("check", "mine", "--baseline", "b.yaml")[0] == 0
    code, shown, _ = run("check", "theirs", "--baseline", "b.yaml", "--format", "json")
    document = json.loads(shown)
    assert (code, document["counts"]["not_met"], document["is_met"]) == (1, 1, False)
    assert document["results"][0]["observed"][0]["policy"] == "P-theirs"


def test_making_again_writes_the_same_bytes(run, tmp_path):
    for name in ("a.yaml", "b.yaml"):
        run("make", "mine", "--out", name)
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.yaml", "mine", "theirs"]


def test_an_upgrade_is_a_plan_with_exit_code_1_while_there_is_something_to_decide(run):
    run("make", "mine", "--out", "old.yaml", "--id", "b")
    run("make", "theirs", "--out", "new.yaml", "--id", "b", "--release", "2")
    words = ("upgrade", "--from", "old.yaml", "--to", "new.yaml", "--format", "json", "--environment")
    code, shown, _ = run(*words, "mine")
    assert (code, [item["verdict"] for item in json.loads(shown)["items"]]) == (1, ["change"])
    assert run(*words, "theirs")[0] == 0


def test_layers_are_given_highest_first_and_shown(run, tmp_path):
    run("make", "mine", "--out", "b.yaml", "--id", "b")
    layer = "baseline: {id: l, version: '1', title: L, level: environment, extends: b}\n"
    (tmp_path / "l.yaml").write_text(
        f"{layer}overrides:\n- {{assertion: {KEY}, set: {{value: {KEY}_2}}, reason: Old machines.}}\n"
    )
    code, shown, _ = run("check", "theirs", "--baseline", "b.yaml", "--baseline", "l.yaml", "--format", "json")
    history = json.loads(shown)["results"][0]["history"]
    assert (code, history[0]["effect"], history[0]["reason"]) == (0, "overridden", "Old machines.")


def test_lint_ends_with_1_for_findings_and_0_for_none(run, tmp_path):
    assert run("lint", "mine")[0] == 0
    (tmp_path / "mine" / "broken.json").write_text("{")
    code, shown, _ = run("lint", "mine", "--format", "json")
    assert (code, json.loads(shown)["counts"]) == (1, {"broken_file": 1})
    (tmp_path / "b.yaml").write_text("baseline: {}\n")
    assert run("lint", "b.yaml")[0] == 1


@pytest.mark.parametrize("name", ["windows-essentials", "conditional-access-essentials"])
def test_a_shipped_baseline_is_known_by_name(run, name):
    code, shown, _ = run("check", "mine", "--baseline", name, "--format", "json")
    assert (code, json.loads(shown)["baseline"]["layers"][0]["id"]) == (1, name)


@pytest.mark.parametrize(
    "words",
    [
        ("lint", "nowhere"),
        ("lint", "nowhere.yaml"),
        ("check", "mine", "--baseline", "nowhere"),
        ("check", "nowhere", "--baseline", "windows-essentials"),
        ("make", "mine", "--out", "no/such/folder.yaml"),
        ("make", "mine", "--out", "b.yaml", "--id", "Not An Id"),
        ("check", "mine", "--baseline", "windows-essentials", "--definitions", "nowhere.json"),
        ("upgrade", "--from", "nowhere", "--to", "nowhere", "--environment", "mine"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(run, words):
    code, shown, said = run(*words)
    assert (code, shown, said.count("\n")) == (2, "", 1)
    assert "should not happen" not in said


def test_the_command_says_of_itself_what_the_list_says():
    assert next(item.help for item in main.COMMANDS if item.name == "baseline") == command.HELP
