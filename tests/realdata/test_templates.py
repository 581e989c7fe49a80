"""Template inference on MAST AG2 (whose slot values are known) and on the agents of TRAIL."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from trueline.engine.templates.alignment import align
from trueline.engine.templates.extraction import extract
from trueline.engine.templates.inference import infer_templates
from trueline.engine.templates.prompts import Prompt, material_of
from trueline.engine.traces.reader import read

pytestmark = pytest.mark.realdata


def ag2_prompts(shared_data, configuration):
    for file in sorted((shared_data / "agents/mast/AG2").glob(f"*{configuration}*")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                run = json.loads(line)
                yield "\n".join(run["trajectory"][0]["content"]), "\n".join(run["problem_statement"])


@pytest.mark.parametrize(
    ("configuration", "constant", "runs"),
    [("orig_prompt_orig_topology", 1_179, 1_181), ("impr_prompt_orig_topology", 2_009, 1_192)],
)
def test_every_problem_slot_of_ag2_is_exact_with_12_samples(shared_data, configuration, constant, runs):
    pairs = list(ag2_prompts(shared_data, configuration))
    for seed in range(5):
        skeleton = align(random.Random(seed).sample([prompt for prompt, _ in pairs], 12))
        assert skeleton.constant_length == constant
        assert sum(extract(skeleton, prompt) == (problem,) for prompt, problem in pairs) == len(pairs) == runs


def test_the_two_prompts_of_ag2_are_told_apart_and_every_slot_is_exact(shared_data):
    truth = {}
    for configuration in ("orig_prompt_orig_topology", "impr_prompt_orig_topology"):
        for number, (prompt, problem) in enumerate(ag2_prompts(shared_data, configuration)):
            truth[f"{configuration}-{number}"] = (prompt, problem)
    inference = infer_templates([Prompt(key, key, "", "user", prompt) for key, (prompt, _) in truth.items()])
    assert [(len(each.renderings), each.samples) for each in inference.templates] == [(1_192, 12), (1_181, 12)]
    read_back = {each.prompt.id: each.values for fitted in inference.templates for each in fitted.renderings}
    assert all(read_back[key] == (problem,) for key, (_, problem) in truth.items())


def test_repeated_prompts_of_the_trail_agents_are_covered(shared_data):
    material = material_of(read(shared_data / "agents/trail/traces_gaia").traces)
    templates = infer_templates(material.prompts).templates
    repeated = [each for each in templates if len(each.renderings) + len(each.misfits) >= 12]
    assert len(repeated) >= 14
    assert min(each.cover for each in repeated) >= 0.9
    held_out, read_out = sum(each.held_out for each in repeated), sum(each.held_out_read for each in repeated)
    assert read_out / held_out >= 0.9
