"""A comparison as lines of a page: settings, objects, proposed pairs, filtered by the address. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.findings import wording
from trueline.inventory.compare import Outcome
from trueline.inventory.coverage import SettingState
from trueline.inventory.differences import ChangeKind
from trueline.inventory.readings import setting_id
from trueline.web import marks, setting_words, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trueline.inventory.compare import Compared
    from trueline.inventory.coverage import Configured, CoveredSetting
    from trueline.inventory.definitions import Definitions
    from trueline.inventory.differences import Change
    from trueline.inventory.readings import Whole
    from trueline.inventory.rows import ItemRow

STATES = (SettingState.CONFLICT, SettingState.ONLY_LEFT, SettingState.ONLY_RIGHT, SettingState.EQUAL)
OUTCOMES = (Outcome.CHANGED, Outcome.ONLY_LEFT, Outcome.ONLY_RIGHT, Outcome.NOT_COMPARABLE, Outcome.EQUAL)
Place = tuple[str, str]
Addresses = dict[Place, str]
MOST_CHANGES = 40
"""Changes of one object shown in a list; its own address shows all."""


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One policy's value for a setting."""

    value: str
    policy: str
    url: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting on both sides; `is_derived` says that its id gave the name."""

    id: str
    name: str
    category: str
    state: str
    word: str
    left: tuple[ValueLine, ...]
    right: tuple[ValueLine, ...]
    is_derived: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One differing value; `left_absent` and `right_absent` say so where a side does not set it.

    Attributes:
        is_derived: Whether the id of the setting gave its name.
    """

    facet: str
    name: str
    category: str
    path: str
    left: str
    right: str
    left_absent: str
    right_absent: str
    is_derived: bool


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One object or pair.

    Attributes:
        key: How an address names this row alone.
        more: How many changes are left out.
    """

    key: str
    name: str
    other_name: str
    area: str
    object_type: str
    left_url: str
    right_url: str
    reason: str
    method: str
    confidence: int
    changes: tuple[ChangeRow, ...]
    more: int = 0

    @property
    def count(self) -> int:
        """How many values differ."""
        return len(self.changes) + self.more


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks to see: a group, a text, an area, one row alone."""

    group: str = ""
    text: str = ""
    area: str = ""
    alone: str = ""


def outcome_counts(whole: Whole[ItemRow]) -> dict[str, int]:
    """How many objects each outcome has, pairs that a person has to decide apart under `proposed`."""
    found = Counter("proposed" if is_proposed(one) else str(one.outcome) for one in whole.comparison.entries)
    return {str(key): found[str(key)] for key in (*OUTCOMES, "proposed")}


def state_counts(whole: Whole[ItemRow]) -> dict[str, int]:
    """How many settings each state has."""
    found = Counter(one.state for one in whole.coverage.settings)
    return {str(key): found[key] for key in STATES}


def is_proposed(entry: Compared[ItemRow]) -> bool:
    """Whether a person has to decide about the pair."""
    return entry.evidence is not None and not entry.evidence.auto


def summary(objects: Mapping[str, int], settings: Mapping[str, int], names: tuple[str, str]) -> str:
    """What holds, in one sentence."""
    paired = objects["changed"] + objects["equal"]
    lone = objects["only_left"] + objects["only_right"] + objects["not_comparable"] + objects["proposed"]
    if not objects["changed"] and not lone:
        said = ngettext(
            "Nothing differs: both have the same %(number)s object.",
            "Nothing differs: both have the same %(number)s objects.",
            paired,
        )
        return said % {"number": paired}
    parts = [
        ngettext(
            "%(changed)s of %(number)s object in both changed",
            "%(changed)s of %(number)s objects in both changed",
            paired,
        )
        % {"changed": objects["changed"], "number": paired}
    ]
    parts += [
        text % {"number": number, "name": name}
        for text, number, name in (
            (_("%(number)s only in %(name)s"), objects["only_left"], names[0]),
            (_("%(number)s only in %(name)s"), objects["only_right"], names[1]),
            (_("%(number)s proposed as pairs"), objects["proposed"], ""),
            (_("%(number)s not comparable"), objects["not_comparable"], ""),
        )
        if number
    ]
    return f"{', '.join(parts)}. {_settings_sentence(settings)}".strip()


def _settings_sentence(settings: Mapping[str, int]) -> str:
    shared = settings["equal"] + settings["conflict"]
    if not sum(settings.values()):
        return ""
    if not shared:
        return _("No setting is set by both.")
    said = ngettext(
        "Set by both: %(shared)s setting, in conflict: %(conflict)s.",
        "Set by both: %(shared)s settings, in conflict: %(conflict)s.",
        shared,
    )
    return said % {"shared": shared, "conflict": settings["conflict"]}


def settings_of(whole: Whole[ItemRow], wish: Wish, definitions: Definitions) -> list[CoveredSetting]:
    """The settings that the address asks for: in conflict first, then by name."""
    text = wish.text.casefold()
    found = [
        one
        for one in whole.coverage.settings
        if wish.group in ("", one.state) and (not text or _says(one, text, definitions))
    ]
    order = {state: place for place, state in enumerate(STATES)}
    return sorted(found, key=lambda one: (order[one.state], definitions.name(one.id), one.id))


def _says(setting: CoveredSetting, text: str, definitions: Definitions) -> bool:
    if text in setting.id or text in definitions.name(setting.id).casefold():
        return True
    if text in definitions.category(setting.id).casefold():
        return True
    return any(text in one.policy.casefold() for one in (*setting.left, *setting.right))


def state_word(state: str, names: tuple[str, str]) -> str:
    """What an outcome or a state is called where the sides have these names."""
    if state in ("only_left", "only_right"):
        return _("Only in %(name)s") % {"name": names[state == "only_right"]}
    return str(marks.STATES[state].word)


