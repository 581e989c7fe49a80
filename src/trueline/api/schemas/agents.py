"""World models, scans, causes, and what a system of agents consists of."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Given, Page, Paging, Slug, Text, Time, said
from trueline.engine.rules.model import ProvenanceTier, RuleStatus
from trueline.engine.traces.callgraph import PartKind
from trueline.evaluations.rules import ModelState
from trueline.evaluations.scanning import ClusterSource, Readiness, Safety
from trueline.systems.rules import Origin, PartState, TemplateState

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_MODEL_TEXT = (
    "world_model: {id: desk, name: Desk, domain: Service desk, version: '1', authority: {name: House, version: '1'}}\n"
    "rules:\n- {id: polite, text: Answers are polite., status: provisional, provenance: {tier: observed, source: Us}, "
    "dimension: care, check: {judged: {question: 'Is it polite?'}}}\n"
)
AgentName = Annotated[Text, Field(min_length=1, max_length=200)]


class WorldModel(BaseModel):
    """A governed set of rules for one domain."""

    id: UUID = said("Its id.", _ID)
    key: str = said("Its id in files.", "service-desk")
    name: str = said("Its name.", "Service desk")
    domain: str = said("What it is about.", "Agents of a service desk")
    state: ModelState = said("Where it is in its life.", "published")
    authority: str = said("The authority that it rests on.", "Handbook")
    authority_version: str = said("That authority's version.", "2026")
    newest_version: str | None = said("Label of the newest published version; null for none.", "1.0")
    updated_at: Time = said("When it changed last.", _AT)


class WorldModelPage(Page[WorldModel]):
    """World models by name."""


class NewWorldModel(Given):
    """A world model as a file says it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _MODEL_TEXT}]})

    text: Annotated[str, Field(min_length=1, max_length=2_000_000)] = said("The YAML of the file.", _MODEL_TEXT)


class TakenWorldModel(BaseModel):
    """What became of a file."""

    world_model: WorldModel = said("The world model as it is now.")
    added: int = said("Rules that were not there.", 9)
    changed: int = said("Rules that say something else now.", 0)
    unchanged: int = said("Rules that were there like this.", 0)
    lowered: int = said("Rules that the file calls signed off, and that came in below it.", 0)
    kept: int = said("Rules that the file does not name; they stay as they are.", 0)


class WorldRule(BaseModel):
    """One rule of a world model."""

    id: UUID = said("Its id.", _ID)
    key: str = said("Its id in files.", "identity-before-reset")
    text: str = said("What it asks for.", "A password is reset only after the person was verified.")
    why: str = said("Why; empty when the text says it.", "")
    status: RuleStatus = said("Where it is in its life.", "provisional")
    tier: ProvenanceTier = said("Strength of its source.", "authoritative")
    source: str = said("Its source.", "Handbook, identities, 2.1")
    is_hard: bool = said("Whether breaking it caps the score of a run.", example=True)
    weight: float = said("Its weight.", 3.0)
    dimension: str = said("The dimension of the rubric that it belongs to.", "identity")
    check: dict[str, Any] = said("How it is checked, as files say it.", {"never_call": "wipe_device"})
    approved_by: str = said("Who signed it off; empty when nobody did.", "")


class WorldRulePage(Page[WorldRule]):
    """Rules in the order of their file."""


class NewModelVersion(Given):
    """A version to publish."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notes": "First rules.", "is_unsigned_known": True}]})

    notes: Annotated[Text, Field(max_length=2_000)] = said("What is new.", "First rules.", default="")
    is_unsigned_known: bool = said(
        "That no rule is signed off is known, and it shall be published all the same.", example=True, default=False
    )


class ModelVersion(BaseModel):
    """A published state of a world model; it never changes."""

    id: UUID = said("Its id.", _ID)
    world_model_id: UUID = said("Of which world model.", _ID)
    number: int = said("Its number.", 1)
    label: str = said("What it is called.", "1.0")
    digest: str = said("SHA-256 of everything that it says.", _SHA)
    authority_uuid: str = said("The handle of its signed-off rules.", _ID)
    authority_digest: str = said("SHA-256 of its signed-off rules.", _SHA)
    rules: int = said("Rules in it.", 9)
    in_force: int = said("Rules that judge.", 8)
    enshrined: int = said("Rules that a person has signed off.", 0)
    notes: str = said("What is new.", "First rules.")
    published_by: str = said("Who published it.", "Olga Owner")
    published_at: Time = said("When.", _AT)


class ModelVersionPage(Page[ModelVersion]):
    """Versions, the newest first."""


class ModelVersionDetail(ModelVersion):
    """A version with its document."""

    document: dict[str, Any] = said("The whole of it, as files say it.", {"world_model": {"id": "service-desk"}})


class NewScan(Given):
    """A scan of what a system has sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 7}]})

    days: Annotated[int, Field(ge=1, le=90)] = said("How many days back it looks.", 7)
    version_id: UUID | None = said("Judged by this version of a world model; without one by none.", default=None)
    is_judged: bool = said(
        "Have questions of rules answered by the language model, where the installation has one.",
        example=False,
        default=False,
    )


