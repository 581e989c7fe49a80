"""One parsed file to the objects in it: a single object, a list answer, a batch, a provider export, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from trueline.connections.contract import Coverage, Json
from trueline.providers.microsoft365 import limits
from trueline.providers.microsoft365.decoding import Unusable, parse
from trueline.providers.microsoft365.normalise import graph_case, is_pascal_case, type_name
from trueline.providers.microsoft365.recognise import by_context, is_object
from trueline.providers.microsoft365.ruleset import not_policies, rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATUS_REASONS = {401: "denied", 403: "denied", 404: "missing", 429: "throttled"}


@dataclass(frozen=True, slots=True)
class Found:
    """An object inside a file.

    Attributes:
        raw: The object, members in Graph's letter case.
        pointer: Where it stands in the file as a JSON pointer, empty when it is the file.
        context: The `@odata.context` that it came under.
        type: The name of its type when the document says it, such as the member of a provider export.
    """

    raw: dict[str, Json]
    pointer: str = ""
    context: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in a file that holds no policy, and why."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An area that a file lists as a whole: complete, or not, and why not."""

    area: str
    coverage: Coverage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A part of a batch answer that the service refused."""

    pointer: str
    reason: str
    detail: str
    coverage: Coverage


Part = Found | Ignored | Listed | Failed


def parts_of(document: Json, context: str = "", pointer: str = "") -> Iterator[Part]:
    """Everything that a document holds, in its order. Nothing is dropped: what is no object is `Ignored`."""
    if isinstance(document, str):
        yield from _from_text(document, context, pointer)
    elif isinstance(document, list):
        yield from _from_list(document, context, pointer)
    elif isinstance(document, dict):
        yield from _from_object(document, context, pointer)
    else:
        yield Ignored(pointer, "holds no object")


def _from_text(text: str, context: str, pointer: str) -> Iterator[Part]:
    """Some tools write JSON twice: the file is one text that holds the document."""
    if text.lstrip().startswith(("{", "[")):
        yield from parts_of(parse(text.encode()), context, pointer)
    else:
        yield Ignored(pointer, "holds a single text")


def _from_list(entries: list[Json], context: str, pointer: str, type_hint: str = "") -> Iterator[Part]:
    if not entries:
        return
    if len(entries) > limits.MAX_OBJECTS:
        raise Unusable("too_large", "The file lists more objects than a tenant has.")
    objects = [(number, graph(entry)) for number, entry in enumerate(entries) if isinstance(entry, dict)]
    known = [(number, entry) for number, entry in objects if type_hint or by_context(context) or is_object(entry)]
    if not known:
        yield Ignored(pointer, "lists nothing that is a policy")
        return
    for number, entry in known:
        yield Found(entry, f"{pointer}/{number}", context, type_hint)
    if len(known) < len(entries):
        yield Ignored(pointer, f"lists {len(entries) - len(known)} entries that are no policy")


def graph(raw: dict[str, Json]) -> dict[str, Json]:
    """The object in Graph's letter case; itself when it already is."""
    if not is_pascal_case(raw):
        return raw
    found: dict[str, Json] = graph_case(raw)
    return found


def _from_object(raw: dict[str, Json], context: str, pointer: str) -> Iterator[Part]:
    entries = raw.get("value", raw.get("Value"))
    if isinstance(entries, list) and "id" not in raw and not type_name(raw):
        yield from _answer(raw, entries, pointer)
        return
    if isinstance(raw.get("responses"), list) and "id" not in raw:
        yield from _batch(raw["responses"], pointer)
        return
    reason = _no_policy(raw)
    if reason:
        yield Ignored(pointer, reason)
        return
    members = _export_members(raw)
    if members:
        yield from _provider_export(raw, members, pointer)
        return
    found = graph(raw)
    if is_object(found) or by_context(context):
        yield Found(found, pointer, context)
    else:
        yield Ignored(pointer, "is no policy: no type, no name, no id")


