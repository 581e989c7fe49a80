"""What of a span may be kept: content classes, and secrets taken out before anything is stored. Pure.

A secret is recognised by its own shape or by the name that it stands under. What was taken out is told by a mark, never
by a digest: a digest of a short secret can be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from trueline.engine.traces.model import Decoded, Json, SpanEvent, WireSpan

MARK = "[redacted]"
WITHHELD = "[not kept]"


class ContentClass(StrEnum):
    """How much of what agents said and did a workspace keeps."""

    METADATA_ONLY = "metadata_only"
    REDACTED = "redacted"
    FULL = "full"


# Texts often stand as JSON within a string: there a line begins after the two characters of an escaped line break.
_EDGE = r"(?:\b|(?<=\\[nrtbf])|(?<=\\u00[0-9a-fA-F]{2}))"
_SHAPES = re.compile(
    rf"""
    -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    | {_EDGE}(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9_-]{{16,}}       # model providers, payment keys
    | {_EDGE}tl_[0-9a-f]{{32}}_[A-Za-z0-9_-]{{43}}                              # our own keys
    | {_EDGE}(?:gh[pousr]_[A-Za-z0-9]{{30,}} | github_pat_[A-Za-z0-9_]{{22,}} | glpat-[A-Za-z0-9_-]{{20,}})
    | {_EDGE}xox[abeoprs]-[A-Za-z0-9-]{{10,}}
    | {_EDGE}(?:(?:AKIA|ASIA)[A-Z0-9]{{16}}\b | AIza[A-Za-z0-9_-]{{35}})
    | {_EDGE}eyJ[A-Za-z0-9_-]{{8,}}\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}   # JSON web tokens
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = "password|passwd|secret|(?:api|access|secret|account|private)[_-]?key|(?:access|refresh)[_-]?token"
"""Names of what is secret, whatever stands before them: `DB_PASSWORD`, `clientSecret`, `x-api-key`."""
# Groups: what is kept in front of the secret, then the secret.
_NAMED = re.compile(
    rf"""
    (?i:((?:bearer|basic)\s+))[A-Za-z0-9+/_.=~-]{{12,}}
    | ([a-z][a-z0-9+.-]*://[^\s/:@]{{0,100}}:)[^\s/@]{{1,200}}(?=@)                # a password in an address
    | (?i:((?:{_WORDS})\\*["']?\s*[:=]\s*\\*["']?))[^\s"'\\,;&}}]{{6,}}
    """,
    re.VERBOSE,
)
_SECRET_NAME = re.compile(rf"(?:{_WORDS}|(?:^|[._-])(?:authorization|cookie|id[_-]?token))$", re.IGNORECASE)
# What each way to be a secret cannot do without, as it stands in the JSON of a span: a line break or a quote there is
# two characters, and any other control character six. In the dialect of RE2, whose time does not depend on the text;
# Python holds a dotless i for an i where case does not count, RE2 does not.
_GAP = r"""(?:[\s"']|\\[\\"nrtbf]|\\u00[0-9a-f][0-9a-f]|[^\x00-\x7f])"""
_I = r"[i\x{131}]"
_NAMES = f"(?:{_WORDS}|authorization|cookie|id[_-]?token)".replace("i", _I)
_HINTS = "|".join(
    [
        r"-----BEGIN[ A-Z]*PRIVATE KEY-----",
        r"(?:\b|\\[nrtbf]|\\u00[0-9a-fA-F][0-9a-fA-F])(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16}",
        r"tl_[0-9a-f]{32}_|gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{22}|glpat-[A-Za-z0-9_-]{20}",
        r"xox[abeoprs]-[A-Za-z0-9-]{10}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{8,}\.eyJ",
        rf"(?i:bearer|bas{_I}c){_GAP}+[A-Za-z0-9+/_.=~-]{{12}}",
        r"""://(?:[^\s/:@"\\]|\\.)*:(?:[^\s/@"\\]|\\.)+@""",
        rf"(?i:{_NAMES}){_GAP}*[:=]",
    ]
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
    is_close = _needs_a_close_look if content is ContentClass.REDACTED else _all
    spans, logs = found.spans, found.logs
    said = [(span.name, span.status_message, span.attributes, _said(span.events), span.resource) for span in spans]
    found.spans[:] = [
        kept_span(span, content) if is_it else span for span, is_it in zip(spans, is_close(said), strict=True)
    ]
    told = is_close([_said([log.event]) for log in logs])
    found.logs[:] = [
        replace(log, event=_kept_event(log.event, content)) if is_it else log
        for log, is_it in zip(logs, told, strict=True)
    ]


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


def _said(events: Iterable[SpanEvent]) -> list[Json]:
    return [(event.name, event.attributes) for event in events]


def _all(said: Sequence[Json]) -> list[bool]:
    return [True] * len(said)


def _needs_a_close_look(said: Sequence[Json]) -> list[bool]:
    """False only where nothing could be found: for most, and a close look costs fifty times as much."""
    texts = [_packed(one) for one in said]
    found = pc.match_substring_regex(pa.array(texts, pa.string()), _HINTS).to_pylist()
    return [is_found is not False for is_found in found]


def _packed(said: Json) -> bytes | None:
    try:
        return orjson.dumps(said)
    except TypeError:  # a whole number over 64 bits, or half of a character
        return None


def _kept_event(event: SpanEvent, content: ContentClass) -> SpanEvent:
    return replace(event, name=redacted_text(event.name), attributes=_kept(event.attributes, content))


def _kept(attributes: Mapping[str, Json], content: ContentClass) -> dict[str, Json]:
    if content is ContentClass.METADATA_ONLY:
        attributes = {name: value for name, value in attributes.items() if _METADATA.match(name)}
    return {redacted_text(name): _redacted_under(name, value) for name, value in attributes.items()}


def _redacted_under(name: str, value: Json) -> Json:
    """The value of that name; a name that says secret takes its whole value out, unless the value only counts."""
    if _SECRET_NAME.search(name) and not isinstance(value, bool) and value not in (None, ""):
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
