"""What world models, rules and scans are called on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_TIERS: dict[str, StrOrPromise] = {
    "authoritative": _("An authority's own text"),
    "curated": _("Chosen by an expert"),
    "distilled": _("Drawn from documents"),
    "observed": _("Seen in practice"),
}


def tier(key: str) -> str:
    """How strong a rule's source is."""
    return str(_TIERS.get(key, key))


_PHASES: dict[str, StrOrPromise] = {
    "preflight": _("Made ready"),
    "observe": _("Read"),
    "detect": _("Looked for failures"),
    "cluster": _("Brought together"),
    "evaluate": _("Judged"),
    "diagnose": _("Explained"),
    "safety": _("Hard rules"),
}
_SYSTEMIC: dict[str, StrOrPromise] = {
    "rate_limit_burst": _("A burst of rate limits"),
    "correlated_failures": _("Failures at the same time"),
    "loop": _("The same step over and over"),
}
_SAFETY: dict[str, StrOrPromise] = {
    "kept": _("Every hard rule that came up was kept."),
    "not_measured": _("Not measured: no hard rule came up, or nothing was there to judge by."),
}


def phase(told: dict[str, Any]) -> tuple[str, str]:
    """A step of a scan and what came of it."""
    return str(_PHASES.get(told["phase"], told["phase"])), str(_told(told))


def _told(told: dict[str, Any]) -> StrOrPromise:
    said: dict[str, StrOrPromise] = {
        "preflight": _("%(examples_kept)s of %(examples)s examples of the rules come out as they should"),
        "observe": _("%(traces)s runs, %(spans)s steps, %(unread)s could not be read"),
        "detect": _("%(failed_spans)s failed steps"),
        "cluster": _("%(clusters)s causes"),
        "evaluate": _("%(scored)s runs scored by %(rules)s rules, %(unscored)s not scored"),
        "diagnose": _("%(systemic)s patterns over runs, %(explained)s runs explained"),
        "safety": _("%(runs)s runs broke a hard rule"),
    }
    if told["phase"] == "preflight" and not told["has_model"]:
        return _("Nothing to judge by was chosen")
    if told["phase"] == "safety" and told["verdict"] == "not_measured":
        return _("not measured")
    return said[told["phase"]] % told


def readiness(code: str, scored: int, fewest: int, *, has_model: bool) -> str:
    """What a scan can say, and why."""
    if code == "synthetic_only" and not has_model:
        return gettext("Nothing to judge by was chosen, so only failures were looked for.")
    values = {"scored": scored, "fewest": fewest}
    if code == "full":
        return gettext("%(scored)s runs were scored: enough to say how well it does.") % values
    if code == "not_ready":
        return gettext("Nothing could be read, so nothing can be said. This does not mean that all is well.")
    return gettext("%(scored)s runs were scored, and %(fewest)s are needed to say how well it does.") % values


def safety(told: dict[str, Any]) -> str:
    """Whether hard rules were kept."""
    if told["verdict"] == "breached":
        return ngettext("%(number)s run broke a hard rule.", "%(number)s runs broke a hard rule.", told["runs"]) % {
            "number": told["runs"]
        }
    return str(_SAFETY[told["verdict"]])


_EVIDENCE: dict[str, StrOrPromise] = {
    "first_code": _("it wrote the first code of the run; later steps build on its result"),
    "first_failure_led": _("the first failure of the run followed from this call: %(wording)s"),
    "first_failure_here": _("the first failure of the run happened here: %(wording)s"),
    "next_failure_led": _("another failure of the run followed from this call: %(wording)s"),
    "next_failure_here": _("another failure of the run happened here: %(wording)s"),
    "handed_over": _("%(giver)s handed the task to %(owner)s, where the run failed first"),
    "acted_most": _("turn %(turn)s of %(agent)s, which acted most often"),
    "no_progress": _("the coordinator noted that no progress is made"),
    "last_word": _("it gave the last substantial answer and did not catch the error"),
}


def evidence(place: dict[str, Any]) -> list[str]:
    """Why a run may have gone wrong at a place; scans kept before reasons had codes say it in English."""
    told = place.get("evidence")
    if told is None:
        return list(place["reasons"])
    return [str(_EVIDENCE[one["code"]]) % one["values"] for one in told]


def systemic(kind: str) -> str:
    """What a pattern over several runs is called."""
    return str(_SYSTEMIC.get(kind, kind))


_GRAPH_KINDS: dict[str, StrOrPromise] = {
    "agent": pgettext_lazy("agents", "Agent"),
    "calls": pgettext_lazy("agents", "calls"),
    "uses_tool": pgettext_lazy("agents", "uses the tool"),
    "asks_model": pgettext_lazy("agents", "asks the model"),
}
PROMPT_PARTS: dict[str, StrOrPromise] = {
    "base_prompt": pgettext_lazy("prompt", "Base prompt"),
    "context": pgettext_lazy("prompt", "Context"),
    "chain_of_thought": pgettext_lazy("prompt", "Chain of thought"),
    "few_shot": pgettext_lazy("prompt", "Examples"),
    "upstream_injection": pgettext_lazy("prompt", "From another agent"),
}


def graph_kind(key: str, agent: str) -> str:
    """What a part of the graph of agents is; requests from outside name no agent."""
    return pgettext("agents", "reach") if key == "calls" and not agent else str(_GRAPH_KINDS.get(key, key))


def prompt_part(key: str) -> str:
    """Which of the five parts of a prompt a segment is."""
    return str(PROMPT_PARTS.get(key, key))


def prompt_reason(segment: dict[str, Any]) -> str:
    """By what a segment was recognised, as far as there is more to say than its part."""
    source = segment.get("source")
    if source:
        said = gettext("In %(share)s %% of the prompts %(speaker)s had said this before in the same trace.")
        speaker = gettext("the user") if source["speaker"] == "user" else source["speaker"]
        return said % {"share": round(100 * source["share"]), "speaker": speaker}
    if segment["kind"] == "slot" and segment.get("distinct"):
        said = ngettext("%(number)s different value", "%(number)s different values", segment["distinct"])
        return said % {"number": segment["distinct"]}
    return ""
