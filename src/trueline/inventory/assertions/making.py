"""A baseline made from what was read of an environment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trueline.connections.contract import Facet, Json, ObjectView
from trueline.inventory.assertions.model import Assertion, Baseline, Operator, Template
from trueline.inventory.definitions import Definitions
from trueline.kit import digest

NO_DEFINITIONS = Definitions()
LONGEST_ID = 120
_NOT_IN_ID = re.compile(r"[^a-z0-9._-]+")

Weigh = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Head:
    """What a person says of the baseline to be made."""

    id: str
    version: str
    title: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A baseline, and how many objects hold no setting and so are not in it."""

    baseline: Baseline
    left_out: int


@dataclass(frozen=True, slots=True)
class _Found:
    """All that was found of one setting."""

    areas: frozenset[str]
    platforms: frozenset[str]
    values: frozenset[tuple[str, ...]]


def make_baseline(
    objects: Iterable[ObjectView],
    head: Head,
    *,
    weigh: Weigh,
    definitions: Definitions = NO_DEFINITIONS,
    with_templates: bool = False,
) -> Made:
    """One assertion for each setting, allowing every value that a policy gives it.

    Args:
        objects: What was read, in any order.
        head: Id, version and title.
        weigh: The provider's severity of an area, facet and path.
        definitions: Names of settings; without them their ids stand as titles.
        with_templates: Whether objects without settings of their own become whole-policy templates.

    Returns:
        The same baseline whatever the order of objects.
    """
    known = sorted(objects, key=lambda one: (one.object_type, one.name, one.source_path, one.external_id))
    plain = [one for one in known if not one.settings and one.facets.get(Facet.SETTINGS)]
    taken: set[str] = set()
    assertions = tuple(
        _assertion(setting, found, taken, weigh, definitions) for setting, found in sorted(_by_setting(known).items())
    )
    templates = tuple(_template(one, taken, weigh) for one in plain) if with_templates else ()
    made = Baseline(head.id, head.version, head.title, head.provider, assertions=assertions, templates=templates)
    return Made(made, 0 if with_templates else len(plain))


def _by_setting(objects: Iterable[ObjectView]) -> dict[str, _Found]:
    several: defaultdict[str, list[tuple[ObjectView, tuple[str, ...]]]] = defaultdict(list)
    for one in objects:
        for setting in one.settings:
            if setting.values:
                several[setting.id.lower()].append((one, setting.values))
    return {
        key: _Found(
            frozenset(one.area for one, _values in pairs),
            frozenset(one.platform for one, _values in pairs),
            frozenset(tuple(sorted(values)) for _one, values in pairs),
        )
        for key, pairs in several.items()
    }


def _assertion(setting: str, found: _Found, taken: set[str], weigh: Weigh, definitions: Definitions) -> Assertion:
    area = min(found.areas)
    values = sorted(found.values)
    operator = Operator.EQUALS if len(values) == 1 else Operator.ONE_OF
    return Assertion(
        id=free_id(setting, taken),
        title=definitions.name(setting),
        severity=weigh(area, Facet.SETTINGS, setting),
        setting=setting,
        area=area,
        operator=operator,
        value=_shown(values[0]) if operator is Operator.EQUALS else [_shown(one) for one in values],
    )


def _shown(values: tuple[str, ...]) -> Json:
    return values[0] if len(values) == 1 else list(values)


def _template(one: ObjectView, taken: set[str], weigh: Weigh) -> Template:
    return Template(
        id=free_id(f"{one.object_type}-{one.name}", taken),
        title=one.name,
        type=one.object_type,
        area=one.area,
        settings=dict(sorted(one.facets[Facet.SETTINGS].items())),
        severity=weigh(one.area, "", ""),
        platform=one.platform,
    )


def free_id(text: str, taken: set[str]) -> str:
    """An id made of a text that nobody has yet; takes it."""
    plain = _NOT_IN_ID.sub("-", text.lower()).strip("-._")
    found = plain or "unnamed"
    if len(found) > LONGEST_ID or found in taken:
        # The mark comes from the text alone, so that an id stays the same from one release to the next.
        found = f"{found[:LONGEST_ID]}-{digest.sha256(text.encode())[:8]}"
    number = 2
    base = found
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    taken.add(found)
    return found
