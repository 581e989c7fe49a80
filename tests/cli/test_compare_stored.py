"""`trueline compare A B --workspace SLUG`: the same document, from what is kept."""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext
from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.inventory.test_answers import LEFT, RIGHT
from tests.samples import TAKEN_AT, capture, write_export
from tests.worlds import small_world
from trueline.cli import compare
from trueline.kit.errors import Refused


@dataclass
class Here:
    """An installation whose database is the test's own."""

    def database(self):
        return nullcontext()


@pytest.fixture
def kept(committed, tmp_path):
    world = small_world()
    exports = write_export(tmp_path / "south", LEFT), write_export(tmp_path / "north", RIGHT)
    south = capture(world, world.other_environment, exports[0], TAKEN_AT)
    north = capture(world, world.environment, exports[1], TAKEN_AT)
    return exports, (south.pk, north.pk)


def run(*arguments):
    parser = argparse.ArgumentParser()
    compare.add_arguments(parser)
    return compare.run(parser.parse_args([str(one) for one in arguments], argparse.Namespace(installation=Here())))


def test_captures_give_the_document_that_their_exports_give(kept, capsys):
    exports, ids = kept
    assert run(*exports, "--ignore-ids", "--format", "json") == 1
    from_files = json.loads(capsys.readouterr().out)
    assert run(*ids, "--workspace", "acme", "--format", "json") == 1
    kept_document = json.loads(capsys.readouterr().out)
    for document in (from_files, kept_document):
        for side in ("left", "right"):
            document[side]["areas"].sort(key=lambda area: area["area"])
    assert kept_document == from_files


def test_as_text_the_sides_are_called_by_environment_and_time(kept, capsys):
    assert run(*kept[1], "--workspace", "acme") == 1
    assert "only in South of 2026-11-01 08:00" in capsys.readouterr().out


def test_a_capture_beside_itself_does_not_differ(kept, capsys):
    assert run(kept[1][0], kept[1][0], "--workspace", "acme") == 0
    assert run(kept[1][0], kept[1][0], "--workspace", "acme", "--ignore-ids") == 0
    assert capsys.readouterr().out.startswith("Nothing differs")


def test_what_is_not_there_is_refused_in_a_sentence(kept):
    with pytest.raises(Refused, match="no workspace 'nowhere'"):
        run(*kept[1], "--workspace", "nowhere")
    with pytest.raises(Refused, match="There is no capture"):
        run(uuid4(), kept[1][0], "--workspace", "acme")
    with pytest.raises(Refused, match="There is no capture"):
        run(*kept[1], "--workspace", "elsewhere")
    with pytest.raises(Refused, match="is not the id of a capture"):
        run("exports/january", kept[1][0], "--workspace", "acme")
