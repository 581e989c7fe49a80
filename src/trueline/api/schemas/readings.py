"""Captures, comparison, standards, findings, runs and the trail."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Given, Page, Paging, Slug, Text, Time, said
from trueline.audit.rules import Outcome as AuditOutcome
from trueline.connections.contract import Coverage, Facet
from trueline.findings.exceptions import ExceptionStatus, Validity
from trueline.findings.rules import FindingState, Severity
from trueline.findings.sla import Due
from trueline.findings.workflow import MOST_AT_ONCE, CloseReason, Verb
from trueline.inventory.compare import Outcome
from trueline.inventory.differences import ChangeKind
from trueline.inventory.matching.evidence import Method
from trueline.kit.scope import ActorKind
from trueline.operations.rules import RunOutcome, State

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
# The description names shapes by their class alone, and another enumeration is called `Outcome` already.
EventOutcome = Annotated[str, Field(json_schema_extra={"enum": sorted(AuditOutcome)})]
Word = Annotated[Text, Field(max_length=200)]


class Area(BaseModel):
    """One line of a coverage manifest."""

    area: str = said("Part of the environment.", "compliance")
    coverage: Coverage = said("How far it was read; only a complete area can show that something is gone.", "complete")
    objects: int = said("Objects read.", 12)
    reason: str = said("Why it was not read completely; empty otherwise.", "")


class Capture(BaseModel):
    """What an environment showed at one moment, and how much of it could be read."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    run_id: UUID = said("The run that made it.", _ID)
    provider: str = said("What read it.", "microsoft365")
    source: str = said("What was read, such as a file's name.", "contoso.zip")
    observed_at: Time = said("When the environment was in this state.", _AT)
    captured_at: Time = said("When it was read.", _AT)
    coverage: Coverage = said("How far the whole was read.", "complete")
    objects: int = said("Objects read.", 412)
    unread: int = said("What exists and could not be read.", 0)
    digest: str = said("SHA-256 over all of it.", _SHA)


class CapturePage(Page[Capture]):
    """Captures, newest observation first."""


class CaptureDetail(Capture):
    """A capture with its coverage manifest."""

    areas: list[Area] = said("The coverage of every area, by area.", default_factory=list)


class Gap(BaseModel):
    """Something that exists and could not be read, or something odd."""

    kind: str = said("Why it could not be read, or what is odd.", "corrupt")
    area: str = said("Part of the environment, empty when unknown.", "compliance")
    subject: str = said("What it is about.", "CompliancePolicies/damaged.json")
    detail: str = said("More of it.", "")
    is_warning: bool = said("Odd, but read.", example=False)


class GapPage(Page[Gap]):
    """What could not be read, and what is odd."""


class Object(BaseModel):
    """One object of a capture."""

    id: UUID = said("Its id in this capture.", _ID)
    area: str = said("Part of the environment.", "compliance")
    object_type: str = said("The vendor's name of its kind.", "deviceCompliancePolicies")
    external_id: str = said("Its id in the outside system.", "00000000-0000-4000-8000-000000000001")
    name: str = said("Its name.", "Windows 11 baseline")
    platform: str = said("What it is for.", "windows10")
    source_path: str = said("Where it was read.", "CompliancePolicies/Windows 11 baseline.json")
    is_truncated: bool = said("Whether its settings were read only in part.", example=False)
    content_digest: str = said("SHA-256 of its normalised content.", _SHA)


class ObjectPage(Page[Object]):
    """Objects by area and name."""


class ObjectDetail(Object):
    """An object with its content, redacted."""

    facets: dict[str, dict[str, Any]] = said(
        "Its parts, each a flat mapping of path to value.", {"settings": {"/passwordRequired": True}}
    )


class ObjectFilter(Paging):
    """Which objects."""

    area: Word | None = said("Only this area.", "compliance", default=None)


class ComparisonFilter(Paging):
    """What is compared, and which part of the answer."""

    left: UUID = said("The capture that should be.", _ID)
    right: UUID = said("The capture that is.", _ID)
    outcome: Outcome | None = said("Only entries of this outcome.", "changed", default=None)


class Side(BaseModel):
    """One object of a comparison."""

    id: UUID = said("Its id in its capture.", _ID)
    name: str = said("Its name.", "Windows 11 baseline")
    source_path: str = said("Where it was read.", "CompliancePolicies/Windows 11 baseline.json")


