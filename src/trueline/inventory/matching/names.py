"""Names of policies, freed from what does not name them: versions, house prefixes, kinds of dash."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_TOKEN = re.compile(r"v?\d+(?:\.\d+)+[a-z]?|[^\W_]+")
_VERSION = re.compile(r"v\d+(?:\.\d+)*[a-z]?|\d+(?:\.\d+){1,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_STATUS = frozenset({"copy", "deprecated", "obsolete", "legacy", "old", "new"})
"""Words that authors hang on a name when a policy grows old or is duplicated."""

KNOWN_PREFIXES = frozenset({"win", "windows", "mac", "macos", "ios", "android", "linux", "oib", "intune", "baseline"})
"""Leading words that name a platform or a house; the platform is compared apart."""

KNOWN_KINDS = frozenset({"sc", "es", "tp", "ac", "dc", "cp"})
"""Leading letters that baseline authors use for the kind of policy: catalogue, endpoint security, template."""

_CONTRASTS = (
    frozenset({"audit", "block", "enforce", "enforced", "warn", "report", "reportonly", "test", "allow", "deny"}),
    frozenset({"pilot", "uat", "prod", "production", "preview", "beta", "dev", "canary", "broad", "fast", "slow"}),
    frozenset({"u", "d", "user", "users", "device", "devices", "computer"}),
    frozenset({"windows", "win", "macos", "mac", "ios", "ipados", "android", "linux", "win365", "avd"}),
    frozenset({"admin", "admins", "internals", "guests", "guest", "guestusers", "externals", "global", "agents"}),
    frozenset({"exclude", "include", "excluded", "included", "exclusions"}),
    frozenset({"low", "medium", "high", "basic", "enhanced", "strict"}),
)
"""Words that tell sister policies apart: same settings, another purpose."""


def normal_name(name: str) -> str:
    """A name without differences of case, width, kind of dash and blank."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(text.translate(_DASHES).split())


def name_tokens(name: str) -> tuple[str, ...]:
    """The words of a name in order, without version, status and a leading year."""
    tokens = _TOKEN.findall(normal_name(name))
    kept = [token for token in tokens if not _VERSION.fullmatch(token) and token not in _STATUS]
    if len(kept) > 1 and _YEAR.fullmatch(kept[0]):
        kept = kept[1:]
    return tuple(kept or tokens)


def house_prefix(names: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Leading words that most names of one side share, such as a customer's own abbreviation.

    A word counts when it leads at least half of five or more names; up to three words are found, one after another.
    """
    rest = [tokens for tokens in names if tokens]
    found: set[str] = set()
    for _ in range(3):
        leading = Counter(tokens[0] for tokens in rest if len(tokens) > 1)
        word, times = min(leading.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))
        if times < 5 or 2 * times < len(rest):
            break
        found.add(word)
        rest = [tokens[1:] if tokens[0] == word else tokens for tokens in rest]
    return frozenset(found)


def base_tokens(tokens: tuple[str, ...], house: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The words of a name without its leading known and house prefixes; never empty for a name with a word."""
    start = 0
    while start < len(tokens) - 1 and tokens[start] in KNOWN_PREFIXES | KNOWN_KINDS | house:
        start += 1
    return tokens[start:]


class Contrast(IntEnum):
    """How far two names seem to name sister policies rather than one policy before and after."""

    NONE = 0
    ONE_SIDED = 1
    OPPOSED = 2


def contrast(left: tuple[str, ...], right: tuple[str, ...]) -> Contrast:
    """Whether two names differ in words that tell sister policies apart: a number, audit or enforce, user or device.

    Opposed names say different things of the same kind. One-sided is a telling word that only one of them has: an
    author may have added it, or it may be the sister.
    """
    mine, theirs = Counter(left) - Counter(right), Counter(right) - Counter(left)
    kinds = [(mine.keys() & words, theirs.keys() & words) for words in _CONTRASTS]
    kinds.append((set(filter(_is_number, mine)), set(filter(_is_number, theirs))))
    if any(one and other for one, other in kinds):
        return Contrast.OPPOSED
    return Contrast.ONE_SIDED if any(one or other for one, other in kinds) else Contrast.NONE


def _is_number(token: str) -> bool:
    return any(character.isdigit() for character in token)
