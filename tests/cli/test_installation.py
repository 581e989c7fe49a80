"""Commands that need an installation, one after another in the same one."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager

import psycopg
import pytest

from trueline.kit.postgres.server import answers

POLICY = {
    "@odata.type": "#microsoft.graph.iosCompliancePolicy",
    "displayName": "Phones",
    "id": "8b3a4c1e-0000-4000-8000-000000000001",
    "passcodeRequired": True,
}
TENANTS = {"Grauspecht Verlag", "Larkmoor Architects", "Tannhorst Metallbau"}


def rows_of(table):
    return {re.split(r"\s{2,}", line)[0]: re.split(r"\s{2,}", line)[1:] for line in table.splitlines() if "  " in line}


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """An export as agreed, one with a change, one with a file that cannot be read."""
    root = tmp_path_factory.mktemp("exports")
    for name, changes in {"agreed": {}, "changed": {"passcodeRequired": False}}.items():
        folder = root / name / "CompliancePolicies"
        folder.mkdir(parents=True)
        (folder / "phones.json").write_text(json.dumps(POLICY | changes), encoding="utf-8")
        (folder / "more.json").write_text(json.dumps(POLICY | {"id": "2", "displayName": "More"}), encoding="utf-8")
    (root / "broken" / "CompliancePolicies").mkdir(parents=True)
    (root / "broken" / "CompliancePolicies" / "cut.json").write_text('{"id": "1", "displayN', encoding="utf-8")
    return root


@contextmanager
def forged(place, column, value):
    """One event of the demo's trail rewritten by whoever owns the server, past every trigger."""
    with psycopg.connect(place.server.admin_url.replace("/postgres?", "/trueline?"), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        find = (
            "select e.id, e.subject_label from audit_auditevent e join workspaces_workspace w on w.id = e.workspace_id "
        )
        row = connection.execute(f"{find} where w.slug = 'demo' and e.sequence = 7").fetchone()
        change = f"update audit_auditevent set {column} = %s where id = %s"
        connection.execute(change, [value, row[0]])
        yield
        connection.execute(change, [row[1], row[0]])


def test_the_demo_ends_with_its_table_and_says_where_to_look(demo):
    assert (demo.returncode, demo.stderr) == (0, "")
    rows = rows_of(demo.stdout)
    assert rows.keys() >= TENANTS
    assert [name for name in TENANTS if int(rows[name][0]) < 120] == []
    assert [name for name in TENANTS if sum(map(int, rows[name][2:6])) == 0] == []
    traces, failed, score, *findings = rows["Service desk agents"]
    assert 0 < int(failed) < int(traces)
    assert 0.8 < float(score) < 1
    assert sum(map(int, findings)) >= 4
    assert "Not read, or only in part, and therefore not counted as good:" in demo.stdout
    assert "To look at it in a browser: make up" in demo.stdout


def test_the_demo_played_again_finds_everything_there_and_doubles_nothing(demo, place):
    again = place("demo")
    assert again.returncode == 0
    assert rows_of(again.stdout) == rows_of(demo.stdout)


def test_a_capture_made_a_standard_holds_the_next_one_by_exit_code(place, demo, exports):
    words = ("--environment", "Phones", "--workspace", "demo")
    first = place("capture", exports / "agreed", *words, "--standard", "Phones as agreed")
    assert (first.returncode, first.stderr) == (0, "")
    assert "Phones: 2 objects read" in first.stdout
    second = place("capture", exports / "changed", *words, "--against", "Phones as agreed", "--format", "json")
    assert (second.returncode, second.stderr) == (1, "")
    found = json.loads(second.stdout)
    assert (found["environment"], found["objects"]) == ("Phones", 2)
    assert sum(found["open_findings"].values()) == 1
    third = place("capture", exports / "agreed", *words)
    assert third.returncode == 0
    assert "Nothing is open against a standard." in third.stdout


def test_what_could_not_be_read_is_named_with_its_reason(place, demo, exports):
    broken = place("capture", exports / "broken", "--environment", "Broken", "--workspace", "demo")
    assert broken.returncode == 2
    assert "Nothing in it could be read. CompliancePolicies/cut.json: The file is not valid JSON" in broken.stderr
    policies = exports / "half" / "CompliancePolicies"
    shutil.copytree(exports / "agreed" / "CompliancePolicies", policies)
    shutil.copy(exports / "broken" / "CompliancePolicies" / "cut.json", policies)
    half = place("capture", exports / "half", "--environment", "Half", "--workspace", "demo")
    assert "could not read CompliancePolicies/cut.json: The file is not valid JSON" in half.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workspace", "nope"), "There is no workspace 'nope' here; there are: demo."),
        (("--workspace", "demo", "--against", "Nothing"), "There is no standard called 'Nothing'."),
    ],
)
def test_a_capture_that_asks_for_what_is_not_there_is_refused(place, demo, exports, options, said):
    done = place("capture", exports / "agreed", "--environment", "Refused", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"trueline: {said}")
    assert done.stderr.count("\n") == 1


