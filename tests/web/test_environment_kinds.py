"""An environment is added as what it is."""

from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Kind

NEW = "/w/acme/new-environment"


def test_a_system_of_agents_is_added_as_one(world, signed_in):
    signed_in(world.owner).post(NEW, {"name": "Shop agents", "kind": "agent_system"})
    with world.inside():
        assert Environment.objects.get(name="Shop agents").kind == Kind.AGENTS


def test_a_kind_that_there_is_not_makes_nothing(world, signed_in):
    signed_in(world.owner).post(NEW, {"name": "Odd", "kind": "spaceship"})
    with world.inside():
        assert not Environment.objects.filter(name="Odd").exists()


def test_an_export_of_a_system_of_agents_is_refused_with_a_sentence(world, signed_in, tmp_path):
    browser = signed_in(world.owner)
    browser.post(NEW, {"name": "Shop agents", "kind": "agent_system"})
    export = tmp_path / "export.json"
    export.write_text("{}")
    with export.open("rb") as file:
        answer = browser.post("/w/acme/environments/shop-agents/upload", {"export": file})
    assert answer.status_code == 422
