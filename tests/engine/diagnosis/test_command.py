from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.engine.diagnosis.runs import DAY, SECOND, START_NS
from tests.engine.traces.senders import Sent, as_json, as_protobuf
from trueline.cli import diagnose

if TYPE_CHECKING:
    from pathlib import Path

TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "gen_ai.agent.name": "surfer"}


def command(*words: object) -> int:
    parser = argparse.ArgumentParser()
    diagnose.add_arguments(parser)
    return diagnose.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    failing = [
        Sent(trace=n, span=n, status="error", message=f"timeout after {n}s calling payments API", attributes=TOOL,
             started_ns=START_NS + DAY + n * 10 * SECOND)
        for n in (1, 2, 3)
    ]  # fmt: skip
    quiet = [Sent(trace=100 + n, span=100 + n, started_ns=START_NS + n * DAY // 100) for n in range(200)]
    (tmp_path / "a.json").write_bytes(as_json(*failing[:1], *quiet))
    (tmp_path / "b.pb").write_bytes(as_protobuf(*failing[1:]))
    (tmp_path / "broken.json").write_text("{")
    return tmp_path


def test_the_document_has_the_published_shape(folder, capsys):
    assert command(folder, "--format", "json") == diagnose.DONE
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["traces", "spans", "unread", "clusters", "systemic", "attribution", "agents"]
    assert (document["traces"], document["spans"], document["agents"]) == (203, 203, ["surfer"])
    assert [entry["path"] for entry in document["unread"]] == ["broken.json"]
    (cluster,) = document["clusters"]
    assert list(cluster) == ["id", "root_cause", "label", "agents", "members", "variants"]
    assert (cluster["root_cause"], cluster["agents"]) == ("Timeout: payments", ["surfer"])
    assert cluster["members"] == [{"trace_id": f"{n:032x}", "span_id": f"{n:016x}"} for n in (1, 2, 3)]
    assert [(variant["quantity"], variant["unit"]) for variant in cluster["variants"]] == [(1, "s"), (2, "s"), (3, "s")]
    (burst,) = document["systemic"]
    assert list(burst) == ["kind", "cluster", "window", "traces", "p_value"]
    assert burst["window"] == {"from": "2026-01-02T00:00:11Z", "to": "2026-01-02T00:00:31Z"}
    assert [entry["trace_id"] for entry in document["attribution"]] == [f"{n:032x}" for n in (1, 2, 3)]
    assert list(document["attribution"][0]["candidates"][0]) == ["agent", "step", "span_id", "score", "reasons"]


def test_the_text_form_shows_the_scale_and_steers_no_terminal(folder, capsys):
    (folder / "c.json").write_bytes(as_json(Sent(trace=9, span=9, status="error", message="bad \x1b[31m sign")))
    assert command(folder) == diagnose.DONE
    shown = capsys.readouterr().out
    assert "severity: 1 s (1x), 2 s (1x), 3 s (1x)" in shown
    assert "\x1b" not in shown


def test_messages_are_clustered_and_bad_entries_listed(tmp_path, capsys):
    entries = [
        {"id": 1, "text": "KeyError: 'a'"},
        {"id": "x", "text": "KeyError: 'a'"},
        {"id": 2},
        5,
        {"id": 1, "text": "no"},
    ]
    (tmp_path / "m.json").write_text(json.dumps(entries))
    assert command("--messages", tmp_path / "m.json") == diagnose.DONE
    document = json.loads(capsys.readouterr().out)
    assert [cluster["members"] for cluster in document["clusters"]] == [[{"id": "1"}, {"id": "x"}]]
    assert [entry["reason"] for entry in document["unread"]] == [
        "entry 2: it has no text",
        "entry 3: it has no text",
        "entry 4: the id 1 was used before with another text",
    ]


@pytest.mark.parametrize("words", [["gone"], [], ["--messages", "gone"], [".", "--messages", "x"]])
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command(*words) == diagnose.COULD_NOT
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_a_folder_without_any_trace_is_listed_and_exit_code_2(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("nothing here")
    assert command(tmp_path, "--format", "json") == diagnose.COULD_NOT
    document = json.loads(capsys.readouterr().out)
    assert (document["traces"], document["unread"][0]["path"]) == (0, "notes.txt")


def test_the_engine_needs_neither_django_nor_another_room():
    code = (
        "import sys, trueline.cli.diagnose\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('trueline.')}\n"
        "print('django' in sys.modules, sorted(rooms))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False ['cli', 'engine']"
