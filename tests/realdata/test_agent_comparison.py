"""AG2 of MAST: gpt-4o on 200 problems, 3 configurations, 6 seeds. The figures are those of the domain notes."""

from __future__ import annotations

import pytest

from trueline.engine.comparison.reading import read_results
from trueline.engine.comparison.verdict import Verdict, compare_results

pytestmark = pytest.mark.realdata

ORIGINAL, PROMPT, TOPOLOGY = "orig_prompt_orig_topology", "impr_prompt_orig_topology", "impr_prompt_impr_topology"


@pytest.fixture(scope="module")
def configurations(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ag2")
    read = {}
    for name in (ORIGINAL, PROMPT, TOPOLOGY):
        (folder / name).mkdir()
        for file in (shared_data / "agents/mast/AG2").glob(f"*{name}_*"):
            (folder / name / file.name).symlink_to(file)
        read[name] = read_results(folder / name).results
    return read


def points(estimate):
    return [round(100 * value, 1) for value in (estimate.difference, *estimate.interval)]


def test_the_improved_prompt_is_accepted(configurations):
    comparison = compare_results(configurations[ORIGINAL], configurations[PROMPT])
    estimate = comparison.estimates[0]
    assert comparison.verdict is Verdict.IMPROVE
    assert points(estimate) == pytest.approx([4.2, 2.2, 6.5], abs=0.1)
    assert estimate.p_value < 5e-4
    assert (estimate.paired.cases, estimate.paired.seeds) == (199, 6)


def test_the_new_topology_is_not_accepted(configurations):
    comparison = compare_results(configurations[PROMPT], configurations[TOPOLOGY])
    estimate = comparison.estimates[0]
    assert comparison.verdict is not Verdict.IMPROVE
    assert points(estimate) == pytest.approx([0.7, -1.0, 2.4], abs=0.1)
    assert estimate.p_value == pytest.approx(0.51, abs=0.03)


@pytest.mark.parametrize(
    ("seed", "sides", "p_value"), [("42", (ORIGINAL, PROMPT), 1.0), ("42", (PROMPT, TOPOLOGY), 0.0525)]
)
def test_a_single_seed_is_called_too_little(configurations, seed, sides, p_value):
    left, right = ([each for each in configurations[side] if each.seed == seed] for side in sides)
    comparison = compare_results(left, right)
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert "single seed" in comparison.reason
    assert comparison.estimates[0].p_value == pytest.approx(p_value, abs=0.001)
