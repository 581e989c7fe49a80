"""An environment that somebody is narrowed away from is in no query's answer (D-16); queries find themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Model, QuerySet

from tests.isolation.factories import Seeds
from tests.isolation.routes import model_of
from tests.worlds import World
from trueline.casework.queries import Wish
from trueline.evaluations.models import ModelCall, TraceJudgement
from trueline.findings.exceptions import Validity
from trueline.findings.models import Finding, FindingLabel
from trueline.findings.sla import Due
from trueline.inventory.assertions.making import Head
from trueline.inventory.definitions import Definitions
from trueline.inventory.models import BaselineVersion, SnapshotItem
from trueline.kit.database.context import within
from trueline.kit.scope import NotVisible, Scope
from trueline.reviews.models import CycleTurn
from trueline.traces.models import TraceFile
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership, User

OF_THE_WORKSPACE = {
    "findings.terms": "days are set for the whole workspace",
    "inventory.baseline": "a standard belongs to the workspace, wherever its content was taken",
    "inventory.baselines": "the same",
    "inventory.versions": "the same",
    "inventory.newest_versions": "the same",
    "inventory.version": "the same",
    "inventory.version_by_id": "the same",
    "inventory.layers": "the same",
    "inventory.asked": "the same",
    "inventory.base_of": "the same",
    "inventory.upgrade": "the same",
    "inventory.has_upgrade": "the same",
    "inventory.upgrade_target": "the same",
    "inventory.upgrade_plan": "the same; what stands in it is what the caller looked up before",
    "inventory.upgrade_pieces": "the same",
    "inventory.must_hold": "the same",
    "inventory.contents": "takes rows that the caller has got by a query that looked at their reach",
    "audit.checkpoints": "numbers and digests of the workspace's whole trail, and nothing that an event says",
    "evidence.document": "asked by a digest of content, which nobody knows who has not seen the object",
    "evidence.documents": "the same",
    "casework.saved_views": "filters that people keep, which show each reader what that reader may see",
    "evaluations.world_models": "a world model belongs to the workspace: it holds wherever its agents run",
    "evaluations.world_model": "the same",
    "evaluations.world_rules": "the same",
    "evaluations.world_rule": "the same",
    "evaluations.rules_by_key": "the same",
    "evaluations.model_calls_today": "a number that the cap of the whole workspace is held against",
    "evaluations.rule_relations": "the same",
    "evaluations.rule_moves": "the same",
    "evaluations.versions": "the same",
    "evaluations.version": "the same",
    "evaluations.as_published": "the same",
    "evaluations.as_drafted": "the same",
    "workspaces.workspace": "the workspace itself",
    "workspaces.members": "people of the workspace; what narrows them is asked apart",
    "workspaces.member": "the same",
    "workspaces.open_invitations": "an invitation is to the workspace",
    "workspaces.invitation": "the same",
    "workspaces.active_control": "a stop is for the workspace",
}


def queries() -> dict[str, Callable[..., Any]]:
    """Every public query of every room that takes a scope."""
    found = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("trueline."):
            continue
        for name in [f"{config.name}.{path.stem}" for path in sorted(Path(config.path).glob("queries*.py"))]:
            for function, made in inspect.getmembers(import_module(name), inspect.isfunction):
                is_ours = made.__module__ == name and not function.startswith("_")
                if is_ours and "scope" in inspect.signature(made).parameters:
                    found[f"{config.label}.{function}"] = made
    return found


QUERIES = queries()
NARROWED = [name for name in QUERIES if name not in OF_THE_WORKSPACE]


@dataclass(frozen=True, slots=True)
class Plot:
    """Two environments full of rows, and a viewer's scope in each way of narrowing."""

    near: Seeds
    far: Seeds
    owner: Scope
    narrowed: Mapping[str, Scope]


@pytest.fixture(scope="module")
def plot(planted: tuple[World, Seeds, Seeds]) -> Plot:
    world, far, _ = planted
    near = Seeds(world.workspace, world.other_environment, world.owner, "canary-of-south")
    near.every()
    with within(world.workspace.pk):
        owner = access.enter(world.owner, world.workspace.pk)
        scopes = {
            "included elsewhere": _narrowed(near, near.environment.pk, "include"),
            "excluded": _narrowed(near, far.environment.pk, "exclude"),
        }
    return Plot(near, far, owner, scopes)


def _narrowed(seeds: Seeds, environment_id: UUID, effect: str) -> Scope:
    person = User.objects.create_user(f"{effect}@example.org", None, name=effect)
    membership = Membership.objects.create(workspace=seeds.workspace, user=person, role="manager")
    EnvironmentGrant.objects.create(
        workspace=seeds.workspace, membership=membership, environment_id=environment_id, effect=effect
    )
    return access.enter(person, seeds.workspace.pk)