class ComparedValue(BaseModel):
    """One differing value."""

    facet: Facet = said("The part of the object.", "settings")
    path: str = said("Where in that part.", "/passwordMinimumLength")
    kind: ChangeKind = said("How it differs, read from left to right.", "modified")
    left: Any = said("Its value on the left; null where it is not set.", 8)
    right: Any = said("Its value on the right; null where it is not set.", 4)


class Matched(BaseModel):
    """Why two objects are taken for one."""

    method: Method = said("How they were found to be one.", "id")
    confidence: float = said("How sure it is, 0 to 1.", 1.0)
    reason: str = said("In words.", "Both have the same id.")


class ComparisonEntry(BaseModel):
    """One object or pair."""

    outcome: Outcome = said("What the comparison says of it.", "changed")
    area: str = said("Part of the environment.", "compliance")
    object_type: str = said("The vendor's name of its kind.", "deviceCompliancePolicies")
    left: Side | None = said("The left object; null when only the right has it.", default=None)
    right: Side | None = said("The right object; null when only the left has it.", default=None)
    matched: Matched | None = said("Why the two are a pair; null for a lone object.", default=None)
    reason: str = said("Why it cannot be compared; empty otherwise.", "")
    changes: list[ComparedValue] = said("What differs; only when changed.", default_factory=list)


class Comparison(Page[ComparisonEntry]):
    """Two captures side by side."""

    left: UUID = said("The capture that should be.", _ID)
    right: UUID = said("The capture that is.", _ID)
    is_equal: bool = said("Whether nothing differs and nothing stayed unknown.", example=False)
    counts: dict[str, int] = said("How many entries each outcome has.", {"changed": 1, "equal": 411})


class StandardVersion(BaseModel):
    """One state of a standard."""

    number: int = said("Counted from 1.", 1)
    capture_id: UUID | None = said("The capture in it; null without one, or when it is out of your reach.", _ID)
    release: str = said("What the author of its assertions calls it; empty without assertions.", "1.0")
    assertions: int = said("How many assertions it has.", 26)
    created_at: Time = said("Since when it holds.", _AT)


class Standard(BaseModel):
    """What environments are held to."""

    id: UUID = said("Its id.", _ID)
    name: str = said("Its name.", "Windows devices")
    created_at: Time = said("When it was made.", _AT)
    newest_version: StandardVersion | None = said("What holds now.", default=None)
    environments: list[str] = said("Slugs of environments in your reach that are held to it.", ["contoso"])


class StandardPage(Page[Standard]):
    """Standards by name."""


class NewAssignment(Given):
    """An environment to hold to a standard."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"environment": "contoso"}]})

    environment: Slug = said("Slug of the environment.", "contoso")


class Finding(BaseModel):
    """One difference that matters, from when it was first seen until it is gone."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    severity: Severity = said("How much it matters.", "high")
    state: FindingState = said("Where it is in its work.", "new")
    kind: str = said("How it differs.", "changed")
    detector: str = said("What found it.", "drift")
    standard_id: UUID | None = said("The standard it was held against.", _ID, default=None)
    area: str = said("Part of the environment.", "compliance")
    object_type: str = said("The vendor's name of the object's kind.", "deviceCompliancePolicies")
    subject_name: str = said("The object's name.", "Windows 11 baseline")
    subject_key: str = said("Who it is about, stable across captures.", "deviceCompliancePolicies:0000…")
    facet: str = said("The part of the object; empty for the whole.", "settings")
    path: str = said("Where in that part; empty for the whole object.", "/passwordMinimumLength")
    expected: Any = said("What should be; null when nothing was expected.", 8)
    observed: Any = said("What is; null when nothing is there.", 4)
    capture_id: UUID | None = said("The capture that showed it last; null for what a scan of traces showed.", _ID)
    scan_id: UUID | None = said("The scan that showed it last; null for what a capture showed.", _ID)
    first_seen_at: Time = said("When it was first seen.", _AT)
    last_seen_at: Time = said("When it was last seen.", _AT)
    times_seen: int = said("In how many captures.", 3)
    times_reopened: int = said("How often it came back.", 0)
    due_at: Time = said("When it should be done.", _AT)
    labels: list[str] = said("Its labels, by name.", ["migration"])
    reopened_at: Time | None = said("When it came back.", default=None)
    resolved_at: Time | None = said("When a complete capture no longer showed it.", default=None)
    resolved_reason: str = said("How it was resolved; empty while it is not.", "")
    closed_at: Time | None = said("When it was closed.", default=None)
    closed_reason: str = said("Why it was closed; empty while it is not.", "")
    updated_at: Time = said("When it last changed.", _AT)


