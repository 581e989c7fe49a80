"""What is in a pack, by checkers that are not ours: PDF/UA as far as one goes without Java, OSCAL by its schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from oscal_bindings import OscalParseError, parse_assessment_results
from pdfua import validate

from tests.reviews.prepared import published, seeded
from tests.worlds import World
from trueline.reviews import queries
from trueline.reviews.document import for_customer
from trueline.reviews.packs import members


def test_the_pdf_and_the_oscal_file_of_a_pack_pass_the_checkers_of_others(world: World, tmp_path: Path) -> None:
    with world.scope() as scope:
        seeded(world)
        made = members(for_customer(queries.frozen(scope, published(world, scope)), b"k" * 32), "de")
    (tmp_path / "review.pdf").write_bytes(made["review.pdf"])
    assert validate(tmp_path / "review.pdf").findings == ()
    (tmp_path / "plain.pdf").write_bytes(made["review.pdf"].replace(b"/MarkInfo", b"/MarkNone"))
    assert validate(tmp_path / "plain.pdf").findings != ()
    told = json.loads(made["oscal-assessment-results.json"])
    assert parse_assessment_results(json.dumps(told))
    wrong = copy.deepcopy(told)
    wrong["assessment-results"]["zebra"] = 1
    with pytest.raises(OscalParseError):
        parse_assessment_results(json.dumps(wrong))
