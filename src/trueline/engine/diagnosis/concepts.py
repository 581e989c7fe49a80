"""The lexicon of causes: words by which people and libraries say the same thing.

A cause that is in the lexicon is recognised whatever its wording; its identity is the concept and the target, so
paraphrases meet and two targets never do. What is not here is compared by its text. Order matters: the first wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class TargetRule(Enum):
    """What tells two failures of one concept apart.

    FULL: every identifier in the text, else the tool, host or model of the span. FUNCTION: the called function only;
    argument names are detail. CONTEXT: the span's tool only. NONE: nothing, names in the text are incidental.
    """

    FULL = "full"
    FUNCTION = "function"
    CONTEXT = "context"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Concept:
    """One known cause.

    Attributes:
        name: A stable word.
        title: For a person.
        pattern: Finds it in the masked message or the type's name.
        target: What tells two failures of it apart.
    """

    name: str
    title: str
    pattern: re.Pattern[str]
    target: TargetRule


def _concept(name: str, title: str, target: TargetRule, *alternatives: str) -> Concept:
    return Concept(name, title, re.compile("|".join(alternatives), re.IGNORECASE), target)


FULL, FUNCTION, CONTEXT, NONE = TargetRule.FULL, TargetRule.FUNCTION, TargetRule.CONTEXT, TargetRule.NONE

CONCEPTS: tuple[Concept, ...] = (
    _concept("unexpected_argument", "Unexpected argument", FUNCTION, r"got an unexpected keyword argument"),
    _concept(
        "missing_argument", "Missing argument", FUNCTION,
        r"missing (?:<number> )?required (?:positional |keyword-only )?(?:argument|parameter)",
    ),
    _concept("argument_count", "Wrong number of arguments", FUNCTION, r"takes .{0,40}arguments? but .{0,20}given"),
    _concept(
        "forbidden_function", "Code called a forbidden function", NONE,
        r"not permitted to evaluate other functions", r"forbidden function evaluation",
    ),
    _concept(
        "forbidden_import", "Code imported a forbidden module", NONE,
        r"\bimport (?:from |of )?.{1,80}? is not allowed", r"forbidden (?:access to )?(?:module|import)",
        r"unauthorized import",
    ),
    _concept(
        "operation_limit", "Code ran into the limit of operations", NONE,
        r"max(?:imum)? number of (?:operations|.{1,40}iterations)", r"maximum recursion depth",
    ),
    _concept(
        "undefined_name", "Code used an undefined name", NONE,
        r"(?:name|variable) \S+ is not defined",
    ),
    _concept(
        "code_missing", "Answer without the expected code block", NONE,
        r"code snippet is invalid, because the regex pattern", r"no code (?:block|blob)s? (?:was |were )?found",
    ),
    _concept("code_syntax", "Code does not parse", NONE, r"code parsing failed", r"\bsyntaxerror\b"),
    _concept(
        "context_length", "Context too long for the model", NONE,
        r"maximum context length", r"context[_ ]length[_ ]exceeded", r"context window", r"prompt is too long",
        r"input is too long", r"exceeds? the (?:model'?s )?(?:maximum )?(?:number of )?(?:context|tokens allowed)",
        r"ContextWindowExceeded",
    ),
    _concept(
        "content_filter", "Prompt or answer stopped by a content filter", NONE,
        r"content[_ ]filter", r"flagged as potentially", r"content[_ ]policy", r"violat\w+ our usage polic",
        r"ContentPolicyViolation",
    ),
    _concept(
        "rate_limit", "Rate limit", FULL,
        r"rate.?limit", r"too many requests", r"http <429>", r"quota (?:was |is |has been )?(?:exceeded|exhausted)",
        r"exceeded (?:your|the|its) .{0,30}quota", r"throttl(?:ed|ing)", r"resource_exhausted", r"RateLimit",
    ),
    _concept("overloaded", "Service overloaded", FULL, r"overloaded", r"http <529>", r"server is busy", r"at capacity"),
    _concept(
        "json_parse", "Text is not valid JSON", CONTEXT,
        r"expecting (?:value|property name|\S{1,12} delimiter)", r"extra data: <line>", r"unterminated string",
        r"invalid control character", r"invalid \\+escape", r"JSONDecodeError", r"(?:not|in)[ -]?valid json",
        r"(?:fail\w*|could not|cannot|unable) (?:to )?(?:parse|decode) (?:the )?json",
    ),
    _concept(
        "server_error", "Server error", FULL,
        r"http <5xx>", r"internal server error", r"bad gateway", r"service (?:is )?(?:temporarily )?unavailable",
    ),
    _concept(
        "timeout", "Timeout", FULL,
        r"time[ds]?[ -]?out", r"deadline (?:was )?exceeded", r"did not (?:respond|answer|reply|return) (?:with)?in",
        r"no (?:response|answer|reply) (?:with)?in", r"\bETIMEDOUT\b",
    ),
    _concept(
        "authentication", "Authentication refused", FULL,
        r"http <401>", r"unauthori[sz]ed", r"(?:invalid|incorrect|expired|revoked) (?:api )?(?:key|token|credential)",
        r"(?:api key|token|credentials?).{0,20} (?:has |have |is |was )?(?:expired|revoked|invalid)",
        r"authentication (?:failed|error|required)", r"AuthenticationError",
    ),
    _concept(
        "permission", "Permission denied", FULL,
        r"http <403>", r"permission denied", r"access (?:is |was )?denied", r"PermissionDenied",
    ),
    _concept("http_not_found", "Address not found", FULL, r"http <404>"),
    _concept(
        "connection_refused", "Connection refused", FULL,
        r"connection .{0,60}?refused", r"refused (?:the |a )?connection", r"\bECONNREFUSED\b",
    ),
    _concept(
        "connection_lost", "Connection lost", FULL,
        r"connection (?:was |has been )?(?:reset|aborted|closed|lost|dropped)", r"\bECONNRESET\b", r"broken pipe",
        r"remote end closed",
    ),
    _concept(
        "name_resolution", "Host name not resolved", FULL,
        r"name or service not known", r"getaddrinfo", r"\bENOTFOUND\b",
        r"(?:fail\w*|could not) (?:to )?resolve (?:the )?host",
        r"NameResolutionError", r"nodename nor servname",
    ),
    _concept("empty_result", "No results", CONTEXT, r"no results? (?:were |was )?found"),
    _concept(
        "step_limit", "Step limit reached", CONTEXT,
        r"max(?:imum)? (?:number of )?(?:steps|iterations|turns|rounds)", r"recursion limit of",
    ),
    _concept(
        "loop", "Repeats itself", FULL,
        r"repeat(?:ed|ing|s) (?:the same |identical )?(?:tool|call|action|step)", r"stuck in a loop", r"infinite loop",
    ),
)  # fmt: skip

SCALELESS = frozenset(
    {
        "unexpected_argument", "forbidden_function", "forbidden_import", "undefined_name", "code_missing",
        "code_syntax", "content_filter", "json_parse", "http_not_found", "name_resolution", "empty_result",
    }
)  # fmt: skip
"""Concepts whose numbers are part of what was asked, never a measure of how bad it was."""
RATE_CONCEPTS = frozenset({"rate_limit", "overloaded"})
_BY_NAME = {concept.name: concept for concept in CONCEPTS}


def find_concept(masked: str, leaf_type: str) -> Concept | None:
    """The first concept that the masked message, else the type's name, speaks of; None for a cause of its own."""
    return _first(masked) or (_first(leaf_type) if leaf_type else None)


def _first(text: str) -> Concept | None:
    return next((concept for concept in CONCEPTS if concept.pattern.search(text)), None)


def title_of(name: str) -> str:
    """The title of a concept, empty for an unknown name."""
    concept = _BY_NAME.get(name)
    return concept.title if concept else ""
