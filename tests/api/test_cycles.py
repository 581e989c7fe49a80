"""Review cycles by programs: set up, changed as a whole, paused; addresses are told only to who may change them."""

from __future__ import annotations

from tests.api.conftest import Caller
from tests.worlds import World

TERMS = {
    "environment": "north",
    "title": "Security review",
    "interval": "quarterly",
    "time_zone": "Europe/Berlin",
    "addresses": ["board@contoso.example"],
}


def test_a_cycle_is_set_up_changed_paused_and_resumed(world: World, callers: dict[str, Caller]) -> None:
    owner = callers["owner"]
    made = owner.post("/review-cycles", TERMS)
    assert made.status_code == 201
    place = f"/review-cycles/{made.json()['id']}"
    assert made.json() | {"interval": "quarterly", "recipients": 1, "is_paused": False} == made.json()
    assert owner.post("/review-cycles", TERMS).status_code == 409
    changed = owner("PUT", place, {"title": "Review", "interval": "monthly"})
    assert (changed.json()["interval"], changed.json()["addresses"]) == ("monthly", [])
    assert owner.post(f"{place}/pause").json()["is_paused"] is True
    assert owner.post(f"{place}/resume").json()["is_paused"] is False
    assert owner.get(f"{place}/turns").json()["items"] == []
    assert [one["title"] for one in owner.get("/review-cycles").json()["items"]] == ["Review"]


def test_addresses_are_told_only_to_who_may_change_them(world: World, callers: dict[str, Caller]) -> None:
    made = callers["owner"].post("/review-cycles", TERMS).json()
    shown = callers["viewer"].get(f"/review-cycles/{made['id']}").json()
    assert (shown["recipients"], shown["addresses"], shown["user_ids"]) == (1, None, [])
    assert callers["viewer"].post("/review-cycles", TERMS).status_code == 403
    assert callers["stranger"].get(f"/review-cycles/{made['id']}").status_code == 404


def test_terms_that_make_no_sense_are_refused_with_a_sentence(world: World, callers: dict[str, Caller]) -> None:
    owner = callers["owner"]
    for wrong in ({"time_zone": "Mars/Base"}, {"interval": "every_days", "every": 2}, {"addresses": ["x"]}):
        assert owner.post("/review-cycles", TERMS | wrong).status_code == 422
    assert owner.get("/review-cycles").json()["items"] == []
