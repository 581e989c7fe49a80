"""Work on findings by programs: all or none, undone while nothing followed, and the state as it is at this moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.conftest import Caller
from tests.findings.looks import accept
from tests.samples import Captured
from tests.worlds import World
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.workspaces.models import ApiKey

TERMS = "/api/v1/workspaces/acme/terms"


def _ids(world: World) -> list[str]:
    with world.inside():
        return [str(one.pk) for one in Finding.objects.order_by("id")[:2]]


def test_findings_are_moved_together_and_taken_back(world: World, captured: Captured, owner: Caller) -> None:
    ids = _ids(world)
    done = owner.post("/findings/moves", {"finding_ids": ids, "verb": "close", "reason": "duplicate"})
    assert [one["state"] for one in done.json()["items"]] == ["closed", "closed"]
    assert [one["state"] for one in owner.post("/findings/undo", {"finding_ids": ids}).json()["items"]] == [
        "reopened",
        "reopened",
    ]
    assert owner.post("/findings/undo", {"finding_ids": ids}).json()["code"] == "undo_refused"


def test_closing_needs_a_reason_and_an_unknown_step_is_no_step(world: World, captured: Captured, owner: Caller) -> None:
    ids = _ids(world)
    assert owner.post("/findings/moves", {"finding_ids": ids, "verb": "close"}).json()["code"] == "reason_missing"
    assert owner.post("/findings/moves", {"finding_ids": ids, "verb": "explode"}).status_code == 422
    assert owner.post("/findings/moves", {"finding_ids": [], "verb": "take"}).status_code == 422


def test_a_comment_is_said_and_listed(world: World, captured: Captured, owner: Caller) -> None:
    (first, *_) = _ids(world)
    assert owner.post(f"/findings/{first}/comments", {"text": "Waits."}).status_code == 201
    assert owner.post(f"/findings/{first}/comments", {"text": "   "}).json()["code"] == "empty_comment"
    assert [one["text"] for one in owner.get(f"/findings/{first}/comments").json()["items"]] == ["Waits."]


def test_an_acceptance_that_does_not_hold_any_more_is_open_at_once(
    world: World, captured: Captured, owner: Caller, monkeypatch: Any
) -> None:
    with world.inside():
        finding = Finding.objects.order_by("id")[0]
        held = accept(world, finding)
        Finding.objects.filter(pk=finding.pk).update(state="risk_accepted")
    assert owner.get(f"/findings/{finding.pk}").json()["state"] == "risk_accepted"
    assert owner.get(f"/exceptions/{held.pk}").json()["validity"] == "valid"
    later = held.expires_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with world.inside():  # the key of the test lives a day only
        ApiKey.objects.update(created_at=later, expires_at=later + timedelta(days=1))
    assert owner.get(f"/findings/{finding.pk}").json()["state"] == "reopened"
    assert str(finding.pk) in {one["id"] for one in owner.get("/findings?state=open").json()["items"]}
    assert owner.get("/findings?state=risk_accepted").json()["items"] == []
    assert owner.get(f"/exceptions?finding_id={finding.pk}").json()["items"][0]["validity"] == "expired"


def test_the_days_of_a_workspace_are_read_and_changed_in_their_order_by_who_manages(
    callers: dict[str, Caller],
) -> None:
    owner, viewer = callers["owner"], callers["viewer"]
    assert viewer.get("/terms").json()["critical"] == 3
    changed = owner("PATCH", TERMS, {"critical": 2, "high": 7})
    assert (
        changed.json()
        == viewer.get("/terms").json()
        == {"critical": 2, "high": 7, "medium": 30, "low": 90, "info": 365}
    )
    assert owner("PATCH", TERMS, {"critical": 60}).json()["code"] == "terms_refused"
    assert owner("PATCH", TERMS, {"high": 0}).status_code == 422
    assert viewer("PATCH", TERMS, {"high": 9}).status_code == 403
    assert viewer.get("/terms").json()["high"] == 7
