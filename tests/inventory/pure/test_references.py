"""Two tenants name the same group by different ids."""

from __future__ import annotations

from tests.inventory.pure.records import record
from trueline.connections.contract import AreaReport, Coverage, Facet, Record
from trueline.inventory.compare import Outcome, compare_snapshots
from trueline.inventory.rules import record_contents, record_items

HERE, THERE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
UNKNOWN = "33333333-3333-4333-8333-333333333333"


def tenant(group_id: str, assigned: str, tag: str) -> list[Record]:
    return [
        record("Counters", object_type="groups", area="groups", external_id=group_id),
        record("Desk", object_type="roleScopeTags", area="scope_tags", external_id=tag),
        record(
            "Firewall",
            external_id=f"policy-of-{group_id}",
            raw={"assigned": assigned, "tags": ["0", tag]},
            facets={
                Facet.SETTINGS: {"enabled": True},
                Facet.ASSIGNMENTS: {f"assignments[group:{assigned}]": True, "all": [assigned, "zzz"]},
                Facet.SCOPE_TAGS: {"roleScopeTagIds": ["0", tag]},
            },
        ),
    ]


def outcome(left: list[Record], right: list[Record], *, ignore_ids: bool = True) -> Outcome:
    areas = [AreaReport(area, Coverage.COMPLETE, 1) for area in {item.area for item in (*left, *right)}]
    found = compare_snapshots(
        record_items(left),
        record_items(right),
        left_areas=areas,
        right_areas=areas,
        load=record_contents,
        ignore_ids=ignore_ids,
    )
    return next(entry.outcome for entry in found.entries if (entry.left or entry.right).name == "Firewall")


def test_the_same_group_under_another_id_is_no_difference() -> None:
    assert outcome(tenant(HERE, HERE, "3"), tenant(THERE, THERE, "14")) is Outcome.EQUAL


def test_an_export_that_names_groups_equals_one_that_gives_their_ids() -> None:
    assert outcome(tenant(HERE, HERE, "3"), tenant(THERE, "Counters", "14")) is Outcome.EQUAL


def test_another_group_is_a_difference() -> None:
    assert outcome(tenant(HERE, HERE, "3"), tenant(THERE, UNKNOWN, "14")) is Outcome.CHANGED


def test_inside_one_tenant_another_id_is_another_group() -> None:
    left, right = tenant(HERE, HERE, "3"), tenant(HERE, UNKNOWN, "3")
    assert outcome(left, right, ignore_ids=False) is Outcome.CHANGED
