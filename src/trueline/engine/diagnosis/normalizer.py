"""From a failure's text to its fingerprint. Pure and versioned: the same text gives the same fingerprint for ever.

Any change here that changes a fingerprint raises `NORMALIZER_VERSION`: ids of clusters carry it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from trueline.engine.diagnosis.concepts import SCALELESS, Concept, TargetRule, find_concept
from trueline.engine.diagnosis.leaf import GENERIC_TYPES, leaf_exception
from trueline.engine.diagnosis.masking import mask_incidentals
from trueline.engine.diagnosis.quantities import Quantity, mask_quantities, severity
from trueline.engine.diagnosis.targets import function_in, targets_in
from trueline.engine.diagnosis.vocabulary import content_words

NORMALIZER_VERSION = 1
MAX_TEMPLATE = 300
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What identifies a cause.

    Attributes:
        concept: Name in the lexicon, empty for a cause that is not there.
        type: The leaf type, empty when unknown or saying nothing.
        targets: What it names, or the span's own target; see `TargetRule`.
        context: The span's target where the text of a cause outside the lexicon names none.
        template: The masked message in lower case; empty for a concept, whose wording does not matter.
    """

    concept: str
    type: str
    targets: frozenset[str]
    context: str
    template: str

    @property
    def key(self) -> str:
        """The fingerprint as one stable text."""
        head = self.concept or self.type
        return "|".join((head, ",".join(sorted(self.targets)), self.context, self.template))


@dataclass(frozen=True, slots=True)
class Normalized:
    """A failure's text, read.

    Attributes:
        fingerprint: Its cause.
        severity: How bad this occurrence was, None without a quantity.
        wording: The masked message for a person.
    """

    fingerprint: Fingerprint
    severity: Quantity | None
    wording: str


def cluster_id(key: str) -> str:
    """The stable id of a cause: the head of a SHA-256 over its fingerprint and the normaliser's version."""
    return "c" + hashlib.sha256(f"{NORMALIZER_VERSION}|{key}".encode("utf-8", "surrogatepass")).hexdigest()[:15]


@lru_cache(maxsize=65_536)
def normalize(text: str, declared_type: str = "", stacktrace: str = "", context: str = "") -> Normalized:
    """Read a failure's text.

    Args:
        text: The message of the failure.
        declared_type: The type that the span gives.
        stacktrace: The stack trace, empty when none.
        context: The tool, host or model of the span, empty when unknown.

    Returns:
        The fingerprint, the severity and the masked wording.
    """
    leaf = leaf_exception(text, declared_type, stacktrace)
    wording, quantities = mask_quantities(mask_incidentals(leaf.message))
    wording = _SPACE.sub(" ", wording).strip()
    fingerprint = _fingerprint(wording, "" if leaf.type in GENERIC_TYPES else leaf.type, context or leaf.tool)
    scale = None if fingerprint.concept in SCALELESS else severity(quantities)
    return Normalized(fingerprint, scale, wording or leaf.type or declared_type)


@lru_cache(maxsize=16_384)
def _fingerprint(wording: str, leaf_type: str, place: str) -> Fingerprint:
    concept = _concept_of(wording, leaf_type)
    return _own_cause(wording, leaf_type, place) if concept is None else _known_cause(concept, wording, place)


# One wording comes from many tools: what depends on the wording alone is worked out once.
_concept_of = lru_cache(maxsize=16_384)(find_concept)
_targets_of = lru_cache(maxsize=16_384)(targets_in)


def _known_cause(concept: Concept, wording: str, context: str) -> Fingerprint:
    named = _named_targets(concept.target, wording)
    if not named and context and concept.target is not TargetRule.NONE:
        named = frozenset({context.lower()})
    return Fingerprint(concept.name, "", named, "", "")


def _named_targets(rule: TargetRule, wording: str) -> frozenset[str]:
    if rule is TargetRule.FULL:
        return _targets_of(wording) or content_words(wording)
    return function_in(wording) if rule is TargetRule.FUNCTION else frozenset()


def _own_cause(wording: str, leaf_type: str, context: str) -> Fingerprint:
    targets = _targets_of(wording)
    template = wording.lower()[:MAX_TEMPLATE]
    return Fingerprint("", leaf_type, targets, context.lower(), template)
