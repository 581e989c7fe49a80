"""Finds credentials written into text: scripts, XML, profiles, connection strings. Replaces only the secret part."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

_NAME = r"(?:password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|shared[_-]?key|account[_-]?key|pre[_-]?shared[_-]?key|psk|client[_-]?secret|connection[_-]?string|private[_-]?key|key[_-]?material|challenge)"

_UNMISTAKABLE = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?P<pem>.+?)(?:-----END|$)"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*)"
    r"|(?P<github>\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,})"
    r"|(?P<slack>\bxox[abprs]-[A-Za-z0-9-]{10,})"
    r"|(?P<aws>\bAKIA[0-9A-Z]{16}\b)"
    r"|(?P<google>\bAIza[0-9A-Za-z_-]{35})"
    r"|\b(?:AccountKey|SharedAccessKey|SharedSecret)=(?P<azure>[A-Za-z0-9+/=]{16,})"
    r"|[?&]sig=(?P<sas>[A-Za-z0-9%+/=_-]{20,})"
    r"|\bBearer\s+(?P<bearer>[A-Za-z0-9._~+/=-]{20,})"
    r"|://[^/\s:@'\"]+:(?P<url>[^/\s:@'\"$%{<]{3,})@",
    re.DOTALL,
)
"""Forms that are a credential wherever they stand."""

_QUOTED = re.compile(
    rf"(?i)[\w.-]*{_NAME}\w*[\"']?\s*(?:=>|:|=|,)\s*(?P<quote>[\"'])(?P<value>[^\"'\r\n]{{4,}})(?P=quote)"
)
_BARE = re.compile(rf"(?i)(?<![\w$-])[\w.-]*{_NAME}\w*\s*[=:]\s*(?P<value>[^\s\"';,&|<>(){{}}\[\]$%]{{6,}})")
_ARGUMENT = re.compile(
    r"(?i)(?:-(?:\w*password|\w*secret|\w*token|\w*apikey|AsPlainText\s+-String)|ConvertTo-SecureString(?:\s+-String)?"
    r"|(?<=\s)/p(?:ass(?:word)?)?:)\s*:?\s*(?P<quote>[\"'])(?P<value>[^\"'\r\n]{4,})(?P=quote)",
)
_ELEMENT = re.compile(
    rf"(?is)<(?P<tag>(?:\w+:)?\w*{_NAME})(?:\s[^>]*)?>\s*(?P<value>[^<\s][^<]*?)\s*</(?P=tag)>",
)
_PROPERTY_LIST = re.compile(
    rf"(?is)<key>[^<]*{_NAME}[^<]*</key>\s*<(?P<kind>string|data)>\s*(?P<value>[^<\s][^<]*?)\s*</(?P=kind)>",
)
_LONG_TOKEN = re.compile(r"(?P<quote>[\"'])(?P<value>[A-Za-z0-9+/_=~.-]{32,})(?P=quote)")

_NO_SECRET = re.compile(
    r"(?i)^(?:[$%@<\[({*]|true$|false$|null$|none$|required$|optional$|notconfigured$|userdefined$|read-host|get-|\$env|\.{2,}|x{4,}$)",
)
_ENTROPY_BITS = 4.2
"""Bits per character: English words have 3 to 3.8, hexadecimal digits at most 4, random base64 more than 4.5."""
_BARE_ENTROPY_BITS = 2.5


def scrub(text: str, replace: Callable[[str], str], *, is_script: bool = False) -> str:
    """The text with each credential replaced by what `replace` gives for it; the same text when there is none.

    Args:
        text: Script, XML, profile or plain text.
        replace: Gives the marker of a secret.
        is_script: Whether long random words in quotes are credentials, too, as they are in scripts.
    """
    text = scrub_unmistakable(text, replace)
    for pattern in (_PROPERTY_LIST, _ELEMENT, _ARGUMENT, _QUOTED):
        text = pattern.sub(lambda match: _replaced(match, replace, _is_secret), text)
    text = _BARE.sub(lambda match: _replaced(match, replace, _is_bare_secret), text)
    if is_script:
        text = _LONG_TOKEN.sub(lambda match: _replaced(match, replace, is_random), text)
    return text


def scrub_unmistakable(text: str, replace: Callable[[str], str]) -> str:
    """The text with only those credentials replaced that have an unmistakable form."""
    return _UNMISTAKABLE.sub(lambda match: _group(match, match.lastgroup or "", replace), text)


def _replaced(match: re.Match[str], replace: Callable[[str], str], applies: Callable[[str], bool]) -> str:
    return _group(match, "value", replace) if applies(match["value"]) else match.group()


def _group(match: re.Match[str], name: str, replace: Callable[[str], str]) -> str:
    start, end = match.span(name)
    whole, offset = match.group(), match.start()
    return whole[: start - offset] + replace(match[name]) + whole[end - offset :]


def _is_secret(value: str) -> bool:
    return not _NO_SECRET.match(value)


def _is_bare_secret(value: str) -> bool:
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return _is_secret(value) and mixed and entropy(value) >= _BARE_ENTROPY_BITS


def is_random(value: str) -> bool:
    """Whether a word looks drawn at random: mixed letter case, digits, high entropy, not a path or a dotted name."""
    if value.count("/") > value.count("+") + 2 or value.count(".") > 2 or value.count("-") > 3:  # noqa: PLR2004 - marks of paths, names and ids
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, value)) for kind in kinds) and entropy(value) >= _ENTROPY_BITS


def entropy(value: str) -> float:
    """Shannon entropy of the characters, bits per character (C. E. Shannon, 1948)."""
    size = len(value)
    return -sum(times / size * math.log2(times / size) for times in Counter(value).values())
