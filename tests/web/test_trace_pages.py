"""The pages of a system of agents: the list, one trace, and the receiver."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.samples import perform_all
from tests.traces import spans
from tests.traces.conftest import Agents, agents_of
from tests.traces.test_folding import AGENT, CALL, at
from trueline.connections.models import Upload
from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.model import WireSpan
from trueline.operations.models import OperationRun
from trueline.traces.models import Trace
from trueline.web import trace_rows, uploads
from trueline.workspaces.models import ApiKey

BASE = "/w/acme/environments/shop-agents/"
TOOL = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "look_up",
    "gen_ai.tool.call.arguments": '{"q": 7}',
}
SAID = CALL | {
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "<b>where is it</b>"}]}]'
}


@pytest.fixture
def agents(world, settings, tmp_path) -> Agents:
    settings.TRACES_PATH = tmp_path
    return agents_of(world)


@pytest.fixture
def sent(agents) -> Agents:
    agents.send(
        spans.protobuf(
            {"name": "invoke_agent clerk", "at": at(0), "lasts": 9 * spans.SECOND, "attributes": AGENT},
            {"span": 2, "parent": 1, "name": "chat", "at": at(1), "attributes": SAID},
            {"span": 3, "parent": 1, "name": "execute_tool look_up", "at": at(2), "status": 2, "attributes": TOOL},
        )
    )
    agents.fold()
    return agents


def trace_url(agents) -> str:
    with agents.world.inside():
        return f"{BASE}traces/{Trace.objects.get().pk}"


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_before_anything_is_sent_the_page_says_that_nothing_is_known(agents, signed_in):
    shown = text(signed_in(agents.world.viewer).get(BASE))
    assert "No trace was received yet" in shown
    assert f"{BASE}receiver" in shown


def test_the_list_shows_what_failed_and_is_filtered_by_address(sent, signed_in):
    browser = signed_in(sent.world.viewer)
    assert "1 failed" in text(browser.get(BASE + "traces"))
    assert "invoke_agent clerk" in text(browser.get(f"{BASE}traces?status=failed&agent=clerk&q=clerk"))
    for nothing in ("status=fine", "agent=nobody", "q=zzz"):
        assert "Looked, and found nothing" in text(browser.get(f"{BASE}traces?{nothing}"))


def test_what_waits_is_told_and_not_hidden(agents, signed_in):
    agents.send(spans.protobuf({"at": at(0)}))
    assert "1 span was received and is not filed yet" in text(signed_in(agents.world.viewer).get(BASE))


def test_a_trace_shows_its_tree_what_was_said_and_the_calls(sent, signed_in):
    browser, url = signed_in(sent.world.viewer), trace_url(sent)
    tree = text(browser.get(url))
    assert re.findall(r'class="depth-(\d)', tree) == ["0", "1", "1"]
    assert "&lt;b&gt;where is it&lt;/b&gt;" in text(browser.get(f"{url}?view=messages"))
    calls = text(browser.get(f"{url}?view=tools"))
    assert "look_up" in calls
    assert "&quot;q&quot;: 7" in calls
    span = text(browser.get(f"{url}/span?id={spans.span_id(2).hex()}"))
    assert "where is it" in span
    assert "<html" not in span
    assert "where is it" in text(browser.get(f"{url}?span={spans.span_id(2).hex()}"))
    assert "not in the trace" in text(browser.get(f"{url}/span?id=none"))


def test_a_trace_whose_file_is_gone_says_so(sent, signed_in, tmp_path):
    for path in tmp_path.rglob("*.parquet"):
        path.unlink()
    assert "cannot be read" in text(signed_in(sent.world.viewer).get(trace_url(sent)))


def test_strangers_see_nothing_and_customers_no_traces(sent, signed_in):
    for url in (BASE, trace_url(sent), f"{BASE}receiver"):
        assert signed_in(sent.world.stranger).get(url).status_code == 404
        assert signed_in(sent.world.customer).get(url).status_code == 403


def test_a_key_is_made_shown_once_and_may_send_here_and_nothing_else(agents, signed_in):
    browser = signed_in(agents.world.owner)
    shown = text(browser.post(f"{BASE}receiver/key", follow=True))
    token = re.search(r"tl_[0-9a-f]{32}_[\w-]{43}", shown).group(0)
    assert agents.send(spans.protobuf({"at": at(0)}), token=token).status_code == 200
    assert token not in text(browser.get(f"{BASE}receiver"))
    assert signed_in(agents.world.operator).post(f"{BASE}receiver/key").status_code == 403


def test_what_is_kept_is_chosen_by_a_manager_and_a_wrong_wish_is_told(agents, signed_in):
    browser = signed_in(agents.world.owner)
    assert "was changed" in text(
        browser.post(f"{BASE}receiver/policy", {"content": "metadata_only", "keep_days": "30"}, follow=True)
    )
    assert 'value="30"' in text(browser.get(f"{BASE}receiver"))
    assert browser.post(f"{BASE}receiver/policy", {"content": "odd", "keep_days": "0"}).status_code == 422
    wish = {"content": "full", "keep_days": "1"}
    assert signed_in(agents.world.viewer).post(f"{BASE}receiver/policy", wish).status_code == 403


def test_other_environments_have_no_receiver(world, signed_in):
    browser = signed_in(world.owner)
    assert browser.get("/w/acme/environments/north/receiver").url == "/w/acme/environments/north/"
    browser.post("/w/acme/environments/north/receiver/key")
    with world.inside():
        assert ApiKey.objects.count() == 0


def test_a_file_is_imported_and_what_could_not_be_read_is_named(agents, signed_in):
    browser, file = signed_in(agents.world.owner), io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("good.json", spans.as_json({"at": at(0), "name": "imported"}))
        made.writestr("bad.json", b"{")
    sent = SimpleUploadedFile("runs.zip", file.getvalue())
    answer = browser.post(f"{BASE}traces/import", {"traces": sent})
    assert answer.status_code == 302
    perform_all(agents.world)
    agents.fold()
    shown = text(browser.get(answer.url, headers={"accept-language": "de"}))
    assert "es ist kein gültiges JSON (Zeile 1, Spalte 2)" in shown
    assert "bad.json" in shown
    assert "imported" in text(browser.get(f"{BASE}traces"))


def test_a_file_beyond_the_limit_is_refused_in_a_sentence_and_kept_nowhere(agents, signed_in, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD_BYTES", 100)
    for size in (300, 200_000):
        sent = SimpleUploadedFile("runs.zip", b"x" * size)
        answer = signed_in(agents.world.owner).post(f"{BASE}traces/import", {"traces": sent})
        assert answer.status_code == 413
        assert "The file is larger than 200 MB." in answer.content.decode()
    with agents.world.inside():
        assert not Upload.objects.exists()
        assert not OperationRun.objects.exists()


def test_nobody_imports_nothing_or_without_the_right_or_elsewhere(agents, signed_in):
    owner, viewer = signed_in(agents.world.owner), signed_in(agents.world.viewer)
    assert owner.post(f"{BASE}traces/import", {}).status_code == 422
    assert viewer.get(f"{BASE}traces/import").status_code == 403
    assert owner.get("/w/acme/environments/north/traces/import").url == "/w/acme/environments/north/"


def test_the_list_of_environments_tells_systems_of_agents_apart(sent, signed_in):
    shown = text(signed_in(sent.world.viewer).get("/w/acme/environments/"))
    assert "Systems of AI agents" in shown
    assert "Shop agents (0)" in text(signed_in(sent.world.owner).get("/w/acme/inbox/"))


def wire(span, parent=None, **more) -> WireSpan:
    return WireSpan("a" * 32, f"{span:016x}", f"{parent:016x}" if parent else None, f"s{span}", **more)


def test_a_circle_an_orphan_and_a_span_without_times_are_each_shown_once():
    (trace,) = assemble([wire(1, 2), wire(2, 1), wire(3, 99), wire(4), wire(5, 4, started_ns=5, ended_ns=9)])
    rows = trace_rows.rows(trace)
    assert sorted(row.span.name for row in rows) == ["s1", "s2", "s3", "s4", "s5"]
    assert [row.duration for row in rows if row.span.name == "s4"] == ["?"]


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [(None, "?"), (5, "< 1 ms"), (7_000_000, "7 ms"), (1_250_000_000, "1.25 s"), (125 * 10**9, "2 min 5 s")],
)
def test_durations_are_said_as_people_say_them(nanoseconds, words):
    assert trace_rows.duration(nanoseconds) == words
