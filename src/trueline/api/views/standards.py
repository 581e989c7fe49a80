"""Standards: what environments are held to."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import orjson
from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page, sliced
from trueline.api.schemas import readings, standards
from trueline.api.schemas.shapes import Paging
from trueline.api.views.runs import shown as shown_run
from trueline.findings.rules import Severity
from trueline.findings.starting import judge_again, judge_by
from trueline.inventory import queries as inventory
from trueline.inventory import queries_standards
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline, unassign_baseline
from trueline.inventory.assertions.evaluation import ResultState
from trueline.inventory.assertions.keeping import Kept
from trueline.inventory.assertions.layers import Demand
from trueline.inventory.assertions.model import Assertion, Baseline
from trueline.inventory.assertions.reading import parse_bytes
from trueline.inventory.assertions.writing import baseline_document
from trueline.inventory.models import BaselineCheck, BaselineProfile, BaselineVersion
from trueline.kit.scope import NotVisible
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Standards"
_MANAGE = Capability.BASELINES_MANAGE
_VIEW = Capability.WORKSPACE_VIEW
_ONE = "/standards/{uuid:profile_id}"


@operation("GET", "/standards", Capability.WORKSPACE_VIEW, readings.StandardPage, tag=_TAG)
def list_standards(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Standards by name, with their newest version and what is held to them."""
    return page(asked, filters, inventory.baselines(asked.scope), ("name", "id"), lambda rows: _shown(asked, rows))


@operation("POST", "/standards", _MANAGE, readings.Standard, tag=_TAG, success=201, record=True)
def create_standard(asked: Asked, given: standards.NewStandard) -> readings.Standard:
    """Make a standard of a capture, of assertions, or of both.

    Answers 409 when the name is taken, or the id of the assertions; 404 when the capture is not in reach; 422 for a
    document that is no baseline.
    """
    wanted = _read(given.document)
    made = make_baseline(asked.scope, given.name, given.capture_id, actor=asked.actor, asks=wanted)
    asked.made("standards", made.pk)
    return _shown(asked, [made])[0]


@operation("GET", _ONE, Capability.WORKSPACE_VIEW, readings.Standard, tag=_TAG, record=True)
def get_standard(asked: Asked, profile_id: UUID) -> readings.Standard:
    """One standard."""
    found = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    return _shown(asked, [found])[0]


@operation("POST", _ONE + "/versions", _MANAGE, readings.Standard, tag=_TAG, success=201, record=True)
def add_version(asked: Asked, profile_id: UUID, given: standards.NewVersion) -> readings.Standard:
    """Make a capture, assertions, or both the next version of a standard.

    The newest capture of what is held to it is judged by this at once.
    """
    found = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    asked.hold_to(_shown(asked, [found])[0])
    wanted = _read(given.document)
    version = add_baseline_version(asked.scope, profile_id, given.capture_id, actor=asked.actor, asks=wanted)
    judge_by(asked.scope, version, actor=asked.actor)
    asked.made("standards", profile_id)
    return _shown(asked, [found])[0]


@operation("POST", _ONE + "/assignments", _MANAGE, readings.Assignment, tag=_TAG, success=201, record=True)
def assign_standard(asked: Asked, profile_id: UUID, given: readings.NewAssignment) -> readings.Assignment:
    """Hold an environment to a standard, and judge its newest capture at once.

    Doing it twice changes nothing.
    """
    found = inventory.baseline(asked.scope, profile_id)
    environment = access.environment(asked.scope, given.environment)
    asked.scope.require(_MANAGE, environment.pk)
    assign_baseline(asked.scope, found.pk, environment, actor=asked.actor)
    started = judge_again(asked.scope, environment, actor=asked.actor)
    asked.made("standards", found.pk)
    return readings.Assignment(
        environment=environment.slug, standard_id=found.pk, run=shown_run(started.run) if started else None
    )


@operation("POST", _ONE + "/releases", _MANAGE, readings.Standard, tag=_TAG, record=True)
def release_environment(asked: Asked, profile_id: UUID, given: readings.NewAssignment) -> readings.Standard:
    """Hold an environment to a standard no more, and judge its newest capture again.

    What is open of it is then closed, as not asked for any more. Doing it twice changes nothing.
    """
    found = inventory.baseline(asked.scope, profile_id)
    place = access.environment(asked.scope, given.environment)
    asked.scope.require(_MANAGE, place.pk)
    if unassign_baseline(asked.scope, found.pk, place, actor=asked.actor):
        judge_again(asked.scope, place, actor=asked.actor)
    return _shown(asked, [found])[0]


