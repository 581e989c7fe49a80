"""One way to answer: take from the sign-ins asked about what the enabled policies do, and say what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from trueline.connections.contract import (
    Answer,
    AnswerState,
    Contents,
    Coverage,
    Excluded,
    Facet,
    Json,
    Phrase,
    Proof,
    phrase,
)
from trueline.providers.microsoft365.questions.demands import Demand, Effect
from trueline.providers.microsoft365.questions.policies import (
    ENFORCED,
    OFF,
    REPORT_ONLY,
    AccessPolicy,
    access_policies,
)
from trueline.providers.microsoft365.questions.regions import (
    Box,
    Members,
    Region,
    reaches_ordinary,
    rest,
    survivor,
)
from trueline.providers.microsoft365.questions.wording import gap, kind_and_id, listed, names_of, whom

AREA, DEFAULTS_AREA = "conditional_access", "security_defaults"
DEFAULTS_TYPE = "identitySecurityDefaultsEnforcementPolicy"
ACCEPT = "accept_excluded"
ACCEPT_HELP = "Ids or names of users, groups or roles that may be left out, such as emergency access."

_NOT_MET, _PARTLY, _MET = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about.

    Attributes:
        what: What should hold, as the beginning of a sentence.
        starts: The sign-ins it is about, one region for each group of people.
        demand: What a policy must do.
        defaults_count: Whether security defaults do it too.
    """

    what: Phrase
    starts: tuple[Region, ...]
    demand: Demand
    defaults_count: bool = False


