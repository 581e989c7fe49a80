"""The identity ladder between two tenants."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inventory.pure.records import record
from trueline.connections.contract import Facet, Record
from trueline.inventory.matching import resemblance
from trueline.inventory.matching.evidence import Matching, Method, Pair
from trueline.inventory.matching.ladder import match_items
from trueline.inventory.matching.links import Link
from trueline.inventory.matching.verdicts import FLOOR, LEAD
from trueline.inventory.rules import RecordItem, record_contents, record_items

SUBJECTS = ("Firewall", "Encryption", "Browser", "Sign-in", "Updates", "Antivirus", "Printing", "Backup", "Office")


def match(left: list[Record], right: list[Record], **options) -> Matching[RecordItem]:
    defaults = {"load": record_contents, "ignore_ids": True}
    return match_items(record_items(left), record_items(right), **(defaults | options))


def only_pair(left: list[Record], right: list[Record], **options) -> Pair[RecordItem]:
    (pair,) = match(left, right, **options).pairs
    return pair


def policy(subject: str, name: str = "", count: int = 6, **changes: str) -> Record:
    """A policy whose settings are its subject's own; `changes` sets single values by their number."""
    values = {f"{subject.lower()}_{number}": f"v{number}" for number in range(count)}
    values |= {f"{subject.lower()}_{key.removeprefix('s')}": value for key, value in changes.items()}
    return record(name or f"Win - ABC - {subject} - v1.0", settings=values, external_id=subject)


def baseline() -> list[Record]:
    return [policy(subject) for subject in SUBJECTS]


def renamed(policies: list[Record], rename) -> list[Record]:
    return [_named(one, rename(one.name)) for one in policies]


def _named(one: Record, name: str) -> Record:
    return replace(one, name=name, facets={**one.facets, Facet.IDENTITY: {"name": name}}, raw={**one.raw, "name": name})


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("v1.0", "v2.1"),
        lambda name: name.replace("ABC", "ABC - SC"),
        lambda name: f"CONTOSO {name}",
        lambda name: name.upper().replace(" - ", "_"),
        lambda name: f"2026 {name} (Deprecated)",
    ],
)
def test_a_name_is_the_same_without_version_prefix_and_case(rename):
    pairs = match(baseline(), renamed(baseline(), rename)).pairs
    assert len(pairs) == len(SUBJECTS)
    assert all(pair.evidence.auto for pair in pairs)
    assert all(pair.left.external_id == pair.right.external_id for pair in pairs)


def test_settings_find_a_policy_that_got_another_name_and_a_changed_value():
    right = [_named(policy("Firewall", s1="other", count=12), "Network guard"), *baseline()[1:]]
    left = [policy("Firewall", count=12), *baseline()[1:]]
    pair = next(pair for pair in match(left, right).pairs if pair.left.external_id == "Firewall")
    assert (pair.right.name, pair.evidence.method) == ("Network guard", Method.SETTINGS)
    assert "settings" in pair.evidence.reason


def test_a_name_that_now_holds_another_policys_settings_does_not_mislead():
    left = baseline()
    right = [_named(left[0], left[1].name), _named(left[1], left[0].name), *left[2:]]
    for pair in match(left, right).pairs:
        assert pair.left.external_id == pair.right.external_id or not pair.evidence.auto


@pytest.mark.parametrize(
    ("one", "other"), [("Audit", "Enforce"), ("Ring 1", "Ring 2"), ("User", "Device"), ("L1", "L2")]
)
def test_sister_policies_are_never_linked_without_asking(one, other):
    left = [*baseline(), policy("Rules", f"Rules - {one}")]
    right = [*baseline(), policy("Rules", f"Rules - {other}", s1="else")]
    assert not [pair for pair in match(left, right).pairs if "Rules" in pair.left.name and pair.evidence.auto]


def test_rings_with_the_same_settings_are_told_apart_by_name():
    rings = [policy("Ring", f"Updates - Ring {number} - v1.0") for number in (1, 2, 3)]
    right = renamed(rings, lambda name: name.replace("v1.0", "v1.1"))
    pairs = match(rings, right).pairs
    assert all(pair.left.name[:16] == pair.right.name[:16] for pair in pairs)
    assert all(pair.evidence.auto for pair in pairs)


def test_copies_that_nothing_tells_apart_are_not_linked_without_asking():
    twins = [_named(policy("Firewall"), f"Copy {word}") for word in ("alpha", "beta")]
    right = [_named(policy("Firewall"), "Gamma"), _named(policy("Firewall"), "Delta")]
    assert not [pair for pair in match(twins, right).pairs if pair.evidence.auto]


@pytest.mark.parametrize("ignore_ids", [True, False])
@pytest.mark.parametrize("count", [2, 450])
def test_copies_that_are_the_same_in_name_and_content_stand_for_each_other(count, ignore_ids):
    """Not one is missing and not one is more, whichever of them is which."""
    copies = [replace(policy("Firewall"), external_id="", source_path=f"{number}.json") for number in range(count)]
    found = match(copies, copies[1:], ignore_ids=ignore_ids, propose=False)
    assert (len(found.pairs), len(found.only_left), len(found.only_right)) == (count - 1, 1, 0)
    assert {pair.evidence.method for pair in found.pairs} == {Method.NAME}


def test_a_copy_that_a_person_said_is_another_stands_for_none():
    left, right = (replace(policy("Firewall"), external_id=name) for name in ("a", "b"))
    link = Link("configurationPolicies:a", "configurationPolicies:b", is_confirmed=False)
    assert match([left, left], [right], links=[link]).pairs == ()


