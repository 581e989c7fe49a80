"""What a provider hands over: records of what exists, and a reason for whatever could not be read.

This module imports neither Django nor a room, so that a comparison of two folders needs no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from trueline.connections.demonstration import DemoExport, DemoSystem

Json = Any
"""A value as `json.loads` gives it."""


class Facet(StrEnum):
    """The parts of an object that are hashed and compared apart; drift in assignments is not drift in settings."""

    IDENTITY = "identity"
    SETTINGS = "settings"
    ASSIGNMENTS = "assignments"
    SCOPE_TAGS = "scope_tags"
    METADATA = "metadata"

    # An enumeration hashes its name in Python, at each look into a mapping; its text is hashed once, in C.
    __hash__ = str.__hash__


class Coverage(StrEnum):
    """How far an area was read. Only a complete area can show that something is gone."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    NOT_LICENSED = "not_licensed"
    UNREAD = "unread"


class Setting(NamedTuple):
    """One configured setting of a policy, for comparison by settings.

    Attributes:
        id: The setting's definition id in lower case, the same in every tenant.
        values: Every value that the policy gives it, as text in lower case, sorted, without repeats.
    """

    id: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One object as the outside system has it, normalised and redacted.

    Attributes:
        object_type: The provider's name of the type, for example `configurationPolicies`.
        area: The area of the coverage manifest that the type belongs to.
        external_id: The outside system's id, empty when the source has none.
        name: The name a person sees there, as written.
        platform: Normalised platform such as `windows10`, empty when the type knows none.
        source_path: Where it was read: a path inside an export, or an address.
        raw: The object as received, in the outside system's own letter case of keys, secrets replaced in shape.
        facets: For each facet a flat mapping of path to scalar or sorted list of scalars. Equal content gives an equal
            mapping whatever the order, encoding, letter case of ids or shape of the export. An empty facet is left out.
            A list is sorted unless its order means something (a priority list).
        settings: The settings it configures; empty for types without any.
        fixed_key: Identity that holds in every tenant (role template, template family, singleton), empty when none.
        expected_settings: The settings count that the source claims, None when it claims none.
    """

    object_type: str
    area: str
    external_id: str
    name: str
    platform: str
    source_path: str
    raw: Mapping[str, Json]
    facets: Mapping[Facet, Mapping[str, Json]]
    settings: tuple[Setting, ...] = ()
    fixed_key: str = ""
    expected_settings: int | None = None

    @property
    def is_truncated(self) -> bool:
        """Whether the source claims more settings than it shows."""
        return self.expected_settings is not None and self.expected_settings != len(self.raw.get("settings") or ())


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that exists and could not be read. Never a pass, never a removal.

    Attributes:
        path: The file or address.
        reason: A stable code such as `corrupt`, `too_large`, `denied`, `not_licensed`.
        detail: One sentence for a person, without secrets and without addresses of this machine.
        area: The area it would have belonged to, empty when nobody can tell.
        coverage: What the area becomes because of it.
    """

    path: str
    reason: str
    detail: str
    area: str = ""
    coverage: Coverage = Coverage.PARTIAL


@dataclass(frozen=True, slots=True)
class AreaReport:
    """The coverage of one area after a read: its state, how many objects, and why it is not complete."""

    area: str
    coverage: Coverage
    objects: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Warn:
    """Something odd that loses nothing: two objects with one id, two with one name, an unknown type.

    Attributes:
        kind: A stable code such as `duplicate_id`, `duplicate_name`, `unknown_type`, `ignored_file`.
        subjects: The paths it is about, sorted; for `ignored_file` the path and the reason.
    """

    kind: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingDefinition:
    """What the vendor calls a setting, found in a source beside the objects; the same in every environment.

    Attributes:
        id: The setting's definition id in lower case.
        name: What a person knows it as, empty when the source does not say.
        category: Where the vendor's portal shows it, empty when unknown.
        labels: Names of its values by value id, in lower case.
    """

    id: str
    name: str
    category: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """Everything one read of a source gave. Grows while reading; complete when `areas` is filled."""

    records: list[Record] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    areas: list[AreaReport] = field(default_factory=list)
    definitions: list[SettingDefinition] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read is. `total` is None while nobody knows it."""

    done: int
    total: int | None
    label: str


class Source(Protocol):
    """Something to read: an exported folder or archive, later a live tenant."""

    def read(self) -> Iterator[Record | Unread | Warn | SettingDefinition | Progress]:
        """Yield records, what could not be read, oddities, names of settings and progress, in any order.

        Raises only `SourceRefused`.
        """

    def areas(self) -> tuple[AreaReport, ...]:
        """Coverage of every area of the provider; valid only after `read` is exhausted."""


class ObjectView(Protocol):
    """One object with its content, as questions and assertions read it.

    A `Record` satisfies it, and so does a row of a snapshot joined with its stored content.
    """

    @property
    def object_type(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def source_path(self) -> str: ...
    @property
    def is_truncated(self) -> bool: ...
    @property
    def facets(self) -> Mapping[Facet, Mapping[str, Json]]: ...
    @property
    def settings(self) -> Sequence[Setting]: ...


class Reach(StrEnum):
    """Whom a policy reaches, as far as its assignments tell."""

    ALL = "all"
    PART = "part"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class AnswerState(StrEnum):
    """What a question came to. Not measured and not licensed are neither good nor bad: nobody could tell."""

    MET = "met"
    MET_PARTLY = "met_partly"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"
    NOT_LICENSED = "not_licensed"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence or a part of one as a provider says it, so that a page can say it in its reader's language.

    Attributes:
        text: English with holes such as `%(by)s`, marked for translation.
        holes: What stands in each: text as it is, another phrase, or several of both, listed with commas.
    """

    text: str
    holes: tuple[tuple[str, Hole], ...] = ()

    def __str__(self) -> str:
        return self.in_words(lambda text: text)

    def in_words(self, translate: Callable[[str], str]) -> str:
        """The phrase in the language that `translate` gives texts in."""
        said = translate(self.text)
        return said % {name: _spoken(hole, translate) for name, hole in self.holes} if self.holes else said