WORDS = {
    "subject_type": "environment",
    "subject_id": "",
    "reader": "nobody",
    "state": "new",
    "run_type": "inventory.capture",
    "names": ("objects",),
}
"""Parameters that name no row, and what they are given."""
MADE: dict[str, Callable[[Seeds], Any]] = {
    "wanted": lambda _: Due.ON_TIME,
    "worth": lambda _: list(Validity),
    "until": lambda _: datetime(9000, 1, 1, tzinfo=UTC),
    "file_ids": lambda seeds: [seeds.one(TraceFile).pk],
    "calls": lambda _: ModelCall.objects.all(),
    "trace_hex": lambda seeds: seeds.one(TraceJudgement).trace_id,
    "since": lambda _: datetime(1000, 1, 1, tzinfo=UTC),
    "moment": lambda _: datetime(2000, 1, 1, tzinfo=UTC),
    "within": lambda _: timedelta(days=9),
    "found": lambda _: Finding.objects.all(),
    "head": lambda _: Head("house", "1", "House"),
    "definitions": lambda _: Definitions(),
    "label": lambda seeds: seeds.one(FindingLabel).label.name,
    "wish": lambda _: Wish(),
    "came": lambda seeds: [seeds.one(CycleTurn)],
    "item_key": lambda seeds: f"finding:{seeds.one(Finding).pk}",
}


def _arguments(query: Callable[..., Any], seeds: Seeds) -> dict[str, Any]:
    """What the query needs to be asked about that environment."""
    hints = get_type_hints(query)
    return {name: _argument(name, hints[name], seeds) for name in list(inspect.signature(query).parameters)[1:]}


def _argument(name: str, hint: Any, seeds: Seeds) -> Any:
    if isinstance(hint, type) and issubclass(hint, Model):
        return seeds.one(hint)
    if hint is bool:
        return False
    if name in MADE:
        return MADE[name](seeds)
    if name in WORDS:
        return WORDS[name]
    if name.endswith("_ids"):
        return [seeds.one(model_of(name.removesuffix("s"))).pk]
    side = name.replace("left", "snapshot").replace("right", "snapshot")
    return seeds.one(model_of(side)).pk


def _answer(query: Callable[..., Any], scope: Scope, seeds: Seeds) -> set[str]:
    """Every word of an answer; none when the answer is that there is nothing."""
    try:
        found = query(scope, **_arguments(query, seeds))
        return set(_words(found))
    except NotVisible:
        return set()


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Model):
        yield from (str(getattr(value, field.attname)) for field in value._meta.concrete_fields if field.column)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (*_words(key), *_words(item))
    elif isinstance(value, (QuerySet, list, tuple, set, frozenset, Iterator)):
        for item in value:
            yield from _words(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words(getattr(value, field.name))
    else:
        yield value.hex() if isinstance(value, bytes) else str(value)


def _marks(seeds: Seeds) -> set[str]:
    """What only that environment's rows say."""
    own = {"environment_id", "snapshot_id", "upload_id"}
    rows = [row for row in seeds.every() if any(hasattr(row, name) for name in own)]
    standard = seeds.one(BaselineVersion)
    told = {str(row.pk) for row in rows if not isinstance(row, BaselineVersion)} - {str(standard.snapshot_id)}
    return told | {str(seeds.environment.pk), seeds.canary, seeds.one(SnapshotItem).area} - {"configuration"}


def test_every_query_is_walked(covered: Any) -> None:
    assert set(OF_THE_WORKSPACE) <= set(QUERIES)
    assert len(NARROWED) > 20
    covered("queries by reach", len(NARROWED))


@pytest.mark.parametrize("name", NARROWED)
@pytest.mark.parametrize("way", ["included elsewhere", "excluded"])
def test_what_is_narrowed_away_is_in_no_answer(way: str, name: str, plot: Plot) -> None:
    query = QUERIES[name]
    with within(plot.near.workspace.pk):
        shown = _answer(query, plot.narrowed[way], plot.far)
        assert shown & _marks(plot.far) == set()


LISTS = {
    "evaluations.sums_of_calls",
    "notices.releases",
    "notices.failed",
    "findings.severity_counts",
    "findings.numbers",
    "findings.daily_changes",
    "findings.ended_exceptions",
    "findings.ending_exceptions",
    "findings.accepted_paths",
    "findings.pauses",
    "findings.standing_still",
    "inventory.unread_areas",
    "findings.areas_with_findings",
    "findings.siblings",
    "findings.exceptions_of",
    "audit.history",
    "traces.waiting_bytes",
    "traces.spans_of",
    "traces.spans_of_many",
    "traces.outline_of",
    "traces.live_spots",
    "traces.by_agent_and_hour",
}


@pytest.mark.parametrize("name", sorted(set(NARROWED) - LISTS))
def test_who_is_not_narrowed_gets_the_same_answer_filled(name: str, plot: Plot) -> None:
    """The control: the question is one that has an answer."""
    with within(plot.near.workspace.pk):
        assert _answer(QUERIES[name], plot.owner, plot.far)


def test_a_standard_from_out_of_reach_can_still_be_held_against(plot: Plot) -> None:
    with within(plot.near.workspace.pk):
        found = QUERIES["inventory.compared_with_standard"](
            plot.narrowed["excluded"], plot.far.one(BaselineVersion), plot.near.one(SnapshotItem).snapshot_id
        )
    assert len(found.entries) > 0
