"""The graph of a system of agents and its prompt templates: drafts until a person says so, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from trueline.connections.registry import demo_systems
from trueline.engine.traces.callgraph import PartKind, agent_graph
from trueline.engine.traces.model import Trace
from trueline.engine.traces.reader import read_bytes
from trueline.kit import clock
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.systems import queries
from trueline.systems.actions.graph import decide_parts, declare_part, note_parts
from trueline.systems.actions.templates import adjust_template, decide_template, declare_template, note_templates
from trueline.systems.errors import AlreadyKnown, MoveRefused, NameMissing, TemplateUnreadable
from trueline.systems.models import GraphPart
from trueline.systems.prompts import declared_segments, found_templates, text_of
from trueline.systems.rules import Origin, PartState, TemplateState


@pytest.fixture(scope="module")
def traces() -> tuple[Trace, ...]:
    return read_bytes(demo_systems(clock.now())[0].looks[0].body).traces


@pytest.fixture(scope="module")
def templates(traces):
    return found_templates(traces)


def shown(scope, world):
    return {(one.kind, one.agent, one.target): one for one in queries.graph_parts(scope, world.environment.pk)}


def test_the_graph_is_read_off_parents_whatever_the_order_of_traces(traces):
    parts = {one.key: one for one in agent_graph(traces)}
    assert {key[2] for key in parts if key[:2] == (PartKind.CALLS, "dispatcher")} == {"identity-clerk", "device-clerk"}
    assert (PartKind.USES_TOOL, "identity-clerk", "verify_identity") in parts
    assert parts[PartKind.ASKS_MODEL, "dispatcher", "large-1"].calls == len(traces)
    assert parts[PartKind.AGENT, "dispatcher", ""].failed > 0
    assert agent_graph(reversed(traces)) == agent_graph(traces)


def test_what_traces_show_is_a_draft_until_a_person_says_so_and_what_is_new_is_one_again(world, traces):
    now = clock.now()
    with world.scope() as scope:
        note_parts(scope, world.environment.pk, agent_graph(traces), now)
        known = shown(scope, world)
        assert {one.state for one in known.values()} == {PartState.DRAFT}
        ids = [one.pk for one in known.values()]
        decide_parts(scope, world.environment.pk, ids, PartState.CONFIRMED, actor=scope.actor, decider=world.owner)
        other = read_bytes(demo_systems(now)[0].looks[2].body).traces
        note_parts(scope, world.environment.pk, agent_graph(other), now + timedelta(days=1))
        after = shown(scope, world)
        assert {key[2] for key, one in after.items() if one.state == PartState.DRAFT} <= {"wipe_device"} | {
            key[2] for key in after.keys() - known.keys()
        }
        late = after[PartKind.AGENT, "dispatcher", ""]
        note_parts(scope, world.environment.pk, agent_graph(traces[:1]), now - timedelta(days=9))
        early = shown(scope, world)[PartKind.AGENT, "dispatcher", ""]
        assert (early.runs, early.state) == (late.runs, PartState.CONFIRMED)
        assert early.first_seen_at == now - timedelta(days=9)


def test_a_declared_part_counts_as_confirmed_and_is_seen_when_a_trace_shows_it(world, traces):
    with world.scope() as scope:
        where = world.environment.pk
        who = {"actor": scope.actor, "decider": world.owner}
        made = declare_part(scope, where, PartKind.AGENT, " dispatcher ", "ignored", **who)
        assert (made.agent, made.target, made.state, made.last_seen_at) == ("dispatcher", "", "confirmed", None)
        with pytest.raises(AlreadyKnown):
            declare_part(scope, where, PartKind.AGENT, "dispatcher", "", **who)
        with pytest.raises(NameMissing):
            declare_part(scope, where, PartKind.CALLS, "dispatcher", " ", **who)
        note_parts(scope, where, agent_graph(traces), clock.now())
        seen = shown(scope, world)[PartKind.AGENT, "dispatcher", ""]
        assert (seen.origin, seen.state, seen.runs) == (Origin.DECLARED, PartState.CONFIRMED, len(traces))


def test_decisions_are_for_managers_of_that_environment_and_only_where_they_can_be(world, traces):
    with world.scope() as scope:
        note_parts(scope, world.environment.pk, agent_graph(traces), clock.now())
        part = queries.graph_parts(scope, world.environment.pk)[0]
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        decide_parts(scope, part.environment_id, [part.pk], PartState.CONFIRMED, actor=scope.actor, decider=None)
    with world.scope() as scope:
        with pytest.raises(NotVisible):
            decide_parts(
                scope, part.environment_id, [part.pk, scope.workspace_id], PartState.CONFIRMED,
                actor=scope.actor, decider=world.owner,
            )  # fmt: skip
        with pytest.raises(MoveRefused):
            decide_parts(scope, part.environment_id, [part.pk], PartState.DRAFT, actor=scope.actor, decider=None)


def test_the_database_keeps_a_part_from_being_confirmed_by_nobody(world):
    with world.scope() as scope, pytest.raises(IntegrityError), transaction.atomic():
        GraphPart.objects.create(
            workspace_id=scope.workspace_id, environment_id=world.environment.pk, kind="agent", agent="a",
            origin="declared", state="confirmed",
        )  # fmt: skip


def test_a_draft_template_follows_the_prompts_and_a_confirmed_one_stays(world, templates):
    with world.scope() as scope:
        where, now = world.environment.pk, clock.now()
        note_templates(scope, where, templates, now)
        mine = queries.prompt_templates(scope, where)
        drafted = mine.get(agent="dispatcher", role="system")
        parts = {each["part"] for each in drafted.segments}
        assert parts >= {"base_prompt", "context", "chain_of_thought", "few_shot"}
        assert "examples" not in drafted.segments[1]
        confirmed = decide_template(scope, drafted.pk, TemplateState.CONFIRMED, actor=scope.actor, decider=world.owner)
        note_templates(scope, where, templates, now + timedelta(days=1))
        assert mine.count() == len(templates)
        again = mine.get(pk=confirmed.pk)
        assert (again.state, again.last_seen_at) == (TemplateState.CONFIRMED, now + timedelta(days=1))
        wishes = [(each["part"], f"slot_name_{number}") for number, each in enumerate(drafted.segments)]
        adjusted = adjust_template(scope, drafted.pk, wishes, actor=scope.actor, decider=world.owner)
        assert "{{slot_name_1}}" in text_of(adjusted.shown)
        assert adjusted.segments == drafted.segments
        with pytest.raises(TemplateUnreadable):
            adjust_template(scope, drafted.pk, wishes[:1], actor=scope.actor, decider=world.owner)


def test_a_declared_template_is_taken_apart_and_a_bad_name_is_refused(world):
    text = "Answer {{ name }} kindly.\n\nThink step by step about {{question}}."
    assert [each.get("slot", each["part"]) for each in declared_segments(text)] == [
        "base_prompt", "name", "base_prompt", "chain_of_thought", "question", "base_prompt",
    ]  # fmt: skip
    for wrong in (" ", "{{two}} and {{two}}", "{{No Name}}"):
        with pytest.raises(TemplateUnreadable):
            declared_segments(wrong)
    with world.scope() as scope:
        who = {"actor": scope.actor, "decider": world.owner}
        made = declare_template(scope, world.environment.pk, "clerk", "system", text, **who)
        assert (made.state, made.origin, made.cover) == (TemplateState.CONFIRMED, Origin.DECLARED, None)
        with pytest.raises(AlreadyKnown):
            declare_template(scope, world.environment.pk, "clerk", "system", text, **who)
