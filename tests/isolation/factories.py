# lint: allow TL011 one factory for each table, looked up by its name
"""One factory for each tenant model: a row that fits its workspace. A test fails for a model that has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from django.apps import apps
from django.db.models import Model

from tests.worlds import World
from trueline.audit.models import AuditCheckpoint, AuditEvent, AuditHead, AuditTerm
from trueline.audit.rules import GENESIS
from trueline.casework.models import InboxMark, SavedView
from trueline.connections.models import Connection, Upload, UploadChunk
from trueline.evidence.actions import keep
from trueline.evidence.models import Document
from trueline.evidence.rules import pack
from trueline.findings.models import (
    Finding,
    FindingComment,
    FindingCount,
    FindingDay,
    FindingException,
    FindingExceptionDecision,
    FindingLabel,
    FindingMention,
    FindingPause,
    FindingTerm,
    Label,
)
from trueline.findings.rules import SLA_DAYS, Severity
from trueline.inventory.assertions.model import Assertion, Baseline, Operator
from trueline.inventory.assertions.writing import baseline_document
from trueline.inventory.models import (
    BaselineAssignment,
    BaselineCheck,
    BaselineProfile,
    BaselineUpgrade,
    BaselineVersion,
    IdentityLink,
    Snapshot,
    SnapshotArea,
    SnapshotGap,
    SnapshotItem,
)
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.digest import sha256
from trueline.notices.models import NoticeCursor
from trueline.operations.models import OperationRun
from trueline.vault.models import DataKey, SigningKey
from trueline.workspaces.models import (
    ApiKey,
    Environment,
    EnvironmentGrant,
    Invitation,
    KeptAnswer,
    Membership,
    OperationalControl,
    RequestWindow,
    ServiceAccount,
    User,
    Workspace,
)


def tenant_models() -> list[type[Model]]:
    """Every model whose rows belong to one workspace, found by its columns."""
    return sorted(
        (model for model in apps.get_models() if model is Workspace or "workspace_id" in columns(model)),
        key=lambda model: model._meta.label,
    )


def columns(model: type[Model]) -> set[str]:
    return {column.column for column in model._meta.concrete_fields if column.column}


def tenant_column(model: type[Model]) -> str:
    return "id" if model is Workspace else "workspace_id"


@dataclass
class Seeds:
    """Rows of one environment of one workspace, each made when it is first asked for."""

    workspace: Workspace
    environment: Environment
    person: User
    canary: str
    _made: dict[type[Model], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._made.update({Workspace: self.workspace, Environment: self.environment})

    def one(self, model: type[Model]) -> Any:
        """The row of that model, stored."""
        if model not in self._made:
            with within(self.workspace.pk):
                made = self._only_one(model)
                if made is None:
                    made = self.draft(model)
                    made.save(force_insert=True)
            self._made[model] = made
        return self._made[model]

    def _only_one(self, model: type[Model]) -> Any:
        """The row that a workspace has one of and never a second, when it is there."""
        if model in {AuditHead, AuditTerm, DataKey, NoticeCursor}:
            return model._default_manager.filter(workspace_id=self.workspace.pk).first()
        return None

    def keep(self, model: type[Model], made: Any) -> None:
        """Let a row that was made on the way stand for its model, if none does yet."""
        self._made.setdefault(model, made)

    def draft(self, model: type[Model]) -> Any:
        """A new row of that model, not stored."""
        assert model._meta.label in FACTORIES, f"{model._meta.label} has no factory in tests/isolation/factories.py"
        return FACTORIES[model._meta.label](self)

    def every(self) -> list[Any]:
        """One row of every tenant model that has a factory; a test names those that have none."""
        return [self.one(model) for model in tenant_models() if model._meta.label in FACTORIES]


def two_workspaces(world: World) -> tuple[Seeds, Seeds]:
    """Seeds of the world's workspace, and of the stranger's next door."""
    with within(world.other_workspace.pk):
        yard = Environment.objects.create(
            workspace=world.other_workspace, slug="yard", name="Yard", lifecycle="onboarding"
        )
    return (
        Seeds(world.workspace, world.environment, world.owner, "canary-of-acme"),
        Seeds(world.other_workspace, yard, world.stranger, "canary-of-elsewhere"),
    )


FACTORIES: dict[str, Callable[[Seeds], Model]] = {}


def makes(model: type[Model] | str) -> Callable[[Callable[[Seeds], Model]], Callable[[Seeds], Model]]:
    def register(factory: Callable[[Seeds], Model]) -> Callable[[Seeds], Model]:
        FACTORIES[model if isinstance(model, str) else model._meta.label] = factory
        return factory

    return register


def _unique() -> str:
    return ids.new().hex


@makes(Workspace)
def _workspace(seeds: Seeds) -> Model:
    return Workspace(slug=f"made-{_unique()}", name=seeds.canary)


@makes(Environment)
def _environment(seeds: Seeds) -> Model:
    return Environment(workspace=seeds.workspace, slug=f"made-{_unique()}", name=seeds.canary)


@makes(Membership)
def _membership(seeds: Seeds) -> Model:
    person = User.objects.create_user(f"{_unique()}@example.org", None, name=seeds.canary)
    return Membership(workspace=seeds.workspace, user=person, role="viewer")


@makes(EnvironmentGrant)
def _grant(seeds: Seeds) -> Model:
    member = seeds.draft(Membership)
    member.save(force_insert=True)
    seeds.keep(Membership, member)  # an address that names both means this member's line
    return EnvironmentGrant(
        workspace=seeds.workspace, membership=member, environment=seeds.environment, effect="include"
    )


@makes(Invitation)
def _invitation(seeds: Seeds) -> Model:
    return Invitation(
        workspace=seeds.workspace,
        email=f"{_unique()}@example.org",
        role="viewer",
        token_digest=sha256(_unique().encode()),
        invited_by_label=seeds.canary,
        expires_at=clock.now() + timedelta(days=7),
    )


@makes(OperationalControl)
def _control(seeds: Seeds) -> Model:
    return OperationalControl(
        workspace=seeds.workspace, run_type=_unique(), reason=seeds.canary, paused_by_label=seeds.canary
    )


@makes(ServiceAccount)
def _service_account(seeds: Seeds) -> Model:
    return ServiceAccount(
        workspace=seeds.workspace,
        name=f"{seeds.canary} {_unique()}",
        role="viewer",
        environment=seeds.environment,
        made_by_label=seeds.canary,
        expires_at=clock.now() + timedelta(days=7),
    )


@makes(ApiKey)
def _api_key(seeds: Seeds) -> Model:
    return ApiKey(
        workspace=seeds.workspace,
        name=seeds.canary,
        prefix=_unique()[:6],
        token_digest=sha256(_unique().encode()),
        creator=seeds.person,
        environment=seeds.environment,
        capabilities=["findings.view"],
        expires_at=clock.now() + timedelta(days=7),
    )


@makes(KeptAnswer)
def _kept_answer(seeds: Seeds) -> Model:
    return KeptAnswer(
        workspace=seeds.workspace,
        actor_id=_unique(),
        idempotency_key=_unique(),
        request_digest=sha256(_unique().encode()),
        body=seeds.canary.encode(),
    )


@makes(RequestWindow)
def _request_window(seeds: Seeds) -> Model:
    return RequestWindow(workspace=seeds.workspace, subject=_unique(), started_at=clock.now(), requests=1)


@makes(DataKey)
def _data_key(seeds: Seeds) -> Model:
    return DataKey(workspace_id=seeds.workspace.pk, kek_name=_unique()[:16], wrapped=seeds.canary.encode())


@makes(SigningKey)
def _signing_key(seeds: Seeds) -> Model:
    return SigningKey(workspace_id=seeds.workspace.pk, name=_unique(), public_pem=seeds.canary, not_after=clock.now())


@makes(AuditEvent)
def _event(seeds: Seeds) -> Model:
    return AuditEvent(
        workspace_id=seeds.workspace.pk,
        sequence=1_000_000_000 + ids.new().int % 1_000_000_000,
        action="workspaces:environment:move",
        actor_kind="system",
        actor_id="tests",
        actor_label=seeds.canary,
        subject_type="environment",
        environment_id=seeds.environment.pk,
        environment_label=seeds.environment.name,
        body_digest=GENESIS,
        previous_digest=GENESIS,
        digest=GENESIS,
    )


@makes(AuditCheckpoint)
def _checkpoint(seeds: Seeds) -> Model:
    return AuditCheckpoint(
        workspace_id=seeds.workspace.pk,
        size=1_000_000_000 + ids.new().int % 1_000_000_000,
        head=GENESIS,
        root=GENESIS,
        peaks=[],
        signed_at=clock.now(),
        envelope={"canary": seeds.canary},
    )


@makes(AuditTerm)
def _audit_term(seeds: Seeds) -> Model:
    return AuditTerm(workspace_id=seeds.workspace.pk, days=365)


@makes(AuditHead)
def _head(seeds: Seeds) -> Model:
    return AuditHead(workspace_id=seeds.workspace.pk, digest=GENESIS)


@makes(OperationRun)
def _run(seeds: Seeds) -> Model:
    return OperationRun(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        environment_label=seeds.environment.name,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="human",
        initiator_id=str(seeds.person.pk),
        initiator_label=seeds.canary,
        identity_digest=sha256(_unique().encode()),
    )


@makes(Connection)
def _connection(seeds: Seeds) -> Model:
    return Connection(workspace_id=seeds.workspace.pk, environment_id=seeds.environment.pk, provider_key=_unique()[:32])


@makes(Upload)
def _upload(seeds: Seeds) -> Model:
    return Upload(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        name=f"{seeds.canary}.zip",
        size_bytes=3,
        digest=sha256(b"abc"),
        received_by_label=seeds.canary,
    )


@makes(UploadChunk)
def _chunk(seeds: Seeds) -> Model:
    return UploadChunk(
        workspace_id=seeds.workspace.pk, upload=seeds.one(Upload), position=ids.new().int % 2_000_000_000, body=b"abc"
    )


@makes(Document)
def _document(seeds: Seeds) -> Model:
    packed = pack({"facets": {"settings": {"/made": _unique()}}, "settings": [], "canary": seeds.canary})
    return Document(
        workspace_id=seeds.workspace.pk, digest=packed.digest, size_bytes=packed.size_bytes, body=packed.body
    )


@makes(Snapshot)
def _snapshot(seeds: Seeds) -> Model:
    run = seeds.draft(OperationRun)
    run.save(force_insert=True)
    named = pack({f"setting_{_unique()}": [seeds.canary, "", {}]})
    definitions = Document(
        workspace_id=seeds.workspace.pk, digest=named.digest, size_bytes=named.size_bytes, body=named.body
    )
    definitions.save(force_insert=True)
    return Snapshot(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        run_id=run.pk,
        provider_key="microsoft365",
        source_label=seeds.canary,
        observed_at=clock.now(),
        coverage="complete",
        objects_count=1,
        unread_count=0,
        digest=sha256(_unique().encode()),
        definitions_digest=definitions.digest,
    )


@makes(SnapshotArea)
def _area(seeds: Seeds) -> Model:
    snapshot = seeds.one(Snapshot)
    return SnapshotArea(
        workspace_id=seeds.workspace.pk, snapshot=snapshot, area=_unique(), coverage="complete", objects_count=1
    )


@makes(SnapshotGap)
def _gap(seeds: Seeds) -> Model:
    snapshot = seeds.one(Snapshot)
    return SnapshotGap(workspace_id=seeds.workspace.pk, snapshot=snapshot, kind="corrupt", subject=seeds.canary)


@makes(SnapshotItem)
def _item(seeds: Seeds) -> Model:
    digest = seeds.one(Document).digest
    return SnapshotItem(
        workspace_id=seeds.workspace.pk,
        snapshot=seeds.one(Snapshot),
        area="configuration",
        object_type="configurationPolicies",
        name=seeds.canary,
        source_path=seeds.canary,
        raw_digest=digest,
        content_digest=digest,
        digests={"settings": digest},
    )


@makes(BaselineProfile)
def _profile(seeds: Seeds) -> Model:
    return BaselineProfile(workspace_id=seeds.workspace.pk, name=f"{seeds.canary} {_unique()}")


@makes(BaselineVersion)
def _version(seeds: Seeds) -> Model:
    number = ids.new().int % 2_000_000_000
    return BaselineVersion(
        workspace_id=seeds.workspace.pk,
        profile=seeds.one(BaselineProfile),
        number=number,
        snapshot=seeds.one(Snapshot),
        document_digest=_assertions(seeds),
        release="1",
        assertions_count=1,
    )


def _assertions(seeds: Seeds) -> str:
    """The digest of a stored document that asks for something."""
    asks = Assertion(_unique(), seeds.canary, setting="made", area="configuration", operator=Operator.ANY)
    packed = pack(baseline_document(Baseline("made", "1", seeds.canary, assertions=(asks,))))
    keep(seeds.workspace.pk, [packed])
    return packed.digest


@makes(BaselineAssignment)
def _assignment(seeds: Seeds) -> Model:
    profile = seeds.draft(BaselineProfile)
    profile.save(force_insert=True)
    version = seeds.draft(BaselineVersion)
    version.profile = profile
    version.save(force_insert=True)
    return BaselineAssignment(workspace_id=seeds.workspace.pk, profile=profile, environment_id=seeds.environment.pk)


@makes(BaselineUpgrade)
def _upgrade(seeds: Seeds) -> Model:
    profile = seeds.draft(BaselineProfile)
    profile.save(force_insert=True)
    version = seeds.draft(BaselineVersion)
    version.profile = profile
    version.save(force_insert=True)
    return BaselineUpgrade(
        workspace_id=seeds.workspace.pk,
        profile=profile,
        version=version,
        document_digest=version.document_digest,
        release=seeds.canary,
    )


@makes(BaselineCheck)
def _check(seeds: Seeds) -> Model:
    version = seeds.draft(BaselineVersion)
    version.save(force_insert=True)
    kept = {"state": "met", "code": "absent", "values": {}, "gaps": [seeds.canary]}
    found = pack({"made": kept | {"observed": [[], 0], "proofs": [[], 0], "excluded": [[], 0]}})
    keep(seeds.workspace.pk, [found])
    return BaselineCheck(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        profile=version.profile,
        version=version,
        snapshot=seeds.one(Snapshot),
        observed_at=seeds.one(Snapshot).observed_at,
        states={"made": "met", seeds.canary: "not_met"},
        results_digest=found.digest,
    )


@makes(IdentityLink)
def _identity_link(seeds: Seeds) -> Model:
    keys = f"configurationPolicies:{_unique()}", f"configurationPolicies:{_unique()}"
    return IdentityLink(
        workspace_id=seeds.workspace.pk,
        left_profile=seeds.one(BaselineProfile),
        right_environment_id=seeds.environment.pk,
        left_key=keys[0],
        right_key=keys[1],
        left_digest=sha256(keys[0].encode()),
        right_digest=sha256(keys[1].encode()),
        left_name=seeds.canary,
        right_name=seeds.canary,
        answer="confirmed",
        answered_by_label=seeds.canary,
    )


@makes(FindingException)
def _finding_exception(seeds: Seeds) -> Model:
    finding = seeds.draft(Finding)
    finding.save(force_insert=True)
    return FindingException(
        workspace_id=seeds.workspace.pk,
        finding=finding,
        requested_by_label=seeds.canary,
        owner=seeds.person,
        reason=seeds.canary,
        expires_at=clock.now() + timedelta(days=30),
        review_due_at=clock.now() + timedelta(days=15),
        pinned_value=seeds.canary,
        pinned_digest=finding.observed_digest,
        pinned_rank=finding.severity_rank,
    )


@makes(FindingExceptionDecision)
def _finding_exception_decision(seeds: Seeds) -> Model:
    return FindingExceptionDecision(
        workspace_id=seeds.workspace.pk,
        exception=seeds.one(FindingException),
        decision="requested",
        actor_label=seeds.canary,
        reason=seeds.canary,
        expires_at=clock.now() + timedelta(days=30),
    )


_SEVERITIES = cycle(sorted(Severity))
"""A workspace has one term for each."""


@makes(FindingTerm)
def _finding_term(seeds: Seeds) -> Model:
    severity = next(_SEVERITIES)
    return FindingTerm(workspace_id=seeds.workspace.pk, severity=severity, days=SLA_DAYS[severity] - 1)


@makes(Label)
def _label(seeds: Seeds) -> Model:
    return Label(workspace_id=seeds.workspace.pk, name=_unique()[:40])


@makes(FindingLabel)
def _finding_label(seeds: Seeds) -> Model:
    label = seeds.draft(Label)
    label.save(force_insert=True)
    return FindingLabel(workspace_id=seeds.workspace.pk, finding=seeds.one(Finding), label=label)


@makes(FindingComment)
def _finding_comment(seeds: Seeds) -> Model:
    return FindingComment(
        workspace_id=seeds.workspace.pk,
        finding=seeds.one(Finding),
        author_id="1",
        author_label=seeds.canary,
        body=seeds.canary,
    )


@makes(InboxMark)
def _inbox_mark(seeds: Seeds) -> Model:
    return InboxMark(workspace_id=seeds.workspace.pk, user=seeds.person, item_key=f"finding:{ids.new()}")


@makes(Finding)
def _finding(seeds: Seeds) -> Model:
    moment = clock.now()
    return Finding(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        fingerprint=sha256(_unique().encode()),
        detector="drift",
        area="configuration",
        object_type="configurationPolicies",
        subject_key=seeds.canary,
        subject_name=seeds.canary,
        facet="settings",
        path="/made",
        kind="changed",
        severity="high",
        severity_rank=2,
        expected=1,
        observed=2,
        observed_digest=sha256(b"2"),
        first_seen_at=moment,
        last_seen_at=moment,
        snapshot_id=seeds.one(Snapshot).pk,
        due_at=moment + timedelta(days=14),
    )


@makes(FindingCount)
def _count(seeds: Seeds) -> Model:
    return FindingCount(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        area=_unique(),
        severity_rank=2,
        state="new",
        number=1,
    )


@makes(FindingDay)
def _day(seeds: Seeds) -> Model:
    return FindingDay(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        day=date(1000, 1, 1) + timedelta(days=int(_unique(), 16) % 300_000),
        severity_rank=2,
        opened=1,
    )


@makes(SavedView)
def _view(seeds: Seeds) -> Model:
    return SavedView(
        workspace_id=seeds.workspace.pk, user=seeds.person, place="findings", name=_unique(), filters="state=all"
    )


@makes(FindingMention)
def _mention(seeds: Seeds) -> Model:
    comment = FACTORIES["findings.FindingComment"](seeds)
    comment.save(force_insert=True)
    return FindingMention(workspace_id=seeds.workspace.pk, comment=comment, user=seeds.person)


@makes(FindingPause)
def _pause(seeds: Seeds) -> Model:
    return FindingPause(
        workspace_id=seeds.workspace.pk,
        finding=seeds.one(Finding),
        started_at=clock.now(),
        ended_at=clock.now() + timedelta(hours=1),
    )


@makes("inventory.IdentityLink")
def _link(seeds: Seeds) -> Model:
    return apps.get_model("inventory.IdentityLink")(
        workspace_id=seeds.workspace.pk,
        left_profile=seeds.one(BaselineProfile),
        right_environment_id=seeds.environment.pk,
        left_key=seeds.canary,
        right_key=seeds.canary,
        left_digest=sha256(_unique().encode()),
        right_digest=sha256(_unique().encode()),
        left_name=seeds.canary,
        right_name=seeds.canary,
        answer="refused",
        answered_by_label=seeds.canary,
    )


from tests.isolation import (  # noqa: E402 - they register their own by what stands above
    evaluation_factories,  # noqa: F401 - the same
    message_factories,  # noqa: F401 - the same
    review_factories,  # noqa: F401 - the same
    trace_factories,  # noqa: F401 - the same
)
