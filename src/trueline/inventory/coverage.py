"""Coverage by settings: what two sides configure as whole sets, whatever their policies are called."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from trueline.connections.contract import Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Values = tuple[str, ...]


class Configuring(Protocol):
    """Anything that configures settings. A `Record` satisfies it."""

    @property
    def name(self) -> str: ...
    @property
    def source_path(self) -> str: ...
    @property
    def settings(self) -> Sequence[Setting]: ...


class Policy(NamedTuple):
    """What coverage needs of an object whose content lies apart from it."""

    name: str
    source_path: str
    settings: Sequence[Setting]


class SettingState(StrEnum):
    """What two sides say about one setting."""

    EQUAL = "equal"
    CONFLICT = "conflict"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"


class Configured(NamedTuple):
    """One policy's values for a setting."""

    values: Values
    policy: str
    path: str


class CoveredSetting(NamedTuple):
    """One setting and everything that both sides give it, in stable order, and what that comes to."""

    id: str
    left: tuple[Configured, ...]
    right: tuple[Configured, ...]
    state: SettingState


def covered(key: str, left: tuple[Configured, ...], right: tuple[Configured, ...]) -> CoveredSetting:
    """Equal when a policy of each side gives it the same set of values; in conflict when none does."""
    if not left or not right:
        state = SettingState.ONLY_LEFT if left else SettingState.ONLY_RIGHT
    elif len(left) == len(right) == 1:
        state = SettingState.EQUAL if left[0].values == right[0].values else SettingState.CONFLICT
    else:
        shared = {one.values for one in left} & {one.values for one in right}
        state = SettingState.EQUAL if shared else SettingState.CONFLICT
    return CoveredSetting(key, left, right, state)


@dataclass(frozen=True, slots=True)
class SettingsCoverage:
    """Every setting that either side configures, by id. Counts are of distinct settings."""

    settings: tuple[CoveredSetting, ...]

    def count(self, *states: SettingState) -> int:
        return sum(setting.state in states for setting in self.settings)

    @property
    def left(self) -> int:
        return sum(bool(setting.left) for setting in self.settings)

    @property
    def right(self) -> int:
        return sum(bool(setting.right) for setting in self.settings)

    @property
    def shared(self) -> int:
        return self.count(SettingState.EQUAL, SettingState.CONFLICT)


def settings_coverage(left: Iterable[Configuring], right: Iterable[Configuring]) -> SettingsCoverage:
    """Coverage of one side by the other, both as whole sets of policies.

    A setting counts when a policy gives it at least one value; a parent that only groups others has none. Only settings
    that every tenant knows by one id are compared here: readers mark the others with their kind and a colon.
    """
    mine, theirs = configured_settings(left), configured_settings(right)
    return SettingsCoverage(
        tuple(covered(key, mine.get(key, ()), theirs.get(key, ())) for key in sorted(mine.keys() | theirs.keys()))
    )


def configured_settings(records: Iterable[Configuring]) -> dict[str, tuple[Configured, ...]]:
    """For each setting of one side the policies that configure it, in stable order."""
    found: dict[str, list[Configured]] = defaultdict(list)
    for record in records:
        for setting in record.settings:
            if setting.values and ":" not in setting.id:
                found[setting.id].append(Configured(setting.values, record.name, record.source_path))
    return {key: tuple(sorted(several)) if len(several) > 1 else (several[0],) for key, several in found.items()}


@dataclass(frozen=True, slots=True)
class SettingConflict:
    """A setting that several policies of one side set to different values: the device decides which one wins."""

    id: str
    configured: tuple[Configured, ...]


def setting_conflicts(configured: Mapping[str, Sequence[Configured]]) -> tuple[SettingConflict, ...]:
    """The conflicts within one side, by setting id."""
    return tuple(
        SettingConflict(key, tuple(several))
        for key, several in sorted(configured.items())
        if len({one.values for one in several}) > 1
    )
