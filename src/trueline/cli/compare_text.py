"""A comparison as a person reads it in a terminal: one sentence, then the parts, each of bounded length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from trueline.inventory.readings import setting_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from trueline.connections.contract import Json
    from trueline.inventory.document import (
        ChangeLine,
        ComparisonDocument,
        MatchLine,
        NotComparableLine,
        ObjectLine,
        SettingLine,
        SideLine,
    )

LineT = TypeVar("LineT")

CHANGES_SHOWN = 6
"""Changes shown of one object; the rest is counted."""

VALUE_WIDTH = 60
"""Characters shown of one value."""

_SIGNS = {"added": "+", "removed": "-", "modified": "~"}


def document_text(document: ComparisonDocument, left: str, right: str, *, limit: int) -> str:
    """The whole comparison as text.

    Args:
        document: The comparison.
        left: What to call the left side.
        right: What to call the right side.
        limit: Lines shown of each part, 0 for all.
    """
    most = limit if limit > 0 else len(document.matches) + len(document.settings.items) + 1_000_000
    changed = [match for match in document.matches if match.auto and match.state == "changed"]
    proposed = [match for match in document.matches if not match.auto]
    partial = [match for match in document.matches if match.auto and match.state == "not_comparable"]
    conflicts = [item for item in document.settings.items if item.state == "conflict"]
    lines = [
        _sentence(document, left, right),
        *_part("Changed", changed, _changed_lines, most),
        *_part("Proposed pairs, for a person to decide", proposed, _proposed_lines, most),
        *_part(f"Only in {left}", document.only_left, _object_lines, most),
        *_part(f"Only in {right}", document.only_right, _object_lines, most),
        *_part("Read only in part", partial, _partial_lines, most),
        *_not_comparable_lines(document.not_comparable, most),
        *_settings_lines(document, conflicts, most),
        *_side_lines(left, document.left, most),
        *_side_lines(right, document.right, most),
    ]
    return "\n".join(lines)


def _sentence(document: ComparisonDocument, left: str, right: str) -> str:
    """What holds, in one sentence."""
    states = Counter(match.state for match in document.matches if match.auto)
    proposed = sum(not match.auto for match in document.matches)
    if document.is_equal:
        where = " in what could be read" if document.left.unread or document.right.unread else ""
        return f"Nothing differs{where}: {left} and {right} have the same {_objects(states['equal'])}."
    paired = sum(states.values())
    parts = [
        f"{states['changed']} of {_objects(paired)} in both changed" if paired else "No object is surely in both",
        f"{len(document.only_left)} only in {left}",
        f"{len(document.only_right)} only in {right}",
    ]
    if proposed:
        parts.append(f"{proposed} proposed as pairs")
    if unknown := len(document.not_comparable) + states["not_comparable"]:
        parts.append(f"{unknown} not comparable")
    return ", ".join(parts) + "."


def _objects(count: int) -> str:
    return f"{count:,} object" if count == 1 else f"{count:,} objects"


def _part(title: str, lines: Sequence[LineT], show: Callable[[LineT], Iterable[str]], limit: int) -> Iterator[str]:
    """A titled part of bounded length; nothing when there is nothing to show."""
    if not lines:
        return
    yield ""
    yield f"{title}: {len(lines):,}"
    for line in lines[:limit]:
        yield from (f"  {text}" for text in show(line))
    if len(lines) > limit:
        yield f"  and {len(lines) - limit:,} more"


def _object_lines(line: ObjectLine) -> Iterator[str]:
    yield f"{line.name or line.path} ({line.type})"


def _pair(match: MatchLine) -> str:
    same = match.left.name == match.right.name
    return match.left.name if same else f"{match.left.name} -> {match.right.name}"


def _changed_lines(match: MatchLine) -> Iterator[str]:
    matched = "" if match.method == "id" else f", matched by {match.method.replace('_', ' ')}"
    yield f"{_pair(match)} ({match.left.type}{matched})"
    for change in match.changes[:CHANGES_SHOWN]:
        yield f"  {_change_line(change)}"
    if len(match.changes) > CHANGES_SHOWN:
        yield f"  and {len(match.changes) - CHANGES_SHOWN:,} more changes"


def _change_line(change: ChangeLine) -> str:
    key = setting_id(change)
    label = _called(change.setting, key, change.named_by) if key else f"{change.facet}/{change.path}"
    left, right = (_value(value, key) for value in (change.left_label, change.right_label))
    values = {"added": right, "removed": left, "modified": f"{left} -> {right}"}
    return f"{_SIGNS[change.kind]} {label}: {values[change.kind]}"


def _called(name: str, key: str, named_by: str) -> str:
    """A name; one that was read off the id with that id."""
    return f"{name} ({key})" if named_by == "id" else name


def _value(value: Json, setting: str = "") -> str:
    """A value in little room. The id of an option repeats the id of its setting, which then is left out."""
    several = value if isinstance(value, list) else [value]
    text = ", ".join(" ".join(str(one).removeprefix(f"{setting}_").split()) for one in several)
    return text if len(text) <= VALUE_WIDTH else f"{text[: VALUE_WIDTH - 3]}..."


def _proposed_lines(match: MatchLine) -> Iterator[str]:
    yield f"{_pair(match)} ({match.confidence:.0%})"
    yield f"  {match.reason}"


def _partial_lines(match: MatchLine) -> Iterator[str]:
    yield f"{_pair(match)} ({match.left.type})"


def _not_comparable_lines(lines: Sequence[NotComparableLine], limit: int) -> Iterator[str]:
    """Objects that may or may not be missing; each reason once, with the objects it is about."""
    reasons = Counter(line.reason for line in lines)
    for reason, count in sorted(reasons.items()):
        yield ""
        yield f"Not comparable: {count:,}. {reason}"
        alike = [line for line in lines if line.reason == reason]
        yield from (f"  {line.name or line.path} ({line.type}), only in the {line.side}" for line in alike[:limit])
        if count > limit:
            yield f"  and {count - limit:,} more"


def _settings_lines(document: ComparisonDocument, conflicts: Sequence[SettingLine], limit: int) -> Iterator[str]:
    settings = document.settings
    if not settings.items:
        return
    yield ""
    yield (
        f"By settings: {settings.left:,} left and {settings.right:,} right, {settings.shared:,} in both, "
        f"of these {settings.equal:,} equal and {settings.conflict:,} in conflict"
    )
    yield from _part("Settings in conflict", conflicts, _conflict_lines, limit)


def _conflict_lines(item: SettingLine) -> Iterator[str]:
    yield _called(item.name, item.id, item.named_by)
    for side in (item.left, item.right):
        for one in side[:2]:
            yield f"  {_value(one.label, item.id)}  in {one.policy}"


def _side_lines(name: str, side: SideLine, limit: int) -> Iterator[str]:
    """What could not be read of one side, and what is odd there."""
    yield from _part(f"Could not be read in {name}", side.unread, lambda line: [f"{line.path}: {line.detail}"], limit)
    if side.warnings:
        kinds = Counter(warning.kind.replace("_", " ") for warning in side.warnings)
        told = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
        yield ""
        yield f"Noted in {name}: {told}"