Hole = str | Phrase | tuple[str | Phrase, ...]
"""What can stand in a hole of a phrase."""


def phrase(text: str, **holes: Hole) -> Phrase:
    """A phrase; the tool that collects messages knows this function by its name."""
    return Phrase(text, tuple(holes.items()))


def _spoken(hole: Hole, translate: Callable[[str], str]) -> str:
    if isinstance(hole, Phrase):
        return hole.in_words(translate)
    return ", ".join(_spoken(one, translate) for one in hole) if isinstance(hole, tuple) else hole


@dataclass(frozen=True, slots=True)
class Proof:
    """An object that an answer rests on, and what it does, in words."""

    name: str
    path: str
    id: str
    says: Phrase


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody or something that policies leave out.

    Attributes:
        kind: `user`, `group`, `role`, `guests`, or another word of the provider.
        id: The outside system's id.
        name: The name, empty when the export does not tell it.
        policies: Names of the policies that leave it out, sorted.
        is_accepted: Whether the parameters of the question accept it.
    """

    kind: str
    id: str
    name: str
    policies: tuple[str, ...]
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    Attributes:
        sentence: One sentence for a person: what holds and what does not.
        proofs: The objects that prove it.
        excluded: Everybody who is left out, whether accepted or not.
        gaps: What is not covered, one phrase each; empty when met.
    """

    state: AnswerState
    sentence: Phrase
    proofs: tuple[Proof, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    gaps: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a question may look at: objects in any order, coverage by area, the parameters of the asker."""

    objects: tuple[ObjectView, ...]
    coverage: Mapping[str, Coverage]
    parameters: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the provider can tell, over many objects at once. Pure.

    Attributes:
        key: A stable key such as `conditional_access.mfa_for_all_users`.
        title: What it asks, one sentence.
        help: How it is answered, for a person who doubts the answer.
        areas: Areas without which there is no answer.
        parameters: Names of the parameters it understands, each with a sentence.
        answer: Answers it; touches nothing.
    """

    key: str
    title: str
    help: str
    areas: tuple[str, ...]
    parameters: Mapping[str, str]
    answer: Callable[[Contents], Answer]


def unknown_reach(_facet: Mapping[str, Json]) -> Reach:
    """For providers whose objects have no assignments."""
    return Reach.UNKNOWN


def no_baselines() -> Mapping[str, str]:
    """For providers that ship none."""
    return {}


@dataclass(frozen=True, slots=True)
class Provider:
    """A plug-in. Shared rooms know it only through this.

    Attributes:
        key: A stable key such as `microsoft365`.
        environment_kind: The kind of environment it reads.
        open_export: Opens a folder, a file or an archive for reading. The second argument is the secret key with which
            redacted secrets are fingerprinted. Raises `SourceRefused` at once for a hostile or unusable source. None
            for a provider whose environments send what they do by themselves.
        areas: Every area it can report on, in the order to show them.
        area_labels: English label of each area, marked for translation.
        required_permissions: For each area the least permission that a live read needs.
        weigh: How much a difference matters: a severity word for an area, a facet (empty for a whole object that is
            missing) and a path.
        make_demo: Writes the exports of a demonstration into a folder, oldest first; None when there is none.
        make_demo_system: Makes up a system of agents as it stands at a moment; None when there is none.
        questions: What it can answer over all objects at once, by key.
        reach: Whom an assignments facet reaches; `Reach.NOBODY` for an empty one.
        baselines: The YAML texts of the baselines it ships, by name.
    """

    key: str
    environment_kind: str
    open_export: Callable[[Path, bytes], Source] | None
    areas: tuple[str, ...] = ()
    area_labels: Mapping[str, str] = field(default_factory=dict)
    required_permissions: Mapping[str, str] = field(default_factory=dict)
    weigh: Callable[[str, str, str], str] = lambda _area, _facet, _path: "medium"
    make_demo: Callable[[Path], tuple[DemoExport, ...]] | None = None
    make_demo_system: Callable[[datetime], DemoSystem] | None = None
    questions: Mapping[str, Question] = field(default_factory=dict)
    reach: Callable[[Mapping[str, Json]], Reach] = unknown_reach
    baselines: Callable[[], Mapping[str, str]] = no_baselines


def gather(source: Source, on_progress: Callable[[Progress], None] | None = None) -> Reading:
    """Read a source to its end into one `Reading`; raises `SourceRefused` as the source does, with nothing kept."""
    reading = Reading()
    for item in source.read():
        match item:
            case Record():
                reading.records.append(item)
            case Unread():
                reading.unread.append(item)
            case Warn():
                reading.warnings.append(item)
            case SettingDefinition():
                reading.definitions.append(item)
            case Progress() if on_progress is not None:
                on_progress(item)
            case _:
                pass
    reading.areas.extend(source.areas())
    return reading
