from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from trueline.engine.diagnosis.diagnosis import cluster_messages
from trueline.engine.diagnosis.leaf import leaf_exception
from trueline.engine.diagnosis.normalizer import NORMALIZER_VERSION, normalize
from trueline.engine.diagnosis.quantities import mask_quantities, severity
from trueline.engine.diagnosis.similarity import MAX_BLOCK, merged_keys

# The cause, then one wording of it. Causes that differ in nothing but the target stand beside each other.
CAUSES = """
shipping | shipping service timed out after 12s
shipping | request to shipping service timed out (timeout=30s)
shipping | Timeout calling shipping service after 4500 ms
shipping | shipping-service: deadline exceeded after 1m30s
shipping | ReadTimeout: shipping service did not answer within 20 seconds
billing | billing service timed out after 12s
billing | request to billing service timed out (timeout=30s)
billing | Timeout calling billing service after 4500 ms
billing | billing-service: deadline exceeded after 2m
redis | Connection refused by redis at 10.0.0.1:6379
redis | ConnectionRefusedError: [Errno 111] Connection refused by redis at 10.0.0.1:6379
postgres | Connection refused by postgres at 10.0.0.2:5432
postgres | connection to postgres at 10.0.0.2:5432 was refused
claude | Rate limit exceeded for claude-3-5-sonnet: 52000 tokens per minute, limit 40000
claude | RateLimitError: rate limit exceeded for claude-3-5-sonnet, retry in 12s
claude | 429 Too Many Requests for claude-3-5-sonnet; retry after 8 s
gpt | Rate limit exceeded for gpt-4.1: 52000 tokens per minute, limit 40000
gpt | 429 Too Many Requests for gpt-4.1; retry after 8 s
disk 1 | disk usage 93% on host db-1 above threshold 90%
disk 1 | disk usage 97.5% on host db-1 above threshold 90%
disk 2 | disk usage 93% on host db-2 above threshold 90%
disk 2 | disk usage 98% on host db-2 above threshold 90%
payout | payout of €1,200.50 exceeds daily limit of €1,000
payout | payout of 1800 EUR exceeds daily limit of 1000 EUR
transfer | transfer of €1,200.50 exceeds daily limit of €1,000
transfer | transfer of €7,000 exceeds daily limit of €1,000
erp 5xx | ERP lookup failed with HTTP 500
erp 5xx | ERP lookup failed with HTTP 503 after 2 retries
erp 5xx | ERP lookup failed with status 502
crm 5xx | CRM lookup failed with HTTP 500
crm 5xx | CRM lookup failed with HTTP 504
crm 404 | CRM lookup failed with HTTP 404
retriever | retriever latency 4.2s over 2s budget
retriever | retriever latency 3100ms over 2s budget
planner | planner latency 4.2s over 2s budget
planner | planner latency 8s over 2s budget
loop a | agent repeated tool call get_invoice 6 times
loop a | agent repeated tool call get_invoice 22 times without progress
loop b | agent repeated tool call get_customer 6 times
field a | KeyError: 'user_id'
field b | KeyError: 'order_id'
orders | batch of 1200 rows exceeds maximum of 1000 for table orders
orders | batch of 5000 rows exceeds maximum of 1000 for table orders
users | batch of 1200 rows exceeds maximum of 1000 for table users
users | batch of 1001 rows exceeds maximum of 1000 for table users
cancel | cancel_order() missing required argument 'reason'
cancel | cancel_order() missing 2 required positional arguments: 'reason' and 'id'
return | return_item() missing required argument 'reason'
researcher | agent researcher spent $4.20, budget $2.00
researcher | agent researcher spent $13, budget $2.00
writer | agent writer spent $4.20, budget $2.00
acme | SSL certificate of api.acme.com expired 3 days ago
acme | SSL certificate of api.acme.com expired 12 days ago
other | SSL certificate of api.other.io expired 3 days ago
"""
LINES = [line.split(" | ") for line in CAUSES.strip().splitlines()]
MESSAGES = [(f"{cause}/{place}", text) for place, (cause, text) in enumerate(LINES)]


def clusters_by_member(messages):
    return {member[0]: cluster for cluster in cluster_messages(messages) for member in cluster.members}


def test_severities_of_one_cause_meet_and_targets_never_do():
    of = clusters_by_member(MESSAGES)
    assert len(of) == len(MESSAGES)
    merged = {frozenset(key.split("/")[0] for key in of if of[key].id == cluster.id) for cluster in of.values()}
    assert {group for group in merged if len(group) > 1} == set()
    assert adjusted_rand_score([key.split("/")[0] for key, _ in MESSAGES], [of[key].id for key, _ in MESSAGES]) > 0.99


def test_severities_stand_on_one_scale_whatever_the_unit_was_written_in():
    cluster = clusters_by_member(MESSAGES)["shipping/0"]
    assert [(variant.quantity, variant.unit) for variant in cluster.variants] == [
        (4.5, "s"), (12.0, "s"), (20.0, "s"), (30.0, "s"), (90.0, "s"),
    ]  # fmt: skip
    assert sorted(member for variant in cluster.variants for member in variant.members) == sorted(cluster.members)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_clusters_are_the_same_in_any_order(rng):
    shuffled = list(MESSAGES)
    rng.shuffle(shuffled)
    assert cluster_messages(shuffled) == cluster_messages(MESSAGES)


