"""What is shown of a system of agents: its score, what it was judged by, and what its newest scan saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, pgettext

from trueline.reviews.rendering import words
from trueline.reviews.rendering.words import NONE, said

Json = Any
_MOST_CAUSES = 200


def system(document: Mapping[str, Json]) -> dict[str, Json]:
    """All that is shown of a system of agents alone, in the order in which it is shown."""
    scan, judged, score = document["scan"], document["world_model"], document["score"]
    return {
        "score_sentence": _score_sentence(score),
        "scores": _scores(score),
        "safety": score["safety"],
        "safety_word": said(words.SAFETY, score["safety"]),
        "version": _version(judged["version"]) if judged["version"] else "",
        "rules": [_rule(one) for one in judged["rules"]],
        "scan": _scan(scan),
        "causes": [_cause(one) for one in scan["causes"][:_MOST_CAUSES]],
    }


def unseen(kind: str, number: int) -> str:
    """A blind spot within a scan, in words."""
    told = {
        "traces_unread": ngettext("%(n)s trace could not be read", "%(n)s traces could not be read", number),
        "runs_unscored": ngettext("%(n)s run has no score", "%(n)s runs have no score", number),
        "rules_undecided": ngettext("%(n)s rule came to no verdict", "%(n)s rules came to no verdict", number),
    }
    return told[kind] % {"n": number}


def _score_sentence(score: Mapping[str, Json]) -> str:
    """The score with its interval and the number of runs behind it; never a number where nothing was scored."""
    mean = score["blended"]
    if mean is None:
        return gettext("Not measured: no run could be scored. That is no zero.")
    told = {"value": _decimal(mean["value"]), "interval": _interval(mean["interval"]), "n": mean["n"]}
    sentence = ngettext(
        "%(value)s (%(interval)s) over %(n)s scored run.", "%(value)s (%(interval)s) over %(n)s scored runs.", mean["n"]
    )
    if mean["n"] < score["needed"]:
        few = gettext("From fewer than %(needed)s runs this says what was seen, not how well the system does.")
        return f"{sentence % told} {few % {'needed': score['needed']}}"
    return str(sentence % told)


def _scores(score: Mapping[str, Json]) -> list[dict[str, Json]]:
    names = {
        "blended": gettext("Together"),
        "world_model_score": gettext("Rules of the world model"),
        "rubric_score": gettext("Rubric"),
    }
    told = {"blended": score["blended"], **score.get("parts", {})}
    return [
        {
            "name": name,
            "value": _decimal(told[key]["value"]),
            "interval": _interval(told[key]["interval"]),
            "n": told[key]["n"],
        }
        for key, name in names.items()
        if told.get(key)
    ]


def _version(version: Mapping[str, Json]) -> str:
    told = {
        "name": version["name"],
        "label": version["label"],
        "rules": version["in_force"],
        "signed": version["enshrined"],
        "digest": version["digest"][:12],
    }
    return gettext("%(name)s, version %(label)s: %(rules)s rules in force, %(signed)s signed off (%(digest)s)") % told


def _rule(one: Mapping[str, Json]) -> dict[str, Json]:
    undecided = one["not_applicable"] + one["unscored"]
    return {
        "text": one["text"],
        "is_hard": one["is_hard"],
        "passed": one["passed"],
        "failed": one["failed"],
        "undecided": undecided,
    }


def _scan(scan: Mapping[str, Json]) -> str:
    if "runs" not in scan:
        return gettext("What its agents do was never scanned.")
    told = {
        "runs": scan["runs"],
        "steps": scan["steps"],
        "failed": scan["failed_steps"],
        "day": _day(scan["observed_at"]),
    }
    return gettext("%(runs)s runs with %(steps)s steps until %(day)s; %(failed)s steps failed.") % told


def _cause(one: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "name": one["name"],
        "rate": gettext("%(hit)s of %(of)s runs") % {"hit": one["hit"], "of": one["of"]},
        "interval": f"{_percent(one['interval'][0])} … {_percent(one['interval'][1])}",
        "since": _day(one["first_seen_at"]),
    }


def _interval(pair: list[float]) -> str:
    return f"{_decimal(pair[0])} … {_decimal(pair[1])}"


def _decimal(value: float) -> str:
    return number_format(value, 2)


def _percent(share: float) -> str:
    return gettext("%(number)s %%") % {"number": number_format(100 * share, 0)}


def _day(text: str) -> str:
    if not text:
        return NONE
    return date_format(datetime.fromisoformat(text).astimezone(UTC), pgettext("date format", "j M Y"))
