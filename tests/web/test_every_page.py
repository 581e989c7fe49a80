"""Every page: who sees it, who does not, and how a wrong method is answered."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.samples import Captured
from tests.worlds import World
from trueline.inventory import queries as inventory
from trueline.workspaces import queries as workspaces

ABSENT = UUID("00000000-0000-7000-8000-000000000000")
LOOKS = (
    "workspace_home",
    "inbox",
    "environments",
    "environment",
    "environment_objects",
    "environment_captures",
    "environment_differences",
    "environment_assertions",
    "snapshot",
    "snapshot_object",
    "standards",
    "standard",
    "findings",
    "finding",
    "runs",
    "run",
    "run_progress",
)
MANAGES = (
    "environment_new",
    "upload",
    "baseline_make",
    "standard_new",
    "standard_version",
    "environment_archive",
    "audit",
    "member",
)
_OF_A_STANDARD = ("standard", "standard_version", "standard_assign", "standard_unassign")
WRITES = (
    "environment_new",
    "environment_archive",
    "environment_restore",
    "upload",
    "baseline_make",
    "standard_new",
    "standard_version",
    "standard_assign",
    "standard_unassign",
    "invite",
    "run_cancel",
    "member_role",
    "member_remove",
    "member_narrow",
)


@pytest.fixture
def addresses(world: World, captured: Captured) -> dict[str, str]:
    return addresses_of(world, captured, absent=False)


def addresses_of(world: World, captured: Captured, *, absent: bool) -> dict[str, str]:
    """The address of every page, of things that are there or of things that never were."""
    slug = world.workspace.slug
    with world.scope() as scope:
        item = inventory.items(scope, captured.snapshot.pk)[0].pk
        member = workspaces.members(scope).get(user=world.viewer).pk
    env = "nowhere" if absent else world.environment.slug
    ids = {
        "snapshot": captured.snapshot.pk,
        "item": item,
        "finding": captured.findings[0].pk,
        "run": captured.snapshot.run_id,
        "standard": captured.standard.pk,
        "member": member,
    }
    if absent:
        ids = dict.fromkeys(ids, ABSENT)
    parts = _parts(env, ids)
    return {
        name: reverse(name, args=[slug, *parts.get(name, [])])
        for name in {*LOOKS, *MANAGES, *WRITES, "members", "invite"}
    }


def _parts(env: str, ids: dict[str, UUID]) -> dict[str, list[object]]:
    """What each address consists of, after the workspace."""
    tabs = (
        "environment",
        "environment_objects",
        "environment_captures",
        "environment_differences",
        "environment_assertions",
    )
    steps = ("environment_archive", "environment_restore", "upload")
    return {
        **{name: [env] for name in (*tabs, *steps)},
        "snapshot": [env, ids["snapshot"]],
        "baseline_make": [env, ids["snapshot"]],
        "snapshot_object": [env, ids["item"]],
        **{name: [ids["standard"]] for name in _OF_A_STANDARD},
        "finding": [ids["finding"]],
        **{name: [ids["run"]] for name in ("run", "run_progress", "run_cancel")},
        **{name: [ids["member"]] for name in ("member", "member_role", "member_remove", "member_narrow")},
    }


def test_an_owner_opens_every_page(world, addresses, signed_in):
    browser = signed_in(world.owner)
    answers = {name: browser.get(addresses[name]).status_code for name in (*LOOKS, *MANAGES, "members")}
    assert set(answers.values()) == {200}, answers


def test_a_viewer_opens_what_is_to_be_looked_at(world, addresses, signed_in):
    browser = signed_in(world.viewer)
    answers = {name: browser.get(addresses[name]).status_code for name in (*LOOKS, "members")}
    assert set(answers.values()) == {200}, answers


def test_a_viewer_is_told_what_they_may_not_open(world, addresses, signed_in):
    browser = signed_in(world.viewer)
    answers = {name: browser.get(addresses[name]).status_code for name in MANAGES}
    assert set(answers.values()) == {403}, answers


def test_a_viewer_writes_nothing(world, addresses, signed_in):
    browser = signed_in(world.viewer)
    answers = {name: browser.post(addresses[name]).status_code for name in WRITES}
    assert set(answers.values()) == {403}, answers


def test_a_customer_sees_only_what_was_released(world, addresses, signed_in):
    browser = signed_in(world.customer)
    assert browser.get(addresses["workspace_home"]).status_code == 200
    assert "North" not in browser.get(addresses["workspace_home"]).content.decode()
    answers = {name: browser.get(addresses[name]).status_code for name in (*LOOKS[1:], "members")}
    assert set(answers.values()) == {403}, answers


def test_a_stranger_gets_404_with_the_same_bytes_as_for_what_never_was(world, addresses, captured, signed_in):
    browser = signed_in(world.stranger)
    never = addresses_of(world, captured, absent=True)
    bodies = set()
    for name in addresses:
        for address in (addresses[name], never[name].replace("/w/acme/", "/w/never-was/")):
            for ask in (browser.get, browser.post):
                answer = ask(address)
                if answer.status_code != 405:
                    assert answer.status_code == 404, (name, answer.status_code)
                    bodies.add(answer.content)
    assert len(bodies) == 1


def test_what_never_was_is_404_before_any_right_is_looked_at(world, captured, signed_in):
    browser = signed_in(world.viewer)
    for name, address in addresses_of(world, captured, absent=True).items():
        if str(ABSENT) in address or "nowhere" in address:
            answer = browser.post(address) if name in WRITES else browser.get(address)
            assert answer.status_code == 404, (name, answer.status_code)


def test_a_visitor_is_sent_to_sign_in(addresses):
    for name in (*LOOKS, *MANAGES, "members"):
        answer = Client().get(addresses[name])
        assert answer.status_code == 302, name
        assert answer.url.startswith("/account/login/?next=%2Fw%2Facme%2F")
    for name in WRITES:
        answer = Client().post(addresses[name])
        assert (answer.status_code, answer.url) == (302, "/account/login/"), name


def test_a_wrong_method_is_405(world, addresses, signed_in):
    browser = signed_in(world.owner)
    only_get = set(LOOKS) | {"audit", "members", "member"}
    only_post = set(WRITES) - set(MANAGES)
    for name in only_get:
        assert browser.post(addresses[name]).status_code == 405, name
    for name in only_post:
        assert browser.get(addresses[name]).status_code == 405, name
        assert browser.head(addresses[name]).status_code == 405, name
    for name in (*LOOKS, *MANAGES):
        assert browser.delete(addresses[name]).status_code == 405, name


@pytest.mark.parametrize("name", [*LOOKS, *MANAGES, "members"])
def test_a_page_asks_the_database_few_questions(name, world, addresses, signed_in, django_assert_max_num_queries):
    browser = signed_in(world.owner)
    # Two of them are the savepoint of the test's own transaction, two count what waits and what is unread, one looks
    # for what is under way. A comparison reads two sides of everything, a finding its work, comments and labels, the
    # first page a bit of everything.
    most = {"environment_differences": 27, "finding": 27, "findings": 22, "workspace_home": 25}.get(name, 20)
    with django_assert_max_num_queries(most):
        browser.get(addresses[name])


@pytest.mark.parametrize("name", [*LOOKS, "members", "audit"])
def test_every_page_speaks_german(name, world, addresses, signed_in):
    page = signed_in(world.owner).get(addresses[name], headers={"accept-language": "de"}).content.decode()
    if name != "run_progress":
        assert '<html lang="de"' in page
    for word in (">Environments<", ">Settings<", ">Complete<", ">Not read<", ">Succeeded", ">Findings<", "differs"):
        assert word not in page, word


def test_what_a_tenant_named_never_becomes_markup(world, addresses, signed_in):
    page = signed_in(world.owner).get(addresses["findings"]).content.decode()
    assert "Extra &lt;4&gt;" in page
    assert "Extra <4>" not in page
