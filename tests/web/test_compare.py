"""Compare, its exports and proposed pairs: who sees them, what they say, and what is done there."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.inventory.test_answers import LEFT, RIGHT, catalogue
from tests.samples import TAKEN_AT, capture, write_export
from trueline.inventory import queries as inventory
from trueline.inventory import vocabulary
from trueline.inventory.actions import make_baseline
from trueline.web import comparisons
from trueline.web.compare_rows import ValueLine

ABSENT = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def fresh():
    comparisons._kept.clear()
    vocabulary._kept.clear()


@pytest.fixture
def sides(world, tmp_path):
    """South left and north right: one pair to decide, one sure one, one setting in conflict."""
    definitions = [
        {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationSimpleSettingDefinition",
            "id": "device_vendor_msft_policy_edge",
            "displayName": "Home page of the browser",
            "categoryName": "Browsing",
        }
    ]
    north = write_export(tmp_path / "north", [*RIGHT, catalogue(13, "=HYPERLINK(1)", only_north="=1+1")])
    (north / "configurationSettings.json").write_text(json.dumps(definitions))
    return (
        capture(world, world.other_environment, write_export(tmp_path / "south", LEFT), TAKEN_AT),
        capture(world, world.environment, north, TAKEN_AT + timedelta(days=1)),
    )


def query(sides, **more):
    return {"left": str(sides[0].pk), "right": str(sides[1].pk), **more}


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def pair_ids(world, sides):
    with world.scope() as scope:
        entry = next(
            one
            for one in inventory.whole(scope, sides[0].pk, sides[1].pk).comparison.entries
            if one.evidence and not one.evidence.auto
        )
        return {"left_object": str(entry.left.id), "right_object": str(entry.right.id)}


def test_without_captures_it_says_that_nothing_was_captured(world, signed_in):
    page = text_of(signed_in(world.viewer).get("/w/acme/compare"))
    assert "Nothing was captured yet" in page


def test_without_a_choice_it_offers_every_environment_and_standard(world, sides, signed_in):
    with world.scope() as scope:
        make_baseline(scope, "House", sides[0].pk, actor=scope.actor)
    page = text_of(signed_in(world.viewer).get("/w/acme/compare"))
    assert "Choose two sides" in page
    assert all(word in page for word in ("South: ", "North: ", "Standards: House"))


def test_settings_show_both_values_their_policies_and_names(world, sides, signed_in):
    page = text_of(signed_in(world.viewer).get("/w/acme/compare", query(sides)))
    assert "1 of 1 object in both changed" not in page
    assert "1 only in North, 1 proposed as pairs." in page
    assert "Set by both: 7 settings, in conflict: 1." in page
    assert "Home page of the browser" in page
    assert "Browsing" in page
    assert "<code>device_vendor_msft_policy_edge</code>" in page
    assert page.count("Workplace hardening") >= 6


def test_settings_are_filtered_by_state_and_text(world, sides, signed_in):
    browser = signed_in(world.viewer)
    conflicts = text_of(browser.get("/w/acme/compare", query(sides, tab="settings", state="conflict")))
    assert "device_vendor_msft_policy_lock" in conflicts
    assert "device_vendor_msft_policy_edge" not in conflicts
    named = text_of(browser.get("/w/acme/compare", query(sides, tab="settings", q="home page")))
    assert "1 entry" in named
    assert "No setting matches" in text_of(browser.get("/w/acme/compare", query(sides, q="nowhere")))


def test_objects_show_each_outcome_with_its_changes(world, sides, tmp_path, signed_in):
    changed = [catalogue(11, "Workplace hardening", extra_one="2"), RIGHT[1]]
    later = capture(world, world.environment, write_export(tmp_path / "later", changed), TAKEN_AT + timedelta(days=2))
    browser = signed_in(world.viewer)
    page = text_of(browser.get("/w/acme/compare", query((sides[1], later), tab="objects")))
    assert "values differ" in page
    assert "Home page of the browser" in page
    gone = text_of(browser.get("/w/acme/compare", query((sides[1], later), tab="objects", outcome="only_left")))
    assert "=HYPERLINK(1)" in gone
    assert "No object is in this group." in text_of(
        browser.get("/w/acme/compare", query((sides[1], later), tab="objects", outcome="only_right"))
    )


def test_one_object_alone_shows_all_of_its_changes(world, tmp_path, signed_in):
    many = [{f"setting_{number:03}": str(value) for number in range(60)} for value in (1, 2)]
    left, right = (
        capture(
            world,
            world.environment,
            write_export(tmp_path / str(number), [catalogue(1, "Many", **settings)]),
            TAKEN_AT + timedelta(days=number),
        )
        for number, settings in enumerate(many)
    )
    browser = signed_in(world.viewer)
    page = text_of(browser.get("/w/acme/compare", query((left, right), tab="objects")))
    assert "Show 20 more values" in page
    with world.scope() as scope:
        entry = inventory.whole(scope, left.pk, right.pk).comparison.entries[0]
    alone = text_of(
        browser.get("/w/acme/compare", query((left, right), tab="objects", pair=f"{entry.left.id}-{entry.right.id}"))
    )
    assert "setting_059" in alone
    assert "more value" not in alone


def test_lists_are_paged(world, tmp_path, signed_in):
    left = {f"setting_{number:03}": "1" for number in range(120)}
    one = capture(world, world.environment, write_export(tmp_path / "one", [catalogue(1, "Many", **left)]), TAKEN_AT)
    browser = signed_in(world.viewer)
    first = text_of(browser.get("/w/acme/compare", query((one, one))))
    assert "1 to 50 of 120" in first
    last = text_of(browser.get("/w/acme/compare", query((one, one), **{"from": "100"})))
    assert "101 to 120 of 120" in last
    assert "setting_119" in last
    beyond = text_of(browser.get("/w/acme/compare", query((one, one), **{"from": "99999"})))
    assert "1 to 50 of 120" in beyond


def test_a_standard_can_stand_left_and_never_right(world, sides, signed_in):
    with world.scope() as scope:
        house = make_baseline(scope, "House", sides[0].pk, actor=scope.actor)
    browser = signed_in(world.viewer)
    page = text_of(
        browser.get("/w/acme/compare", {"left": f"standard-{house.pk}", "right": str(sides[1].pk), "tab": "objects"})
    )
    assert "only in North" in page
    turned = browser.get("/w/acme/compare", {"left": str(sides[1].pk), "right": f"standard-{house.pk}"})
    assert turned.status_code == 404


@pytest.mark.parametrize("address", ["/w/acme/compare", "/w/acme/compare/export", "/w/acme/compare/pairs"])
@pytest.mark.parametrize("value", [ABSENT, f"standard-{ABSENT}", "nonsense", "standard-"])
def test_a_side_that_never_was_is_404(address, value, world, sides, signed_in):
    for side in ("left", "right"):
        assert signed_in(world.owner).get(address, query(sides) | {side: value}).status_code == 404


def test_a_stranger_and_a_capture_next_door_are_404_and_a_customer_is_told(world, sides, signed_in):
    for address in ("/w/acme/compare", "/w/acme/compare/export", "/w/acme/compare/pairs"):
        assert signed_in(world.stranger).get(address, query(sides)).status_code == 404
        assert signed_in(world.stranger).get(address.replace("acme", "elsewhere"), query(sides)).status_code == 404
        assert signed_in(world.customer).get(address, query(sides)).status_code == 403
        assert Client().get(address).status_code == 302


def test_who_is_narrowed_away_from_one_side_finds_nothing(world, sides, signed_in):
    from trueline.workspaces.models import EnvironmentGrant, Membership  # noqa: PLC0415 - one narrowing

    browser = signed_in(world.viewer)
    assert browser.get("/w/acme/compare", query(sides)).status_code == 200
    with world.inside():
        EnvironmentGrant.objects.create(
            workspace=world.workspace,
            membership=Membership.objects.get(user=world.viewer),
            environment=world.environment,
            effect="exclude",
        )
    assert browser.get("/w/acme/compare", query(sides)).status_code == 404
    assert "North" not in text_of(browser.get("/w/acme/compare"))


def test_a_wrong_method_is_405(world, sides, signed_in):
    browser = signed_in(world.owner)
    for address in ("/w/acme/compare", "/w/acme/compare/export", "/w/acme/compare/pairs"):
        assert browser.post(address).status_code == 405
    assert browser.get("/w/acme/compare/pairs/answer").status_code == 405
    assert browser.get(f"/w/acme/compare/pairs/{ABSENT}/withdraw").status_code == 405


def test_the_json_file_is_the_document_of_the_command_line(world, sides, signed_in):
    answer = signed_in(world.viewer).get("/w/acme/compare/export", query(sides, format="json"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="south-north.json"'
    document = json.loads(answer.content)
    with world.scope() as scope:
        whole = inventory.whole(scope, sides[0].pk, sides[1].pk)
        assert document == json.loads(whole.document(vocabulary.definitions(scope)).to_json())
    assert "Home page of the browser" in {item["name"] for item in document["settings"]["items"]}


@pytest.mark.parametrize("tab", ["settings", "objects"])
def test_a_csv_file_holds_every_line_and_no_formula(tab, world, sides, signed_in):
    answer = signed_in(world.viewer).get("/w/acme/compare/export", query(sides, format="csv", tab=tab))
    text = answer.content.decode("utf-8-sig")
    assert '"=' not in text
    assert "'=HYPERLINK(1)" in text
    assert answer.headers["Content-Disposition"].endswith(f'-{tab}.csv"')


def test_an_xlsx_file_has_both_sheets_and_neither_formula_nor_link(world, sides, signed_in):
    answer = signed_in(world.viewer).get("/w/acme/compare/export", query(sides, format="xlsx"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if "worksheets/sheet" in name]
        assert not [name for name in file.namelist() if "_rels/sheet" in name]
    assert len(sheets) == 2
    assert "<t>=HYPERLINK(1)</t>" in "".join(sheets)
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]


def test_an_export_of_nothing_or_of_an_unknown_kind_is_refused(world, sides, signed_in):
    browser = signed_in(world.viewer)
    assert browser.get("/w/acme/compare/export").url == "/w/acme/compare"
    assert browser.get("/w/acme/compare/export", query(sides, format="exe")).status_code == 404


def test_proposed_pairs_say_why_and_whoever_works_on_findings_answers(world, sides, signed_in):
    browser = signed_in(world.operator)
    page = text_of(browser.get("/w/acme/compare/pairs", query(sides)))
    assert "Baseline devices" in page
    assert "agree; but" in page
    sent = query(sides) | pair_ids(world, sides)
    answer = browser.post("/w/acme/compare/pairs/answer", sent | {"answer": "refused"})
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/w/acme/compare/pairs")
    page = text_of(browser.get(answer.url))
    assert "No pair waits" in page
    assert "Refused" in page
    with world.scope() as scope:
        link = inventory.identity_links(scope, world.environment.pk).get()
    done = browser.post(f"/w/acme/compare/pairs/{link.pk}/withdraw", query(sides))
    assert done.status_code == 302
    assert "1 pair waits" in text_of(browser.get(done.url))


def test_confirming_makes_the_pair_one_of_the_changed(world, sides, signed_in):
    browser = signed_in(world.owner)
    sent = query(sides) | pair_ids(world, sides) | {"answer": "confirmed"}
    browser.post("/w/acme/compare/pairs/answer", sent)
    page = text_of(browser.get("/w/acme/compare", query(sides, tab="objects", outcome="changed")))
    assert "confirmed by a person" in page
    turned = text_of(browser.get("/w/acme/compare/pairs", query(tuple(reversed(sides)))))
    assert "Confirmed" in turned
    assert turned.index("Workplace hardening") < turned.index("Baseline devices")


def test_a_viewer_reads_pairs_is_told_why_not_and_answers_nothing(world, sides, signed_in):
    browser = signed_in(world.viewer)
    page = text_of(browser.get("/w/acme/compare/pairs", query(sides)))
    assert "does not allow this" in page
    assert "The same object" not in page
    sent = query(sides) | pair_ids(world, sides) | {"answer": "confirmed"}
    assert browser.post("/w/acme/compare/pairs/answer", sent).status_code == 403
    with world.scope() as scope:
        assert not inventory.identity_links(scope, world.environment.pk).exists()


def test_an_incomplete_or_strange_answer_changes_nothing(world, sides, signed_in):
    browser = signed_in(world.owner)
    ids = pair_ids(world, sides)
    assert browser.post("/w/acme/compare/pairs/answer", query(sides) | ids).url == "/w/acme/compare"
    assert browser.post("/w/acme/compare/pairs/answer", query(sides) | ids | {"answer": "maybe"}).status_code == 302
    strange = query(sides) | ids | {"answer": "refused", "left_object": ABSENT}
    assert browser.post("/w/acme/compare/pairs/answer", strange).status_code == 404
    assert browser.post(f"/w/acme/compare/pairs/{ABSENT}/withdraw").status_code == 404
    with world.scope() as scope:
        assert not inventory.identity_links(scope, world.environment.pk).exists()


def test_two_captures_of_one_environment_have_nothing_to_decide(world, sides, signed_in):
    page = text_of(signed_in(world.owner).get("/w/acme/compare/pairs", query((sides[1], sides[1]))))
    assert "matched by their ids" in page


def test_pairs_without_sides_lead_to_the_choice(world, sides, signed_in):
    assert signed_in(world.owner).get("/w/acme/compare/pairs").url == "/w/acme/compare"


@pytest.mark.parametrize("address", ["/w/acme/compare", "/w/acme/compare/pairs"])
def test_a_page_asks_the_same_few_questions_whatever_the_size(
    address, world, tmp_path, signed_in, django_assert_max_num_queries
):
    browser = signed_in(world.owner)
    for size in (1, 40):
        left = [catalogue(number, f"Policy {number}", **{f"s_{number}": "1"}) for number in range(size)]
        made = (
            capture(world, world.other_environment, write_export(tmp_path / f"l{size}", left), TAKEN_AT),
            capture(world, world.environment, write_export(tmp_path / f"r{size}", left[:-1] + RIGHT), TAKEN_AT),
        )
        with django_assert_max_num_queries(29):
            browser.get(address, query(made, tab="objects"))
        with django_assert_max_num_queries(19):  # the second look finds the comparison kept
            browser.get(address, query(made, tab="objects"))


def test_a_long_comparison_is_told_first_and_then_fetched_by_the_page(world, sides, signed_in, monkeypatch):
    monkeypatch.setattr(comparisons, "_QUICK", 1)
    browser = signed_in(world.viewer)
    waiting = text_of(browser.get("/w/acme/compare", query(sides)))
    assert "objects are compared with" in waiting
    assert "Settings by what both sides say" not in waiting
    asked = browser.get("/w/acme/compare", query(sides, now="1"), headers={"HX-Request": "true"})
    assert "Settings by what both sides say" in text_of(asked)
    assert "now=1" not in text_of(asked).partition("<main")[2].partition("</main")[0]
    assert "Settings by what both sides say" in text_of(browser.get("/w/acme/compare", query(sides)))


def test_each_policy_of_one_file_leads_to_its_own_page(world, tmp_path, signed_in):
    made = []
    for place in (world.other_environment, world.environment):
        folder = tmp_path / place.slug
        folder.mkdir()
        policies = [catalogue(1, "One", first="1"), catalogue(2, "Two", second="1")]
        (folder / "all.json").write_text(json.dumps({"value": policies}))
        made.append(capture(world, place, folder, TAKEN_AT))
    page = text_of(signed_in(world.owner).get("/w/acme/compare", query(made)))
    with world.scope() as scope:
        ids = {one.name: one.pk for one in inventory.items(scope, made[1].pk)}
    assert all(f'objects/{ids[name]}">{name}</a>' in page for name in ("One", "Two"))


@pytest.mark.parametrize("address", ["/w/acme/compare", "/w/acme/compare/pairs"])
def test_in_german_nothing_is_said_in_english(address, world, sides, signed_in):
    page = signed_in(world.owner).get(address, query(sides, tab="objects"), headers={"accept-language": "de"})
    said = text_of(page)
    assert '<html lang="de"' in said
    for word in ("Proposed", "agree", "Settings", "Objects", "Choose", "only in", "Paired by", "The same object"):
        assert word not in said, word


def test_a_finding_and_the_differences_name_settings(world, sides, tmp_path, signed_in):
    """With names known, no list shows an id alone."""
    changed = [catalogue(11, "Workplace hardening", device_vendor_msft_policy_edge="other"), RIGHT[1]]
    with world.scope() as scope:
        from trueline.inventory.actions import assign_baseline  # noqa: PLC0415 - one standard

        house = make_baseline(scope, "Of the north", sides[1].pk, actor=scope.actor)
        assign_baseline(scope, house.pk, world.environment, actor=scope.actor)
    capture(world, world.environment, write_export(tmp_path / "later", changed), TAKEN_AT + timedelta(days=3))
    browser = signed_in(world.owner)
    assert "Home page of the browser is other instead of edge" in text_of(browser.get("/w/acme/findings/"))
    differences = text_of(
        browser.get("/w/acme/environments/north/differences", {"standard": str(house.pk), "outcome": "changed"})
    )
    assert "Home page of the browser" in differences


def test_a_setting_of_very_many_policies_does_not_fill_the_page_with_them():
    lines = [ValueLine("on", f"Policy {number}", "") for number in range(40)]
    with translation.override("en"):
        shown = render_to_string("web/compare_values.html", {"values": lines})
    assert shown.count("value-line") == 15
    assert "40 policies in all" in shown
    assert "and 25 more, in the file" in shown
