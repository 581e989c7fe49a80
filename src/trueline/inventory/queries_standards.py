"""Reads of what standards ask for: assertions, the layers that they stand on, and what environments came to."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from trueline.connections import registry
from trueline.connections.contract import phrase
from trueline.evidence import queries as evidence
from trueline.inventory import queries
from trueline.inventory.assertions.errors import InvalidBaseline
from trueline.inventory.assertions.evaluation import Environment, Result, environment, evaluate
from trueline.inventory.assertions.keeping import Kept, kept_results
from trueline.inventory.assertions.layers import EffectiveBaseline, effective
from trueline.inventory.assertions.making import Head, Made, make_baseline
from trueline.inventory.assertions.merging import pieces
from trueline.inventory.assertions.model import Baseline
from trueline.inventory.assertions.reading import baseline_of
from trueline.inventory.assertions.upgrade import Item, Plan, plan_upgrade
from trueline.inventory.definitions import Definitions
from trueline.inventory.errors import BaseMissing
from trueline.inventory.models import BaselineCheck, BaselineUpgrade, BaselineVersion
from trueline.kit.scope import NotVisible, Scope

_LONGEST_RELEASE = 60


def version(scope: Scope, profile_id: UUID, number: int | None = None) -> BaselineVersion | None:
    """One version of a standard, the newest when no number is given; None when there is none."""
    found = queries.versions(scope, profile_id).select_related("profile", "snapshot")
    return (found if number is None else found.filter(number=number)).first()


def version_by_id(scope: Scope, baseline_version_id: UUID) -> BaselineVersion:
    """One version. Raises `NotVisible`."""
    found = _version(scope, baseline_version_id)
    if found is None:
        raise NotVisible
    return found


def layers(scope: Scope, version: BaselineVersion) -> list[Baseline]:
    """What a version asks for, and before it what it stands on, the highest first; nothing for a capture alone."""
    digests: list[str] = []
    here: BaselineVersion | None = version
    while here is not None and here.document_digest:
        digests.append(here.document_digest)
        here = _version(scope, here.base_id) if here.base_id else None
    documents = evidence.documents(scope, digests)
    return [baseline_of(documents[digest]) for digest in reversed(digests)]


def asked(scope: Scope, version: BaselineVersion) -> EffectiveBaseline | None:
    """Everything that a version holds an environment to, layers applied; None for a capture alone."""
    found = layers(scope, version)
    return effective(found) if found else None


def base_of(scope: Scope, asks: Baseline) -> BaselineVersion | None:
    """The newest version of what a layer stands on; None for one that stands alone. Raises `BaseMissing`."""
    if not asks.extends:
        return None
    found = BaselineVersion.objects.filter(
        workspace_id=scope.workspace_id, profile__key=asks.extends, profile__archived_at=None
    )
    newest = found.exclude(document_digest=None).order_by("-number").first()
    if newest is None:
        raise BaseMissing(asks.extends)
    return newest


def must_hold(scope: Scope, base: BaselineVersion | None, asks: Baseline) -> None:
    """Raise `Refused` for assertions that nothing here can hold: no such provider, or a layer that does not fit."""
    if len(asks.version) > _LONGEST_RELEASE:
        said = phrase(
            "The version of %(id)s is longer than %(number)s characters; shorten it.",
            id=asks.id,
            number=str(_LONGEST_RELEASE),
        )
        raise InvalidBaseline(said)
    if not (asks.assertions or asks.templates or asks.overrides):
        raise InvalidBaseline(phrase("%(id)s asks for nothing; add assertions.", id=asks.id))
    if asks.provider:
        registry.provider(asks.provider)
    effective([*(layers(scope, base) if base else ()), asks])


def made_of(scope: Scope, snapshot_id: UUID, head: Head, definitions: Definitions) -> Made:
    """Assertions that ask for what a capture shows, whatever the policies are called.

    One for each setting; what has no settings of its own is asked for as a whole, so that nothing is left out unseen.
    """
    provider = registry.provider(queries.snapshot(scope, snapshot_id).provider_key)
    objects = queries.objects(scope, snapshot_id)
    return make_baseline(objects, head, weigh=provider.weigh, definitions=definitions, with_templates=True)


def evaluated(scope: Scope, version: BaselineVersion, snapshot_id: UUID) -> tuple[Result, ...]:
    """What a capture comes to, held against what a version asks for; nothing for a capture alone.

    What is asked for belongs to the workspace. Raises `NotVisible` for a capture that the reader does not reach.
    """
    whole = asked(scope, version)
    if whole is None:
        return ()
    return evaluate(whole, place_of(scope, snapshot_id))


def place_of(scope: Scope, snapshot_id: UUID) -> Environment:
    """A capture as assertions and questions look at it. Raises `NotVisible`."""
    shown = queries.snapshot(scope, snapshot_id)
    provider = registry.provider(shown.provider_key)
    return environment(
        queries.objects(scope, snapshot_id),
        queries.area_reports(scope, snapshot_id),
        questions=provider.questions,
        reach=provider.reach,
    )


def check_of(scope: Scope, snapshot_id: UUID, baseline_version_id: UUID) -> BaselineCheck | None:
    """What a capture came to against a version, if it was held against it."""
    return _checks(scope).filter(snapshot_id=snapshot_id, version_id=baseline_version_id).first()


def newest_checks(scope: Scope, profile_id: UUID) -> list[BaselineCheck]:
    """The newest check of each environment in reach against a standard, in one statement."""
    found = _checks(scope).filter(profile_id=profile_id)
    return list(
        found.order_by("environment_id", "-observed_at", "-checked_at")
        .distinct("environment_id")
        .select_related("version", "snapshot")
    )


def checks_of(scope: Scope, environment_id: UUID) -> list[BaselineCheck]:
    """The newest check of an environment against each standard, in one statement."""
    found = _checks(scope).filter(environment_id=environment_id)
    return list(
        found.order_by("profile_id", "-observed_at", "-checked_at")
        .distinct("profile_id")
        .select_related("profile", "version", "snapshot")
    )


def results(scope: Scope, check: BaselineCheck) -> dict[str, Kept]:
    """Everything that a check found, by the id of the assertion."""
    if not scope.reaches(check.environment_id):
        raise NotVisible
    return kept_results(evidence.document(scope, check.results_digest))


def upgrade(scope: Scope, profile_id: UUID) -> BaselineUpgrade:
    """The plan under way to a standard's next release. Raises `NotVisible` when there is none."""
    found = BaselineUpgrade.objects.filter(workspace_id=scope.workspace_id, profile_id=profile_id)
    one = found.select_related("profile", "version").first()
    if one is None:
        raise NotVisible
    return one


