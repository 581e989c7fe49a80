"""What an event holds is given back by the database with the same canonical form, whatever was handed in."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.worlds import World
from trueline.audit import chain
from trueline.audit.actions import Subject, record
from trueline.audit.queries import chain_verdict
from trueline.audit.rules import sealable
from trueline.kit import digest
from trueline.kit.scope import Actor, ActorKind

NOBODY = Actor(ActorKind.SYSTEM, "tests", "tests")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=3),
    max_leaves=8,
)


class Colour(StrEnum):
    """A word of a list."""

    RED = "red"


def stored(value: Any) -> Any:
    """The value after a journey through PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("select %s::jsonb::text", [json.dumps(value)])
        return json.loads(cursor.fetchone()[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(JSON)
@example(1e21)
@example(-0.0)
@example(2**53)
@example(1e16)
@example(5e-324)
@example(float("nan"))
@example("\x00\ud83d")
@example((1, Colour.RED))
def test_what_is_sealed_comes_back_with_the_same_form(db: None, value: Any) -> None:
    kept = sealable(value)
    assert digest.canonical(stored(kept)) == digest.canonical(kept)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(TEXT, JSON)
@example('"\\/\x01\x1f\x7f\t\u2028\U0001f600\ue000', {"\U0001f600": 1.0, "\ue000": 1e-7, "": [1, {"b": None, "a": 2}]})
def test_the_database_writes_the_same_form_as_we_do(world: World, text: str, value: Any) -> None:
    place = world.workspace.pk
    with world.inside(), transaction.atomic():
        subject, after = Subject("environment", text[:9], text), {"value": value}
        record(place, "workspaces:environment:move", subject, actor=NOBODY, after=after)
        with connection.cursor() as cursor:
            cursor.execute(chain.UNVOUCHED, {"workspace": place, "after": 0, "until": 10_000})
            assert cursor.fetchall() == []


def test_what_can_be_kept_is_kept_as_it_is() -> None:
    value = {"text": 'Ä\n"', "list": [1, 0.5, -7, None, True], "object": {"great": 2**53 - 1}}
    assert sealable(value) == value
    assert sealable({"great": 2**53, "float": 1e21}) == {"great": "9007199254740992", "float": "1e+21"}


@pytest.mark.parametrize("value", [{1: "x"}, {"x": {2}}, {"x": UUID(int=1)}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="an event cannot hold"):
        sealable(value)


def test_an_event_with_a_great_number_is_verified(world: World) -> None:
    with world.inside(), transaction.atomic():
        after = {"float": 1e21, "integer": 10**30, "list": [1e300], "text": "\x00"}
        record(world.workspace.pk, "workspaces:environment:move", Subject("environment"), actor=NOBODY, after=after)
        assert chain_verdict(world.workspace.pk).is_whole