@dataclass(frozen=True, slots=True)
class _Working:
    """A policy that does what is asked, for some sign-ins."""

    policy: AccessPolicy
    effect: Effect


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left over of one start, and whether an ordinary sign-in is."""

    start: Region
    regions: tuple[Region, ...]
    is_ordinary_left: bool


def answer(contents: Contents, asked: Asked) -> Answer:
    """Answer a question over everything that was read."""
    if asked.defaults_count and (proof := _security_defaults(contents)):
        said = phrase("%(what)s: security defaults are enabled.", what=asked.what)
        return Answer(AnswerState.MET, said, (proof,))
    policies = access_policies(contents.objects)
    working = _working(policies, asked, ENFORCED)
    names = names_of(contents.objects)
    accepted = accepted_elements(contents.parameters, names, policies)
    certain = _left((one.effect for one in working), asked, accepted, names)
    proving = _needed(working, certain, asked, accepted, names)
    found = _answer(asked, proving, certain, names, accepted)
    found = replace(found, sentence=_with_idle(found, policies, asked))
    if (hidden := _unread(contents, asked, policies, found)) is not None:
        return hidden
    if found.state is AnswerState.NOT_MET and _could_be_better(policies, asked, accepted, names):
        told: dict[str, Phrase] = {"what": asked.what, "otherwise": found.sentence}
        said = phrase("%(what)s: nobody can tell from this export. %(otherwise)s", **told)
        return replace(found, state=AnswerState.NOT_MEASURED, sentence=said)
    return found


def _needed(
    working: Sequence[_Working],
    left: Sequence[_Left],
    asked: Asked,
    accepted: frozenset[str],
    names: Mapping[str, str],
) -> list[_Working]:
    """The policies without which the answer would be another; those that only add to it prove nothing."""
    used = [one for one in working if any(_touches(one.effect.box, start) for start in asked.starts)]
    if _grade(left) == _NOT_MET:
        return used
    needed = list(used)
    for one in reversed(used):
        fewer = [other for other in needed if other is not one]
        if _left((other.effect for other in fewer), asked, accepted, names) == list(left):
            needed = fewer
    return needed


def _answer(
    asked: Asked,
    used: Sequence[_Working],
    left: Sequence[_Left],
    names: Mapping[str, str],
    accepted: frozenset[str],
) -> Answer:
    gaps = tuple(sorted({gap(region, one.start, names) for one in left for region in one.regions}, key=str))
    state = {_NOT_MET: AnswerState.NOT_MET, _PARTLY: AnswerState.MET_PARTLY, _MET: AnswerState.MET}[_grade(left)]
    proofs = tuple(Proof(one.policy.name, one.policy.path, one.policy.id, one.effect.says) for one in used)
    left_out = excluded((one.policy for one in used), names, accepted)
    return Answer(state, _sentence(asked, state, used, gaps, left_out), proofs, left_out, gaps)


def _sentence(
    asked: Asked, state: AnswerState, used: Sequence[_Working], gaps: tuple[Phrase, ...], left_out: Sequence[Excluded]
) -> Phrase:
    told = {"what": asked.what, "by": listed((one.policy.name for one in used), 2)}
    if state is AnswerState.MET:
        accepted = [whom(one.kind, one.id, one.name) for one in left_out if one.is_accepted]
        if not accepted:
            return phrase("%(what)s: yes, by %(by)s.", **told)
        told["accepted"] = listed(accepted)
        return phrase("%(what)s: yes, by %(by)s, accepting that %(accepted)s may be left out.", **told)
    told["gaps"] = listed(gaps)
    if state is AnswerState.MET_PARTLY:
        return phrase("%(what)s: in part, by %(by)s. Not covered: %(gaps)s.", **told)
    if not used:
        return phrase("%(what)s: no enabled policy does that.", what=asked.what)
    return phrase("%(what)s: no. What %(by)s does leaves out ordinary sign-ins: %(gaps)s.", **told)


def _working(policies: Iterable[AccessPolicy], asked: Asked, *states: str) -> list[_Working]:
    """The policies in these states that certainly do what is asked, those with fewest conditions first."""
    judged = [(policy, asked.demand(policy)) for policy in policies if policy.state in states and not policy.unknown]
    found = [_Working(policy, effect) for policy, effect in judged if effect is not None and effect.is_certain]
    return sorted(found, key=lambda one: one.effect.box.breadth)


def _left(effects: Iterable[Effect], asked: Asked, accepted: frozenset[str], names: Mapping[str, str]) -> list[_Left]:
    """What is left of each start; those who may be left out are looked at as if nobody left them out."""
    boxes = [_held(one.box, accepted) for one in effects]
    widest = [_for_everybody(box, names) for box in boxes]
    return [
        _Left(start, rest(start, boxes), not any(reaches_ordinary(box, start) for box in widest))
        for start in asked.starts
    ]


def _held(box: Box, accepted: frozenset[str]) -> Box:
    users = box.members["users"]
    if not users.exclude & accepted:
        return box
    return replace(box, members={**box.members, "users": replace(users, exclude=users.exclude - accepted)})


def _for_everybody(box: Box, names: Mapping[str, str]) -> Box:
    """A policy for a group whose name is known covers somebody, who may be everybody: never nothing, never all."""
    users = box.members["users"]
    if not any(one.startswith("group:") and kind_and_id(one)[1] in names for one in users.include):
        return box
    return replace(box, members={**box.members, "users": replace(users, is_all=True)})


def _touches(box: Box, start: Region) -> bool:
    return survivor(start, [box]) != start


def _grade(left: Sequence[_Left]) -> int:
    """Met when nothing is left of any start; not met when every start leaves an ordinary sign-in."""
    if not any(one.regions for one in left):
        return _MET
    return _NOT_MET if all(one.is_ordinary_left for one in left) else _PARTLY


def _could_be_better(
    policies: Sequence[AccessPolicy], asked: Asked, accepted: frozenset[str], names: Mapping[str, str]
) -> bool:
    """Whether the answer would be better if everything that was not exported spoke for it."""
    hoped = [effect for policy in policies if policy.state == ENFORCED for effect in _hoped(policy, asked, names)]
    return _grade(_left(hoped, asked, accepted, names)) > _NOT_MET


def _hoped(policy: AccessPolicy, asked: Asked, names: Mapping[str, str]) -> Iterable[Effect]:
    effect = asked.demand(policy)
    if effect is None:
        return
    members = dict(effect.box.members)
    users = members["users"]
    if any(one.startswith("group:") and kind_and_id(one)[1] not in names for one in users.include):
        members["users"] = replace(users, is_all=True)
    if "filters" in members:
        members["filters"] = Members()
    yield replace(effect, box=replace(effect.box, members=members))


def _security_defaults(contents: Contents) -> Proof | None:
    for one in contents.objects:
        if one.object_type == DEFAULTS_TYPE and (one.facets.get(Facet.SETTINGS) or {}).get("isEnabled") is True:
            return Proof(one.name, one.source_path, one.external_id, phrase("is enabled"))
    return None


def _unread(contents: Contents, asked: Asked, policies: Sequence[AccessPolicy], found: Answer) -> Answer | None:
    """The answer where too little was read to give one; None when enough was."""
    coverage = contents.coverage.get(AREA, Coverage.UNREAD)
    if coverage is Coverage.NOT_LICENSED:
        said = phrase("%(what)s: conditional access is not licensed there.", what=asked.what)
        return replace(found, state=AnswerState.NOT_LICENSED, sentence=said)
    if coverage is not Coverage.COMPLETE:
        said = phrase("%(what)s: nobody can tell, as not every conditional access policy was read.", what=asked.what)
        return replace(found, state=AnswerState.NOT_MEASURED, sentence=said)
    is_without = not any(policy.state == ENFORCED for policy in policies)
    defaults = contents.coverage.get(DEFAULTS_AREA, Coverage.UNREAD)
    if asked.defaults_count and is_without and defaults is not Coverage.COMPLETE:
        said = phrase(
            "%(what)s: no policy is enabled, and whether security defaults are was not read.", what=asked.what
        )
        return replace(found, state=AnswerState.NOT_MEASURED, sentence=said)
    return None


def _with_idle(found: Answer, policies: Sequence[AccessPolicy], asked: Asked) -> Phrase:
    """The sentence, and the policies that would do it and are not switched on; a report changes no sign-in."""
    if found.state is AnswerState.MET:
        return found.sentence
    reported = [one.policy.name for one in _working(policies, asked, REPORT_ONLY)]
    idle = [one.policy.name for one in _working(policies, asked, OFF)]
    said = [found.sentence]
    if reported:
        said.append(phrase("Only reported, not enforced: %(policies)s.", policies=listed(reported)))
    if idle:
        said.append(phrase("Switched off: %(policies)s.", policies=listed(idle)))
    return reduce(_followed, said)


def _followed(one: Phrase, other: Phrase) -> Phrase:
    # Translators: two whole sentences, one after the other.
    return phrase("%(sentence)s %(next)s", sentence=one, next=other)


def accepted_elements(
    parameters: Mapping[str, Json], names: Mapping[str, str], policies: Iterable[AccessPolicy]
) -> frozenset[str]:
    """The elements that the asker accepts as left out, by id or by name whatever the letter case."""
    given = parameters.get(ACCEPT) or ()
    wanted = {str(one).casefold() for one in ([given] if isinstance(given, str) else given)}
    elements = {one for policy in policies for one in policy.excluded_users}
    return frozenset(
        one
        for one in elements
        if kind_and_id(one)[1].casefold() in wanted or names.get(kind_and_id(one)[1], "").casefold() in wanted
    )


def excluded(
    policies: Iterable[AccessPolicy], names: Mapping[str, str], accepted: frozenset[str]
) -> tuple[Excluded, ...]:
    """Everybody whom these policies leave out, with the policies that do, by kind and name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for policy in policies:
        for one in policy.excluded_users:
            found[one].add(policy.name)
    several = [
        Excluded(*kind_and_id(one), names.get(kind_and_id(one)[1], ""), tuple(sorted(by)), one in accepted)
        for one, by in found.items()
    ]
    return tuple(sorted(several, key=lambda one: (one.kind, one.name.casefold(), one.id)))


def ask(asked: Callable[[Contents], Asked]) -> Callable[[Contents], Answer]:
    """The answering function of a question."""

    def answered(contents: Contents) -> Answer:
        return answer(contents, asked(contents))

    return answered
