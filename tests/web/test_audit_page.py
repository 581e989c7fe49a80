"""The audit log on its page: found, taken along, checked."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.web.test_finding_pages import address, text
from trueline.audit.actions import Subject, record
from trueline.audit.actions_sealing import checkpoint
from trueline.audit.models import AuditEvent
from trueline.audit.rules import body_digest, link_digest
from trueline.findings.models import Finding
from trueline.inventory.models import Snapshot
from trueline.kit import clock
from trueline.kit.scope import Actor, ActorKind
from trueline.operations.models import OperationRun
from trueline.web.views import audit

FINN = Actor(ActorKind.HUMAN, "7", "Finn Fund", on_behalf_of="=1+1")


@pytest.fixture
def moved(world, captured):
    """An event by somebody whom nothing else names, on a finding."""
    with world.inside(), transaction.atomic():
        finding = Finding.objects.order_by("id").first()
        subject = Subject("finding", str(finding.pk), "Überlauf", world.environment.pk, "North")
        after = {"state": "closed", "reason": "Needle, only here"}
        return record(world.workspace.pk, "findings:finding:move", subject, actor=FINN, after=after)


def test_events_are_filtered(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "audit")
    assert "captured a snapshot: north" in text(browser.get(here, {"environment": "north"}))
    assert "captured a snapshot: south" not in text(browser.get(here, {"environment": "north"}))
    assert "created the environment" in text(browser.get(here, {"action": "workspaces:environment:create"}))
    assert "No event matches" in text(browser.get(here, {"actor": "zzz"}))


@pytest.mark.parametrize(
    ("wish", "is_found"),
    [
        ({"q": "überl"}, True),
        ({"q": "needle, ONLY"}, True),
        ({"q": "haystack"}, False),
        ({"actor": "finn"}, True),
        ({"actor": "=1+1"}, True),
        ({"q": "needle", "actor": "olga"}, False),
        ({"q": "needle", "since": "2001-01-01", "until": "2999-01-01"}, True),
        ({"q": "needle", "since": "2999-01-01"}, False),
        ({"q": "needle", "until": "2001-01-01"}, False),
        ({"q": "needle", "since": "soon", "until": "99999-01-01"}, True),
        ({"record": "finding:nothing"}, False),
    ],
    ids=str,
)
def test_an_event_is_found_by_who_what_and_when(wish, is_found, world, moved, signed_in):
    shown = text(signed_in(world.owner).get(address(world, "audit"), wish))
    assert ("Finn Fund moved the finding: Überlauf" in shown) is is_found
    assert ("No event matches" in shown) is not is_found


def test_an_event_is_found_by_its_number_and_by_the_id_of_its_record(world, moved, signed_in):
    browser, here = signed_in(world.owner), address(world, "audit")
    for wish in (str(moved.sequence), moved.subject_id):
        assert "Finn Fund moved the finding" in text(browser.get(here, {"q": wish}))
    assert "Finn Fund" not in text(browser.get(here, {"q": "1"}))


def test_the_page_of_a_record_leads_to_who_did_what_to_it(world, moved, signed_in):
    browser = signed_in(world.owner)
    with world.inside():
        run, snapshot = (
            OperationRun.objects.first(),
            Snapshot.objects.filter(environment_id=world.environment.pk).first(),
        )
    for kind, found, here in (
        ("finding", moved.subject_id, address(world, "finding", moved.subject_id)),
        ("run", run.pk, address(world, "run", run.pk)),
        ("snapshot", snapshot.pk, address(world, "snapshot", "north", snapshot.pk)),
    ):
        link = f"/w/acme/audit/?record={kind}:{found}"
        assert link in browser.get(here).content.decode()
        assert link not in signed_in(world.viewer).get(here).content.decode()
    shown = text(browser.get(address(world, "audit"), {"record": f"finding:{moved.subject_id}"}))
    assert "Who did what to <strong>Überlauf</strong>, the latest first." in shown
    assert "Finn Fund moved the finding: Überlauf" in shown
    assert "created the environment:" not in shown


def test_what_is_filtered_is_taken_along_and_can_be_computed_again(world, moved, signed_in):
    browser, here = signed_in(world.owner), address(world, "audit_export")
    whole = browser.get(here, {"format": "json", "actor": "finn"})
    assert whole["Content-Disposition"].startswith('attachment; filename="audit-')
    (event,) = json.loads(whole.content)["events"]
    seals = {name: event.pop(name) for name in ("body_digest", "previous_digest", "digest")}
    number = event.pop("sequence")
    assert body_digest(event) == seals["body_digest"]
    assert link_digest(str(world.workspace.pk), number, seals["previous_digest"], seals["body_digest"]) == moved.digest
    sheet = browser.get(here, {"format": "csv", "actor": "finn"}).content.decode("utf-8-sig")
    head, line = csv.reader(io.StringIO(sheet))
    assert (head[2], line[2], line[3]) == ("Who", "Finn Fund", "'=1+1")
    assert len(head) == len(line)


def test_more_than_a_file_holds_is_not_taken_along_in_part(world, moved, signed_in, monkeypatch):
    monkeypatch.setattr(audit, "MOST_EXPORTED", 2)
    answer = signed_in(world.owner).get(address(world, "audit_export"), {"format": "csv", "q": "n"}, follow=True)
    assert answer.redirect_chain == [("/w/acme/audit/?q=n", 302)]
    assert "More than 20,000 events match" in text(answer)


def test_an_export_is_for_those_who_may_see_the_log(world, moved, signed_in):
    here = address(world, "audit_export")
    assert signed_in(world.viewer).get(here, {"format": "csv"}).status_code == 403
    assert signed_in(world.stranger).get(here, {"format": "csv"}).status_code == 404
    assert signed_in(world.owner).get(here).status_code == 302
    assert signed_in(world.owner).post(here).status_code == 405


def test_the_chain_is_verified_when_asked_and_says_how_much_is_signed(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "audit")
    with world.inside():
        number = AuditEvent.objects.count()
    assert "The chain is whole" not in text(browser.get(here))
    assert f"The chain is whole: {number} events were checked." in text(browser.get(here, {"verify": "1"}))
    assert "has not been signed yet" in text(browser.get(here))
    made = checkpoint(world.workspace.pk)
    shown = text(browser.get(here, {"verify": "1"}))
    assert f"{number} events were checked. The first {number} are signed." in shown
    assert made.head[:16] in shown


def test_a_chain_that_breaks_is_told_in_one_sentence(world, captured, signed_in):
    with world.inside(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update audit_audithead set sequence = sequence + 1")
        number = AuditEvent.objects.count()
    german = {"accept-language": "de"}
    shown = text(signed_in(world.owner).get(address(world, "audit"), {"verify": "1"}, headers=german))
    assert f"Die Kette bricht bei Ereignis {number + 1}" in shown
    assert "the chain ends" not in shown


def test_times_are_days_of_the_reader(world, moved, signed_in):
    day = clock.now().date()
    browser, here = signed_in(world.owner), address(world, "audit")
    assert "Finn Fund" in text(browser.get(here, {"since": day - timedelta(days=1), "until": day + timedelta(days=1)}))


def test_an_owner_says_for_how_long_the_log_is_kept(world, signed_in):
    browser, place = signed_in(world.owner), f"/w/{world.workspace.slug}/audit/"
    said = browser.post(f"{place}term", {"days": "365"}, follow=True).text
    assert "once a day" in said
    assert '<option value="365" selected>' in said
    for wrong, told in (("30", "at least 90 days"), ("never", "Choose one of the terms")):
        assert told in browser.post(f"{place}term", {"days": wrong}, follow=True).text
    assert "kept for ever" in browser.post(f"{place}term", {"days": ""}, follow=True).text
    assert signed_in(world.approver).post(f"{place}term", {"days": "90"}).status_code == 403
