"""What is wrong with a baseline before anybody relies on it: a YAML file, or a folder of exports. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trueline.connections.contract import Facet, Json, Question, Reading, Record
from trueline.inventory.assertions.errors import InvalidBaseline
from trueline.inventory.assertions.model import Assertion, Baseline, Operator
from trueline.inventory.assertions.operators import accepts, alternatives, number
from trueline.inventory.assertions.reading import examine
from trueline.inventory.coverage import configured_settings, setting_conflicts
from trueline.inventory.definitions import Definitions

NO_DEFINITIONS = Definitions()
_CATALOGUE_ONLY = ":"


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing that is wrong.

    Attributes:
        kind: duplicate_id, conflict, broken_file, unknown_setting, empty_policy, invalid, unknown_question or another
            word of the reader.
        where: A path, or a line of the baseline as `line 12`.
        message: What is wrong and what to do, one sentence.
        subjects: Ids, paths or policies that it is about.
    """

    kind: str
    where: str
    message: str
    subjects: tuple[str, ...] = ()


def lint_reading(reading: Reading, definitions: Definitions = NO_DEFINITIONS) -> tuple[Complaint, ...]:
    """Everything wrong with a folder of exports that should become a baseline, in stable order."""
    found = [
        *_broken(reading),
        *_duplicates(reading.records),
        *_conflicts(reading.records),
        *_empty(reading.records),
        *_unknown(reading.records, definitions),
    ]
    return tuple(sorted(found))


def _broken(reading: Reading) -> Iterator[Complaint]:
    for gap in reading.unread:
        yield Complaint("broken_file", gap.path, f"{gap.detail} Export it again or take it out.")
    for record in reading.records:
        if record.is_truncated:
            held = len(record.raw.get("settings") or ())
            said = f"It claims {record.expected_settings} settings and holds {held}; export it again in full."
            yield Complaint("broken_file", record.source_path, said)


def _duplicates(records: Sequence[Record]) -> Iterator[Complaint]:
    by_id: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    by_name: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for record in records:
        if record.external_id:
            by_id[record.object_type, record.external_id.lower()].append(record.source_path)
        by_name[record.object_type, record.platform, record.name.casefold()].append(record.source_path)
    for (kind, key), paths in by_id.items():
        if len(paths) > 1:
            said = f"{len(paths)} objects of type {kind} share the id {key}; give each its own."
            yield Complaint("duplicate_id", min(paths), said, tuple(sorted(paths)))
    for (kind, _platform, _name), paths in by_name.items():
        if len(paths) > 1:
            said = f"{len(paths)} objects of type {kind} share a name; rename all but one."
            yield Complaint("duplicate_name", min(paths), said, tuple(sorted(paths)))


def _conflicts(records: Iterable[Record]) -> Iterator[Complaint]:
    for conflict in setting_conflicts(configured_settings(records)):
        several = sorted({", ".join(one.values) for one in conflict.configured})
        said = f"{conflict.id} is set to different values ({' / '.join(several)}); keep one, or assign them apart."
        policies = tuple(sorted({one.policy for one in conflict.configured}))
        yield Complaint("conflict", min(one.path for one in conflict.configured), said, (conflict.id, *policies))


def _empty(records: Iterable[Record]) -> Iterator[Complaint]:
    for record in records:
        if not record.facets.get(Facet.SETTINGS) and not record.settings:
            said = f"{record.name} configures nothing; take it out or give it settings."
            yield Complaint("empty_policy", record.source_path, said)


def _unknown(records: Iterable[Record], definitions: Definitions) -> Iterator[Complaint]:
    """Settings that the definitions do not know; nothing is said when there are no definitions."""
    if not definitions.by_id:
        return
    where: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for setting in record.settings:
            if _CATALOGUE_ONLY not in setting.id and setting.id.lower() not in definitions.by_id:
                where[setting.id.lower()].add(record.source_path)
    for key, paths in where.items():
        yield Complaint("unknown_setting", min(paths), _unknown_said(key), (key, *sorted(paths)))


def _unknown_said(setting: str) -> str:
    return f"The definitions do not know {setting}; correct the id, or use newer definitions."