def has_upgrade(scope: Scope, profile_id: UUID) -> bool:
    """Whether a plan to the next release is under way."""
    return BaselineUpgrade.objects.filter(workspace_id=scope.workspace_id, profile_id=profile_id).exists()


def upgrade_target(scope: Scope, upgrade: BaselineUpgrade) -> Baseline:
    """The release that a plan leads to."""
    return baseline_of(evidence.document(scope, upgrade.document_digest))


def upgrade_plan(scope: Scope, upgrade: BaselineUpgrade, place: Environment) -> Plan:
    """The plan as it looks from one environment."""
    *below, old = layers(scope, upgrade.version)
    target = upgrade_target(scope, upgrade)
    base = base_of(scope, target)
    return plan_upgrade(old, target, place, below=(below, layers(scope, base) if base else ()))


def upgrade_pieces(scope: Scope, upgrade: BaselineUpgrade) -> tuple[Item, ...]:
    """What there is to decide, wherever it applies."""
    nowhere = environment((), (), questions={})
    return pieces(upgrade_plan(scope, upgrade, nowhere))


def _checks(scope: Scope) -> QuerySet[BaselineCheck]:
    found = BaselineCheck.objects.filter(workspace_id=scope.workspace_id)
    if scope.environment_ids is not None:
        found = found.filter(environment_id__in=scope.environment_ids)
    return found.exclude(environment_id__in=scope.excluded_ids) if scope.excluded_ids else found


def _version(scope: Scope, version_id: UUID) -> BaselineVersion | None:
    return BaselineVersion.objects.filter(workspace_id=scope.workspace_id, id=version_id).first()
