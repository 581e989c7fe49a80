"""What a baseline is made of. Frozen values; the file format is `schema.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trueline.connections.contract import Json


class Operator(StrEnum):
    """How an assertion holds a setting against its value."""

    EQUALS = "equals"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    CONTAINS = "contains"
    ABSENT = "absent"
    ANY = "any"


WITHOUT_VALUE = frozenset({Operator.ABSENT, Operator.ANY})


class Level(StrEnum):
    """Where a baseline stands; a lower one may narrow or override what the ones above it say."""

    WORKSPACE = "workspace"
    PROFILE = "profile"
    ENVIRONMENT = "environment"


SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True)
class Reference:
    """A control of a framework that an assertion serves."""

    framework: str
    id: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that must hold. Either about a setting, or a question that the provider answers.

    Attributes:
        id: Stable over releases.
        setting: The setting's id in lower case; with `type`, a path of the settings facet as written. Empty for a
            question.
        type: The object type whose settings are meant by path; empty for settings with an id of their own.
        area: The area in which absence of the setting can be told.
        platform: Only objects of this platform count; empty for all.
        question: Key of the question, empty for a setting.
        parameters: Parameters of the question.
    """

    id: str
    title: str
    severity: str = "medium"
    setting: str = ""
    type: str = ""
    area: str = ""
    platform: str = ""
    operator: Operator = Operator.ANY
    value: Json = None
    question: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    rationale: str = ""
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A whole policy: met by any object of the type that has every one of these settings, whatever its name.

    Attributes:
        settings: The settings facet of the policy, path to value.
    """

    id: str
    title: str
    type: str
    area: str
    settings: Mapping[str, Json]
    severity: str = "medium"
    platform: str = ""
    rationale: str = ""
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A later layer's word on an assertion or template of an earlier one.

    Attributes:
        assertion: The id it is about.
        changes: Fields with their new values; empty when it drops.
        is_drop: Whether it no longer holds in this layer.
        reason: Why; never empty.
    """

    assertion: str
    reason: str
    changes: Mapping[str, Json] = field(default_factory=dict)
    is_drop: bool = False


@dataclass(frozen=True, slots=True)
class Baseline:
    """A versioned set of assertions, or a layer on top of one.

    Attributes:
        provider: Key of the provider whose settings and questions are meant.
        level: Where it stands.
        extends: Id of the baseline that it is a layer of, empty for one that stands alone.
        overrides: What it says on assertions of the layers above, in the order of the file.
    """

    id: str
    version: str
    title: str
    provider: str = ""
    description: str = ""
    level: Level = Level.WORKSPACE
    extends: str = ""
    assertions: tuple[Assertion, ...] = ()
    templates: tuple[Template, ...] = ()
    overrides: tuple[Override, ...] = ()