def lint_text(
    text: str, name: str, questions: Mapping[str, Question], definitions: Definitions = NO_DEFINITIONS
) -> tuple[Complaint, ...]:
    """Everything wrong with the YAML text of a baseline, by line and then by assertion."""
    try:
        baseline, wrong = examine(text, name=name)
    except InvalidBaseline as error:
        return (Complaint("broken_file", name, error.message),)
    found = [Complaint(_kind(one.text), f"line {one.line:05d}", one.text.partition(": ")[2]) for one in wrong]
    if baseline is not None:
        found += [*_contradictions(baseline), *_asked(baseline, questions), *_undefined(baseline, definitions)]
        if not (baseline.assertions or baseline.templates or baseline.overrides):
            found.append(Complaint("empty_policy", name, "The baseline asserts nothing; add assertions."))
    return tuple(_spoken(one) for one in sorted(found))


def _spoken(one: Complaint) -> Complaint:
    where = f"line {int(one.where[5:])}" if one.where.startswith("line ") else one.where
    return Complaint(one.kind, where, one.message, one.subjects)


def _kind(said: str) -> str:
    return "duplicate_id" if " is taken by " in said else "invalid"


def _contradictions(baseline: Baseline) -> Iterator[Complaint]:
    """Two assertions on one setting that nothing can satisfy together."""
    by_setting: defaultdict[tuple[str, str, str], list[Assertion]] = defaultdict(list)
    for one in baseline.assertions:
        if one.setting:
            by_setting[one.setting, one.type, one.platform].append(one)
    for (setting, *_rest), several in by_setting.items():
        for index, one in enumerate(several):
            for other in several[index + 1 :]:
                if _contradict(one, other):
                    said = f"{one.id} and {other.id} cannot both hold for {setting}; drop one of them."
                    yield Complaint("conflict", one.id, said, (one.id, other.id))


def _contradict(one: Assertion, other: Assertion) -> bool:
    if (one.operator is Operator.ABSENT) != (other.operator is Operator.ABSENT):
        return True
    for first, second in ((one, other), (other, one)):
        finite = alternatives(first)
        if finite is not None and not any(accepts(second, values) for values in finite):
            return True
    limits = {each.operator: number(each.value) for each in (one, other)}
    least, most = limits.get(Operator.AT_LEAST), limits.get(Operator.AT_MOST)
    return least is not None and most is not None and least > most


def _asked(baseline: Baseline, questions: Mapping[str, Question]) -> Iterator[Complaint]:
    for one in baseline.assertions:
        if not one.question:
            continue
        known = questions.get(one.question)
        if known is None:
            said = f"{one.id} asks {one.question}, which nobody answers; ask one of {', '.join(sorted(questions))}."
            yield Complaint("unknown_question", one.id, said, (one.question,))
        elif foreign := sorted(one.parameters.keys() - known.parameters.keys()):
            said = f"{one.id}: {one.question} does not understand {', '.join(foreign)}; remove it."
            yield Complaint("unknown_question", one.id, said, tuple(foreign))


def _undefined(baseline: Baseline, definitions: Definitions) -> Iterator[Complaint]:
    if not definitions.by_id:
        return
    for one in baseline.assertions:
        if one.setting and not one.type and _CATALOGUE_ONLY not in one.setting:
            if one.setting not in definitions.by_id:
                yield Complaint("unknown_setting", one.id, _unknown_said(one.setting), (one.setting,))
            else:
                yield from _unknown_values(one, definitions)


def _unknown_values(one: Assertion, definitions: Definitions) -> Iterator[Complaint]:
    """Values of a choice that the definitions do not offer."""
    labels = definitions.by_id[one.setting].labels
    for values in sorted(alternatives(one) or ()) if labels else ():
        for value in values:
            if value not in labels:
                said = f"{one.id}: {one.setting} has no value {value}; use one of {', '.join(sorted(labels))}."
                yield Complaint("unknown_setting", one.id, said, (one.setting, value))


def lint_document(subject: str, found: Sequence[Complaint]) -> dict[str, Json]:
    """The complaints as one JSON document."""
    kinds = sorted({one.kind for one in found})
    return {
        "subject": subject,
        "counts": {kind: sum(one.kind == kind for one in found) for kind in kinds},
        "findings": [
            {"kind": one.kind, "where": one.where, "message": one.message, "subjects": list(one.subjects)}
            for one in found
        ],
    }