def test_ids_of_causes_do_not_depend_on_what_else_was_read():
    whole = clusters_by_member(MESSAGES)
    for part in (MESSAGES[:20], MESSAGES[20:], MESSAGES[::3]):
        for key, cluster in clusters_by_member(part).items():
            assert cluster.id == whole[key].id


def test_a_pinned_id_never_changes_without_a_new_version():
    (cluster,) = cluster_messages([("1", "timeout after 30s calling payments API")])
    assert (NORMALIZER_VERSION, cluster.id) == (1, "c63c7c28dc6aace7")


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("Error in tool t with arguments {'a': 1}: TypeError: f() got x\nHint: KeyError: no", "TypeError", "f() got x"),
        ("Code failed at line 'x = 1' due to: InterpreterError: not permitted", "InterpreterError", "not permitted"),
        ("Generating failed: lib.BadRequestError: code 400", "BadRequestError", "code 400"),
        ("Parsing failed due to: SyntaxError\nprint(", "SyntaxError", ""),
        ("Traceback (most recent call last):\n  File 'a.py'\nzipfile.BadZipFile: not a zip", "BadZipFile", "not a zip"),
        ("printed before\nTraceback (most recent call last):\n  File 'a.py', line 1\nKeyError: 'x'", "KeyError", "'x'"),
        ("Nothing typed here\nsecond line", "", "Nothing typed here"),
        ("It failed:\nthe disk is full", "", "It failed: the disk is full"),
    ],
)  # fmt: skip
def test_the_leaf_exception_is_what_a_wrapper_passes_on(text, kind, message):
    leaf = leaf_exception(text)
    assert (leaf.type, leaf.message) == (kind, message)


def test_an_explicit_cause_in_the_stack_trace_is_deeper_than_the_message():
    link = "The above exception was the direct cause of the following exception"
    trace = f"Traceback (most recent call last):\nValueError: bad date\n\n{link}:\n\nE"
    assert leaf_exception("tool broke", "ToolError", trace).type == "ValueError"
    assert leaf_exception("broke", "X", "a\nCaused by: java.io.IOException: no route").message == "no route"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("took 1h 5m", 3_900.0, "s"),
        ("waited 450ms", 0.45, "s"),
        ("timed out after 2m waiting", 120.0, "s"),
        ("retry after 60", 60.0, "s"),
        ("refund of $12,000.00 exceeds policy limit of $500", 12_000.0, "USD"),
        ("limit of €500 broken by 750 EUR", 750.0, "EUR"),
        ("maximum context length is 8192 tokens, you sent 9120 tokens", 9_120.0, "tokens"),
        ("200113 tokens > 200000 maximum", 200_113.0, "tokens"),
        ("usage 97.5% above 90%", 97.5, "percent"),
        ("used 2.1 GB", 2.1e9, "bytes"),
        ("failed with HTTP 503", 503.0, "http_status"),
        ("repeated 41 times", 41.0, "count"),
        ("quota exceeded: 640/100 requests", 640.0, "count"),
    ],
)
def test_a_quantity_has_a_value_in_the_base_of_its_unit(text, value, unit):
    found = severity(mask_quantities(text)[1])
    assert found is not None
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    "text", ["gpt-4o is busy", "line 7 column 9", "node v2 at db-1", "10.0.0.1:6379", "no numbers"]
)
def test_names_and_positions_are_no_quantities(text):
    assert mask_quantities(text)[1] == ()


def test_secrets_and_ids_never_reach_a_label():
    (cluster,) = cluster_messages([("1", "login of bo@acme.com with key sk-a1b2c3d4 failed for order_83121 <x>")])
    for secret in ("sk-a1b2c3d4", "bo@acme.com", "83121"):
        assert secret not in cluster.label + cluster.root_cause


def test_a_flood_of_different_messages_is_clustered_without_comparing_all_pairs():
    rng = random.Random(5)
    words = ["".join(rng.choices("abcdefgh", k=7)) for _ in range(MAX_BLOCK * 4)]
    weights = {normalize(f"unseen {word} trouble").fingerprint: 1 for word in words}
    assert set(merged_keys(weights)) == {fingerprint.key for fingerprint in weights}


@pytest.mark.parametrize(
    "text",
    [
        "tool " + "a" * 20_000,
        "A" * 20_000,
        "'" * 5_000,
        "1," * 8_000,
        "a_" * 9_000,
        "\ud800",
        "",
        "{'message':'" * 2_000,
    ],
)
def test_hostile_texts_are_read_quickly(text):
    before = time.process_time()
    assert normalize(text).fingerprint.key.count("|") >= 3
    assert time.process_time() - before < 1.0


def test_the_error_body_of_an_api_is_read_for_its_message():
    body = (
        '{"type":"error","error":{"type":"rate_limit_error","message":"over the rate limit of %s tokens per minute"}}'
    )
    wrapped = [
        f"Error in generating output:\nlib.RateLimitError: Provider - {body % count}" for count in ("40,000", "900")
    ]
    (cluster,) = cluster_messages([*enumerate_texts(wrapped), ("plain", f"lib.RateLimitError: Provider - {body % 7}")])
    assert cluster.concept == "rate_limit"
    assert "over the rate limit of" in cluster.label


def enumerate_texts(texts):
    return [(str(place), text) for place, text in enumerate(texts)]