def setting_rows(
    found: Iterable[CoveredSetting],
    definitions: Definitions,
    names: tuple[str, str],
    urls: tuple[Addresses, Addresses] = ({}, {}),
) -> list[SettingRow]:
    """Settings ready for a page; `urls` are the addresses of both sides' objects by their path and name."""
    said = {state: state_word(state, names) for state in STATES}
    return [
        SettingRow(
            one.id,
            definitions.name(one.id),
            definitions.category(one.id),
            str(one.state),
            said[one.state],
            _values(one.id, one.left, definitions, urls[0]),
            _values(one.id, one.right, definitions, urls[1]),
            not definitions.knows(one.id),
        )
        for one in found
    ]


def _values(
    key: str, configured: Iterable[Configured], definitions: Definitions, urls: Addresses
) -> tuple[ValueLine, ...]:
    return tuple(
        ValueLine(
            setting_words.value_words(key, list(one.values), definitions),
            one.policy or one.path,
            urls.get((one.path, one.policy), ""),
        )
        for one in configured
    )


def entries_of(whole: Whole[ItemRow], wish: Wish) -> list[Compared[ItemRow]]:
    """The objects of one outcome that the address asks for, by area and name; one alone when it names it."""
    entries = whole.comparison.entries
    if wish.alone:
        return [one for one in entries if _key(one) == wish.alone]
    text = wish.text.casefold()
    found = [
        one
        for one in entries
        if (is_proposed(one) if wish.group == "proposed" else one.outcome == wish.group and not is_proposed(one))
        and (not wish.area or _item(one).area == wish.area)
        and (not text or any(text in side.name.casefold() for side in (one.left, one.right) if side))
    ]
    return sorted(found, key=lambda one: (_item(one).area, _item(one).name, _item(one).source_path))


def areas_in(whole: Whole[ItemRow]) -> list[str]:
    """The areas that have objects on either side, in the order in which providers show them."""
    return words.area_order({_item(one).area for one in whole.comparison.entries})


def object_rows(
    entries: Sequence[Compared[ItemRow]],
    definitions: Definitions,
    urls: tuple[Callable[[ItemRow], str], Callable[[ItemRow], str]],
    *,
    most: int = MOST_CHANGES,
) -> list[ObjectRow]:
    """Objects ready for a page, each with at most so many of its changes."""
    return [_object_row(one, definitions, urls, most) for one in entries]


def _object_row(
    entry: Compared[ItemRow],
    definitions: Definitions,
    urls: tuple[Callable[[ItemRow], str], Callable[[ItemRow], str]],
    most: int,
) -> ObjectRow:
    item = _item(entry)
    is_renamed = bool(entry.left and entry.right and entry.left.name != entry.right.name)
    return ObjectRow(
        key=_key(entry),
        name=(entry.left or item).name or item.source_path,
        other_name=entry.right.name if is_renamed and entry.right else "",
        area=wording.area(item.area),
        object_type=item.object_type,
        left_url=urls[0](entry.left) if entry.left else "",
        right_url=urls[1](entry.right) if entry.right else "",
        reason=_reason(entry, item),
        method=setting_words.method(entry.evidence) if entry.evidence else "",
        confidence=round(100 * entry.evidence.confidence) if entry.evidence else 0,
        changes=tuple(change_row(one, definitions) for one in entry.changes[:most]),
        more=max(0, len(entry.changes) - most),
    )


def _reason(entry: Compared[ItemRow], item: ItemRow) -> str:
    """Why it cannot be compared; of a proposed pair, why it is one and why it is not sure."""
    if entry.outcome is Outcome.NOT_COMPARABLE:
        return not_comparable_reason(entry, item)
    return setting_words.reason(entry.evidence.reason) if entry.evidence and is_proposed(entry) else ""


def not_comparable_reason(entry: Compared[ItemRow], item: ItemRow) -> str:
    """Why nobody can tell."""
    if entry.left and entry.right:
        return _("Its settings were read only in part; what was read is equal.")
    said = _("The area %(area)s was not read completely on the other side, so its absence there says nothing.")
    return said % {"area": wording.area(item.area)}


def change_row(change: Change, definitions: Definitions) -> ChangeRow:
    """One change in words, with its full path."""
    key = setting_id(change)
    return ChangeRow(
        facet=wording.facet(str(change.facet)),
        name=setting_words.change_name(change, definitions),
        category=definitions.category(key) if key else "",
        path=change.path,
        left=setting_words.value_words(key, change.left, definitions),
        right=setting_words.value_words(key, change.right, definitions),
        left_absent="absent" if change.kind is ChangeKind.ADDED else "",
        right_absent="absent" if change.kind is ChangeKind.REMOVED else "",
        is_derived=bool(key) and not definitions.knows(key),
    )


def addresses(items: Iterable[ItemRow], address: Callable[[ItemRow], str], wanted: set[Place]) -> Addresses:
    """Addresses of the objects in these places; a file may hold any number of objects, so a path alone is no place."""
    found = {(one.source_path, one.name): one for one in items if (one.source_path, one.name) in wanted}
    return {place: address(one) for place, one in found.items()}


def places_of(rows: Iterable[CoveredSetting]) -> tuple[set[Place], set[Place]]:
    """From where the policies of these settings were read and what they are called, left and right."""
    found = list(rows)
    left = {(one.path, one.policy) for row in found for one in row.left}
    return left, {(one.path, one.policy) for row in found for one in row.right}


def _item(entry: Compared[ItemRow]) -> ItemRow:
    found = entry.right or entry.left
    assert found is not None
    return found


def _key(entry: Compared[ItemRow]) -> str:
    return "-".join(str(one.id) for one in (entry.left, entry.right) if one)
