"""Every case: what it says, and the one thing it offers first."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.desks import ENVIRONMENT, connection, desk, exception, finding, run
from trueline.audit.registry import EVENTS
from trueline.casework.guidance import environments
from trueline.casework.guidance.contract import (
    EXECUTABLE,
    ActionType,
    CaseStatus,
    ResolutionAction,
    ResolutionCase,
    is_safe,
    offered,
)
from trueline.casework.guidance.deliveries import FailedAtHand, failed_case
from trueline.casework.guidance.exceptions import ExceptionAtHand, exception_case
from trueline.casework.guidance.findings import FindingAtHand, finding_case
from trueline.casework.guidance.reasons import REASONS
from trueline.casework.guidance.reviews import ReviewAtHand, review_case, undelivered_case
from trueline.casework.guidance.runs import RunAtHand, run_case
from trueline.findings.exceptions import Validity
from trueline.findings.rules import FindingState, Severity
from trueline.kit import ids
from trueline.operations.registry import run_types
from trueline.operations.rules import RunOutcome, State
from trueline.workspaces.rules import Capability

GIVEN = "Password is 4"
NORTH = environments.Place(ENVIRONMENT, "North", "north")
ACT, WAIT, NONE = CaseStatus.ACTION_REQUIRED, CaseStatus.WAITING, CaseStatus.NOTHING_TO_DO


def of_finding(surface: str = "home", *, denied: tuple[str, ...] = (), **facts: Any) -> ResolutionCase:
    return finding_case(desk(surface, denied=denied), FindingAtHand(finding(**facts), GIVEN, "north"))


def of_run(surface: str = "home", *, slug: str = "north", snapshot: bool = False, **facts: Any) -> ResolutionCase:
    stalled = facts.pop("stalled", False)
    made = RunAtHand(run(**facts), "Capture", slug, ids.new() if snapshot else None, stalled)
    return run_case(desk(surface), made)


def of_exception(validity: Validity | None, *, is_there: bool = True) -> ResolutionCase:
    held = finding("risk_accepted")
    return exception_case(
        desk(), ExceptionAtHand(held, exception(held) if is_there else None, validity, GIVEN, "north")
    )


FINDINGS = [
    ({"state": "new"}, "Nobody has looked at it yet.", "take", ACT),
    ({"state": "reopened"}, "It was done with, and came back.", "take", ACT),
    ({"state": "triaged"}, "Somebody has looked at it; the work has not begun.", "start", ACT),
    ({"state": "in_progress"}, "The work on it has begun.", "remediate", ACT),
    ({"state": "resolved"}, "A complete capture no longer shows it.", "none", NONE),
    (
        {"state": "resolved", "reason": "remediated"},
        "Somebody says that it is repaired; no complete capture has shown it yet.",
        "none",
        WAIT,
    ),
    ({"state": "closed"}, "It was closed without remediation.", "none", NONE),
    ({"state": "risk_accepted"}, "Somebody decided to live with it.", "none", NONE),
    ({"state": "molten"}, "It is in a state that Trueline has no words for yet.", "none", NONE),
]


@pytest.mark.parametrize(("facts", "reason", "step", "status"), FINDINGS)
def test_a_finding_says_why_it_waits_and_offers_its_next_move(facts, reason, step, status):
    case = of_finding("finding", **facts)
    assert (case.reason, case.primary_action.key, case.status) == (reason, step, status)


def test_away_from_its_page_a_finding_is_looked_at_before_it_is_moved():
    case = of_finding("home", state="new")
    assert (case.primary_action.type, case.primary_action.key) == (ActionType.NAVIGATION, "finding")
    assert [action.key for action in case.secondary_actions] == ["take", "environment"]


def test_an_overdue_finding_says_since_when():
    assert of_finding(due_days=-2).impact.endswith("It was due on 18 Nov 2026.")
    assert of_finding(due_days=5).impact.endswith("It is due on 25 Nov 2026.")


def test_what_a_reader_may_not_do_is_disabled_with_its_reason_and_never_hidden_in_a_link():
    case = of_finding("finding", denied=(Capability.FINDINGS_WORK,))
    assert case.primary_action.disabled_reason == "Not yours."
    assert of_finding("home", denied=(Capability.FINDINGS_WORK,)).secondary_actions[0].key == "environment"


EXCEPTIONS = [
    (Validity.PENDING, "Risk to decide about: Password is 4", "Look at the request", ACT),
    (Validity.VALID, "Risk accepted: Password is 4", "Look at the finding", NONE),
    (Validity.EXPIRING, "Accepted risk ends soon: Password is 4", "Decide about its renewal", ACT),
    (Validity.EXPIRED, "Accepted risk has ended: Password is 4", "Decide again", ACT),
    (Validity.STALE, "Accepted risk is not what was accepted: Password is 4", "Compare, then decide again", ACT),
    (Validity.REJECTED, "Risk not accepted: Password is 4", "Look at the finding", NONE),
    (Validity.REVOKED, "Accepted risk was taken back: Password is 4", "Look at the finding", NONE),
    (Validity.SUPERSEDED, "A newer decision holds: Password is 4", "Look at the finding", NONE),
]


@pytest.mark.parametrize(("validity", "title", "step", "status"), EXCEPTIONS)
def test_an_accepted_risk_says_what_it_is_worth_and_where_it_is_decided(validity, title, step, status):
    case = of_exception(validity)
    assert (case.title, case.primary_action.label, case.status) == (title, step, status)


def test_every_worth_of_a_decision_has_its_case():
    assert {row[0] for row in EXCEPTIONS} == set(Validity)


def test_a_finding_accepted_without_a_decision_counts_as_open():
    case = of_exception(None, is_there=False)
    assert case.title == "Accepted without a decision: Password is 4"
    assert (case.impact, case.status) == ("The finding counts as open again.", ACT)


RUNS = [
    ({"outcome": "succeeded", "snapshot": True}, "Capture has ended well", "snapshot", NONE),
    (
        {"outcome": "partially_succeeded", "snapshot": True},
        "Capture has ended; not everything could be read",
        "snapshot",
        ACT,
    ),
    ({"outcome": "succeeded", "run_type": "findings.detect"}, "Capture has ended well", "findings", NONE),
    ({"outcome": "cancelled"}, "Capture was stopped because somebody asked", "environment", NONE),
    ({"outcome": "odd"}, "Capture has ended in a way that has no words yet", "environment", NONE),
    ({"outcome": "failed", "code": "source_refused"}, "Capture did not come to its end", "upload", ACT),
    ({"outcome": "failed", "code": "never_heard_of"}, "Capture did not come to its end", "upload", ACT),
    ({"outcome": "failed", "code": "invalid_baseline"}, "Capture did not come to its end", "standards", ACT),
    (
        {"outcome": "failed", "code": "internal_error", "run_type": "findings.detect"},
        "Capture did not come to its end",
        "judge",
        ACT,
    ),
    (
        {"outcome": "failed", "code": "unavailable", "run_type": "odd"},
        "Capture did not come to its end",
        "environment",
        ACT,
    ),
    ({"outcome": "blocked", "code": "paused"}, "Capture was not allowed to begin", "trail", ACT),
    ({"outcome": "blocked", "code": "capability_missing"}, "Capture was not allowed to begin", "members", ACT),
    (
        {"outcome": "blocked", "code": "environment_not_operable"},
        "Capture was not allowed to begin",
        "environment",
        ACT,
    ),
    ({"outcome": "blocked", "code": "suspended"}, "Capture was not allowed to begin", "none", ACT),
    ({"outcome": "failed", "code": "stalled", "slug": ""}, "Capture did not come to its end", "none", ACT),
    ({"state": "queued"}, "Capture is under way", "run", WAIT),
    ({"state": "running"}, "Capture is under way", "run", WAIT),
    ({"state": "running", "stalled": True}, "Capture stands still", "run", ACT),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "title", "step", "status"), RUNS)
def test_a_run_says_how_it_stands_and_offers_one_way_on(facts, title, step, status):
    case = of_run(**facts)
    assert (case.title, case.primary_action.key, case.status) == (title, step, status)


def test_on_its_own_page_a_run_does_not_lead_to_itself():
    for facts, *_ in RUNS:
        case = of_run("run", **facts)
        assert "run" not in {action.key for action in (case.primary_action, *case.secondary_actions)}


def test_a_run_that_ended_well_is_not_called_trustworthy():
    assert "coverage" in of_run(outcome="succeeded", snapshot=True).reason


def test_a_failed_run_says_what_happened_why_and_what_to_do_and_never_its_code():
    case = of_run(outcome="failed", code="source_refused")
    assert case.reason == (
        "The export as a whole cannot be read safely; nothing of it was kept. It is damaged, packed in an unusual way, "
        "or holds nothing that Trueline knows. Export it again, then upload the new file."
    )
    assert "source_refused" not in case.title + case.reason + case.impact
    assert case.technical_details.code == "source_refused"


def test_comparing_again_is_a_run_with_all_that_makes_it_safe():
    action = of_run(outcome="failed", code="internal_error", run_type="findings.detect").primary_action
    assert action.type is ActionType.OPERATION_ACTION
    assert (action.capability, action.requires_confirmation) == (Capability.OPERATIONS_START, True)
    assert (action.audit_event, action.operation_run_type) == ("operations:run:start", "findings.detect")


def test_lost_coverage_names_the_areas_their_cause_and_the_next_step():
    lost = environments.Lost(ids.new(), ["Groups", "Apps", "Roles", "Updates"], "denied")
    case = environments.coverage_lost_case(desk(), NORTH, lost)
    assert case.title == "4 areas of North are not read any more"
    assert "Groups, Apps, Roles and 1 more" in case.reason
    assert "lacks the permission" in case.reason
    assert (case.primary_action.key, case.severity) == ("coverage", "high")


def _every_case() -> list[ResolutionCase]:
    """One of each row of the tables in this module."""
    lost = environments.Lost(ids.new(), ["Groups"], "denied")
    place = ReviewAtHand(ids.new(), ids.new(), "May", "North", "north", "draft")
    return [
        *(of_finding("finding", **row[0]) for row in FINDINGS),
        *(of_finding("home", **row[0]) for row in FINDINGS),
        *(of_exception(row[0]) for row in EXCEPTIONS),
        of_exception(None, is_there=False),
        *(of_run(**row[0]) for row in RUNS),
        environments.coverage_lost_case(desk(), NORTH, lost),
        *(environments.connection_case(desk(), NORTH, one) for one in (None, connection(is_off=True), connection())),
        failed_case(desk("inbox"), FailedAtHand(ids.new(), "Ops", 2, "http_500")),
        undelivered_case(desk("inbox"), replace(place, state="published")),
        *(review_case(desk("inbox"), replace(place, state=one)) for one in ("draft", "ready", "failed")),
        environments.no_environment_case(desk()),
        environments.never_captured_case(desk(), NORTH),
        *(environments.no_standard_case(desk(), NORTH, has_standards=has) for has in (True, False)),
        environments.unread_case(desk(), NORTH, ["Apps"]),
        environments.all_read_case(desk(), NORTH),
    ]


def _said(case: ResolutionCase) -> list[str]:
    steps = (case.primary_action, *case.secondary_actions)
    return [case.title, case.reason, case.impact, *(one.label for one in steps)]


def test_every_case_is_told_in_both_languages_and_without_a_code():
    """What a first screen shows: no code of a state, a reason or a run, and German on a German page."""
    with translation.override("en"):
        english = [_said(case) for case in _every_case()]
    with translation.override("de"):
        german = [_said(case) for case in _every_case()]
    for ours, theirs in zip(english, german, strict=True):
        for said, told in zip(ours, theirs, strict=True):
            assert said in {"", GIVEN} or said != told, f"{said!r} is not translated"
            assert not re.search(r"\b[a-z]+_[a-z_]+\b", said + told), said


@pytest.mark.parametrize(
    ("made", "title", "step", "status"),
    [
        (None, "North is not connected", "upload", ACT),
        (connection(is_off=True), "The connection of North is switched off", "environment", ACT),
        (connection(), "North is connected", "upload", NONE),
    ],
)
def test_a_connection_says_whether_it_is_ready(made, title, step, status):
    case = environments.connection_case(desk(), NORTH, made)
    assert (case.title, case.primary_action.key, case.status) == (title, step, status)


@pytest.mark.parametrize(
    ("denied", "step"), [((), "send_again"), ((Capability.WORKSPACE_SETTINGS_MANAGE,), "send_again")]
)
def test_messages_that_did_not_arrive_are_sent_again(denied, step):
    case = failed_case(desk("inbox", denied=denied), FailedAtHand(ids.new(), "Ops", 2, "http_500"))
    assert (case.title, case.reason) == ("Ops was not told", "2 messages did not arrive.")
    assert (case.primary_action.key, bool(case.primary_action.disabled_reason)) == (step, bool(denied))
    assert case.technical_details.code == "http_500"


@pytest.mark.parametrize(
    ("case", "title", "step"),
    [
        (environments.no_environment_case(desk()), "No environment yet", "environment_new"),
        (environments.never_captured_case(desk(), NORTH), "Nothing was captured of North yet", "upload"),
        (
            environments.no_standard_case(desk(), NORTH, has_standards=True),
            "North is held to no standard",
            "standards",
        ),
        (
            environments.no_standard_case(desk(), NORTH, has_standards=False),
            "North is held to no standard",
            "standard",
        ),
        (environments.unread_case(desk(), NORTH, ["Apps"]), "Not everything of North was read", "coverage"),
        (environments.all_read_case(desk(), NORTH), "Nothing waits in North", "upload"),
    ],
)
def test_an_environment_says_what_it_lacks(case, title, step):
    assert (case.title, case.primary_action.key) == (title, step)


SAFE = ResolutionAction(
    "take",
    "Take it",
    ActionType.DOMAIN_ACTION,
    "/move",
    Capability.FINDINGS_WORK,
    requires_confirmation=True,
    audit_event="findings:finding:move",
)
PAGE = ResolutionAction("look", "Look", ActionType.NAVIGATION, "/finding")


@pytest.mark.parametrize(
    "lack",
    [
        {"url": ""},
        {"capability": ""},
        {"capability": "nobody.holds"},
        {"requires_confirmation": False},
        {"audit_event": ""},
        {"audit_event": "findings:finding:dream"},
        {"type": ActionType.OPERATION_ACTION},
        {"type": ActionType.OPERATION_ACTION, "operation_run_type": "findings.dream"},
    ],
)
def test_an_action_that_lacks_what_makes_it_safe_becomes_a_link_or_nothing(lack):
    unsafe = replace(SAFE, **lack)
    assert offered(unsafe, PAGE) == PAGE
    assert offered(unsafe).type is ActionType.NONE
    assert offered(unsafe, SAFE).type is ActionType.NONE
    with pytest.raises(ValueError, match="without what makes it safe"):
        replace(of_finding(), primary_action=unsafe, secondary_actions=())


def test_a_safe_action_stays_what_it_is():
    assert offered(SAFE, PAGE) == SAFE


def test_a_case_refuses_the_same_step_twice():
    with pytest.raises(ValueError, match="twice"):
        replace(of_finding(), primary_action=PAGE, secondary_actions=(PAGE,))


codes = st.one_of(st.sampled_from(sorted(REASONS)), st.text(max_size=20))
types = st.one_of(st.sampled_from(["inventory.capture", "findings.detect"]), st.text(max_size=20))
surfaces = st.sampled_from(["home", "inbox", "run", "environment", "finding"])
slugs = st.sampled_from(["", "north"])
names = st.text(min_size=1, max_size=40)
denials = st.lists(st.sampled_from([str(item) for item in Capability]), unique=True).map(tuple)
desks = st.builds(lambda surface, denied: desk(surface, denied=denied), surfaces, denials)
found = st.builds(
    finding,
    st.one_of(st.sampled_from([str(one) for one in FindingState]), st.text(max_size=16)),
    severity=st.sampled_from([str(one) for one in Severity]),
    due_days=st.integers(-400, 400),
)
runs = st.builds(
    RunAtHand,
    st.builds(
        run,
        st.sampled_from([str(one) for one in State]),
        st.one_of(st.sampled_from([str(one) for one in RunOutcome]), st.text(max_size=24)),
        run_type=types,
        code=codes,
    ),
    names,
    slugs,
    st.one_of(st.none(), st.uuids()),
    st.booleans(),
)
places = st.builds(environments.Place, st.uuids(), names, st.just("north"))
lost = st.builds(environments.Lost, st.uuids(), st.lists(names, max_size=6), st.text(max_size=12))
cases = st.one_of(
    st.builds(finding_case, desks, st.builds(FindingAtHand, found, names, slugs)),
    st.builds(run_case, desks, runs),
    st.builds(
        lambda where, one, validity, is_there, name, slug: exception_case(
            where, ExceptionAtHand(one, exception(one) if is_there else None, validity, name, slug)
        ),
        desks,
        found,
        st.one_of(st.none(), st.sampled_from(Validity)),
        st.booleans(),
        names,
        slugs,
    ),
    st.builds(environments.coverage_lost_case, desks, places, lost),
    st.builds(environments.never_captured_case, desks, places),
    st.builds(
        lambda where, place, has: environments.no_standard_case(where, place, has_standards=has),
        desks,
        places,
        st.booleans(),
    ),
    st.builds(
        environments.connection_case,
        desks,
        places,
        st.one_of(st.none(), st.builds(lambda off: connection(is_off=off), st.booleans())),
    ),
    st.builds(failed_case, desks, st.builds(FailedAtHand, st.uuids(), names, st.integers(1, 999), names)),
    st.builds(
        undelivered_case,
        desks,
        st.builds(ReviewAtHand, st.uuids(), st.uuids(), names, names, slugs, st.just("published")),
    ),
    st.builds(
        review_case,
        desks,
        st.builds(
            ReviewAtHand, st.uuids(), st.uuids(), names, names, slugs, st.sampled_from(["draft", "ready", "failed"])
        ),
    ),
    st.builds(environments.unread_case, desks, places, st.lists(names, min_size=1, max_size=6)),
    st.builds(environments.all_read_case, desks, places),
    st.builds(environments.no_environment_case, desks),
)


@given(cases)
def test_no_input_yields_none_or_two_first_steps_or_one_that_is_not_safe(case):
    actions = [case.primary_action, *case.secondary_actions]
    assert isinstance(case.primary_action, ResolutionAction)
    assert case.primary_action.label
    assert len({action.key for action in actions}) == len(actions)
    known = {one.code for one in run_types()}
    for action in actions:
        assert is_safe(action)
        if action.type in EXECUTABLE:
            assert action.url
            assert action.requires_confirmation
            assert action.audit_event in EVENTS
            assert action.capability in set(Capability)
            assert action.type is ActionType.DOMAIN_ACTION or action.operation_run_type in known


@given(cases)
def test_every_case_says_what_it_is_about_and_where_it_comes_from(case):
    assert case.title
    assert case.reason or case.status is not ACT
    assert case.source_refs
    assert case.severity in {str(one) for one in Severity}
    assert case.scope.type == ("environment" if case.scope.managed_environment_id else "workspace")
