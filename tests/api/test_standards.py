"""Standards of assertions over the interface."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Caller
from tests.samples import perform_all
from tests.worlds import World


def test_assertions_go_in_and_out_and_tell_what_environments_came_to(
    world: World, owner: Caller, captured: Any
) -> None:
    head, about = {"id": "house", "version": "1", "title": "House"}, {"type": "deviceCompliancePolicies"}
    length = {"id": "length", "title": "Long passwords", "severity": "high", "area": "compliance", **about}
    length |= {"setting": "passwordMinimumLength", "operator": "at_least", "value": 6}
    document = {"baseline": head, "assertions": [length]}
    refused = owner.post("/standards", {"name": "Asks", "document": {"baseline": head}})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_baseline")
    assert owner.post("/standards", {"name": "Asks"}).status_code == 422
    made = owner.post("/standards", {"name": "Asks", "document": document}).json()
    assert (made["newest_version"]["assertions"], made["newest_version"]["capture_id"]) == (1, None)
    here = f"/standards/{made['id']}"
    assert owner.get(f"{here}/document").json() == {"number": 1, "release": "1", "document": document}
    for place in ("north", "south"):
        owner.post(f"{here}/assignments", {"environment": place})
    perform_all(world)
    (shown,) = owner.get(f"{here}/assertions").json()["items"]
    assert (shown["states"], shown["unjudged"]) == ({"met": 1, "conflicting": 1}, 0)
    found = owner.get("/environments/north/assertions?state=conflicting").json()
    assert (found["standard_id"], found["version"]) == (made["id"], 1)
    (north,) = found["items"]
    assert (north["state"], north["code"]) == ("conflicting", "in_conflict")
    assert "Compliance 1 says otherwise: 4." in north["sentence"]
    assert {"8", "4"} == {str(one["value"]) for one in north["policies"]}
    assert captured.standard.key == ""
    assert owner.post(f"{here}/releases", {"environment": "north"}).json()["environments"] == ["south"]
    assert owner.get("/environments/north/assertions").json()["standard_id"] is None
