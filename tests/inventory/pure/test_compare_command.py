"""`trueline compare`, with a provider of the test's own making."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from tests.inventory.pure.records import areas, record
from trueline.cli import compare
from trueline.connections import registry
from trueline.connections.contract import Provider
from trueline.connections.errors import SourceRefused
from trueline.kit.errors import Refused, TruelineError

if TYPE_CHECKING:
    from pathlib import Path


class JsonSource:
    """Reads a file that maps policy names to settings."""

    def __init__(self, path: Path, _key: bytes) -> None:
        self._policies = json.loads(path.read_text())
        if self._policies == "bomb":
            raise SourceRefused("The archive would grow beyond every limit.")

    def read(self):
        for name, settings in self._policies.items():
            yield record(name, settings=settings)

    def areas(self):
        return areas()


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    monkeypatch.setattr(registry, "_providers", {})
    registry.register(Provider("test", "test", JsonSource, (), {}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {
        "left": {"A": {"x": "1", "y": "1"}, "B": {"z": "1"}},
        "same": {"B": {"z": "1"}, "A": {"y": "1", "x": "1"}},
        "right": {"A": {"x": "2", "y": "1"}, "C": {"q": "1"}},
        "bomb": "bomb",
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


def run(folder: Path, left: str, right: str, *options: str) -> int:
    parser = argparse.ArgumentParser()
    compare.add_arguments(parser)
    return compare.run(parser.parse_args([str(folder / left), str(folder / right), *options]))


def test_equal_sides_exit_0_and_say_so(folder, capsys):
    assert run(folder, "left.json", "same.json") == 0
    assert capsys.readouterr().out.startswith("Nothing differs: left.json and same.json have the same 2 objects.")


def test_differences_exit_1_with_one_sentence_first(folder, capsys):
    assert run(folder, "left.json", "right.json") == 1
    text = capsys.readouterr().out
    assert text.splitlines()[0].startswith("1 of 1 object in both changed, 1 only in ")
    assert "~ X (x): 1 -> 2" in text


def test_json_is_one_document_and_nothing_else(folder, capsys):
    assert run(folder, "left.json", "right.json", "--format", "json") == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["left"]["objects"] == 2
    assert not err


def test_a_limit_says_how_many_more_there_are(folder, capsys):
    (folder / "many.json").write_text(json.dumps({f"P{number}": {"x": "1"} for number in range(5)}))
    (folder / "none.json").write_text("{}")
    run(folder, "many.json", "none.json", "--limit", "2")
    assert "and 3 more" in capsys.readouterr().out
    run(folder, "many.json", "none.json", "--limit", "0")
    assert "more" not in capsys.readouterr().out


def test_a_missing_path_is_refused_with_its_name(folder):
    with pytest.raises(Refused, match=r"no file or folder at .*gone\.json"):
        run(folder, "gone.json", "left.json")


def test_a_refused_source_is_refused_whole(folder):
    with pytest.raises(SourceRefused):
        run(folder, "left.json", "bomb.json")


def test_definitions_that_are_no_json_are_refused(folder):
    (folder / "defs.json").write_text("{")
    with pytest.raises(Refused, match="cannot be read as JSON"):
        run(folder, "left.json", "same.json", "--definitions", str(folder / "defs.json"))


def test_without_a_provider_it_says_what_is_missing(folder, monkeypatch):
    monkeypatch.setattr(registry, "_providers", {})
    with pytest.raises(TruelineError, match="No provider"):
        run(folder, "left.json", "same.json")


def test_the_id_of_an_option_does_not_repeat_the_id_of_its_setting(folder, capsys):
    (folder / "one.json").write_text(json.dumps({"A": {"edge_home": "edge_home_1"}}))
    (folder / "two.json").write_text(json.dumps({"A": {"edge_home": "edge_home_0"}}))
    run(folder, "one.json", "two.json")
    assert "~ Edge: Home (edge_home): 1 -> 0" in capsys.readouterr().out
