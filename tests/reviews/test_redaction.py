"""What a customer gets is on a list; nothing else passes, and addresses are pseudonyms."""

from __future__ import annotations

import copy

import pytest

from tests.reviews.prepared import leaves, published, seeded
from trueline.audit.models import AuditEvent
from trueline.kit.scope import NotAllowed
from trueline.reviews import queries
from trueline.reviews.actions import make_pack
from trueline.reviews.document import Pseudonyms, for_customer
from trueline.reviews.packs import members
from trueline.reviews.rendering.view import view
from trueline.reviews.rules import Audience, output_refusals

KEY = b"k" * 32
_MADE: list[dict[str, object]] = []


@pytest.fixture
def document(request):
    """The document of one published review, made once; each test may change its own copy."""
    if not _MADE:
        world = request.getfixturevalue("world")
        with world.scope() as scope:
            seeded(world)
            _MADE.append(queries.frozen(scope, published(world, scope)))
    return copy.deepcopy(_MADE[0])


def planted(document, path):
    marked = copy.deepcopy(document)
    place = marked
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "zebrafink"
    return marked


def name_of(path):
    return ".".join(str(step) for step in path if not isinstance(step, int))


def test_a_text_in_any_field_of_the_document_passes_only_where_it_is_named(document):
    document["accepted_risks"][0]["finding"]["state"] = "risk_accepted"
    inside = [path for path, found in leaves(document) if isinstance(found, str)]
    passed = {name_of(path) for path in inside if "zebrafink" in str(for_customer(planted(document, path), KEY))}
    of_findings = {name for name in passed if name.startswith(("findings.open.", "accepted_risks.finding."))}
    shown = {name.removeprefix("findings.open.").removeprefix("accepted_risks.finding.") for name in of_findings}
    assert shown <= {
        "id", "kind", "facet", "area", "object_type", "severity", "state", "first_seen_at", "last_seen_at", "due_at",
        "subject", "path", "setting", "expected", "observed",
    }  # fmt: skip
    never = {
        "review.published_by", "accepted_risks.owner", "accepted_risks.requested_by", "accepted_risks.decided_by",
        "decisions.actor", "decisions.subject", "baseline.standards.id", "evidence.dimensions.digest",
    }  # fmt: skip
    assert passed & never == set()
    assert "accepted_risks.reason" in passed


def test_a_new_field_stays_inside(document):
    document["findings"]["open"][0]["note"] = "zebrafink"
    document["accepted_risks"][0]["note"] = "zebrafink"
    document["review"]["note"] = document["note"] = "zebrafink"
    assert "zebrafink" not in str(for_customer(document, KEY))


def test_people_stand_in_a_customers_pack_by_role_only(document):
    shown = for_customer(document, KEY)
    told = str(shown) + str(view(shown))
    for name in ("Olga Owner", "Anna Approver", "Otto Operator", "owner@example.org"):
        assert name not in told
    assert shown["review"]["published_by_role"] == "owner"


ADDRESSES = (
    "anna.beispiel@kunde.example", "ünal@kunde.example", "10.20.30.40", "fe80::1ff:fe23:4567:890a", "DESKTOP-4F7K2Q1",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_become_pseudonyms_that_are_stable_in_a_pack_and_differ_between_packs(address, document):
    document["findings"]["open"][0]["observed"] = {"users": [address], address: f"from {address}."}
    document["findings"]["open"][0]["subject"] = f"Policy for {address}"
    document["accepted_risks"][0]["reason"] = f"{address} asked for it"
    shown = str(for_customer(document, KEY))
    assert address not in shown
    masked, other = Pseudonyms(KEY).text(address), Pseudonyms(b"o" * 32).text(address)
    assert shown.count(masked) == 5
    assert masked != other != address


@pytest.mark.parametrize("text", ["Windows 10.0.19041", "version 1.2.3", "12:30 o'clock", "a-b-c", "5 @ 3"])
def test_what_is_no_address_stays(text):
    assert Pseudonyms(KEY).text(text) == text


def test_with_whom_a_policy_is_assigned_is_not_told(document):
    document["findings"]["open"][0].update(facet="assignments", observed=["Board of directors"], expected=[])
    shown = for_customer(document, KEY)["findings"]["open"][0]
    assert (shown["observed"], shown["expected"]) == (None, None)


HOSTILE = '<script>alert(1)</script> #read("/etc/passwd") $x$ \\ #import "a" [*b*] =HYPERLINK("http://x") \u202egnp'


def test_hostile_text_is_shown_as_text_in_every_form(document):
    document["findings"]["open"][0].update(subject=HOSTILE, observed=HOSTILE, setting=HOSTILE)
    document["review"].update(title=HOSTILE, summary=HOSTILE)
    made = members(for_customer(document, KEY), "de")
    page = made["review.html"].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert made["review.pdf"].startswith(b"%PDF-1.7")
    lines = made["findings.csv"].decode().splitlines()
    assert not any(cell.startswith("=") for line in lines for cell in line.split(","))


def test_the_page_of_a_pack_needs_no_network_and_is_in_the_language_asked_for(document):
    english = members(for_customer(document, KEY), "en")
    german = members(for_customer(document, KEY), "de")
    differs = {name for name in english if english[name] != german[name]}
    assert differs == {"review.html", "review.pdf"}
    page = german["review.html"].decode()
    assert '<html lang="de">' in page
    assert "Blinde Flecken" in page
    assert "://" not in page


def test_with_names_only_names_and_addresses_come_out_and_the_first_page_says_so(document):
    document["findings"]["open"][0].update(
        facet="assignments", observed=["anna.beispiel@kunde.example"], note="zebrafink"
    )
    shown = for_customer(document, KEY, with_names=True)
    assert shown["findings"]["open"][0]["observed"] == ["anna.beispiel@kunde.example"]
    assert shown["accepted_risks"][0]["decided_by"] == "Anna Approver"
    assert "zebrafink" not in str(shown)
    assert set(shown) == set(for_customer(document, KEY))
    assert output_refusals(shown, is_released=True, is_current=True) == ()
    assert "holds names and addresses" in view(shown)["edition"]


def test_only_who_may_publish_has_a_pack_with_names_made(world):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        made = make_pack(scope, review.pk, Audience.NAMED, "en", actor=scope.actor)
        other = make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        assert made.digest != other.digest
        told = AuditEvent.objects.filter(action="reviews:pack:make").order_by("sequence")
        assert [one.after["audience"] for one in told] == ["named", "customer"]
    for person in (world.operator, world.viewer, world.customer):
        with world.scope(person) as scope, pytest.raises(NotAllowed):
            make_pack(scope, review.pk, Audience.NAMED, "en", actor=scope.actor)
