"""What of a span may be kept: content classes, and secrets taken out before anything is stored. Pure.

A secret is recognised by its own shape or by the name that it stands under. What was taken out is told by a mark, never
by a digest: a digest of a short secret can be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from trueline.engine.traces.model import Decoded, Json, SpanEvent, WireLog, WireSpan

MARK = "[redacted]"
WITHHELD = "[not kept]"


class ContentClass(StrEnum):
    """How much of what agents said and did a workspace keeps."""

    METADATA_ONLY = "metadata_only"
    REDACTED = "redacted"
    FULL = "full"


_SHAPES = re.compile(
    r"""
    -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    | \b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9_-]{16,}       # model providers, payment keys
    | \btl_[0-9a-f]{32}_[A-Za-z0-9_-]{43}                              # our own keys
    | \bgh[pousr]_[A-Za-z0-9]{30,} | \bgithub_pat_[A-Za-z0-9_]{22,} | \bglpat-[A-Za-z0-9_-]{20,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b | \bAIza[A-Za-z0-9_-]{35}
    | \beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}   # JSON web tokens
    """,
    re.VERBOSE | re.DOTALL,
)
# Groups: what is kept in front of the secret, then the secret.
_NAMED = re.compile(
    r"""
    (?i:((?:bearer|basic)\s+))[A-Za-z0-9+/_.=~-]{12,}
    | ([a-z][a-z0-9+.-]*://[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@)                # a password in an address
    | (?i:(\b(?:password|passwd|secret|client_secret|api[_-]?key|access[_-]?key|access_token|refresh_token|accountkey
        |sharedaccesskey)\\?["']?\s*[:=]\s*\\?["']?))[^\s"'\\,;&}]{6,}
    """,
    re.VERBOSE,
)
_SECRET_NAME = re.compile(
    r"(?:^|[._-])(?:authorization|cookie|set-cookie|password|passwd|secret|client_secret|api[_-]?key|x-api-key|"
    r"access_token|refresh_token|id_token|private_key)$",
    re.IGNORECASE,
)
_COUNTED_NAME = re.compile(
    r"(?:^|[._])(?:count|tokens?|total|cost|score|dimensions?|temperature|top_p|top_k|max_tokens)$"
)
_METADATA = re.compile(
    r"^(?:gen_ai\.(?:operation\.name|system|provider\.name|agent\.(?:id|name|version)|workflow\.name|conversation\.id|"
    r"request\.[a-z_.]+|response\.(?:model|id|finish_reasons)|usage\..+|tool\.(?:name|type|call\.id)|token\.type)|"
    r"openinference\.span\.kind|traceloop\.(?:span\.kind|entity\.name|workflow\.name)|agent\.name|session\.id|"
    r"graph\.node\.(?:id|name|parent_id)|tool\.name|tool_call\.id|llm\.(?:provider|system|model_name|cost\..+|"
    r"token_count\..+|(?:request|response)\.model_name)|embedding\.model_name|reranker\.model_name|error\.type|"
    r"exception\.type|service\.(?:name|version|namespace)|deployment\.environment(?:\.name)?|telemetry\..+|"
    r"http\.(?:request\.method|response\.status_code)|server\.(?:address|port)|trueline\.(?:kind|step))$"
)


def keep_only(found: Decoded, content: ContentClass) -> None:
    """Bring everything that was decoded to its content class, in place of what was there."""
    if content is ContentClass.FULL:
        return
    found.spans[:] = [kept_span(span, content) for span in found.spans]
    found.logs[:] = [WireLog(log.trace_id, log.span_id, _kept_event(log.event, content)) for log in found.logs]


def kept_span(span: WireSpan, content: ContentClass) -> WireSpan:
    """The span as it may be stored: ids, times, status and structure always, content as the class allows."""
    if content is ContentClass.FULL:
        return span
    said = span.status_message
    return replace(
        span,
        name=redacted_text(span.name),
        status_message=redacted_text(said) if content is ContentClass.REDACTED or not said else WITHHELD,
        attributes=_kept(span.attributes, content),
        events=tuple(_kept_event(event, content) for event in span.events),
        resource=_kept(span.resource, content),
    )


def _kept_event(event: SpanEvent, content: ContentClass) -> SpanEvent:
    return replace(event, name=redacted_text(event.name), attributes=_kept(event.attributes, content))


def _kept(attributes: Mapping[str, Json], content: ContentClass) -> dict[str, Json]:
    if content is ContentClass.METADATA_ONLY:
        attributes = {name: value for name, value in attributes.items() if _METADATA.match(name)}
    return {redacted_text(name): _redacted_under(name, value) for name, value in attributes.items()}


def _redacted_under(name: str, value: Json) -> Json:
    """The value of that name; a name that says secret takes its whole value out, unless the value only counts."""
    if _SECRET_NAME.search(name) and not _COUNTED_NAME.search(name) and value not in (None, ""):
        return MARK
    return redacted(value)


def redacted(value: Json) -> Json:
    """A value of any shape without the secrets in it; everything else stays as it is."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, Mapping):
        return {redacted_text(str(name)): _redacted_under(str(name), item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value


def redacted_text(text: str) -> str:
    """A text without the secrets in it."""
    if len(text) < 8:  # no shape of a secret is shorter
        return text
    return _NAMED.sub(_marked, _SHAPES.sub(MARK, text))


def _marked(found: re.Match[str]) -> str:
    return f"{next(group for group in found.groups() if group is not None)}{MARK}"
