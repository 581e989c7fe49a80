"""Conditional access over whole sets of policies: what counts, what limits it, who is left out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.microsoft365.questions.tenant import EVERYTHING_READ, ROLE, ask, defaults, group, policy, thing
from trueline.connections.contract import Coverage
from trueline.providers.microsoft365.questions.access import QUESTIONS
from trueline.providers.microsoft365.questions.policies import GUEST_TYPES
from trueline.providers.microsoft365.questions.regions import PROPERTIES
from trueline.providers.microsoft365.questions.wording import _VALUES

MFA, PASSWORDLESS, PHISHING_RESISTANT = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in (2, 3, 4))
GUESTS = {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": ",".join(GUEST_TYPES)}}
MODERN = {"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]}
COMPLIANT, NOT_COMPLIANT = "device.isCompliant -eq True", "device.isCompliant -ne True"
LEGACY = {"clientAppTypes": ["exchangeActiveSync", "other"]}
NOBODY = {"includeUsers": ["None"]}
FINANCE = {"includeUsers": [], "includeGroups": ["finance"]}
WEAK, STRONG = (
    thing("authenticationStrengthPolicies", key, allowedCombinations=combinations, policyType="custom")
    for key, combinations in (("weak", ["fido2", "password"]), ("strong", ["fido2", "password,softwareOath"]))
)


@pytest.mark.parametrize(
    ("objects", "state"),
    [
        ([], "not_met"),
        ([policy()], "met"),
        ([policy(state="disabled")], "not_met"),
        ([policy(state="enabledForReportingButNotEnforced")], "not_met"),
        ([policy(grant=["block"])], "met"),
        ([policy(grant=["compliantDevice"])], "not_met"),
        ([policy(grant=["mfa", "compliantDevice"])], "met_partly"),
        ([policy(grant=["mfa", "compliantDevice"], operator="AND")], "met"),
        ([policy(grant=["mfa", "approvedApplication"])], "not_met"),
        ([policy(grant=["mfa", "approvedApplication"], operator="AND")], "met"),
        ([policy(terms=["t"])], "not_met"),
        ([policy(terms=["t"], operator="AND")], "met"),
        ([policy(grant=[], strength=MFA)], "met"),
        ([policy(grant=[], strength=PASSWORDLESS)], "met"),
        ([policy(grant=[], strength=PHISHING_RESISTANT)], "met"),
        ([policy(grant=[], strength="strong"), STRONG], "met"),
        ([policy(grant=[], strength="weak"), WEAK], "not_met"),
        ([policy(grant=[], strength="unheard")], "not_measured"),
        ([policy(strength="unheard", operator="AND")], "met"),
        ([policy(users=NOBODY)], "not_met"),
        ([policy(users=FINANCE)], "not_measured"),
        ([policy(users=FINANCE), group("finance", "Finance")], "met_partly"),
        ([policy(users={"includeUsers": ["u1"]})], "not_met"),
        ([policy(users={"includeUsers": [], "includeRoles": [ROLE]})], "not_met"),
        ([policy(users={"excludeGroups": ["g"]})], "met_partly"),
        ([policy(users={"excludeUsers": ["u"]})], "met_partly"),
        ([policy(users={"excludeRoles": [ROLE]})], "met_partly"),
        ([policy(users={"excludeUsers": ["GuestsOrExternalUsers"]})], "met_partly"),
        ([policy(users={"excludeUsers": ["GuestsOrExternalUsers"]}), policy("G", users={"includeUsers": []} | GUESTS)],
         "met"),
        ([policy(users={"excludeGroups": ["g"]}), policy("G", users={"includeUsers": [], "includeGroups": ["g"]})],
         "met"),
        ([policy(users={"excludeGroups": ["g"]}), policy("Q", users={"excludeGroups": ["h"]})], "met_partly"),
        ([policy(applications={"includeApplications": ["Office365"]})], "not_met"),
        ([policy(applications={"includeApplications": ["All"], "excludeApplications": ["a"]})], "met_partly"),
        ([policy(applications={"includeApplications": ["All"], "excludeApplications": ["a"]}),
          policy("A", applications={"includeApplications": ["a"]})], "met"),
        ([policy(applications={"includeApplications": ["All"], "excludeApplications": ["Office365"]}),
          policy("A", applications={"includeApplications": ["Office365"], "excludeApplications": ["a"]})],
         "met_partly"),
        ([policy(applications={"includeApplications": ["All"],
                               "applicationFilter": {"mode": "exclude", "rule": "x"}})], "met_partly"),
        ([policy(applications={"includeApplications": [],
                               "applicationFilter": {"mode": "include", "rule": "x"}})], "not_met"),
        ([policy(applications={"includeUserActions": ["urn:user:registersecurityinfo"]})], "not_met"),
        ([policy(**MODERN)], "met_partly"),
        ([policy(**MODERN), policy("L", grant=["block"], **LEGACY)], "met"),
        ([policy(clientAppTypes=["mobileAppsAndDesktopClients"])], "not_met"),
        ([policy(platforms={"includePlatforms": ["all"], "excludePlatforms": ["linux"]})], "met_partly"),
        ([policy(platforms={"includePlatforms": ["iOS"]})], "not_met"),
        ([policy(platforms={"includePlatforms": ["windows"]}),
          policy("O", platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows"]})], "met"),
        ([policy(locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})], "met_partly"),
        ([policy(locations={"includeLocations": ["All"], "excludeLocations": ["here"]}),
          policy("H", locations={"includeLocations": ["here"]})], "met"),
        ([policy(locations={"includeLocations": ["here"]})], "not_met"),
        ([policy(signInRiskLevels=["high", "medium"])], "not_met"),
        ([policy(userRiskLevels=["high"])], "not_met"),
        ([policy(insiderRiskLevels="elevated")], "not_met"),
        ([policy(authenticationFlows={"transferMethods": "deviceCodeFlow"})], "not_met"),
        ([policy(devices={"deviceFilter": {"mode": "exclude", "rule": COMPLIANT}})], "met_partly"),
        ([policy(devices={"deviceFilter": {"mode": "include", "rule": NOT_COMPLIANT}}),
          policy("C", devices={"deviceFilter": {"mode": "include", "rule": COMPLIANT}})], "met"),
        ([policy(devices={"deviceFilter": {"mode": "exclude", "rule": 'device.displayName -eq "x"'}})],
         "met_partly"),
        ([policy(devices={"deviceFilter": {"mode": "include", "rule": 'device.displayName -eq "x"'}})],
         "not_measured"),
        ([policy(moonPhase={"includePhases": ["full"]})], "not_measured"),
        ([policy(clientApplications={"includeServicePrincipals": ["s"]}, users={"includeUsers": []})], "not_met"),
        ([policy(grant=[], session={"signInFrequency": {"isEnabled": True, "value": 1}})], "not_met"),
        ([defaults(enabled=True)], "met"),
        ([defaults(enabled=False)], "not_met"),
        ([defaults(enabled=False), policy()], "met"),
    ],
)  # fmt: skip
def test_mfa_for_all_users(objects, state):
    assert ask("mfa_for_all_users", *objects).state == state


@pytest.mark.parametrize(
    ("objects", "state"),
    [
        ([policy(users={"includeUsers": [], "includeRoles": [ROLE]})], "met"),
        ([policy(users={"includeUsers": [], "includeRoles": ["another"]})], "not_met"),
        ([policy()], "met"),
        ([policy(users={"excludeRoles": [ROLE]})], "not_met"),
        ([policy(users={"excludeRoles": [ROLE]}), policy("A", users={"includeUsers": [], "includeRoles": [ROLE]})],
         "met"),
        ([policy(users={"excludeGroups": ["g"]})], "met_partly"),
        ([policy(users={"excludeRoles": ["another"]})], "met_partly"),
        ([policy(users={"includeUsers": [], "includeRoles": [ROLE]}, grant=["mfa", "domainJoinedDevice"])],
         "met_partly"),
        ([defaults(enabled=True)], "met"),
    ],
)  # fmt: skip
def test_mfa_for_administrators(objects, state):
    assert ask("mfa_for_administrators", *objects, roles=[ROLE]).state == state


def test_one_role_that_is_covered_of_several_is_a_part():
    one = policy(users={"includeUsers": [], "includeRoles": [ROLE]})
    answer = ask("mfa_for_administrators", one)
    assert answer.state == "met_partly"
    assert len(answer.gaps) == 13
    assert "the role Security Administrator" in map(str, answer.gaps)


@pytest.mark.parametrize(
    ("objects", "state"),
    [
        ([policy()], "not_met"),
        ([policy(grant=[], strength=MFA)], "not_met"),
        ([policy(grant=[], strength=PHISHING_RESISTANT)], "met"),
        ([policy(strength=PHISHING_RESISTANT)], "not_met"),
        ([policy(strength=PHISHING_RESISTANT, operator="AND")], "met"),
        ([policy(grant=[], strength="strong"), STRONG], "not_met"),
        ([defaults(enabled=True)], "not_met"),
    ],
)
def test_phishing_resistance_asks_for_more_than_a_second_factor(objects, state):
    answer = ask("mfa_for_administrators", *objects, roles=[ROLE], minimum="phishing_resistant")
    assert answer.state == state


@pytest.mark.parametrize(
    ("objects", "state"),
    [
        ([policy(grant=["block"], **LEGACY)], "met"),
        ([policy(grant=["block"], clientAppTypes=["other"])], "met_partly"),
        ([policy(grant=["block"], clientAppTypes=["other"]),
          policy("E", grant=["block"], clientAppTypes=["exchangeActiveSync"])], "met"),
        ([policy(grant=["mfa"])], "not_met"),
        ([policy(grant=["block"], **MODERN)], "not_met"),
        ([policy(grant=["block"], users={"excludeGroups": ["g"]}, **LEGACY)], "met_partly"),
        ([policy(grant=["block"], applications={"includeApplications": ["Office365"]}, **LEGACY)], "not_met"),
        ([policy(grant=["block"], locations={"includeLocations": ["All"], "excludeLocations": ["x"]}, **LEGACY)],
         "met_partly"),
        ([defaults(enabled=True)], "met"),
    ],
)  # fmt: skip
def test_legacy_authentication_blocked(objects, state):
    assert ask("legacy_authentication_blocked", *objects).state == state


@pytest.mark.parametrize(
    ("objects", "parameters", "state"),
    [
        ([policy(grant=["compliantDevice"])], {}, "met"),
        ([policy(grant=["compliantDevice", "domainJoinedDevice"])], {}, "met"),
        ([policy(grant=["compliantDevice", "mfa"])], {}, "not_met"),
        ([policy(grant=["compliantDevice", "mfa"], operator="AND")], {}, "met"),
        ([policy(grant=["compliantApplication"])], {}, "not_met"),
        ([policy(grant=["compliantApplication"])], {"limits_count": True}, "met"),
        ([policy(grant=[], session={"applicationEnforcedRestrictions": {"isEnabled": True}})],
         {"limits_count": True}, "met"),
        ([policy(grant=[], session={"applicationEnforcedRestrictions": {"isEnabled": False}})],
         {"limits_count": True}, "not_met"),
        ([policy(grant=["block"], devices={"deviceFilter": {"mode": "exclude", "rule": COMPLIANT}})],
         {}, "met"),
        ([policy(grant=["block"], devices={"deviceFilter":
            {"mode": "exclude", "rule": 'device.isCompliant -eq True -and device.deviceOwnership -eq "Company"'}})],
         {}, "met"),
        ([policy(grant=["block"], devices={"deviceFilter": {"mode": "exclude", "rule": NOT_COMPLIANT}})],
         {}, "not_met"),
        ([policy(grant=["compliantDevice"], platforms={"includePlatforms": ["windows"]})], {}, "met_partly"),
    ],
)  # fmt: skip
def test_unmanaged_devices(objects, parameters, state):
    assert ask("unmanaged_devices", *objects, **parameters).state == state


@pytest.mark.parametrize(
    ("question", "objects", "state"),
    [
        ("mfa_for_guests", [policy(users={"includeUsers": ["GuestsOrExternalUsers"]})], "met"),
        ("mfa_for_guests", [policy(users={"excludeUsers": ["GuestsOrExternalUsers"]})], "not_met"),
        ("mfa_for_guests",
         [policy(users={"includeUsers": [],
                        "includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}})],
         "met_partly"),
        ("device_code_flow_blocked",
         [policy(grant=["block"], authenticationFlows={"transferMethods": "deviceCodeFlow,authenticationTransfer"})],
         "met"),
        ("device_code_flow_blocked",
         [policy(grant=["block"], authenticationFlows={"transferMethods": "authenticationTransfer"})], "not_met"),
        ("authentication_transfer_blocked",
         [policy(grant=["block"], authenticationFlows={"transferMethods": "authenticationTransfer"})], "met"),
        ("risky_sign_ins", [policy(signInRiskLevels=["high"])], "met"),
        ("risky_sign_ins", [policy(grant=["block"], signInRiskLevels=["medium"])], "not_met"),
        ("risky_users", [policy(grant=["mfa", "passwordChange"], operator="AND", userRiskLevels=["high"])], "met"),
        ("risky_users", [policy(grant=["mfa"], userRiskLevels=["high"])], "not_met"),
        ("risky_users", [policy(grant=["block"], userRiskLevels=["high"], signInRiskLevels=["high"])], "not_met"),
        ("security_information",
         [policy(applications={"includeUserActions": ["urn:user:registersecurityinfo"]})], "met"),
        ("security_information", [policy()], "not_met"),
        ("security_information",
         [policy(applications={"includeUserActions": ["urn:user:registersecurityinfo"]},
                 locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})], "met_partly"),
        ("exclusions", [policy()], "met"),
        ("exclusions", [policy(users={"excludeUsers": ["u"]})], "met_partly"),
        ("exclusions", [policy(users={"excludeUsers": ["u"]}, state="disabled")], "not_met"),
    ],
)  # fmt: skip
def test_the_other_questions(question, objects, state):
    assert ask(question, *objects).state == state


EMERGENCY = group("e", "Emergency access")
GUARDED = policy("Guarded", users={"excludeGroups": ["e"], "excludeUsers": ["u"]})


def test_whoever_is_left_out_is_listed_with_a_name_and_the_policies_accepted_or_not():
    answer = ask("mfa_for_all_users", GUARDED, EMERGENCY, accept_excluded=["emergency access"])
    assert [(one.kind, one.id, one.name, one.policies, one.is_accepted) for one in answer.excluded] == [
        ("group", "e", "Emergency access", ("Guarded",), True),
        ("user", "u", "", ("Guarded",), False),
    ]
    assert (answer.state, *map(str, answer.gaps)) == ("met_partly", "the user u")


def test_an_accepted_emergency_group_is_listed_and_stands_in_no_way():
    answer = ask("mfa_for_all_users", GUARDED, EMERGENCY, accept_excluded=["E", "u"])
    assert answer.state == "met"
    assert "accepting that the group Emergency access; the user u may be left out" in str(answer.sentence)
    assert len(answer.excluded) == 2


def test_the_policies_that_prove_it_are_named_and_no_others():
    answer = ask("mfa_for_all_users", policy("Whole"), policy("Piece", platforms={"includePlatforms": ["iOS"]}))
    assert [(one.name, one.path, str(one.says)) for one in answer.proofs] == [
        ("Whole", "Whole.json", "requires multifactor authentication")
    ]


def test_a_policy_that_only_reports_is_named_as_such():
    answer = ask("mfa_for_all_users", policy("Watching", state="enabledForReportingButNotEnforced"))
    assert str(answer.sentence).endswith(" Only reported, not enforced: Watching.")


def test_somebody_in_two_groups_that_two_policies_leave_out_is_found():
    answer = ask(
        "mfa_for_all_users", policy(users={"excludeGroups": ["g"]}), policy("Q", users={"excludeGroups": ["h"]})
    )
    assert len(answer.gaps) == 1
    assert "members of the group g who are also members of the group h" in str(answer.gaps[0])


def test_every_value_of_a_property_has_words():
    assert _VALUES.keys() == frozenset().union(*PROPERTIES.values())


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize(
    ("coverage", "state"),
    [
        (Coverage.PARTIAL, "not_measured"),
        (Coverage.DENIED, "not_measured"),
        (Coverage.UNREAD, "not_measured"),
        (Coverage.NOT_LICENSED, "not_licensed"),
    ],
)
def test_policies_that_were_not_all_read_give_no_answer(question, coverage, state):
    answer = QUESTIONS[question].answer
    objects = [policy(grant=["block"])]
    found = ask(question.partition(".")[2], *objects, coverage=EVERYTHING_READ | {"conditional_access": coverage})
    assert found.state == state
    assert answer is not None


def test_without_policies_and_without_security_defaults_read_there_is_no_answer():
    only = {"conditional_access": Coverage.COMPLETE}
    assert ask("mfa_for_all_users", coverage=only).state == "not_measured"
    assert ask("mfa_for_all_users", policy(grant=["compliantDevice"]), coverage=only).state == "not_met"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.key)
def test_a_question_says_what_it_asks_and_how(question):
    assert question.title.endswith("?")
    assert question.help.endswith(".")
    assert all(said.endswith(".") for said in question.parameters.values())
    assert question.areas == ("conditional_access",)


PEOPLE = st.lists(st.sampled_from(["g", "h"]), max_size=2, unique=True)
SETS = st.lists(
    st.fixed_dictionaries(
        {
            "include": st.sampled_from([["All"], [], ["None"]]),
            "groups": PEOPLE,
            "excluded": PEOPLE,
            "roles": st.sampled_from([[], [ROLE]]),
            "clients": st.sampled_from([["all"], ["browser"], ["other", "exchangeActiveSync"]]),
            "grant": st.sampled_from([["mfa"], ["block"], ["mfa", "compliantDevice"], ["compliantDevice"]]),
            "operator": st.sampled_from(["OR", "AND"]),
            "places": st.sampled_from([None, (["All"], ["x"]), (["x"], [])]),
            "state": st.sampled_from(["enabled", "enabled", "disabled", "enabledForReportingButNotEnforced"]),
            "strength": st.sampled_from(["", "", MFA, "unheard"]),
        }
    ),
    max_size=4,
)
RANK = {"met": 2, "met_partly": 1, "not_measured": 0, "not_met": 0, "not_licensed": 0}
ASKED = st.sampled_from(
    ["mfa_for_all_users", "mfa_for_administrators", "legacy_authentication_blocked", "unmanaged_devices"]
)


def built(spec, number):
    more = {"strength": spec["strength"]} if spec["strength"] else {}
    if spec["places"]:
        more["locations"] = dict(zip(("includeLocations", "excludeLocations"), spec["places"], strict=True))
    users = {
        "includeUsers": spec["include"],
        "includeGroups": spec["groups"],
        "excludeGroups": spec["excluded"],
        "includeRoles": spec["roles"],
    }
    chosen = {"state": spec["state"], "grant": spec["grant"], "operator": spec["operator"]}
    return policy(f"P{number}", users=users, clientAppTypes=spec["clients"], **chosen, **more)


def answers(question, specs, *more):
    parameters = {"roles": [ROLE]} if question == "mfa_for_administrators" else {}
    return ask(question, *itertools.starmap(built, zip(specs, itertools.count(), strict=False)), *more, **parameters)


@settings(max_examples=150, deadline=None)
@given(SETS, ASKED, st.data())
def test_leaving_somebody_more_out_never_makes_the_answer_better(specs, question, data):
    before = answers(question, specs)
    for number in range(len(specs)):
        who = data.draw(st.sampled_from(["g", "h", "new"]))
        changed = [dict(one, excluded=[*one["excluded"], who]) if at == number else one for at, one in enumerate(specs)]
        assert RANK[answers(question, changed).state] <= RANK[before.state]


@settings(max_examples=150, deadline=None)
@given(SETS, ASKED)
def test_switching_a_policy_off_never_makes_the_answer_better(specs, question):
    before = answers(question, specs)
    for number in range(len(specs)):
        changed = [dict(one, state="disabled") if at == number else one for at, one in enumerate(specs)]
        assert RANK[answers(question, changed).state] <= RANK[before.state]


@settings(max_examples=100, deadline=None)
@given(SETS, ASKED, st.randoms())
def test_neither_order_nor_names_of_policies_matter(specs, question, chance):
    shuffled = chance.sample(specs, len(specs))
    assert answers(question, specs).state == answers(question, shuffled).state


@settings(max_examples=100, deadline=None)
@given(SETS, ASKED)
def test_met_means_that_nothing_is_left_and_anything_else_says_what_is(specs, question):
    answer = answers(question, specs)
    assert (answer.state == "met") == (answer.gaps == ())