@operation("GET", _ONE + "/document", Capability.WORKSPACE_VIEW, standards.StandardDocument, tag=_TAG, record=True)
def get_document(asked: Asked, profile_id: UUID) -> standards.StandardDocument:
    """What the newest version asks for, as it was given."""
    version = _newest(asked, profile_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    layers = queries_standards.layers(asked.scope, version)
    return standards.StandardDocument(
        number=version.number,
        release=version.release,
        document=baseline_document(layers[-1]) if layers else None,
    )


@operation("GET", _ONE + "/assertions", Capability.WORKSPACE_VIEW, standards.AssertionPage, tag=_TAG, record=True)
def list_assertions(asked: Asked, profile_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """What the newest version asks for, layers applied, and in how many environments it came to what."""
    version = _newest(asked, profile_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    whole = queries_standards.asked(asked.scope, version)
    rows, cursor = sliced(asked, filters, whole.holding if whole else ())
    held = set(
        inventory.assignments(asked.scope).filter(profile_id=profile_id).values_list("environment_id", flat=True)
    )
    checks = [
        one.states
        for one in queries_standards.newest_checks(asked.scope, profile_id)
        if one.version_id == version.pk and one.environment_id in held
    ]
    return {"items": [_assertion(one.demand, checks, len(held)) for one in rows], "next_cursor": cursor}


@operation("GET", "/environments/{slug:environment}/assertions", _VIEW, standards.ResultPage, tag=_TAG, record=True)
def list_results(asked: Asked, environment: str, filters: Query[standards.ResultFilter]) -> dict[str, Any]:
    """What the newest capture of an environment came to against the assertions that it is held to."""
    place = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(_VIEW, place.pk)
    held = {one.profile_id for one in inventory.assignments(asked.scope).filter(environment_id=place.pk)}
    checks = [one for one in queries_standards.checks_of(asked.scope, place.pk) if one.profile_id in held]
    check = next((one for one in checks if filters.standard_id in (None, one.profile_id)), None)
    if check is None:
        nothing = {"standard_id": None, "version": None, "observed_at": None}
        return {"items": [], "next_cursor": None, **nothing}
    rows, cursor = sliced(asked, filters, _results(asked, check, filters.state))
    told = {"standard_id": check.profile_id, "version": check.version.number, "observed_at": check.observed_at}
    return {"items": rows, "next_cursor": cursor, **told}


def _newest(asked: Asked, profile_id: UUID) -> BaselineVersion:
    found = queries_standards.version(asked.scope, inventory.baseline(asked.scope, profile_id).pk)
    if found is None:
        raise NotVisible
    return found


def _read(document: dict[str, Any] | None) -> Baseline | None:
    """The baseline of a document; JSON is YAML, so the same reader checks both."""
    if document is None:
        return None
    return parse_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2), name="document")


def _assertion(demand: Demand, checks: list[dict[str, str]], held: int) -> standards.Assertion:
    found = Counter(states[demand.id] for states in checks if demand.id in states)
    return standards.Assertion(
        id=demand.id,
        title=demand.title,
        severity=Severity(demand.severity),
        setting=demand.setting if isinstance(demand, Assertion) else "",
        question=demand.question if isinstance(demand, Assertion) else "",
        rationale=demand.rationale,
        states=dict(found),
        unjudged=held - found.total(),
    )


def _results(asked: Asked, check: BaselineCheck, state: ResultState | None) -> list[standards.Result]:
    whole = queries_standards.asked(asked.scope, check.version)
    kept = queries_standards.results(asked.scope, check)
    demands = [one.demand for one in (whole.holding if whole else ()) if one.demand.id in kept]
    return [_result(one, kept[one.id]) for one in demands if state in (None, kept[one.id].state)]


def _result(demand: Demand, kept: Kept) -> standards.Result:
    return standards.Result(
        id=demand.id,
        title=demand.title,
        severity=Severity(demand.severity),
        state=kept.state,
        code=kept.said.code,
        sentence=str(kept.said),
        policies=[
            standards.Policy(name=one.name, path=one.path, value=one.value, is_accepted=one.is_accepted)
            for one in (*kept.observed, *kept.proofs)
        ],
        gaps=[str(one) for one in kept.gaps],
    )


def _shown(asked: Asked, rows: list[BaselineProfile]) -> list[readings.Standard]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    newest = inventory.newest_versions(asked.scope)
    held: dict[UUID, list[str]] = {}
    for assignment in inventory.assignments(asked.scope):
        if assignment.environment_id in slugs:
            held.setdefault(assignment.profile_id, []).append(slugs[assignment.environment_id])
    return [
        readings.Standard(
            id=one.pk,
            name=one.name,
            created_at=one.created_at,
            newest_version=_version(asked, newest.get(one.pk)),
            environments=sorted(held.get(one.pk, [])),
        )
        for one in rows
    ]


def _version(asked: Asked, version: BaselineVersion | None) -> readings.StandardVersion | None:
    if version is None:
        return None
    is_reached = version.snapshot is not None and asked.scope.reaches(version.snapshot.environment_id)
    return readings.StandardVersion(
        number=version.number,
        capture_id=version.snapshot_id if is_reached else None,
        release=version.release,
        assertions=version.assertions_count,
        created_at=version.created_at,
    )