class Scan(BaseModel):
    """One look at what agents did. Scores are null where nothing was measured, never zero."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "service-desk")
    run_id: UUID = said("The run that made it.", _ID)
    version_id: UUID | None = said("The version that judged; null for none.", _ID)
    model_digest: str = said("SHA-256 of all that that version says; empty for none.", _SHA)
    source: str = said("The file that was scanned; empty for what was sent.", "")
    observed_at: Time = said("Until when agents were seen.", _AT)
    scanned_at: Time = said("When it was made.", _AT)
    readiness: Readiness = said("What it can say.", "full")
    is_complete: bool = said("Whether everything could be read.", example=True)
    traces: int = said("Runs of agents.", 127)
    spans: int = said("Steps of these runs.", 1167)
    failed_spans: int = said("Steps that failed.", 68)
    unread: int = said("What could not be read.", 0)
    scored: int = said("Runs that were scored.", 127)
    score: float | None = said("The blended score, 0 to 1.", 0.96)
    score_low: float | None = said("Lower end of its 95 % interval.", 0.94)
    score_high: float | None = said("Upper end of its 95 % interval.", 0.98)
    safety: Safety = said("Whether hard rules were kept.", "breached")


class ScanPage(Page[Scan]):
    """Scans, the latest look first."""


class ScanDetail(Scan):
    """A scan with its report."""

    report: dict[str, Any] = said(
        "Phases, score with its weights, runs, patterns over runs, likely places of failure.", {"phases": []}
    )


class Cause(BaseModel):
    """One cause of failures, or one rule that is broken; its id stays for its whole life."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "service-desk")
    source: ClusterSource = said("Failed steps, or a broken rule.", "failure")
    name: str = said("The cause.", "Timeout: directory")
    label: str = said("The commonest wording, masked; empty for a rule.", "Timeout after <n> s")
    rule: str = said("The broken rule; empty for failures.", "")
    is_hard: bool = said("Whether that rule is a hard one.", example=False)
    hit: int = said("Runs that it hit when it was seen last.", 10)
    of: int = said("Of so many.", 127)
    times_seen: int = said("Scans that saw it.", 3)
    unseen: int = said("Runs since that did not show it.", 0)
    first_seen_at: Time = said("Since when.", _AT)
    last_seen_at: Time = said("When it was seen last.", _AT)


class CausePage(Page[Cause]):
    """Causes, the latest seen and most frequent first."""


class SeenCause(BaseModel):
    """A cause as one scan saw it."""

    cause_id: UUID = said("The cause.", _ID)
    name: str = said("What it is.", "Timeout: directory")
    hit: int = said("Runs that it hit.", 10)
    of: int = said("Of so many.", 127)
    occurrences: int = said("Failed steps, or runs that broke the rule.", 12)
    agents: list[str] = said("Agents that it touched.", ["identity-clerk"])
    variants: list[dict[str, Any]] = said(
        "Severities of the cause.", [{"id": "v1", "quantity": 30.0, "unit": "s", "number": 8}]
    )
    members: list[list[str]] = said("Trace and span of each occurrence, the first 200.", [["4bf92f35", "00f067aa"]])


class SeenCausePage(Page[SeenCause]):
    """Causes of a scan, the most frequent first."""


class GraphPart(BaseModel):
    """An agent, or one way from it to another agent, a tool or a model."""

    id: UUID = said("Its id.", _ID)
    kind: PartKind = said("What it is.", "uses_tool")
    agent: str = said("The agent; empty for requests from outside.", "identity-clerk")
    target: str = said("Whom or what it reaches; empty for an agent itself.", "reset_password")
    origin: Origin = said("How it is known.", "inferred")
    state: PartState = said("What a person has said of it.", "draft")
    runs: int = said("Runs in which the newest look that saw it saw it.", 33)
    calls: int = said("How often.", 33)
    failed: int = said("How many of them failed.", 0)
    seconds: float | None = said("How long they took together; null when nobody tells.", 6.7)
    tokens: int | None = said("Tokens of its model calls; null when nobody tells.", 27550)
    cost: float | None = said("US dollars of its model calls; null when nobody tells.", 0.0092)
    first_seen_at: Time | None = said("When a trace showed it first; null for never.", _AT)
    last_seen_at: Time | None = said("When a trace showed it last; null for never.", _AT)
    decided_by: str = said("Who confirmed or discarded it; empty for a draft.", "")
    decided_at: Time | None = said("When; null for a draft.", default=None)


