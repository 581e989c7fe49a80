"""Small records for the tests of comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trueline.connections.contract import AreaReport, Coverage, Facet, Record, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

AREA = "settings_catalogue"


def record(name: str = "Browser", /, **fields: Any) -> Record:
    """A record with sensible content; `settings` is a mapping of setting id to one value or several."""
    settings: Mapping[str, Any] = fields.pop("settings", {"home": "on"})
    facets: dict[Facet, Mapping[str, Any]] = {Facet.IDENTITY: {"name": name}, Facet.SETTINGS: dict(settings)}
    facets |= fields.pop("facets", {})
    defaults: dict[str, Any] = {
        "object_type": "configurationPolicies",
        "area": AREA,
        "external_id": name.lower(),
        "platform": "windows10",
        "source_path": f"{name}.json",
        "raw": {"name": name, "settings": dict(settings)},
        "settings": tuple(Setting(key, _values(value)) for key, value in sorted(settings.items())),
    }
    return Record(name=name, facets={key: flat for key, flat in facets.items() if flat}, **(defaults | fields))


def _values(value: Any) -> tuple[str, ...]:
    many = value if isinstance(value, (list, tuple)) else [value]
    return tuple(sorted({str(one).lower() for one in many}))


def areas(coverage: Coverage = Coverage.COMPLETE, *names: str) -> tuple[AreaReport, ...]:
    return tuple(AreaReport(name, coverage, 1) for name in names or (AREA,))
