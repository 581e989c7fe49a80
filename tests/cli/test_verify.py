"""`trueline verify`, as a person calls it."""

from __future__ import annotations

import json

import pytest

from tests.packs import OTHER, key, small_pack
from trueline.cli.main import run


@pytest.fixture
def pack(tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(small_pack())
    return path


def test_a_whole_pack_ends_with_0_and_says_by_which_key(pack, capsys):
    assert run(["verify", str(pack)], None) == 0
    said = capsys.readouterr().out
    assert said.startswith("WHOLE: ")
    assert key().public.key_id in said
    assert "compare its id" in said


def test_a_trusted_key_is_not_questioned(pack, tmp_path, capsys):
    keys = tmp_path / "key.pem"
    keys.write_text(key().public.pem)
    assert run(["verify", str(pack), "--key", str(keys)], None) == 0
    assert "compare its id" not in capsys.readouterr().out


def test_what_does_not_hold_ends_with_1_and_a_name(pack, capsys):
    assert run(["verify", str(pack), "--workspace", OTHER, "--format", "json"], None) == 1
    assert [item["code"] for item in json.loads(capsys.readouterr().out)["failures"]] == ["wrong_workspace"]
    assert run(["verify", str(pack), "--workspace", OTHER], None) == 1
    assert "NOT WHOLE" in capsys.readouterr().out


def test_what_cannot_be_checked_ends_with_2_and_one_sentence(tmp_path, pack, capsys):
    assert run(["verify", str(tmp_path / "absent.zip")], None) == 2
    assert run(["verify", str(pack), "--key", str(tmp_path / "absent.pem")], None) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 2
