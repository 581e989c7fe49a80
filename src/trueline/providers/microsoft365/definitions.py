"""Setting definitions inside an export: what the vendor calls a setting and its values.

They come as a list of their own (`deviceManagement/configurationSettings`), or beside each setting of a policy that was
read with `$expand=settingDefinitions`. They are the vendor's words and the same in every tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.connections.contract import SettingDefinition
from trueline.providers.microsoft365 import limits
from trueline.providers.microsoft365.normalise import type_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trueline.connections.contract import Json

_CATEGORY = "deviceManagementConfigurationCategory"
_DEFINITION = ("deviceManagementConfiguration", "SettingDefinition")
_SHAPE = frozenset({"id", "displayName", "rootDefinitionId"})
_LONGEST = 500


class Vocabulary:
    """The definitions of one export, each once; a category may come after the settings that are in it."""

    def __init__(self) -> None:
        self._definitions: dict[str, SettingDefinition] = {}
        self._categories: dict[str, str] = {}
        self._of_category: dict[str, str] = {}

    def takes(self, raw: Mapping[str, Json]) -> bool:
        """Keep an object that is a definition or a category of definitions; False for any other."""
        kind = type_name(raw)
        if kind == _CATEGORY:
            self._categories[_text(raw.get("id"))] = _text(raw.get("displayName"))
            return True
        if (kind.startswith(_DEFINITION[0]) and kind.endswith(_DEFINITION[1])) or (not kind and raw.keys() >= _SHAPE):
            self._keep(raw)
            return True
        return False

    def listen(self, policy: Mapping[str, Json]) -> None:
        """Keep the definitions that stand beside the settings of a policy."""
        settings = policy.get("settings")
        for setting in settings if isinstance(settings, list) else ():
            beside = setting.get("settingDefinitions") if isinstance(setting, dict) else None
            for raw in beside if isinstance(beside, list) else ():
                if isinstance(raw, dict):
                    self._keep(raw)

    def definitions(self) -> Iterator[SettingDefinition]:
        """Every definition, by id, with the name of its category where the export tells it."""
        for key, found in sorted(self._definitions.items()):
            category = found.category or self._categories.get(self._of_category.get(key, ""), "")
            yield SettingDefinition(found.id, found.name, category, found.labels)

    def _keep(self, raw: Mapping[str, Json]) -> None:
        key = _text(raw.get("id")).lower()
        if not key or key in self._definitions or len(self._definitions) >= limits.MAX_OBJECTS:
            return
        self._of_category[key] = _text(raw.get("categoryId"))
        named = _text(raw.get("displayName")), _text(raw.get("categoryName"))
        self._definitions[key] = SettingDefinition(key, *named, dict(_labels(raw.get("options"))))


def _labels(options: Json) -> Iterator[tuple[str, str]]:
    for option in options if isinstance(options, list) else ():
        if isinstance(option, dict):
            key, label = _text(option.get("itemId") or option.get("id")), _text(option.get("displayName"))
            if key and label:
                yield key.lower(), label


def _text(value: Json) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
