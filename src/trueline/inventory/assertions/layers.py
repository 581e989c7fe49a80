"""Baselines on top of each other: workspace, then profile, then environment; each change is explicit and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from trueline.connections.contract import Json, Phrase, phrase
from trueline.inventory.assertions.errors import LayersRefused
from trueline.inventory.assertions.model import Assertion, Baseline, Level, Operator, Override, Reference, Template
from trueline.inventory.assertions.operators import narrows
from trueline.inventory.assertions.reading import value_complaints
from trueline.kit import digest

ORDER = (Level.WORKSPACE, Level.PROFILE, Level.ENVIRONMENT)
_OF_TEMPLATE = frozenset({"title", "severity", "settings", "rationale", "references"})
_OF_QUESTION = frozenset({"title", "severity", "parameters", "rationale", "references"})
_OF_SETTING = frozenset({"title", "severity", "operator", "value", "rationale", "references"})

Demand = Assertion | Template


class Effect(StrEnum):
    """What an override did. Narrowing asks for more of the same; relabelling changes only words and weight."""

    NARROWED = "narrowed"
    OVERRIDDEN = "overridden"
    RELABELLED = "relabelled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Origin:
    """The layer that something comes from."""

    id: str
    version: str
    level: Level


@dataclass(frozen=True, slots=True)
class Applied:
    """An override that took effect."""

    layer: Origin
    effect: Effect
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Effective:
    """An assertion or template as it holds in the end, and how it came to be so."""

    demand: Demand
    origin: Origin
    history: tuple[Applied, ...] = ()

    @property
    def is_dropped(self) -> bool:
        """Whether a layer dropped it."""
        return bool(self.history) and self.history[-1].effect is Effect.DROPPED


@dataclass(frozen=True, slots=True)
class EffectiveBaseline:
    """What holds in an environment, by the order of the layers. Dropped ones are kept, to be shown."""

    layers: tuple[Origin, ...]
    title: str
    entries: tuple[Effective, ...]

    @property
    def holding(self) -> tuple[Effective, ...]:
        """Everything that was not dropped."""
        return tuple(one for one in self.entries if not one.is_dropped)


def effective(layers: Sequence[Baseline]) -> EffectiveBaseline:
    """The baseline that results from layers, the highest first.

    Raises:
        LayersRefused: The order is wrong, a layer extends another baseline than the one above, an id is taken, or an
            override does not fit what it is about.
    """
    if not layers:
        raise LayersRefused(phrase("There is no baseline to hold an environment against."))
    entries: dict[str, Effective] = {}
    for number, layer in enumerate(layers):
        _must_fit(layers[number - 1] if number else None, layer)
        origin = Origin(layer.id, layer.version, layer.level)
        for override in layer.overrides:
            entries[override.assertion] = _overridden(entries, override, origin)
        demands: tuple[Demand, ...] = (*layer.assertions, *layer.templates)
        for demand in demands:
            if demand.id in entries:
                said = phrase(
                    "%(layer)s: the id %(id)s is taken by a layer above; use an override.", layer=layer.id, id=demand.id
                )
                raise LayersRefused(said)
            entries[demand.id] = Effective(demand, origin)
    origins = tuple(Origin(layer.id, layer.version, layer.level) for layer in layers)
    return EffectiveBaseline(origins, layers[-1].title, tuple(entries.values()))


def _must_fit(above: Baseline | None, layer: Baseline) -> None:
    if above is None:
        if layer.extends:
            said = phrase(
                "%(layer)s is a layer of %(base)s; give that baseline before it.", layer=layer.id, base=layer.extends
            )
            raise LayersRefused(said)
        return
    if layer.extends != above.id:
        said = phrase(
            "%(layer)s does not extend %(base)s; write `extends: %(base)s` in its head.", layer=layer.id, base=above.id
        )
        raise LayersRefused(said)
    if ORDER.index(layer.level) <= ORDER.index(above.level):
        text = phrase(
            "%(layer)s must stand below %(base)s: its level %(level)s is not below %(upper)s.",
            layer=layer.id,
            base=above.id,
            level=str(layer.level),
            upper=str(above.level),
        )
        raise LayersRefused(text)


def _overridden(entries: Mapping[str, Effective], override: Override, origin: Origin) -> Effective:
    entry = entries.get(override.assertion)
    if entry is None or entry.is_dropped:
        raise LayersRefused(_homeless(origin.id, override.assertion, is_dropped=entry is not None))
    if override.is_drop:
        applied = Applied(origin, Effect.DROPPED, (), override.reason)
        return replace(entry, history=(*entry.history, applied))
    demand = changed(entry.demand, override.changes, origin.id)
    applied = Applied(origin, _effect(demand, entry.demand), tuple(sorted(override.changes)), override.reason)
    return Effective(demand, entry.origin, (*entry.history, applied))


def _homeless(layer: str, overridden: str, *, is_dropped: bool) -> Phrase:
    if is_dropped:
        return phrase(
            "%(layer)s overrides %(id)s, which was dropped by a layer above; remove the override.",
            layer=layer,
            id=overridden,
        )
    return phrase(
        "%(layer)s overrides %(id)s, which does not exist in the layers above; remove the override.",
        layer=layer,
        id=overridden,
    )


def changed(demand: Demand, changes: Mapping[str, Json], layer: str) -> Demand:
    """The demand with some of its fields changed. Raises `LayersRefused` for fields that do not belong to it."""
    fields = changeable(demand)
    if foreign := sorted(changes.keys() - fields):
        said = phrase(
            "%(layer)s: %(id)s has no %(fields)s; remove it from the override.",
            layer=layer,
            id=demand.id,
            fields=", ".join(foreign),
        )
        raise LayersRefused(said)
    new: dict[str, Any] = dict(changes)
    if "references" in new:
        new["references"] = tuple(Reference(one["framework"], one["id"]) for one in new["references"])
    if "operator" in new:
        new["operator"] = Operator(new["operator"])
        # A value of the old operator means nothing to the new one.
        new.setdefault("value", None)
    result = replace(demand, **new)
    if isinstance(result, Assertion) and result.setting:
        for complaint in value_complaints({"operator": result.operator, "value": result.value}):
            said = phrase(
                "%(layer)s: the override of %(id)s does not work: %(said)s.", layer=layer, id=demand.id, said=complaint
            )
            raise LayersRefused(said)
    return result


def changeable(demand: Demand) -> frozenset[str]:
    """The fields that an override may change."""
    if isinstance(demand, Template):
        return _OF_TEMPLATE
    return _OF_QUESTION if demand.question else _OF_SETTING


def _effect(new: Demand, old: Demand) -> Effect:
    if asks_the_same(new, old):
        return Effect.RELABELLED
    if isinstance(new, Template) and isinstance(old, Template):
        keeps = all(new.settings.get(path) == value for path, value in old.settings.items())
        return Effect.NARROWED if keeps else Effect.OVERRIDDEN
    if isinstance(new, Assertion) and isinstance(old, Assertion) and narrows(new, old):
        return Effect.NARROWED
    return Effect.OVERRIDDEN


def asks_the_same(new: Demand, old: Demand) -> bool:
    """Whether two demands differ in words, weight and references at most."""
    if isinstance(new, Template):
        return isinstance(old, Template) and (new.type, new.platform, new.settings) == (
            old.type,
            old.platform,
            old.settings,
        )
    if isinstance(old, Template):
        return False
    return _asks(new) == _asks(old)


def _asks(one: Assertion) -> tuple[Json, ...]:
    # As bytes, since in Python alone false would be 0.
    about = (one.setting, one.type, one.area, one.platform, one.question)
    return (*about, one.operator, digest.quick([one.value, dict(one.parameters)]))
