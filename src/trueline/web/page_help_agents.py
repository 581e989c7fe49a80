"""The help of the pages about agents: name of the page to what it says and the file in docs/user that tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MODELS, _SCANS, _AGENTS, _TRACES = "world-models.md", "scans.md", "agents.md", "traces.md"
AGENT_PAGES: dict[str, tuple[StrOrPromise, str]] = {
    "traces": (
        _(
            "What agents did, newest first: who took part, how long it took, what failed. A trace can be read some "
            "seconds after it was sent; what waits is told and never hidden."
        ),
        "traces.md",
    ),
    "system_graph": (
        _(
            "The agents of this system, whom they call, and with which tools and models. It is read off traces or "
            "declared; a person confirms each part, and what is new afterwards shows as not confirmed."
        ),
        _AGENTS,
    ),
    "prompt_templates": (
        _(
            "The templates behind the prompts of each agent. They are inferred from prompts that repeat, or declared; "
            "when prompts change after a template was confirmed, the change is a draft of its own."
        ),
        _AGENTS,
    ),
    "prompt_template": (
        _(
            "One template, segment by segment: what is constant, what changes, which of the five parts of a prompt it "
            "is, and how sure that is. What people and agents said is not kept here."
        ),
        _AGENTS,
    ),
    "world_models": (
        _(
            "A world model holds the rules of one domain. Agents are judged by what is published; a rule counts "
            "as signed off only when a second person here has read it and agreed."
        ),
        _MODELS,
    ),
    "world_model_take": (
        _(
            "A file brings rules and no approvals. What is there already keeps its status; an enshrined rule is "
            "never changed by a file, and nothing is removed."
        ),
        _MODELS,
    ),
    "world_model": (
        _(
            "Every rule with its status and its source. Publishing freezes the rules as they are now: scores name "
            "that version, and it never changes."
        ),
        _MODELS,
    ),
    "world_rule": (
        _(
            "One rule, how it is checked, and the examples that prove it. Each step needs a reason; a sign-off "
            "needs another person than the one who asked for it."
        ),
        _MODELS,
    ),
    "trace_import": (
        _(
            "Hand over files of traces, alone or as a zip. They are kept as if their agents had sent them, and what "
            "could not be read is named on the page of the run."
        ),
        _TRACES,
    ),
    "model_calls": (
        _(
            "Every question that a language model was asked for a rule, with its answer, tokens and cost. A workspace "
            "may ask only so many on a day; what is beyond stays undecided."
        ),
        _SCANS,
    ),
    "scans": (
        _(
            "Each scan is one look at what agents did. Failures of one cause stay one finding from scan to scan; a "
            "cause is called gone only after enough runs without it."
        ),
        _SCANS,
    ),
    "scan_new": (
        _(
            "Hand over a file of traces, or take what the environment has sent. Without a world model only failures "
            "are looked for; with one, runs are judged by its newest version."
        ),
        _SCANS,
    ),
    "scan": (
        _(
            "The report of one scan: what failed and why, which rules were broken, and how well runs did, with an "
            "interval. What was not measured is never shown as good."
        ),
        _SCANS,
    ),
    "cause": (
        _(
            "One cause with everything that is known of it. Its severities stand on one scale, and the share of runs "
            "that it hits says how much it matters. Decisions are made on its finding."
        ),
        _SCANS,
    ),
    "scan_compare": (
        _(
            "Two scans, paired by case. The verdict says better, worse, no different, or too little to tell, and names "
            "what decided it."
        ),
        _SCANS,
    ),
}