def _answer(raw: Mapping[str, Json], entries: list[Json], pointer: str) -> Iterator[Part]:
    """A list answer of the service; with a next link or a larger count it is only a page of it."""
    found = raw.get("@odata.context")
    context = found if isinstance(found, str) else ""
    rule = by_context(context)
    count = raw.get("@odata.count")
    if rule is not None:
        if raw.get("@odata.nextLink"):
            yield Listed(rule.area, Coverage.PARTIAL, "the list answer has further pages that are not in the export")
        elif isinstance(count, int) and count != len(entries):
            yield Listed(
                rule.area, Coverage.PARTIAL, f"the service counted {count} objects, the answer holds {len(entries)}"
            )
        else:
            yield Listed(rule.area, Coverage.COMPLETE)
    yield from _from_list(entries, context, pointer + "/value")


def _batch(responses: list[Json], pointer: str) -> Iterator[Part]:
    for number, response in enumerate(responses):
        where = f"{pointer}/responses/{number}"
        if not isinstance(response, dict):
            yield Ignored(where, "is no answer")
            continue
        status = response.get("status")
        if isinstance(status, int) and status >= 400:
            coverage = Coverage.DENIED if status in {401, 403} else Coverage.PARTIAL
            reason = _STATUS_REASONS.get(status, "failed")
            yield Failed(where, reason, f"The service answered {status} to this part of the batch.", coverage)
        else:
            yield from parts_of(response.get("body"), pointer=where + "/body")


def _no_policy(raw: Mapping[str, Json]) -> str:
    return next((reason for keys, reason in not_policies()[0] if keys <= raw.keys()), "")


@cache
def _export_types() -> dict[str, str]:
    named = {rule.type: rule.type for rule in rules()}
    return named | {member: rule.type for rule in rules() for member in rule.export_keys}


def _export_members(raw: Mapping[str, Json]) -> list[str]:
    """The members of a provider export that hold lists of a known type; empty when this is no such export."""
    if "@odata.type" in raw or "id" in raw:
        return []
    return [name for name in raw if name in _export_types() and isinstance(raw[name], list)]


def _provider_export(raw: Mapping[str, Json], known: list[str], pointer: str) -> Iterator[Part]:
    failed = {str(name) for key, names in raw.items() if key.endswith("_unsuccessful_commands") for name in names or ()}
    for rule in rules():
        for name in rule.export_keys | {rule.type}:
            if name in known:
                broken = rule.command in failed
                coverage = Coverage.PARTIAL if broken else Coverage.COMPLETE
                yield Listed(rule.area, coverage, f"the command {rule.command} failed" if broken else "")
    passed: list[str] = []
    for name, entries in raw.items():
        where = f"{pointer}/{name}"
        if name in known:
            yield from _from_list(_unwrapped(entries), "", where, _export_types()[name])
        elif name in not_policies()[1] or not _is_list_of_objects(entries):
            passed.append(name)
        else:
            yield from _from_list(entries, "", where, f"unknown:{name}")
    if passed:
        yield Ignored(pointer, "members that hold no policy: " + ", ".join(sorted(passed)))


def _is_list_of_objects(entries: Json) -> bool:
    return isinstance(entries, list) and bool(entries) and all(isinstance(entry, dict) for entry in entries)


def _unwrapped(entries: list[Json]) -> list[Json]:
    """The authentication methods policy comes apart in such an export: the policy, and its methods beside it."""
    return [_joined(entry) if isinstance(entry, dict) else entry for entry in entries]


def _joined(entry: dict[str, Json]) -> dict[str, Json]:
    policy = entry.get("authentication_method_policy")
    if not isinstance(policy, dict):
        return entry
    methods = entry.get("authentication_method_feature_settings")
    found: dict[str, Json] = graph(policy)
    return found | ({"authenticationMethodConfigurations": graph_case(methods)} if methods else {})


def is_settings_part(document: Json) -> list[Json] | None:
    """The settings of a companion file, which holds them apart from their policy; None when it is no such file.

    Raises `Unusable` when it is a text that holds no JSON.
    """
    if isinstance(document, str):
        document = parse(document.encode())
    if isinstance(document, dict):
        document = graph(document)
        document = document.get("settings", document.get("value"))
    if isinstance(document, list) and all(isinstance(entry, dict) for entry in document):
        return [graph(entry) for entry in document]
    return None


def is_whole(document: Json) -> bool:
    """Whether a document holds objects of its own, not only the settings of one."""
    return any(isinstance(part, Found) for part in parts_of(document))
