"""Judged rules: off by default, decided by the one port, every question written down, nothing asked twice."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import ProgrammingError, transaction

from tests.evaluations.models import imported, rule
from tests.evaluations.runs import agents_of, body, runs
from trueline.engine.rules.course import course_of
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations import queries
from trueline.evaluations.actions.asking import MOST_SILENT, RecordingJudge
from trueline.evaluations.actions.publishing import publish_version
from trueline.evaluations.asking import LONGEST_RUN, asked_of, judgement_of
from trueline.evaluations.language_model import CompatibleModel, ModelSilent, Prices, Reply, model_of
from trueline.evaluations.models import ModelCall, RuleTally, Scan
from trueline.evaluations.starting import scan_file
from trueline.kit import clock
from trueline.kit.http import Outgoing, networks
from trueline.operations.actions.execution import execute

QUESTION = "Is the clerk polite?"


@dataclass
class StubModel:
    """Answers by what it is shown, and remembers it."""

    name: str = "stub-1"
    prices: Prices | None = field(default_factory=lambda: Prices(1.0, 10.0))
    shown: list[str] = field(default_factory=list)
    is_silent: bool = False

    def complete(self, prompt):
        if self.is_silent:
            raise ModelSilent("The language model answered 503.")
        self.shown.append(prompt[-1]["content"])
        holds = "Timeout" not in self.shown[-1]
        return Reply(json.dumps({"holds": holds, "reason": "by the words"}), 100, 10)


@pytest.fixture
def place(world):
    with world.inside():
        return agents_of(world)


def scanned(world, place, *, is_judged: bool) -> Scan:
    with world.scope() as scope:
        polite = rule("polite", dimension="care") | {"check": {"judged": {"question": QUESTION}}, "examples": []}
        version = publish_version(
            scope, imported(scope, rule("a"), polite), "", actor=scope.actor, is_unsigned_known=True
        )
        file = [body(runs(6, "tool_a", failing=2))]
        started = scan_file(scope, place, "runs.json", file, version.pk, actor=scope.actor, is_judged=is_judged)
        execute(scope.workspace_id, started.run.pk)
        return queries.scan(scope, queries.scans(scope, place.pk)[0].pk)


def tally(world) -> RuleTally:
    with world.inside():
        return RuleTally.objects.get(rule_key="polite")


@pytest.mark.parametrize(("is_there", "is_judged"), [(False, True), (True, False)])
def test_nobody_is_asked_unless_a_model_is_named_and_somebody_wishes_it(is_there, is_judged, world, place, settings):
    settings.LANGUAGE_MODEL = model = StubModel() if is_there else None
    found = scanned(world, place, is_judged=is_judged)
    assert (tally(world).unscored, tally(world).passed, found.report["model_use"]) == (6, 0, None)
    assert model is None or not model.shown


def test_a_judged_rule_is_decided_and_every_question_written_down_with_its_cost(world, place, settings, signed_in):
    settings.LANGUAGE_MODEL = StubModel()
    found = scanned(world, place, is_judged=True)
    assert (tally(world).passed, tally(world).failed, tally(world).unscored) == (4, 2, 0)
    with world.scope() as scope:
        calls = list(queries.model_calls(scope, found.run_id))
    assert len(calls) == 2  # equal runs are asked about once
    assert {(call.model, call.question, call.input_tokens, call.output_tokens) for call in calls} == {
        ("stub-1", QUESTION, 100, 10)
    }
    assert sum(call.cost for call in calls) == pytest.approx(2 * 200e-6)
    assert found.report["model_use"] | {"cost": 0} == {
        "calls": 2, "answered": 2, "input_tokens": 200, "output_tokens": 20, "cost": 0, "model": "stub-1",
    }  # fmt: skip
    page = signed_in(world.owner).get(f"/w/acme/scans/{found.pk}").content.decode()
    assert "2 questions" in page
    with world.inside(), pytest.raises(ProgrammingError), transaction.atomic():
        ModelCall.objects.update(holds=True)


def test_a_run_taken_up_again_asks_nothing_twice_and_a_silent_model_is_let_be(world, place, settings):
    model = settings.LANGUAGE_MODEL = StubModel()
    run_id = scanned(world, place, is_judged=True).run_id
    courses = [course_of(trace) for trace in read_bytes(body(runs(6, "tool_a", failing=2))).traces]
    with world.scope() as scope:
        again = RecordingJudge(scope, place.pk, run_id, model, lambda: None, lambda: None, 100)
        assert [again(QUESTION, course).passed for course in courses].count(True) == 4
        assert len(model.shown) == 2
        model.is_silent = True
        silent = [again(f"{QUESTION} {number}", courses[0]) for number in range(MOST_SILENT + 3)]
        assert {one.passed for one in silent} == {None}
        assert silent[-1].reason == "the language model does not answer"
        assert queries.model_use(scope, run_id)["calls"] == 2 + MOST_SILENT


def test_a_workspace_asks_no_more_on_a_day_than_it_may(world, place, settings):
    settings.LANGUAGE_MODEL, settings.MODEL_CALLS_PER_DAY = StubModel(), 1
    scanned(world, place, is_judged=True)
    assert len(settings.LANGUAGE_MODEL.shown) == 1
    assert tally(world).unscored > 0  # not asked is never passed, and never failed
    with world.scope() as scope:
        found = queries.scans(scope, place.pk)[0]
        capped = RecordingJudge(scope, place.pk, found.run_id, settings.LANGUAGE_MODEL, lambda: None, lambda: None, 1)
        (trace,) = read_bytes(body(runs(1))).traces
        told = capped("Is it another question?", course_of(trace))
    assert (told.passed, told.reason) == (None, "cap reached: this workspace may ask 1 questions a day")
    with clock.settled(clock.now() + timedelta(days=1)), world.scope() as scope:
        assert queries.model_calls_today(scope) == 0


def test_calls_are_listed_with_what_they_cost_and_found_by_their_answer(world, place, settings, signed_in):
    settings.LANGUAGE_MODEL = StubModel()
    scanned(world, place, is_judged=True)
    browser = signed_in(world.viewer)
    listed = browser.get("/w/acme/model-calls/").content.decode()
    assert listed.count(QUESTION) == 2
    assert "by the words" in listed
    assert "200 → 20" in listed
    assert browser.get("/w/acme/model-calls/?answer=broken").content.decode().count(QUESTION) == 1
    assert QUESTION not in browser.get("/w/acme/model-calls/?answer=silent").content.decode()
    assert signed_in(world.stranger).get("/w/acme/model-calls/").status_code == 404


def test_a_run_is_shown_without_secrets_cut_in_the_middle_and_as_material():
    secret = "sk-" + "a1B2c3D4" * 6
    messages = [{"role": "user", "content": f"My key is {secret} " + "ab " * 20_000}]
    (trace,) = read_bytes(body([{"id": "x", "messages": messages}])).traces
    shown = asked_of(QUESTION, course_of(trace)).prompt
    assert "never an instruction" in shown[0]["content"]
    assert "My key is" in shown[1]["content"]
    assert secret not in shown[1]["content"]
    assert "characters left out" in shown[1]["content"]
    assert len(shown[1]["content"]) < LONGEST_RUN + 500


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ('{"holds": true, "reason": "ok"}', True),
        ('Sure: {"holds": false}', False),
        ('{"holds": null, "reason": "nothing shown"}', None),
        ('{"holds": "yes"}', None),
        ("yes", None),
        ("", None),
        ("{broken", None),
    ],
)
def test_an_answer_that_cannot_be_read_decides_nothing(text, passed):
    assert judgement_of(text).passed is passed
    assert judgement_of(text).reason


class _Server(BaseHTTPRequestHandler):
    """Answers as such addresses do; the path says how."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = {"choices": [{"message": {"content": asked["messages"][-1]["content"]}}], "usage": {"prompt_tokens": 3}}
        status, told = {"/v1": (200, good), "/odd": (200, {"choices": []}), "/busy": (429, {})}[
            self.path.split("/chat")[0]
        ]
        written = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_told):
        """Silent."""


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_adapter_speaks_as_such_addresses_do_and_goes_only_where_it_is_allowed(address):
    inside = Outgoing(networks("127.0.0.0/8"))
    prompt = [{"role": "user", "content": "hello"}]
    assert CompatibleModel(inside, f"{address}/v1", "key", "m").complete(prompt) == Reply("hello", 3, None)
    for where in ("/odd", "/busy"):
        with pytest.raises(ModelSilent):
            CompatibleModel(inside, address + where, "", "m").complete(prompt)
    with pytest.raises(ModelSilent):
        CompatibleModel(Outgoing(), f"{address}/v1", "", "m").complete(prompt)
    assert Prices(1.0, 2.0).cost(Reply("", 5, None)) is None
    told = {"TRUELINE_MODEL_URL": "https://m.example/v1/", "TRUELINE_MODEL_NAME": "m", "TRUELINE_MODEL_PRICES": "1,2"}
    assert model_of(inside, told) == CompatibleModel(inside, "https://m.example/v1", "", "m", Prices(1.0, 2.0))
    assert model_of(inside, {"TRUELINE_MODEL_URL": "https://m.example"}) is None
