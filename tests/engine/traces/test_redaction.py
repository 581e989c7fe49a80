"""What of a span may be kept: a planted secret survives nowhere, and what is no secret stays as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.model import Decoded, SpanEvent, Status, WireLog, WireSpan
from trueline.engine.traces.redaction import (
    MARK,
    WITHHELD,
    ContentClass,
    keep_only,
    kept_span,
    redacted,
    redacted_text,
)

BODY = "Q7canary" * 6
# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "sk-" + "proj-" + BODY,
    "ghp_" + BODY,
    "xoxb" + "-123-" + BODY,
    "AKIA" + "Q7CANARYQ7CANARY",
    "eyJ" + "hbGciOiJI." + "eyJ" + BODY + "." + BODY,
    "-----BEGIN RSA " + "PRIVATE KEY-----\n" + BODY + "\n-----END RSA " + "PRIVATE KEY-----",
    "tl_" + "0" * 32 + "_" + BODY[:43],
    "Bearer " + BODY,
    "postgres://user:" + BODY + "@host/name",
    'password="' + BODY + '"',
    '{\\"api_key\\": \\"' + BODY + '\\"}',
    "AccountKey=" + BODY + ";",
    "AWS_SECRET_ACCESS_KEY=" + BODY,
    "DB_PASSWORD: " + BODY,
    "clientSecret=" + BODY,
    # The text of a message, as JSON within a string within a string.
    "it is:\\n" + "sk-" + BODY,
    "it is:\\u001b" + "AKIA" + "Q7CANARYQ7CANARY",
    '{\\\\\\"password\\\\\\": \\\\\\"' + BODY + '\\\\\\"}',
]


def span(text: str) -> WireSpan:
    told = {"gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": f"use {text} now"}]}]}
    return WireSpan(
        "0" * 31 + "1",
        "0" * 15 + "1",
        None,
        f"chat {text}",
        status=Status.ERROR,
        status_message=f"refused {text}",
        attributes={**told, "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 7, f"x {text}": 1},
        events=(SpanEvent("exception", 1, {"exception.message": text, "exception.type": "Refused"}),),
        resource={"service.name": "shop", "note": text},
    )


def everything(of: WireSpan) -> str:
    return repr(of) + json.dumps(dict(of.attributes))


@pytest.mark.parametrize("content", [ContentClass.REDACTED, ContentClass.METADATA_ONLY])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_planted_secret_survives_nowhere(secret, content):
    assert "canary" in everything(span(secret)).lower()
    assert "canary" not in everything(kept_span(span(secret), content)).lower()


@pytest.mark.parametrize(
    "name",
    ["http.request.header.authorization", "password", "tool.api_key", "set-cookie", "access_token", "userPassword"],
)
def test_a_name_that_says_secret_takes_its_value_out(name):
    assert redacted({name: "short"}) == {name: MARK}
    assert redacted([{"deep": {name: ["a", "b"]}}]) == [{"deep": {name: MARK}}]


def test_full_keeps_what_came():
    found = Decoded(spans=[span(SECRETS[0])])
    keep_only(found, ContentClass.FULL)
    assert found.spans == [span(SECRETS[0])]


def test_metadata_only_keeps_what_measures_and_nothing_that_was_said():
    kept = kept_span(span("hello"), ContentClass.METADATA_ONLY)
    assert kept.attributes == {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 7}
    assert kept.resource == {"service.name": "shop"}
    assert kept.events[0].attributes == {"exception.type": "Refused"}
    assert (kept.status, kept.status_message) == (Status.ERROR, WITHHELD)
    (trace,) = assemble([kept])
    assert trace.spans[0].model == "m"
    assert trace.spans[0].usage is not None
    assert trace.spans[0].input_messages == ()


def test_log_records_are_held_to_the_same():
    event = SpanEvent("gen_ai.user.message", 1, {"content": SECRETS[0]})
    found = Decoded(logs=[WireLog("1" * 32, "1" * 16, event)])
    keep_only(found, ContentClass.REDACTED)
    assert found.logs[0].event.attributes == {"content": MARK}


@pytest.mark.parametrize(
    "text",
    [
        "the bearer of this letter",
        "password: ",
        "total tokens = 12345678",
        "task-based-thinking",
        "sk-short",
        "a:b@c",
        "",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redacted_text(text) == text


def test_counts_stay_numbers():
    usage = {"gen_ai.usage.output_tokens": 3, "llm.token_count.total": 9, "ok": True, "none": None, "real": 0.5}
    usage |= {"max_tokens": 7, "has_password": True}
    assert redacted(usage) == usage


@given(st.text(max_size=300))
def test_taking_secrets_out_twice_changes_nothing_more(text):
    once = redacted_text(text)
    assert redacted_text(once) == once


PIECES = [
    *SECRETS,
    "task-",
    "sK_",
    "https://h/x",
    "acce\u017f\u017f_token=",
    "PASSWORD: ",
    "basic ",
    "\u212aey",
    "bas\u0131c ",
    "ap\u0131_key\x1c=",
    "\x00sk-",
    "\\n",
    '"',
    "a\nb",
    "\u00e9",
    "x" * 30,
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=5))
def test_a_span_that_gets_no_closer_look_needed_none(pieces):
    given_span = span("".join(pieces))
    log = WireLog("1" * 32, "1" * 16, SpanEvent("note", 1, {"content": "".join(pieces)}))
    found = Decoded(spans=[given_span], logs=[log])
    keep_only(found, ContentClass.REDACTED)
    assert found.spans == [kept_span(given_span, ContentClass.REDACTED)]
    assert found.logs[0].event.attributes == redacted(log.event.attributes)
