"""The questions of conditional access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from trueline.connections.contract import Answer, AnswerState, Contents, Coverage, Phrase, Question, phrase
from trueline.providers.microsoft365.areas import gettext_noop
from trueline.providers.microsoft365.questions.asking import (
    ACCEPT,
    ACCEPT_HELP,
    AREA,
    Asked,
    accepted_elements,
    ask,
    excluded,
)
from trueline.providers.microsoft365.questions.demands import (
    Demand,
    blocks,
    demands_managed_device,
    demands_mfa,
    remedies_user_risk,
)
from trueline.providers.microsoft365.questions.policies import ENFORCED, GUEST_TYPES, access_policies
from trueline.providers.microsoft365.questions.regions import Region
from trueline.providers.microsoft365.questions.roles import ADMINISTRATORS
from trueline.providers.microsoft365.questions.strengths import Strength, strengths
from trueline.providers.microsoft365.questions.wording import listed, names_of, whom

_METHOD = "Every enabled policy counts, whatever its name; a policy in report mode or switched off does not. "
_LIMITS = "Users, applications, clients, platforms, locations, risks, flows and device filters that limit a policy are "
HELP = _METHOD + _LIMITS + "taken into account, and what no policy reaches is listed."

_ANYONE = Region().limited("target", frozenset({"applications"}))
_WEAK_CLIENTS = frozenset({"exchangeActiveSync", "other"})
_MINIMUM = "minimum"
_MINIMUM_HELP = "`multifactor` (the default) or `phishing_resistant`."
_ROLES = "roles"
_ROLES_HELP = "Template ids of the roles that count as administrators; by default the fourteen of Microsoft's template."


def _member(element: str) -> Region:
    return replace(_ANYONE, within=frozenset({("users", element)}))


def _mfa(contents: Contents) -> Demand:
    is_high = contents.parameters.get(_MINIMUM) == "phishing_resistant"
    minimum = Strength.PHISHING_RESISTANT if is_high else Strength.MULTIFACTOR
    return demands_mfa(strengths(contents.objects), minimum)


def _method(contents: Contents) -> Phrase:
    is_high = contents.parameters.get(_MINIMUM) == "phishing_resistant"
    return phrase("Phishing-resistant authentication") if is_high else phrase("Multifactor authentication")


def _defaults_count(contents: Contents) -> bool:
    return contents.parameters.get(_MINIMUM) != "phishing_resistant"


def _mfa_for_all(contents: Contents) -> Asked:
    what = phrase("%(method)s for all users", method=_method(contents))
    return Asked(what, (_ANYONE,), _mfa(contents), _defaults_count(contents))


def _mfa_for_administrators(contents: Contents) -> Asked:
    given = contents.parameters.get(_ROLES) or sorted(ADMINISTRATORS)
    starts = tuple(_member(f"role:{str(role).lower()}") for role in given)
    what = phrase("%(method)s for all administrators", method=_method(contents))
    return Asked(what, starts, _mfa(contents), _defaults_count(contents))


def _mfa_for_guests(contents: Contents) -> Asked:
    starts = tuple(_member(f"guests:{kind}") for kind in GUEST_TYPES if kind != "serviceProvider")
    what = phrase("%(method)s for guests", method=_method(contents))
    return Asked(what, starts, _mfa(contents), _defaults_count(contents))


def _legacy(_contents: Contents) -> Asked:
    start = _ANYONE.limited("client", _WEAK_CLIENTS)
    return Asked(phrase("Legacy authentication blocked"), (start,), blocks, defaults_count=True)


def _unmanaged(contents: Contents) -> Asked:
    limits_count = contents.parameters.get("limits_count") is True
    start = _ANYONE.limited("device", frozenset({"unmanaged"}))
    limited, kept_out = (
        phrase("Sign-ins from unmanaged devices blocked or limited"),
        phrase("Unmanaged devices kept out"),
    )
    what = limited if limits_count else kept_out
    return Asked(what, (start,), demands_managed_device(limits_count=limits_count))


def _device_code(_contents: Contents) -> Asked:
    start = _ANYONE.limited("flow", frozenset({"devicecodeflow"}))
    return Asked(phrase("Device code flow blocked"), (start,), blocks)


def _transfer(_contents: Contents) -> Asked:
    start = _ANYONE.limited("flow", frozenset({"authenticationtransfer"}))
    return Asked(phrase("Authentication transfer blocked"), (start,), blocks)


def _risky_sign_ins(contents: Contents) -> Asked:
    start = _ANYONE.limited("sign_in_risk", frozenset({"high"}))
    what = phrase("Sign-ins at high risk blocked or with multifactor authentication")
    return Asked(what, (start,), _mfa(contents))


def _risky_users(_contents: Contents) -> Asked:
    start = _ANYONE.limited("user_risk", frozenset({"high"}))
    what = phrase("Users at high risk blocked or made to change their password")
    return Asked(what, (start,), remedies_user_risk)


def _security_info(contents: Contents) -> Asked:
    start = Region().limited("target", frozenset({"registersecurityinfo"}))
    return Asked(phrase("Registration of security information protected"), (start,), _mfa(contents))


def _exclusions(contents: Contents) -> Answer:
    """Who is left out of the enabled policies, and by which."""
    policies = access_policies(contents.objects)
    enabled = [one for one in policies if one.state == ENFORCED and (one.controls or one.strength)]
    names = names_of(contents.objects)
    accepted = accepted_elements(contents.parameters, names, policies)
    left_out = excluded(enabled, names, accepted)
    coverage = contents.coverage.get(AREA, Coverage.UNREAD)
    if coverage is Coverage.NOT_LICENSED:
        said = phrase("Who is left out: conditional access is not licensed there.")
        return Answer(AnswerState.NOT_LICENSED, said, excluded=left_out)
    if coverage is not Coverage.COMPLETE:
        said = phrase("Who is left out: nobody can tell, as not every conditional access policy was read.")
        return Answer(AnswerState.NOT_MEASURED, said, excluded=left_out)
    if not enabled:
        said = phrase("Who is left out: everybody, as no policy that grants or blocks is enabled.")
        return Answer(AnswerState.NOT_MET, said)
    gaps = tuple(whom(one.kind, one.id, one.name) for one in left_out if not one.is_accepted)
    if gaps:
        said = phrase("Who is left out: %(gaps)s; the policies are held if these are accepted.", gaps=listed(gaps))
        return Answer(AnswerState.MET_PARTLY, said, excluded=left_out, gaps=gaps)
    nobody, accepted_only = phrase("Who is left out: nobody."), phrase("Who is left out: only those who are accepted.")
    return Answer(AnswerState.MET, accepted_only if left_out else nobody, excluded=left_out)


def _question(
    name: str, title: str, asked: Callable[[Contents], Asked], help_text: str = "", **parameters: str
) -> Question:
    return Question(
        key=f"conditional_access.{name}",
        title=title,
        help=f"{help_text} {HELP}".strip(),
        areas=(AREA,),
        parameters={ACCEPT: ACCEPT_HELP, **parameters},
        answer=ask(asked),
    )


_MANAGED_HELP = "A device that is compliant or hybrid joined is managed. "
_DEFAULTS_HELP = "Security defaults that are enabled count as well."

_ALL = (
    _question(
        "mfa_for_all_users",
        gettext_noop("Is multifactor authentication required for all users?"),
        _mfa_for_all,
        _DEFAULTS_HELP,
        **{_MINIMUM: _MINIMUM_HELP},
    ),
    _question(
        "mfa_for_administrators",
        gettext_noop("Is multifactor authentication required for all administrators?"),
        _mfa_for_administrators,
        _DEFAULTS_HELP,
        **{_MINIMUM: _MINIMUM_HELP, _ROLES: _ROLES_HELP},
    ),
    _question(
        "mfa_for_guests",
        gettext_noop("Is multifactor authentication required for guests?"),
        _mfa_for_guests,
        _DEFAULTS_HELP,
        **{_MINIMUM: _MINIMUM_HELP},
    ),
    _question(
        "legacy_authentication_blocked", gettext_noop("Is legacy authentication blocked?"), _legacy, _DEFAULTS_HELP
    ),
    _question(
        "unmanaged_devices",
        gettext_noop("Are unmanaged devices kept out?"),
        _unmanaged,
        _MANAGED_HELP,
        limits_count="true when limited sessions and protected apps are enough.",
    ),
    _question("device_code_flow_blocked", gettext_noop("Is the device code flow blocked?"), _device_code),
    _question("authentication_transfer_blocked", gettext_noop("Is authentication transfer blocked?"), _transfer),
    _question("risky_sign_ins", gettext_noop("Are sign-ins at high risk blocked or challenged?"), _risky_sign_ins),
    _question(
        "risky_users", gettext_noop("Are users at high risk blocked or made to change their password?"), _risky_users
    ),
    _question(
        "security_information", gettext_noop("Is the registration of security information protected?"), _security_info
    ),
    Question(
        key="conditional_access.exclusions",
        title=gettext_noop("Who is left out of conditional access?"),
        help="Lists every user, group, role and kind of guest that an enabled policy leaves out, and the policies.",
        areas=(AREA,),
        parameters={ACCEPT: ACCEPT_HELP},
        answer=_exclusions,
    ),
)

QUESTIONS: Mapping[str, Question] = {question.key: question for question in _ALL}
