"""Takes secrets out of raw objects before anything else sees them. A keyed fingerprint still shows that one changed.

A secret becomes the text `[secret value:<fingerprint>]`. Where the service only gives a reference to it, the text is
`[secret reference:<fingerprint>]`: the same reference means the same secret, another reference means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trueline.connections.contract import Json
from trueline.kit.digest import keyed
from trueline.providers.microsoft365.credentials import scrub, scrub_unmistakable
from trueline.providers.microsoft365.embedded import base64_of, text_of, xml_of

FINGERPRINT_DIGITS = 16
"""64 bits of the keyed digest: enough to tell any two secrets of a tenant apart, useless without the key."""

MARKED = re.compile(r"\[secret (?:value|reference):[0-9a-f]{16}\]")

_HINTS = (
    b"password", b"passphrase", b"passcode", b"presharedkey", b"psk", b"secret", b"token", b"pfx", b"privatekey", b"apikey",
    b"sharedkey", b"accesskey", b"keymaterial", b"scriptcontent", b"payload", b"encodedsettingxml", b"omasettings",
    b"onboarding", b"offboarding", b"private key", b"accountkey", b"sig=", b"bearer ", b"eyj", b"akia", b"aiza", b"ghp_", b"gho_",
    b"github_pat_", b"xox", b"\\u", b"://",
)  # fmt: skip
_CHEAP_HINTS = tuple(hint for hint in _HINTS if hint != b"://")
_URL_LOGIN = re.compile(rb"://[^/\s\"@]{1,200}:[^/\s\"@]{1,200}@")

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
_ENUMERATIONS = re.compile(
    r"(?i)^(?:notconfigured|userdefined|none|required|blocked|allowed|enabled|disabled|devicedefault|true|false|\{\{.*\}\})?$"
)
_SECRET_TYPE = "SecretSettingValue"  # noqa: S105 - the name of a type
_SHORTEST_TEXT = 16


def may_hold_secrets(text: bytes) -> bool:
    """Whether a file's text has any trace of a secret; most files have none and need no second look."""
    low = text.lower()
    return any(hint in low for hint in _CHEAP_HINTS) or (b"@" in low and _URL_LOGIN.search(low) is not None)


class Redactor:
    """Replaces secrets in objects; holds the key of the fingerprints and nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def redact(self, raw: dict[str, Json]) -> dict[str, Json]:
        """The object without its secrets; the very same object when it holds none."""
        found: dict[str, Json] = self._object(raw)
        return found

    def mark(self, secret: str, kind: str = "value") -> str:
        """The text that stands for a secret."""
        if MARKED.fullmatch(secret):
            return secret
        return f"[secret {kind}:{keyed(self._key, secret.encode())[:FINGERPRINT_DIGITS]}]"

    def _any(self, value: Json, name: str) -> Json:
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            changed = [self._any(member, name) for member in value]
            return changed if any(new is not old for new, old in zip(changed, value, strict=True)) else value
        return value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        changes = self._special(value)
        for name, member in value.items():
            if name in changes or member is None or "@odata." in name:
                continue
            new = self._any(member, name)
            if new is not member:
                changes[name] = new
        return value | changes if changes else value

    def _special(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Members that are secret because of what stands beside them."""
        if "omaUri" in value:
            return self._oma(value)
        if "valueState" in value or str(value.get("@odata.type", "")).endswith(_SECRET_TYPE):
            return self._catalogue_secret(value)
        if "settingDefinitionId" in value:
            return self._catalogue_text(value)
        label = next((value[name] for name in _LABELS if isinstance(value.get(name), str)), "")
        if label and is_secret_name(label):
            found = {name: value[name] for name in _LABELLED if isinstance(value.get(name), str)}
            return {name: self.mark(text) for name, text in found.items() if not _ENUMERATIONS.match(text)}
        return {}

    def _oma(self, value: Mapping[str, Any]) -> dict[str, Any]:
        text = value.get("value")
        reference = value.get("secretReferenceValueId")
        if value.get("isEncrypted") or reference:
            secret, kind = (reference, "reference") if reference else (text, "reference")
            return {"value": self.mark(str(secret), kind), "secretReferenceValueId": None if reference is None else ""}
        if not isinstance(text, str):
            return {}
        if is_secret_name(str(value.get("omaUri") or "").rpartition("/")[2]) and not _ENUMERATIONS.match(text):
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
        text = node.get("value") if isinstance(node, dict) else None
        if not isinstance(text, str) or not is_secret_name(str(value["settingDefinitionId"]).rpartition("_")[2]):
            return {}
        if _ENUMERATIONS.match(text):
            return {}
        return {"simpleSettingValue": {**node, "value": self.mark(text)}}

    def _text(self, text: str, name: str) -> str:
        if name in _ALWAYS_SECRET or is_secret_name(name):
            return text if _ENUMERATIONS.match(text) else self.mark(text)
        if len(text) < _SHORTEST_TEXT:
            return text
        if name in _TEXT_MEMBERS:
            return self._embedded(text, is_script=name in _SCRIPT_MEMBERS)
        return _same(text, scrub_unmistakable(text, self.mark))

    def _embedded(self, text: str, *, is_script: bool) -> str:
        inner = text_of(text)
        if inner is None:
            return _same(text, scrub(text, self.mark, is_script=is_script))
        clean = scrub(inner, self.mark, is_script=is_script)
        return base64_of(clean) if clean != inner else text


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