class FindingPage(Page[Finding]):
    """Findings, the most severe first, then the latest seen."""


class FindingFilter(Paging):
    """Which findings."""

    environment: Slug | None = said("Only of this environment.", "contoso", default=None)
    state: Literal["open"] | FindingState | None = said(
        "Only in this state; `open` for all that ask for something.", "open", default=None
    )
    severity: Severity | None = said("Only of this severity.", "high", default=None)
    due: Due | None = said("Only open ones so near to their day.", "overdue", default=None)
    area: Word | None = said("Only of this area.", "compliance", default=None)
    detector: Word | None = said("Only by this detector.", "drift", default=None)
    standard_id: UUID | None = said("Only against this standard.", _ID, default=None)
    label: Word | None = said("Only with this label.", "migration", default=None)
    q: Word | None = said("Only whose object's name or path has this text.", "password", default=None)


class Findings(BaseModel):
    """Findings after something was done with all of them."""

    items: list[Finding] = Field(description="The findings as they are now, by id.")


class ChosenFindings(Given):
    """The findings that something is done with, all or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding_ids": [_ID]}]})

    finding_ids: list[UUID] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="One to 200 of them.", examples=[[_ID]]
    )


class FindingMove(ChosenFindings):
    """A step in the work on findings."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding_ids": [_ID], "verb": "take"}]})

    verb: Verb = said("The step.", "take")
    reason: CloseReason | None = said("Why it is closed; only with `close`, and needed there.", default=None)


class FindingAssignment(ChosenFindings):
    """Who is to work on findings."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finding_ids": [_ID], "user_id": None}]})

    user_id: UUID | None = said("The member; null for nobody.", _ID, default=None)


class NewComment(Given):
    """Something to say about a finding."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Waits for the vendor."}]})

    text: str = Field(min_length=1, max_length=4000, description="The text.", examples=["Waits for the vendor."])


class Comment(BaseModel):
    """What somebody said about a finding."""

    id: UUID = said("Its id.", _ID)
    author: str = said("Who said it.", "Olga Owner")
    text: str = said("What was said.", "Waits for the vendor.")
    created_at: Time = said("When.", _AT)


class CommentPage(Page[Comment]):
    """What was said about a finding, oldest first."""


class RiskException(BaseModel):
    """A risk that somebody asked to accept, and what became of it."""

    id: UUID = said("Its id.", _ID)
    finding_id: UUID = said("The finding.", _ID)
    environment: str = said("Slug of the environment.", "contoso")
    validity: Validity = said("What it is worth now: computed from dates and from the value that is seen.", "valid")
    requested_by: str = said("Who asked.", "Otto Operator")
    requested_at: Time = said("When it was asked for.", _AT)
    decided_by: str = said("Who decided; empty while nobody has.", "Anna Approver")
    decided_at: Time | None = said("When it was decided.", default=None)
    owner: str = said("Who answers for the risk.", "Otto Operator")
    reason: str = said("Why the risk is accepted.", "The vendor mends it in March.")
    compensating_control: str = said("What keeps the risk small meanwhile; empty when nothing does.", "")
    expires_at: Time = said("Until when.", _AT)
    review_due_at: Time = said("When to look at it again.", _AT)
    pinned_path: str = said("The path of the accepted value.", "/passwordMinimumLength")
    pinned_value: Any = said("The accepted value; any other value ends the acceptance at once.", 4)
    pinned_snapshot_id: UUID | None = said("The capture that showed it when it was asked for.", _ID, default=None)
    pinned_scan_id: UUID | None = said("The scan that showed it, where it was one.", default=None)


class RiskExceptionPage(Page[RiskException]):
    """Decisions on risk, the latest request first."""


class ExceptionFilter(Paging):
    """Which decisions."""

    status: ExceptionStatus | None = said("Only with this decision.", "active", default=None)
    finding_id: UUID | None = said("Only on this finding.", _ID, default=None)