def test_the_trail_is_whole_after_everything_that_was_done(place, demo):
    done = place("audit", "verify")
    assert done.returncode == 0
    assert re.search(r"^demo: \d+ events, whole(, the first \d+ signed)?$", done.stdout, re.MULTILINE)
    assert re.search(r"^installation: \d+ events, whole(, the first \d+ signed)?$", done.stdout, re.MULTILINE)


def test_a_checkpoint_is_written_to_a_file_and_the_trail_is_held_against_it(place, demo, tmp_path):
    file = tmp_path / "checkpoint.json"
    made = place("audit", "checkpoint", "--workspace", "demo", "--out", file)
    assert (made.returncode, made.stdout) == (0, f"Written to {file}. Keep it on another machine.\n")
    size = json.loads(file.read_text())["checkpoints"][0]["size"]
    done = place("audit", "verify", "--checkpoint", file)
    assert done.returncode == 0
    assert re.fullmatch(rf"demo: \d+ events, whole, the first {size} signed\n", done.stdout)


def test_an_event_that_was_rewritten_is_found_and_named(place, demo):
    with forged(place, "subject_label", "nothing happened"):
        done = place("audit", "verify", "--workspace", "demo", "--format", "json")
    assert done.returncode == 1
    [chain] = json.loads(done.stdout)
    assert (chain["whole"], chain["bad_sequence"], chain["reason"]) == (False, 7, "its content was changed")


def test_a_workspace_that_is_not_here_has_no_trail(place, demo):
    done = place("audit", "verify", "--workspace", "nope")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "trueline: There is no workspace 'nope' here.\n")


def test_migrating_again_changes_nothing(place, demo):
    assert place("migrate").stdout == "The database is at this release.\n"


def test_a_link_to_sign_in_is_made_for_a_person_who_has_an_account(place, demo):
    done = place("sign-in-link", "Demo@LocalHost.localdomain", TRUELINE_PUBLIC_URL="https://trueline.example")
    assert done.returncode == 0
    assert re.fullmatch(r"https://trueline\.example/sign-in/[\w-]{40,}\n", done.stdout)


def test_a_link_for_nobody_is_refused(place, demo):
    done = place("sign-in-link", "nobody@example.org")
    assert done.returncode == 2
    assert done.stderr == "trueline: Nobody has an account with the address nobody@example.org.\n"


def test_the_doctor_finds_a_running_installation_well(place, demo):
    assert answers(place.server.places)
    done = place("doctor", "--format", "json")
    found = {check["name"]: check for check in json.loads(done.stdout)}
    assert done.returncode == 0
    assert found["server"]["ok"] is True
    assert found["roles"]["ok"] is True
    assert all(set(check) == {"name", "ok", "sentence", "next_step"} for check in found.values())


def test_the_doctor_says_what_is_wrong_and_what_to_do(place, demo):
    done = place("doctor", TRUELINE_POSTGRES="imagined")
    assert done.returncode == 1
    assert "WRONG  provider: TRUELINE_POSTGRES names 'imagined', which is no provider. Use one of " in done.stdout


def test_the_doctor_makes_nothing_where_nothing_is(place, tmp_path):
    home = tmp_path / "untouched"
    done = place("doctor", TRUELINE_HOME=str(home))
    assert done.returncode == 0
    assert "There is no data yet." in done.stdout
    assert not home.exists()
