"""What a policy demands of the sign-ins it applies to, and whether that answers a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trueline.providers.microsoft365.questions.policies import AccessPolicy
from trueline.providers.microsoft365.questions.regions import PROPERTIES, Box
from trueline.providers.microsoft365.questions.strengths import Strength

_MANAGED = {
    "compliantdevice": frozenset({"compliant", "compliant_and_joined"}),
    "domainjoineddevice": frozenset({"joined", "compliant_and_joined"}),
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
    says: str
    is_certain: bool = True


Demand = Callable[[AccessPolicy], Effect | None]


def blocks(policy: AccessPolicy) -> Effect | None:
    """Whether the policy keeps such sign-ins out."""
    return Effect(policy.box, "blocks them") if "block" in policy.controls else None


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
    says = "requires multifactor authentication" if minimum <= Strength.MULTIFACTOR else "requires a strong method"
    if policy.is_all_needed:
        return Effect(policy.box, says, is_certain)
    others = policy.controls - {"mfa"} if minimum <= Strength.MULTIFACTOR else policy.controls
    if policy.other_grants or (policy.strength and not is_strong and strength is not Strength.UNKNOWN):
        return None
    certain = is_certain and not (policy.strength and strength is Strength.UNKNOWN)
    return _unless_managed(policy, others, says, is_certain=certain)


def _unless_managed(policy: AccessPolicy, others: frozenset[str], says: str, *, is_certain: bool) -> Effect | None:
    """The effect where any one grant is enough: a managed device gets by without, any other grant spoils it."""
    if others - _MANAGED.keys():
        return None
    free: frozenset[str] = frozenset().union(*(_MANAGED[one] for one in others)) if others else frozenset()
    device = policy.box.properties.get("device", PROPERTIES["device"]) - free
    box = replace(policy.box, properties={**policy.box.properties, "device": device}) if free else policy.box
    return Effect(box, f"{says}, or a managed device" if free else says, is_certain)


def demands_managed_device(*, limits_count: bool) -> Demand:
    """Whether the policy keeps unmanaged devices out; with `limits_count` also whether it limits what they can do."""

    def judge(policy: AccessPolicy) -> Effect | None:
        if "block" in policy.controls:
            return Effect(policy.box, "blocks them")
        if limits_count and policy.limits & _LIMITING_SESSIONS:
            return Effect(policy.box, "limits the session")
        enough = frozenset(_MANAGED) | (_APP_PROTECTION if limits_count else frozenset())
        asked = policy.controls & enough
        if asked and (policy.is_all_needed or _only(policy, enough)):
            return Effect(policy.box, f"requires {' or '.join(sorted(asked))}")
        return None

    return judge


def remedies_user_risk(policy: AccessPolicy) -> Effect | None:
    """Whether the policy blocks, or demands a change of password."""
    if "block" in policy.controls:
        return Effect(policy.box, "blocks them")
    asked = policy.controls & _REMEDY
    if asked and (policy.is_all_needed or _only(policy, _REMEDY)):
        return Effect(policy.box, "requires a change of password")
    return None


def _only(policy: AccessPolicy, enough: frozenset[str]) -> bool:
    """Whether every alternative that a sign-in has is one of these."""
    return policy.controls <= enough and not policy.strength and not policy.other_grants