class Actor(BaseModel):
    """Who acts."""

    kind: ActorKind = said("A person, a key of a person, a service account, or Trueline itself.", "human")
    id: str = said("Its id.", _ID)
    label: str = said("Its name at that time.", "Olga Owner")


class Progress(BaseModel):
    """How far a run is."""

    done: int = said("Steps done.", 120)
    total: int | None = said("Steps in all; null while unknown.", 412, default=None)
    label: str = said("What is being done.", "Reading policies")


class Run(BaseModel):
    """One piece of work that was asked for."""

    id: UUID = said("Its id.", _ID)
    type: str = said("What sort of work.", "inventory.capture")
    environment_id: UUID | None = said("What it works on; null for the workspace.", _ID, default=None)
    environment_name: str = said("Its name at that time.", "Contoso")
    state: State = said("How far it is.", "completed")
    outcome: RunOutcome | None = said("How it ended; null before.", "succeeded", default=None)
    reason_code: str = said("Why it did not succeed; empty otherwise.", "")
    message: str = said("In words.", "")
    counts: dict[str, int] = said("What it counted.", {"objects": 412})
    progress: Progress
    needs_attention: bool = said("Whether a person should look.", example=False)
    is_stalled: bool = said("Whether its worker is silent.", example=False)
    started_by: Actor
    queued_at: Time = said("When it was asked for.", _AT)
    started_at: Time | None = said("When a worker took it.", _AT, default=None)
    completed_at: Time | None = said("When it ended.", _AT, default=None)


class RunPage(Page[Run]):
    """Runs, newest first."""


class RunFilter(Paging):
    """Which runs."""

    environment: Slug | None = said("Only of this environment.", "contoso", default=None)
    type: Word | None = said("Only of this type.", "inventory.capture", default=None)
    state: State | None = said("Only in this state.", "running", default=None)
    outcome: RunOutcome | None = said("Only with this outcome.", "failed", default=None)
    needs_attention: bool | None = said("Only those that a person should look at.", example=True, default=None)


class Assignment(BaseModel):
    """An environment that is held to a standard, and the run that judges it at once."""

    environment: str = said("Slug of the environment.", "contoso")
    standard_id: UUID = said("The standard.", _ID)
    run: Run | None = said("What judges its newest capture; null when it has none.", default=None)


class Subject(BaseModel):
    """What was acted on, as it was called then."""

    type: str = said("What sort of record.", "environment")
    id: str = said("Its id.", _ID)
    label: str = said("Its name at that time.", "Contoso")


class AuditEvent(BaseModel):
    """One thing that was done."""

    sequence: int = said("Its number in the chain of the workspace.", 42)
    recorded_at: Time = said("When.", _AT)
    action: str = said("What was done.", "workspaces:environment:create")
    outcome: EventOutcome = said("How it ended.", "success")
    actor: Actor
    on_behalf_of: str = said("For whom a key acted; empty otherwise.", "")
    subject: Subject
    environment_id: UUID | None = said("The environment it was in.", _ID, default=None)
    environment_name: str = said("Its name at that time.", "Contoso")
    before: dict[str, Any] = said("What was before, as labels.", {"lifecycle": "onboarding"})
    after: dict[str, Any] = said("What is after, as labels.", {"lifecycle": "active"})
    request_id: str = said("Ties everything that one request did together.", "6f1c…")
    previous_digest: str = said("Digest of the event before.", _SHA)
    digest: str = said("Its own digest.", _SHA)


class AuditEventPage(Page[AuditEvent]):
    """Events, newest first."""


class AuditFilter(Paging):
    """Which events."""

    environment: Slug | None = said("Only in this environment.", "contoso", default=None)
    action: Word | None = said("Only of this kind.", "workspaces:environment:create", default=None)
    actor_kind: ActorKind | None = said("Only by this sort of actor.", "key", default=None)


class Verdict(BaseModel):
    """The check of the whole chain."""

    is_whole: bool = said("Whether nothing was found wrong.", example=True)
    checked: int = said("Events that were checked.", 42)
    bad_sequence: int | None = said("The first event that does not hold.", default=None)
    reason: str = said("What is wrong with it; empty otherwise.", "")
