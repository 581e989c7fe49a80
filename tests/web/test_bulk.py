"""Work on several findings at once, and taking back what was just done."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.samples import Captured
from trueline.audit.models import AuditEvent
from trueline.findings.models import Finding
from trueline.kit import clock

WORK = "/w/acme/findings/work"


@pytest.fixture
def two(world, captured: Captured):
    with world.inside():
        return list(Finding.objects.order_by("id")[:2])


def states(world, findings):
    with world.inside():
        return [
            str(one) for one in Finding.objects.filter(id__in=[f.pk for f in findings]).values_list("state", flat=True)
        ]


def chosen(findings, step, **more):
    return {"finding": [str(one.pk) for one in findings], "step": step, **more}


def events(world, action):
    with world.inside():
        return AuditEvent.objects.filter(action=action).count()


def test_one_step_is_done_with_all_that_were_chosen_and_each_has_its_event(world, two, signed_in):
    answer = signed_in(world.operator).post(WORK, chosen(two, "take", back="/w/acme/findings/?state=open"))
    assert answer.headers["Location"] == "/w/acme/findings/?state=open"
    assert states(world, two) == ["triaged", "triaged"]
    assert events(world, "findings:finding:move") == 2


@pytest.mark.parametrize("step", ["take", "close:duplicate", "assign:", "label"])
def test_one_that_is_foreign_or_absent_refuses_all_with_the_same_bytes(step, world, two, signed_in):
    browser = signed_in(world.operator)
    absent = browser.post(WORK, {"finding": [str(two[0].pk), str(uuid4())], "step": step})
    assert absent.status_code == 404
    assert states(world, two) == ["new", "new"]
    foreign = signed_in(world.stranger).post("/w/elsewhere/findings/work", chosen(two, step))
    never = signed_in(world.stranger).post("/w/elsewhere/findings/work", {"finding": [str(uuid4())], "step": step})
    assert foreign.status_code == never.status_code == 404
    assert foreign.content == never.content
    assert states(world, two) == ["new", "new"]


def test_one_in_a_state_that_does_not_allow_it_refuses_all(world, two, signed_in):
    browser = signed_in(world.operator)
    browser.post(WORK, chosen(two[:1], "take"))
    said = browser.post(WORK, chosen(two, "start"), follow=True).content.decode()
    assert "not in a state that allows this" in said
    assert sorted(states(world, two)) == ["new", "triaged"]


def test_several_are_given_to_somebody_and_to_nobody(world, two, signed_in):
    browser = signed_in(world.operator)
    browser.post(WORK, chosen(two, f"assign:{world.operator.pk}"))
    with world.inside():
        assert Finding.objects.filter(assignee=world.operator).count() == 2
    browser.post(WORK, chosen(two, "assign:"))
    with world.inside():
        assert Finding.objects.filter(assignee=world.operator).count() == 0


def test_a_viewer_neither_sees_the_bar_nor_gets_through(world, two, signed_in):
    browser = signed_in(world.viewer)
    assert "data-bulk" not in browser.get("/w/acme/findings/").content.decode()
    assert browser.post(WORK, chosen(two, "take")).status_code == 403


def test_nothing_chosen_says_so_and_an_unknown_step_does_nothing(world, two, signed_in):
    browser = signed_in(world.operator)
    assert "No finding was chosen" in browser.post(WORK, {"step": "take"}, follow=True).content.decode()
    browser.post(WORK, chosen(two, "explode"))
    assert browser.post(WORK, {"finding": ["nonsense"], "step": "take"}).status_code == 400
    assert states(world, two) == ["new", "new"]


def test_the_way_back_is_never_an_address_elsewhere(world, two, signed_in):
    for back in ("https://evil.example/", "//evil.example", "/w/elsewhere/findings/"):
        answer = signed_in(world.operator).post(WORK, chosen(two, "explode", back=back))
        assert answer.headers["Location"] == "/w/acme/findings/"


def undo(browser, findings):
    return browser.post(
        "/w/acme/findings/undo?" + "&".join(f"finding={one.pk}" for one in findings), follow=True
    ).content.decode()


def test_what_was_just_ended_is_taken_back_by_the_same_person(world, two, signed_in):
    browser = signed_in(world.operator)
    due = two[0].due_at
    said = browser.post(WORK, chosen(two, "remediate"), follow=True).content.decode()
    assert "/w/acme/findings/undo?finding=" in said
    assert "It is open again" in undo(browser, two)
    assert states(world, two) == ["reopened", "reopened"]
    with world.inside():
        back = Finding.objects.get(pk=two[0].pk)
    assert (back.times_reopened, back.due_at, back.resolved_at) == (0, due, None)
    assert events(world, "findings:finding:undo") == 2


def test_nobody_else_takes_it_back_and_nothing_that_something_followed(world, two, signed_in):
    browser = signed_in(world.operator)
    browser.post(WORK, chosen(two, "close:duplicate"))
    assert "cannot be undone" in undo(signed_in(world.owner), two)
    browser.post(f"/w/acme/findings/{two[0].pk}/comment", {"text": "Wait."})
    assert "cannot be undone" in undo(browser, two)
    assert states(world, two) == ["closed", "closed"]


def test_after_a_while_it_is_too_late(world, two, signed_in, monkeypatch):
    browser = signed_in(world.operator)
    browser.post(WORK, chosen(two, "close:duplicate"))
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "cannot be undone" in undo(browser, two)


def test_a_step_that_is_no_end_is_not_undone(world, two, signed_in):
    browser = signed_in(world.operator)
    browser.post(WORK, chosen(two, "take"))
    assert "cannot be undone" in undo(browser, two)