class GraphPage(Page[GraphPart]):
    """Parts of the graph by kind and name."""


class NewGraphPart(Given):
    """A part to declare."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "agent", "agent": "dispatcher"}]})

    kind: PartKind = said("What it is.", "agent")
    agent: AgentName = said("The agent.", "dispatcher")
    target: Annotated[Text, Field(max_length=200)] = said("Whom or what it reaches.", "", default="")


class PromptTemplate(BaseModel):
    """The constant text behind prompts of one agent, with slots. Values of slots are not kept."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "service-desk")
    agent: str = said("Whose; empty when nobody knows.", "dispatcher")
    role: str = said("Role of the message.", "system")
    origin: Origin = said("How it is known.", "inferred")
    state: TemplateState = said("What a person has said of it.", "draft")
    text: str = said("The template, slots in double braces.", "You are the dispatcher of {{slot_1}}.")
    segments: list[dict[str, Any]] = said(
        "Its pieces in order: kind, part, text or slot, why.",
        [{"kind": "constant", "part": "base_prompt", "text": "You are the dispatcher of "}],
    )
    prompts: int = said("Prompts that look like it.", 127)
    read: int = said("How many of them it reads.", 127)
    confidence: float | None = said("Lower end of the interval for unseen prompts; null when never tried.", 0.96)
    trace_ids: list[str] = said("Traces that show it, the first 50.", ["4bf92f3577b34da6a3ce929d0e0e4736"])
    last_seen_at: Time | None = said("When a trace showed it last; null for never.", _AT)
    decided_by: str = said("Who decided on it; empty for a draft.", "")


class TemplatePage(Page[PromptTemplate]):
    """Templates by agent, those that read most prompts first."""


class NewTemplate(Given):
    """A template to declare."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"agent": "dispatcher", "role": "system", "text": "Answer {{name}}."}]}
    )

    agent: AgentName = said("Whose.", "dispatcher")
    role: Annotated[str, Field(pattern="^(system|user)$")] = said("Role of the message.", "system")
    text: Annotated[str, Field(min_length=1, max_length=60_000)] = said(
        "The template, slots in double braces.", "Answer {{name}}."
    )


class TraceImport(BaseModel):
    """What was taken from a file of traces."""

    id: UUID = said("Its id.", _ID)
    environment: str = said("Slug of the environment.", "service-desk")
    run_id: UUID = said("The run that took it.", _ID)
    name: str = said("The file's name.", "runs.zip")
    files: int = said("Files in it.", 12)
    traces: int = said("Traces that it holds.", 40)
    spans: int = said("Spans that were taken.", 1_200)
    unread: int = said("What could not be read.", 0)
    imported_at: Time = said("When it was taken.", _AT)


class TraceImportPage(Page[TraceImport]):
    """Imports, newest first."""


class UnreadFile(BaseModel):
    """A file, or a part of one, that could not be read."""

    path: str = said("Its path in the archive, or its name.", "day-2/run-7.json")
    reason: str = said("Why.", "it is not valid JSON (line 1, column 7)")


class TraceImportDetail(TraceImport):
    """An import with the first 200 things that could not be read."""

    unread_files: list[UnreadFile] = said("What could not be read.", [])


class ModelCallFilter(Paging):
    """Which questions."""

    environment: Slug | None = said("Only about this environment.", "service-desk", default=None)
    run_id: UUID | None = said("Only those of this run.", _ID, default=None)


class ModelCall(BaseModel):
    """One question that a language model was asked for a rule. What it was shown is kept as a digest only."""

    id: UUID = said("Its id.", _ID)
    environment_id: UUID = said("The environment whose trace was judged.", _ID)
    run_id: UUID = said("The run that asked.", _ID)
    trace_id: str = said("The trace that was judged.", "5b8efff798038103d269b633813fc60c")
    asked_at: Time = said("When it was asked.", _AT)
    model: str = said("The language model.", "judge-1")
    question: str = said("The question of the rule.", "Did the agent promise a date?")
    payload_digest: str = said("SHA-256 of all that was sent.", "9f86d081884c7d65")
    is_answered: bool = said("Whether an answer came.", example=True)
    holds: bool | None = said("Whether the rule is kept; null when the answer decides nothing.", example=False)
    reason: str = said("The reason it gave, or why there is no answer.", "A date was promised.")
    input_tokens: int | None = said("Tokens that were sent; null when not told.", 812)
    output_tokens: int | None = said("Tokens of the answer; null when not told.", 31)
    cost: float | None = said("What it cost; null without a price.", 0.002)
    latency_ms: int = said("How long it took.", 640)


class ModelCallPage(Page[ModelCall]):
    """Questions, the latest first."""