def test_unrelated_sides_are_only_proposed_what_does_the_same():
    left = [policy(subject) for subject in SUBJECTS[:5]]
    right = [policy(f"Other{number}", f"House {number}") for number in range(5)]
    right.append(_named(policy("Firewall", s0="else"), "Perimeter"))
    assert not [pair for pair in match(left, right).pairs if pair.evidence.auto]


def test_a_fixed_id_outranks_every_name():
    left = [record("A", fixed_key="role:1"), record("B")]
    right = [record("B", fixed_key="role:1"), record("A")]
    pair = next(pair for pair in match(left, right).pairs if pair.left.fixed_key)
    assert (pair.right.name, pair.evidence.method) == ("B", Method.FIXED_ID)


def test_platforms_are_never_mixed():
    assert not match([record("A", platform="macos")], [record("A", platform="ios")]).pairs


def test_an_object_without_settings_is_found_by_its_content():
    def plain(name: str, **values: str) -> Record:
        return record(
            name, object_type="conditionalAccessPolicies", platform="", settings={}, facets={Facet.SETTINGS: values}
        )

    others = [plain(f"CA{number}", **{f"c{number}{k}": "x" for k in range(6)}) for number in range(6)]
    content = {f"condition{number}": f"value{number}" for number in range(8)}
    pair = next(
        pair
        for pair in match(
            [*others, plain("Require MFA", **content)], [*others, plain("Strong sign-in", **content)]
        ).pairs
        if pair.left.name == "Require MFA"
    )
    assert (pair.right.name, pair.evidence.method, pair.evidence.auto) == ("Strong sign-in", Method.CONTENT, True)


def test_another_type_is_only_proposed():
    old = record(
        "Disk encryption",
        object_type="deviceConfigurations",
        settings={},
        facets={Facet.SETTINGS: {"bitLockerEncryptDevice": "true", "bitLockerRecovery": "escrow"}},
    )
    new = record("Disk encryption", settings={"device_bitlocker_encrypt": "1", "device_bitlocker_recovery": "2"})
    pair = only_pair([old], [new])
    assert (pair.evidence.method, pair.evidence.auto) == (Method.CROSS_TYPE, False)


def test_proposals_that_nobody_wants_leave_their_members_alone():
    left, right = [policy("Rules", "Rules - Audit")], [policy("Rules", "Rules - Enforce", s1="else")]
    assert match(left, right).pairs
    matching = match(left, right, propose=False)
    assert (len(matching.only_left), len(matching.only_right), matching.pairs) == (1, 1, ())


def test_a_refused_pair_is_not_proposed_again():
    left, right = [policy("Rules", "Rules - Audit")], [policy("Rules", "Rules - Enforce", s1="else")]
    refusal = Link("configurationPolicies:rules", "configurationPolicies:rules", is_confirmed=False)
    assert not match(left, right, links=[refusal]).pairs


def test_equal_ids_mean_nothing_between_tenants_and_everything_within_one():
    left = [policy("Firewall")]
    right = [replace(policy("Backup"), external_id="Firewall")]
    assert not match(left, right).pairs
    assert only_pair(left, right, ignore_ids=False).evidence.method is Method.ID


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_assignment_is_one_to_one_and_the_same_whatever_the_order(rng: random.Random):
    left = _disturbed(baseline(), rng)
    right = _disturbed(baseline(), rng)
    matching = match(left, right)
    assert len(matching.pairs) + len(matching.only_left) == len(left)
    assert len(matching.pairs) + len(matching.only_right) == len(right)
    assert match(rng.sample(left, len(left)), rng.sample(right, len(right))) == matching


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_disturbance_makes_a_wrong_automatic_link(rng: random.Random):
    matching = match(baseline(), _disturbed(baseline(), rng))
    wrong = [pair for pair in matching.pairs if pair.evidence.auto and pair.left.external_id != pair.right.external_id]
    assert not wrong


def _disturbed(policies: list[Record], rng: random.Random) -> list[Record]:
    """Some policies dropped, renamed or edited; ids keep the truth."""
    kept = [one for one in policies if rng.random() > 0.2]
    return [_edited(_named(one, _new_name(one.name, rng)), rng) for one in kept]


def _new_name(name: str, rng: random.Random) -> str:
    return rng.choice([name, name.replace("v1.0", "v3.2"), f"{name} - Pilot", f"Policy {rng.randint(1, 99)}"])


def _edited(one: Record, rng: random.Random) -> Record:
    if rng.random() < 0.5:
        return one
    values = {setting.id: setting.values[0] for setting in one.settings}
    values[rng.choice(sorted(values))] = rng.choice(["changed", "v1"])
    return record(one.name, settings=values, external_id=one.external_id)


def crowded(rng: random.Random, side: str) -> list[Record]:
    """Policies of a few common settings and of names made of a few words, so that each has many neighbours."""
    words = ["Edge", "Wifi", "Lock", "Base", "Kiosk", "v2"]
    return [
        record(
            f"{side} {number}" if rng.random() < 0.3 else " ".join(rng.sample(words, 2)),
            settings={f"s{rng.randrange(12)}": str(rng.randrange(2)) for _ in range(rng.randrange(1, 6))},
            external_id=f"{side}{number}",
            source_path=f"{side}{number}.json",
        )
        for number in range(14)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_leaving_out_distant_neighbours_changes_no_pair(seed, monkeypatch):
    rng = random.Random(seed)
    left, right = crowded(rng, "l"), crowded(rng, "r")
    assert 0 < resemblance.LEAST < FLOOR - LEAD
    fast = match(left, right)
    monkeypatch.setattr(resemblance, "LEAST", 0)
    assert match(left, right) == fast
