"""Finds credentials written into text: scripts, XML, profiles, connection strings. Replaces only the secret part."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

_NAME = r"(?:password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|shared[_-]?key|account[_-]?key|pre[_-]?shared[_-]?key|psk|client[_-]?secret|connection[_-]?string|private[_-]?key|key[_-]?material|challenge)"

_UNMISTAKABLE = re.compile(
    r"-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----(?P<pem>.+?)(?:-----END|$)"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]*)"
    r"|(?P<github>\bgh[pos]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,})"
    r"|(?P<slack>\bxox[abprs]-[A-Za-z0-9-]{10,})"
    r"|(?P<aws>\bAKIA[0-9A-Z]{16}\b)"
    r"|(?P<google>\bAIza[0-9A-Za-z_-]{35})"
    r"|\b(?:AccountKey|SharedAccessKey|SharedSecret)=(?P<azure>[A-Za-z0-9+/=]{16,})"
    r"|[?&]sig=(?P<sas>[A-Za-z0-9%+/=_-]{20,})"
    r"|\bBearer (?P<bearer>[A-Za-z0-9._~+/=-]{20,})"
    r"|://[^/\s:@'\"]{1,100}:(?P<url>[^/\s:@'\"$%{<]{3,100})@",
    re.DOTALL,
)
"""Forms that are a credential wherever they stand. Every repetition before a required part is bounded: hostile text
must not cost more than a fixed number of steps for each of its characters."""

_TRACES = (
    b"eyJ",
    b"PRIVATE",
    b"AKIA",
    b"AIza",
    b"xox",
    b"Key=",
    b"Secret=",
    b"sig=",
    b"Bearer ",
    b"ghp_",
    b"gho_",
    b"ghs_",
    b"_pat_",
    b"\\u00",
)
_URL_LOGIN = re.compile(rb"://[^/\s:@'\"]{1,100}:[^/\s:@'\"$%{<]{3,100}@")

_QUOTED = re.compile(
    rf"(?i){_NAME}\w{{0,30}}[\"']?\s{{0,9}}(?:=>|[:=,])\s{{0,9}}(?P<quote>[\"'])(?P<value>[^\"'\r\n]{{4,}})(?P=quote)"
)
_BARE = re.compile(rf"(?i){_NAME}\w{{0,30}}\s{{0,9}}[=:]\s{{0,9}}(?P<value>[^\s\"';,&|<>(){{}}\[\]$%]{{6,}})")
_ARGUMENT = re.compile(
    r"(?i)(?:-(?:\w{0,30}(?:password|secret|token|apikey)|AsPlainText\s{1,9}-String)"
    r"|ConvertTo-SecureString(?:\s{1,9}-String)?|\s/p(?:ass(?:word)?)?:)"
    r"\s{0,9}:?\s{0,9}(?P<quote>[\"'])(?P<value>[^\"'\r\n]{4,})(?P=quote)",
)
_ELEMENT = re.compile(rf"(?i)<(?P<tag>[\w:]{{0,30}}{_NAME})(?:\s[^<>]{{0,200}})?>(?P<value>[^<]+)</(?P=tag)>")
_PROPERTY_LIST = re.compile(
    rf"(?i)<key>[^<]{{0,60}}{_NAME}[^<]{{0,60}}</key>\s{{0,99}}<(?P<kind>string|data)>(?P<value>[^<]+)</(?P=kind)>",
)
_LONG_TOKEN = re.compile(r"(?P<quote>[\"'])(?P<value>[A-Za-z0-9+/_=~.-]{32,})(?P=quote)")
_WORDS = ("passw", "passphrase", "passcode", "pwd", "secret", "token", "psk", "key", "connection", "challenge", " /p")
"""Without one of these in it a text has no named credential; a search for fixed words is far cheaper than a pattern."""
_NAMED = re.compile(_NAME + "|convertto-secure| /p")

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
    if is_script:
        text = _LONG_TOKEN.sub(lambda match: _replaced(match, replace, is_random), text)
    low = text.lower()
    if not any(word in low for word in _WORDS) or not _NAMED.search(low):
        return text
    for pattern in (_PROPERTY_LIST, _ELEMENT, _ARGUMENT, _QUOTED):
        text = pattern.sub(lambda match: _replaced(match, replace, _is_secret), text)
    return _BARE.sub(lambda match: _replaced(match, replace, _is_bare_secret), text)


def may_be_unmistakable(text: bytes) -> bool:
    """Whether a file's JSON text has a trace of a credential of unmistakable form, written plainly or as escapes."""
    return any(trace in text for trace in _TRACES) or rb"\u00" in text or _URL_LOGIN.search(text) is not None


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
    return bool(value.strip()) and not _NO_SECRET.match(value.strip())


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
