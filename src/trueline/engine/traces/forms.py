"""Which accepted form a JSON document has, and its decoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trueline.engine.traces import benchmarks, chat, nested, otlp_json
from trueline.engine.traces.errors import UnknownFormError

if TYPE_CHECKING:
    from trueline.engine.traces.model import Decoded, Json


def decode_document(document: Json, into: Decoded) -> None:
    """Add everything that a JSON document holds to `into`.

    Raises:
        UnknownFormError: It is none of the accepted forms.
    """
    if isinstance(document, list) and not chat.is_message_list(document):
        _decode_list(document, into)
    elif not _decode_one(document, into):
        raise UnknownFormError(_why_unknown(document))


def _decode_one(document: Json, into: Decoded) -> bool:
    if otlp_json.is_trace_document(document):
        otlp_json.decode(document, into)
    elif nested.is_nested_document(document):
        nested.decode(document, into)
    elif benchmarks.is_tau_run(document):
        chat.add(benchmarks.tau_transcript(document), into)
    elif benchmarks.is_failure_log(document):
        chat.add(benchmarks.failure_log_transcript(document), into)
    elif chat.is_transcript(document):
        chat.decode(document, into)
    else:
        return False
    return True


def _decode_list(documents: list[Json], into: Decoded) -> None:
    """A list of spans, or a list of documents of which at least one must be of a known form."""
    if documents and all(isinstance(item, Mapping) and "span_id" in item for item in documents):
        nested.decode({"spans": documents}, into)
        return
    unknown = sum(not _decode_one(item, into) for item in documents)
    if unknown == len(documents):
        raise UnknownFormError("the JSON is a list without any trace" if documents else "the JSON is an empty list")
    for _ in range(unknown):
        into.reject("an entry of the list is no trace of a known form")


def _why_unknown(document: Json) -> str:
    if isinstance(document, Mapping):
        return "the JSON is none of the accepted forms of a trace"
    return "the JSON holds no object"
