"""How the end of a path is named in a title."""

from __future__ import annotations

import pytest

from trueline.web.words import short_path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("state", "state"),
        ("omaSettings[./device/vendor/msft/remote/enrolmentkey].value", "enrolmentkey"),
        ("settings[./pin/pinminimumlength]", "pinminimumlength"),
        ("assignments[group:1]", "assignments[group:1]"),
        ("conditions/users/excludeGroups", "excludeGroups"),
    ],
)
def test_a_path_is_named_by_its_telling_end(path, said):
    assert short_path(path) == said
