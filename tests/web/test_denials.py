"""What somebody tried and may not is refused, and on record, by a page, by a form and by a key."""

from __future__ import annotations

from tests.api.conftest import Caller, key_of
from trueline.audit.models import AuditEvent

DENIED = "workspaces:right:deny"


def denials(world):
    with world.inside():
        return list(AuditEvent.objects.filter(action=DENIED).order_by("sequence"))


def test_a_form_that_the_role_does_not_allow_is_refused_and_on_record(world, signed_in):
    sent = {"email": "friend@example.org", "role": "viewer"}
    assert signed_in(world.viewer).post("/w/acme/members/invite", sent).status_code == 403
    (told,) = denials(world)
    assert (told.actor_id, told.outcome, told.subject_id) == (str(world.viewer.pk), "blocked", "members.manage")
    assert told.after == {"address": "invite"}


def test_a_page_that_only_shows_leaves_a_record_too(world, signed_in):
    assert signed_in(world.viewer).get("/w/acme/audit/").status_code == 403
    assert [told.subject_id for told in denials(world)] == ["audit.view"]


def test_trying_again_and_again_leaves_one_record(world, signed_in):
    browser = signed_in(world.viewer)
    for _ in range(5):
        browser.get("/w/acme/audit/")
    assert len(denials(world)) == 1


def test_a_stranger_leaves_nothing_in_a_workspace_that_does_not_exist_for_them(world, signed_in):
    assert signed_in(world.stranger).get("/w/acme/audit/").status_code == 404
    assert denials(world) == []


def test_a_key_without_the_right_leaves_a_record(world):
    caller = Caller(key_of(world.workspace, world.viewer))
    answer = caller.get("/audit/events")
    assert answer.status_code == 403
    (told,) = denials(world)
    assert told.actor_kind == "key"
    assert told.after == {"address": "GET /api/v1/workspaces/acme/audit/events"}
