"""The pages of a system of agents that was scanned: overview, agents, prompts; and the first page of a workspace."""

from __future__ import annotations

import re

import pytest

from trueline.cli import demo_agents
from trueline.systems.models import GraphPart, PromptTemplate
from trueline.systems.rules import PartState, TemplateState
from trueline.web.agent_graph import picture
from trueline.workspaces.models import Environment

BASE = "/w/acme/environments/service-desk-agents/"


@pytest.fixture
def desk(world, settings, tmp_path) -> Environment:
    settings.TRACES_PATH = tmp_path / "traces"
    with world.scope() as scope:
        demo_agents.play(scope, lambda *_told: None)
        return Environment.objects.get(name="Service desk agents")


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_scanned_system_shows_how_it_stands_and_its_agents_and_prompts_are_confirmed(desk, world, signed_in):
    owner, viewer, operator = (signed_in(one) for one in (world.owner, world.viewer, world.operator))
    shown = text(viewer.get(BASE))
    for words in (
        "Traces in 7 days",
        "Who calls whom",
        "Causes by what they took",
        "Score",
        "dispatcher",
        "a hard rule",
    ):
        assert words in shown
    home = text(owner.get("/w/acme/"))
    assert "Systems of AI agents" in home
    assert "critical finding" in home

    graph = text(owner.get(BASE + "agents"))
    assert graph.count('<path class="edge') == graph.count('<path class="edge is-draft') > 10
    ids = re.findall(r'name="part"\s+value="([0-9a-f-]{36})"', graph)
    assert operator.post(BASE + "agents/decide", {"part": ids, "state": "confirmed"}).status_code == 403
    owner.post(BASE + "agents/decide", {"part": list(dict.fromkeys(ids)), "state": "confirmed"})
    owner.post(BASE + "agents/declare", {"kind": "agent", "agent": "auditor"})
    assert owner.post(BASE + "agents/declare", {"kind": "calls", "agent": "auditor"}).status_code == 422
    assert '<path class="edge is-draft' not in text(viewer.get(BASE + "agents"))
    with world.inside():
        assert not GraphPart.objects.filter(state=PartState.DRAFT).exists()
        template = PromptTemplate.objects.get(agent="dispatcher", role="system")
    page = f"/w/acme/prompts/{template.pk}"
    assert "Chain of thought" in text(viewer.get(page))
    assert "dispatcher" in text(viewer.get(BASE + "prompts"))
    named = {"state": "adjusted"}
    for number, each in enumerate(template.segments):
        named |= {f"part-{number}": each["part"], f"slot-{number}": f"value_{number}"}
    assert viewer.post(f"{page}/decide", named).status_code == 403
    assert "Confirmed with changes" in text(owner.post(f"{page}/decide", named, follow=True))
    declared = {"agent": "auditor", "role": "system", "text": "Check {{what}}."}
    assert "auditor" in text(owner.post(BASE + "prompts/declare", declared, follow=True))
    assert owner.post(BASE + "prompts/declare", declared | {"text": "{{No}}"}).status_code == 422
    with world.inside():
        assert PromptTemplate.objects.get(pk=template.pk).state == TemplateState.ADJUSTED
        assert picture([]) is None


def test_strangers_and_customers_see_none_of_it_and_tenants_have_no_such_pages(world, signed_in):
    for address in ("agents", "prompts", "traces"):
        assert signed_in(world.stranger).get(f"/w/acme/environments/north/{address}").status_code == 404
        assert signed_in(world.customer).get(f"/w/acme/environments/north/{address}").status_code == 403
    for address in ("agents", "prompts", "traces"):
        answer = signed_in(world.owner).get(f"/w/acme/environments/north/{address}")
        assert answer.url == "/w/acme/environments/north/"
