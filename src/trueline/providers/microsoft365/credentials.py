"""Finds credentials written into text: scripts, XML, profiles, connection strings. Replaces only the secret part."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMED = re.compile(
    r"password|passwd|passphrase|passcode|pwd|secret|token|psk|challenge"
    r"|(?:api|access|shared|account|private)[_-]?key|key[_-]?material|connection[_-]?string",
)

_LOGIN = "://"
_FORMS = (
    ("PRIVATE", re.compile(r"-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----(?P<value>.+?)(?:-----END|$)", re.DOTALL)),
    ("eyJ", re.compile(r"(?P<value>eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]*)")),
    ("ghp_", re.compile(r"(?P<value>ghp_[A-Za-z0-9]{30,})")),
    ("gho_", re.compile(r"(?P<value>gho_[A-Za-z0-9]{30,})")),
    ("ghs_", re.compile(r"(?P<value>ghs_[A-Za-z0-9]{30,})")),
    ("github_pat_", re.compile(r"(?P<value>github_pat_[A-Za-z0-9_]{30,})")),
    ("xox", re.compile(r"(?P<value>xox[abprs]-[A-Za-z0-9-]{10,})")),
    ("AKIA", re.compile(r"(?P<value>AKIA[0-9A-Z]{16})(?![0-9A-Za-z])")),
    ("AIza", re.compile(r"(?P<value>AIza[0-9A-Za-z_-]{35})")),
    ("AccountKey=", re.compile(r"AccountKey=(?P<value>[A-Za-z0-9+/=]{16,})")),
    ("SharedAccessKey=", re.compile(r"SharedAccessKey=(?P<value>[A-Za-z0-9+/=]{16,})")),
    ("sig=", re.compile(r"[?&]sig=(?P<value>[A-Za-z0-9%+/=_-]{20,})")),
    ("Bearer ", re.compile(r"Bearer (?P<value>[A-Za-z0-9._~+/=-]{20,})")),
    (_LOGIN, re.compile(r"://[^/\s:@'\"]{1,100}:(?P<value>[^/\s:@'\"$%{<]{3,100})@")),
)
"""Forms that are a credential wherever they stand, each with the words without which it cannot be there. Every
repetition before a required part is bounded: hostile text must not cost more than a fixed number of steps for each of
its characters."""

_WORD = r"(?<![\w.$-])\$?(?P<name>[\w.-]{1,80})"
_QUOTED = re.compile(_WORD + r"[\"']?\s{0,9}(?:=>|[:=,])\s{0,9}(?P<quote>[\"'])(?P<value>[^\"'\r\n]{4,})(?P=quote)")
_BARE = re.compile(_WORD + r"\s{0,9}[=:]\s{0,9}(?P<value>[^\s\"';,&|<>(){}\[\]$%]{6,})")
_ARGUMENT = re.compile(
    r"(?i)(?:-(?:\w{0,30}(?:password|secret|token|apikey)|AsPlainText\s{1,9}-String)"
    r"|ConvertTo-SecureString(?:\s{1,9}-String)?|\s/p(?:ass(?:word)?)?:)"
    r"\s{0,9}:?\s{0,9}(?P<quote>[\"'])(?P<value>[^\"'\r\n]{4,})(?P=quote)",
)
_ELEMENT = re.compile(r"<(?P<name>[\w:.-]{1,80})(?:\s[^<>]{0,300})?>(?P<value>[^<]+)</(?P=name)>")
_PROPERTY_LIST = re.compile(
    r"<key>(?P<name>[^<]{1,120})</key>\s{0,99}<(?P<kind>string|data)>(?P<value>[^<]+)</(?P=kind)>",
)
_LONG_TOKEN = re.compile(r"(?P<quote>[\"'])(?P<value>[A-Za-z0-9+/_=~.-]{32,})(?P=quote)")
_KINDS_OF_KEY = ("api", "access", "shared", "account", "private")
_WORDS = (
    *("passw", "passphrase", "passcode", "pwd", "secret", "token", "psk", "challenge", "material", "connection"),
    *("convertto-secure", "asplaintext", " /p"),
    *(f"{kind}{joint}key" for kind in _KINDS_OF_KEY for joint in ("", "_", "-")),
)
"""Without one of these a text has no named credential; looking for fixed words is far cheaper than any pattern."""

_REMEMBERED_NAMES = 8192

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
    if not any(word in low for word in _WORDS):
        return text
    text = _ARGUMENT.sub(lambda match: _replaced(match, replace, _is_secret), text)
    for pattern, applies in (
        (_PROPERTY_LIST, _is_secret),
        (_ELEMENT, _is_secret),
        (_QUOTED, _is_secret),
        (_BARE, _is_bare),
    ):
        text = pattern.sub(lambda match, applies=applies: _named(match, replace, applies), text)  # type: ignore[misc] # mypy cannot type a default in a lambda
    return text


@lru_cache(maxsize=_REMEMBERED_NAMES)
def is_named_secret(name: str) -> bool:
    """Whether a name in a text says that what stands beside it is a credential."""
    return _NAMED.search(name.lower()) is not None


def _named(match: re.Match[str], replace: Callable[[str], str], applies: Callable[[str], bool]) -> str:
    return _replaced(match, replace, applies) if is_named_secret(match["name"]) else match.group()


def scrub_unmistakable(text: str, replace: Callable[[str], str]) -> str:
    """The text with only those credentials replaced that have an unmistakable form."""
    if not _has_trace(text):
        return text
    for trace, form in _FORMS:
        if trace in text:
            text = form.sub(lambda match: _put(match, replace), text)
    return text


def _has_trace(text: str) -> bool:
    """Whether any form can be in the text: each holds one of these. Written out, since a loop costs ten times more."""
    return (
        "eyJ" in text
        or "PRIVATE" in text
        or "Key=" in text
        or "sig=" in text
        or "Bearer " in text
        or "AKIA" in text
        or "AIza" in text
        or "xox" in text
        or "ghp_" in text
        or "gho_" in text
        or "ghs_" in text
        or "_pat_" in text
        or ("@" in text and "://" in text)
    )


def _replaced(match: re.Match[str], replace: Callable[[str], str], applies: Callable[[str], bool]) -> str:
    return _put(match, replace) if applies(match["value"]) else match.group()


def _put(match: re.Match[str], replace: Callable[[str], str]) -> str:
    start, end = match.span("value")
    whole, offset = match.group(), match.start()
    return whole[: start - offset] + replace(match["value"]) + whole[end - offset :]


def _is_secret(value: str) -> bool:
    return bool(value.strip()) and not _NO_SECRET.match(value.strip())


def _is_bare(value: str) -> bool:
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return _is_secret(value) and mixed and entropy(value) >= _BARE_ENTROPY_BITS


def is_random(value: str) -> bool:
    """Whether a word looks drawn at random: mixed letter case, digits, high entropy, not a path or a dotted name."""
    if value.count("/") > value.count("+") + 2 or value.count(".") > 2 or value.count("-") > 3:
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, value)) for kind in kinds) and entropy(value) >= _ENTROPY_BITS


def entropy(value: str) -> float:
    """Shannon entropy of the characters, bits per character (C. E. Shannon, 1948)."""
    size = len(value)
    return -sum(times / size * math.log2(times / size) for times in Counter(value).values())
