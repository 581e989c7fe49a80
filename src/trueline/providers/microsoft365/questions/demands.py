"""What a policy demands of the sign-ins it applies to, and whether that answers a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from trueline.connections.contract import Phrase, phrase
from trueline.providers.microsoft365.questions.policies import AccessPolicy
from trueline.providers.microsoft365.questions.regions import PROPERTIES, Box
from trueline.providers.microsoft365.questions.strengths import Strength

_MANAGED = {
    "compliantdevice": frozenset({"compliant", "compliant_and_joined"}),
    "domainjoineddevice": frozenset({"joined", "compliant_and_joined"}),
}
_BLOCKS = phrase("blocks them")
_GRANTS = {
    "compliantdevice": phrase("a compliant device"),
    "domainjoineddevice": phrase("a hybrid joined device"),
    "compliantapplication": phrase("a protected app"),
    "approvedapplication": phrase("an approved app"),
}
_APP_PROTECTION = frozenset({"compliantapplication", "approvedapplication"})
_REMEDY = frozenset({"passwordchange", "riskremediation"})
_LIMITING_SESSIONS = frozenset({"applicationenforcedrestrictions", "cloudappsecurity"})


@dataclass(frozen=True, slots=True)
class Effect:
    """The sign-ins for which a policy does what is asked, and what it does, in words.

    Attributes:
        is_certain: False where it depends on something that was not exported.
    """

    box: Box
    says: Phrase
    is_certain: bool = True


Demand = Callable[[AccessPolicy], Effect | None]


def blocks(policy: AccessPolicy) -> Effect | None:
    """Whether the policy keeps such sign-ins out."""
    return Effect(policy.box, _BLOCKS) if "block" in policy.controls else None


def demands_mfa(known: Mapping[str, Strength], minimum: Strength) -> Demand:
    """Whether the policy lets such sign-ins in only with a method of at least that strength, or not at all."""

    def judge(policy: AccessPolicy) -> Effect | None:
        found = blocks(policy)
        return found or _authentication(policy, known, minimum)

    return judge


def _authentication(policy: AccessPolicy, known: Mapping[str, Strength], minimum: Strength) -> Effect | None:
    strength = known.get(policy.strength, Strength.UNKNOWN) if policy.strength else Strength.SINGLE
    is_strong = strength >= minimum
    is_asked = minimum <= Strength.MULTIFACTOR and "mfa" in policy.controls
    is_certain = is_strong or is_asked
    if not is_certain and strength is not Strength.UNKNOWN:
        return None
    multifactor, strong = phrase("requires multifactor authentication"), phrase("requires a strong method")
    says = multifactor if minimum <= Strength.MULTIFACTOR else strong
    if policy.is_all_needed:
        return Effect(policy.box, says, is_certain)
    others = policy.controls - {"mfa"} if minimum <= Strength.MULTIFACTOR else policy.controls
    if policy.other_grants or (policy.strength and not is_strong and strength is not Strength.UNKNOWN):
        return None
    certain = is_certain and not (policy.strength and strength is Strength.UNKNOWN)
    return _unless_managed(policy, others, says, is_certain=certain)


def _unless_managed(policy: AccessPolicy, others: frozenset[str], says: Phrase, *, is_certain: bool) -> Effect | None:
    """The effect where any one grant is enough: a managed device gets by without, any other grant spoils it."""
    if others - _MANAGED.keys():
        return None
    free: frozenset[str] = frozenset().union(*(_MANAGED[one] for one in others)) if others else frozenset()
    device = policy.box.properties.get("device", PROPERTIES["device"]) - free
    box = replace(policy.box, properties={**policy.box.properties, "device": device}) if free else policy.box
    return Effect(box, phrase("%(says)s, or a managed device", says=says) if free else says, is_certain)


def demands_managed_device(*, limits_count: bool) -> Demand:
    """Whether the policy keeps unmanaged devices out; with `limits_count` also whether it limits what they can do."""

    def judge(policy: AccessPolicy) -> Effect | None:
        if "block" in policy.controls:
            return Effect(policy.box, _BLOCKS)
        if limits_count and policy.limits & _LIMITING_SESSIONS:
            return Effect(policy.box, phrase("limits the session"))
        enough = frozenset(_MANAGED) | (_APP_PROTECTION if limits_count else frozenset())
        asked = policy.controls & enough
        if asked and (policy.is_all_needed or _only(policy, enough)):
            return Effect(
                policy.box, phrase("requires %(grant)s", grant=reduce(_or, [_GRANTS[one] for one in sorted(asked)]))
            )
        return None

    return judge


def _or(one: Phrase, other: Phrase) -> Phrase:
    return phrase("%(one)s or %(other)s", one=one, other=other)


def remedies_user_risk(policy: AccessPolicy) -> Effect | None:
    """Whether the policy blocks, or demands a change of password."""
    if "block" in policy.controls:
        return Effect(policy.box, _BLOCKS)
    asked = policy.controls & _REMEDY
    if asked and (policy.is_all_needed or _only(policy, _REMEDY)):
        return Effect(policy.box, phrase("requires a change of password"))
    return None


def _only(policy: AccessPolicy, enough: frozenset[str]) -> bool:
    """Whether every alternative that a sign-in has is one of these."""
    return policy.controls <= enough and not policy.strength and not policy.other_grants
