"""Text that policies carry in base64: scripts, profiles, XML of custom settings."""

from __future__ import annotations

import base64
import binascii
import re

_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_SHORTEST = 8
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def text_of(value: str) -> str | None:
    """The text inside a base64 value; None when the value is no base64 or holds no text."""
    if len(value) < _SHORTEST or not _BASE64.fullmatch(value):
        return None
    try:
        data = base64.b64decode(value, validate=False)
        text = data.decode("utf-16" if data[:2] in _UTF16_MARKS else "utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if _is_text(text) else None


def base64_of(text: str) -> str:
    """Text as the base64 of its UTF-8 bytes."""
    return base64.b64encode(text.encode()).decode("ascii")


def xml_of(value: str) -> str | None:
    """The XML inside a base64 value, None when there is none; a plain word that happens to be base64 is not touched."""
    if not value.startswith(("PD", "77u/", "//48", "Cjw", "DQo8")):
        return None
    text = text_of(value)
    return text if text is not None and text.lstrip().startswith("<") else None


def _is_text(text: str) -> bool:
    return _CONTROL.search(text) is None
