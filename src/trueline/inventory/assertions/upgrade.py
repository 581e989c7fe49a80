"""From one release of a baseline to the next, given an environment: a plan that a person accepts piece by piece. Pure.

Three states are held against each other: what the old release asked, what the new one asks, what the environment does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from trueline.connections.contract import Json
from trueline.inventory.assertions.below import Below, changed_below
from trueline.inventory.assertions.evaluation import UNTOLD, Environment, Result, ResultState, evaluate
from trueline.inventory.assertions.layers import Demand, Effective, EffectiveBaseline, Origin, asks_the_same
from trueline.inventory.assertions.model import Assertion, Baseline, Override, Template
from trueline.inventory.assertions.operators import expected, narrows
from trueline.inventory.assertions.overriding import Overridden, overridden
from trueline.inventory.assertions.writing import assertion_document, same_demand, template_document


class Author(StrEnum):
    """What the author of the baseline did between the two releases."""

    ADDED = "added"
    REMOVED = "removed"
    NARROWED = "narrowed"
    CHANGED = "changed"
    RELABELLED = "relabelled"
    UNCHANGED = "unchanged"


class Verdict(StrEnum):
    """What that means for the environment.

    Attributes:
        ADOPT: Nothing to do but to accept: the environment does what the new release asks.
        CHANGE: The environment followed the old release, at least in part, and must be changed to follow the new one.
        COLLIDES: The environment went its own way, and the author went another: a person decides.
        KEEP: The author changed nothing, and the environment departs from it, or follows it in part, as before.
        RELEASE: The new release no longer asks for it.
        UNKNOWN: Too little was read to tell.
    """

    ADOPT = "adopt"
    CHANGE = "change"
    COLLIDES = "collides"
    KEEP = "keep"
    RELEASE = "release"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of the plan.

    Attributes:
        id: Id of the assertion or template, of the new release where it has one; marked when it is an override.
        old: As the old release has it, None when it was added, or was dropped by an override.
        new: As the new release has it, None when it was removed, or is dropped.
        was: How the environment stands to the old release, None when there is nothing to stand to.
        becomes: How it stands to the new one.
        subject: What it is about, whether it holds or not.
        override: What is overridden in the layers above, in the old release and in the new one; None for a demand of
            the layer's own.
        below: What the layers that it stands on changed; None for anything that the layer says itself.
    """

    id: str
    author: Author
    verdict: Verdict
    sentence: str
    old: Demand | None
    new: Demand | None
    was: Result | None
    becomes: Result | None
    subject: Demand
    override: tuple[Override | None, Override | None] | None = None
    below: Below | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every piece that a person looks at; what neither the author nor the environment touched is counted only."""

    old: Origin
    new: Origin
    items: tuple[Item, ...]
    untouched: int


def plan_upgrade(
    old: Baseline,
    new: Baseline,
    where: Environment,
    *,
    below: tuple[Sequence[Baseline], Sequence[Baseline]] = ((), ()),
) -> Plan:
    """The plan: the new release in its order, what was removed, what is overridden, what was changed below.

    An assertion keeps its identity by id; one whose id is gone is found again by its setting, type and platform, or its
    question, when that is certain. For a layer the layers that each release stands on are given, the highest first.
    Raises `LayersRefused` where an override does not fit them.
    """
    origins = Origin(old.id, old.version, old.level), Origin(new.id, new.version, new.level)
    olds, news = _demands(old), _demands(new)
    pairs = _paired(olds, news)
    before, after = _results(olds, where, origins[0]), _results(news, where, origins[1])
    items = [_item(pairs.get(one.id), one, before, after) for one in news.values()]
    kept = set(pairs.values())
    items += [_item(one.id, None, before, after, one) for one in olds.values() if one.id not in kept]
    known = [replace(item, old=olds.get(pairs.get(item.id, "")) if item.new else item.old) for item in items]
    shown = [item for item in known if item.author is not Author.UNCHANGED or item.verdict is not Verdict.ADOPT]
    laid = [_override_item(one) for one in overridden(old, new, below, where)]
    same = len(new.overrides) - sum(item.override is not None and item.override[1] is not None for item in laid)
    carried = [_below_item(one) for one in changed_below(old, new, below, where)]
    return Plan(*origins, (*shown, *laid, *carried), len(known) - len(shown) + same)


def _override_item(one: Overridden) -> Item:
    old, new = (found.entry.demand if found else None for found in (one.was, one.becomes))
    author = Author.RELABELLED if one.is_reworded else _author(old, new)
    if author is Author.UNCHANGED:
        author = Author.RELABELLED
    verdict = _verdict(author, one.was, one.becomes)
    sentence = _sentence(verdict, old, new, one.becomes or one.was)
    both = one.old, one.new
    return Item(one.id, author, verdict, sentence, old, new, one.was, one.becomes, one.subject.demand, both)


def _below_item(one: Below) -> Item:
    author = _author(one.old, one.new)
    # Where the layer has its own word on it the two collide, whatever the environment does.
    verdict = Verdict.COLLIDES if one.override else _verdict(author, one.was, one.becomes)
    sentence = _sentence(verdict, one.old, one.new, one.becomes or one.was)
    return Item(one.id, author, verdict, sentence, one.old, one.new, one.was, one.becomes, one.subject, below=one)


def _demands(baseline: Baseline) -> dict[str, Demand]:
    demands: tuple[Demand, ...] = (*baseline.assertions, *baseline.templates)
    return {one.id: one for one in demands}


def _results(demands: Mapping[str, Demand], where: Environment, origin: Origin) -> dict[str, Result]:
    whole = EffectiveBaseline((origin,), "", tuple(Effective(one, origin) for one in demands.values()))
    return {result.entry.demand.id: result for result in evaluate(whole, where)}


def _paired(olds: Mapping[str, Demand], news: Mapping[str, Demand]) -> dict[str, str]:
    """The old id of each new id, where there is one."""
    pairs = {key: key for key in news if key in olds and _key(olds[key])[0] == _key(news[key])[0]}
    free = _unique([one for key, one in olds.items() if key not in pairs])
    fresh = _unique([one for key, one in news.items() if key not in pairs])
    return pairs | {fresh[key].id: free[key].id for key in fresh.keys() & free.keys()}


def _unique(demands: list[Demand]) -> dict[tuple[str, ...], Demand]:
    """Demands by what they are about, where nothing else is about the same."""
    keys = [_key(one) for one in demands]
    return {key: one for key, one in zip(keys, demands, strict=True) if keys.count(key) == 1}


def _key(one: Demand) -> tuple[str, ...]:
    if isinstance(one, Template):
        return ("template", one.type, one.title, one.platform)
    kind = "question" if one.question else "setting"
    return (kind, one.question or one.setting, one.type, one.platform)


def _item(
    old_id: str | None,
    new: Demand | None,
    before: Mapping[str, Result],
    after: Mapping[str, Result],
    removed: Demand | None = None,
) -> Item:
    was = before.get(old_id) if old_id else None
    becomes = after.get(new.id) if new else None
    old = was.entry.demand if was else removed
    author = _author(old, new)
    verdict = _verdict(author, was, becomes)
    subject = new or old
    assert subject is not None
    sentence = _sentence(verdict, old, new, becomes or was)
    return Item(subject.id, author, verdict, sentence, old, new, was, becomes, subject)


def _author(old: Demand | None, new: Demand | None) -> Author:
    if same_demand(old, new):
        return Author.UNCHANGED
    if old is None:
        return Author.ADDED
    if new is None:
        return Author.REMOVED
    if asks_the_same(new, old):
        return Author.RELABELLED
    if isinstance(new, Assertion) and isinstance(old, Assertion) and narrows(new, old):
        return Author.NARROWED
    return Author.CHANGED


def _verdict(author: Author, was: Result | None, becomes: Result | None) -> Verdict:
    if becomes is None:
        return Verdict.RELEASE
    if becomes.state in UNTOLD:
        return Verdict.UNKNOWN
    if becomes.state is ResultState.MET:
        return Verdict.ADOPT
    if author in (Author.UNCHANGED, Author.RELABELLED):
        return Verdict.KEEP
    if was is None:
        # Where the environment says nothing there is nothing to collide with.
        return Verdict.COLLIDES if becomes.observed else Verdict.CHANGE
    follows = was.state in (ResultState.MET, ResultState.MET_PARTLY)
    return Verdict.CHANGE if follows else Verdict.COLLIDES


def _sentence(verdict: Verdict, old: Demand | None, new: Demand | None, result: Result | None) -> str:
    asked, before = _asked(new), _asked(old)
    does = result.sentence if result else ""
    match verdict:
        case Verdict.ADOPT:
            return f"Asked for: {asked}. {does}"
        case Verdict.CHANGE:
            return f"Asked for: {asked}" + (f", before: {before}. {does}" if old else f". {does}")
        case Verdict.COLLIDES:
            return f"The author asks for {asked}" + (f" instead of {before}" if old else "") + f". {does}"
        case Verdict.KEEP:
            stands = "follows it in part" if result and result.state is ResultState.MET_PARTLY else "departs from it"
            return f"The author did not change what is asked ({asked}), and the environment {stands}. {does}"
        case Verdict.RELEASE:
            return f"No longer asked for: {before or asked}. What the environment does may stay or go."
        case Verdict.UNKNOWN:
            return f"Asked for: {asked}. {does}"


def _asked(demand: Demand | None) -> str:
    if demand is None:
        return ""
    if isinstance(demand, Template):
        return f"a policy with {len(demand.settings)} settings"
    return demand.question or expected(demand)


def plan_document(plan: Plan) -> dict[str, Json]:
    """The plan as one JSON document. `accepted` is null until a person decides."""
    found = [item.verdict for item in plan.items]
    return {
        "from": {"id": plan.old.id, "version": plan.old.version},
        "to": {"id": plan.new.id, "version": plan.new.version},
        "counts": {verdict.value: found.count(verdict) for verdict in Verdict} | {"untouched": plan.untouched},
        "items": [_item_document(item) for item in plan.items],
    }


def _item_document(item: Item) -> dict[str, Json]:
    last = item.becomes or item.was
    return {
        "id": item.id,
        "title": item.subject.title,
        "severity": item.subject.severity,
        "author": item.author.value,
        "verdict": item.verdict.value,
        "of": _whose(item),
        "sentence": item.sentence,
        "old": _demand(item.old),
        "new": _demand(item.new),
        "was": item.was.state.value if item.was else None,
        "becomes": item.becomes.state.value if item.becomes else None,
        "observed": [
            {"policy": one.policy, "path": one.path, "id": one.id, "value": one.value}
            for one in (last.observed if last else ())
        ],
        "accepted": None,
    }


def _whose(item: Item) -> str:
    """Whose word the piece is about: the layer's own, its override, or that of what it stands on."""
    if item.below is not None:
        return "below"
    return "own" if item.override is None else "override"


def _demand(one: Demand | None) -> Json:
    if one is None:
        return None
    return template_document(one) if isinstance(one, Template) else assertion_document(one)
