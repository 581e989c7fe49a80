"""Takes secrets out of raw objects before anything else sees them. A keyed fingerprint still shows that one changed.

A secret becomes the text `[secret value:<fingerprint>]`. Where the service only gives a reference to it, the text is
`[secret reference:<fingerprint>]`: the same reference means the same secret, another reference means nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING, Any

from trueline.kit.digest import keyed
from trueline.providers.microsoft365.credentials import scrub, scrub_unmistakable
from trueline.providers.microsoft365.embedded import base64_of, text_of, xml_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trueline.connections.contract import Json

FINGERPRINT_DIGITS = 16
"""64 bits of the keyed digest: enough to tell any two secrets of a tenant apart, useless without the key."""

MARKED = re.compile(r"\[secret (?:value|reference):[0-9a-f]{16}\]")

_SECRET_ENDING = re.compile(
    r"(?:password|passphrase|passcode|presharedkey|psk|sharedsecret|clientsecret|secrettext|secretkey|privatekey|apikey|"
    r"accesskey|sharedkey|keymaterial|accesstoken|refreshtoken|apitoken|enrollmenttoken|registrationtoken|authtoken|bearertoken|"
    r"pfxblob|pfxpassword|certificatepassword|wepkey|onboardingblob|offboardingblob|scepchallenge|secret|pwd)$",
)
_NOT_SECRET_ENDING = re.compile(r"(?:require|block|allow|enable|disable|minimum|maximum|show|hide|save|policy)\w*$")
_SCRIPT_MEMBERS = frozenset({"scriptContent", "detectionScriptContent", "remediationScriptContent"})
_TEXT_MEMBERS = _SCRIPT_MEMBERS | {"payload", "payloadJson", "encodedSettingXml", "content", "configurationXml"}
_ALWAYS_SECRET = frozenset({"encryptedPfxBlob", "pfxBlob", "vppToken", "depToken", "refreshToken", "accessToken"})
_LABELS = ("name", "key", "appConfigKey")
_LABELLED = ("value", "appConfigKeyValue")
_NO_SECRET = re.compile(
    r"(?i)^(?:notconfigured|userdefined|none|required|blocked|allowed|enabled|disabled|devicedefault|true|false|\{\{.*\}\}|<[^<>]{1,60}>|%[\w.-]{1,60}%)?$"
)
_SECRET_TYPE = "SecretSettingValue"  # noqa: S105 - the name of a type
_PLAIN_MEMBERS = frozenset(
    {"settingDefinitionId", "settingInstanceTemplateId", "settingValueTemplateId", "definitionId", "id"}
)
_PLAIN = "plain"
_ACTION = "#microsoft.graph."
"""Begins the members in which the service lists what can be done with an object: addresses, no content."""
_CHOICE = "choiceSettingValue"
_SHORTEST_TEXT = 16
_REMEMBERED_NAMES = 8192
"""Names recur in every object; how many to remember bounds what a hostile file can make us hold."""


class Redactor:
    """Replaces secrets in objects; holds the key of the fingerprints and nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def redact(self, raw: dict[str, Json]) -> dict[str, Json]:
        """The object without its secrets; the very same object when it holds none."""
        return self._object(raw)

    def mark(self, secret: str, kind: str = "value") -> str:
        """The text that stands for a secret."""
        if MARKED.fullmatch(secret):
            return secret
        return f"[secret {kind}:{keyed(self._key, secret.encode())[:FINGERPRINT_DIGITS]}]"

    def _list(self, members: list[Any], name: str) -> list[Any]:
        changed = [self._any(member, name) for member in members]
        return members if all(map(is_, changed, members)) else changed

    def _any(self, value: Json, name: str) -> Json:
        kind = type(value)
        if kind is str:
            sort = _sort_of(name)
            return self._text(value, sort) if sort != _PLAIN and (sort or len(value) >= _SHORTEST_TEXT) else value
        if kind is dict:
            return self._choice(value) if name == _CHOICE else self._object(value)
        return self._list(value, name) if kind is list else value

    def _choice(self, value: dict[str, Any]) -> dict[str, Any]:
        """A chosen option is an id of the catalogue, never a secret; only its children can hold one."""
        children = value.get("children")
        if not children:
            return value
        changed = self._any(children, "children")
        return value if changed is children else value | {"children": changed}

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        changes = self._special(value)
        for name, member in value.items():
            kind = type(member)
            if kind is str:
                sort = _sort_of(name)
                if sort is _PLAIN or (not sort and len(member) < _SHORTEST_TEXT) or name in changes:
                    continue
                new: Json = self._text(member, sort)
            elif (kind is dict or kind is list) and name not in changes and name[:17] != _ACTION:
                new = self._any(member, name)
            else:
                continue
            if new is not member:
                changes[name] = new
        return value | changes if changes else value

    def _special(self, value: dict[str, Any]) -> dict[str, Any]:
        """Members that are secret because of what stands beside them."""
        if "settingDefinitionId" in value:
            return self._catalogue_text(value)
        if "omaUri" in value:
            return self._oma(value)
        if "value" in value:
            if "valueState" in value or str(value.get("@odata.type", "")).endswith(_SECRET_TYPE):
                return self._catalogue_secret(value)
            return self._labelled(value)
        return self._labelled(value) if "appConfigKeyValue" in value else {}

    def _labelled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The value beside a name or key that says it is a secret."""
        label = next((value[name] for name in _LABELS if isinstance(value.get(name), str)), "")
        if not label or not is_secret_name(label):
            return {}
        found = {name: value[name] for name in _LABELLED if isinstance(value.get(name), str)}
        return {name: self.mark(text) for name, text in found.items() if not _NO_SECRET.match(text)}

    def _oma(self, value: Mapping[str, Any]) -> dict[str, Any]:
        text = value.get("value")
        reference = value.get("secretReferenceValueId")
        if value.get("isEncrypted") or reference:
            secret, kind = (reference, "reference") if reference else (text, "reference")
            return {"value": self.mark(str(secret), kind), "secretReferenceValueId": None if reference is None else ""}
        if not isinstance(text, str):
            return {}
        if is_secret_name(str(value.get("omaUri") or "").rpartition("/")[2]) and not _NO_SECRET.match(text):
            return {"value": self.mark(text)}
        xml = xml_of(text)
        if xml is None:
            return _if_changed("value", text, scrub(text, self.mark))
        clean = scrub(xml, self.mark)
        return {"value": base64_of(clean)} if clean != xml else {}

    def _catalogue_secret(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if value.get("value") in (None, ""):
            return {}
        kind = "value" if value.get("valueState") == "notEncrypted" else "reference"
        return {"value": self.mark(str(value["value"]), kind)}

    def _catalogue_text(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """A plain text setting whose definition is named like a secret."""
        node = value.get("simpleSettingValue")
        if not isinstance(node, dict) or not isinstance(node.get("value"), str):
            return {}
        if not is_secret_name(str(value["settingDefinitionId"]).rpartition("_")[2]) or _NO_SECRET.match(node["value"]):
            return {}
        return {"simpleSettingValue": node | {"value": self.mark(node["value"])}}

    def _text(self, text: str, sort: str) -> str:
        if sort == "secret":
            return text if _NO_SECRET.match(text) else self.mark(text)
        if sort:
            return self._embedded(text, is_script=sort == "script")
        return _same(text, scrub_unmistakable(text, self.mark))

    def _embedded(self, text: str, *, is_script: bool) -> str:
        inner = text_of(text)
        if inner is None:
            return _same(text, scrub(text, self.mark, is_script=is_script))
        clean = scrub(inner, self.mark, is_script=is_script)
        return base64_of(clean) if clean != inner else text


@lru_cache(maxsize=_REMEMBERED_NAMES)
def _sort_of(name: str) -> str:
    """What a text member of this name holds: a secret, a script, text to search, plain ids, or (empty) anything."""
    if "@odata." in name or name in _PLAIN_MEMBERS:
        return _PLAIN
    if name in _ALWAYS_SECRET or is_secret_name(name):
        return "secret"
    if name in _SCRIPT_MEMBERS:
        return "script"
    return "text" if name in _TEXT_MEMBERS else ""


@lru_cache(maxsize=_REMEMBERED_NAMES)
def is_secret_name(name: str) -> bool:
    """Whether a member, a key or the last part of an id names a secret itself, not a rule about secrets."""
    plain = "".join(char for char in name.lower() if char.isalnum())
    found = _SECRET_ENDING.search(plain)
    return found is not None and not _NOT_SECRET_ENDING.search(plain[: found.start()])


def _same(old: str, new: str) -> str:
    """The old text when nothing changed, so that identity tells."""
    return new if new != old else old


def _if_changed(name: str, old: str, new: str) -> dict[str, Any]:
    return {name: new} if new != old else {}
