"""A readable name made of nothing but a setting's id, for settings that nobody told a name of. Pure.

Ids are written together in lower case, so words are found again by a list of those that vendors of settings use. What
the list does not cover stays as it is written: a name may be plain, never wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

_PREFIX = re.compile(
    r"(?:(?:(?:device|user)_)?vendor_msft_(?:policy_config_)?|com\.apple\.(?:managedclient\.preferences_)?"
    r"|com\.android\.|settings_item_|\./(?:device|user)/vendor/msft/(?:policy/config/)?)",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"(?:(?:intune)?v\d+[a-z0-9.]*|(?<=[a-z])(?:16|26)v\d+|diff)$")
_ROOM = re.compile(r"^(?:l|cat|pol|admx|part|gp|sg|mss|iz)_(?=.)")
_ROOMS = frozenset({"", "l", "cat", "pol", "iz", "sg"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS = re.compile(r"[a-z]+|\d+")
_MOST_KEPT = 100_000
_LIST = files("trueline.inventory").joinpath("id_words.txt").read_text(encoding="utf-8")
_SHORT, _PLAIN = (frozenset(part.split()) for part in _LIST.split("\n", 1)[1].split("\n\n"))
_WORDS = _SHORT | _PLAIN | {f"{word}{end}" for word in _PLAIN if len(word) > 3 for end in ("s", "ed", "d", "ing")}
_LONGEST = max(map(len, _WORDS))
_TELLS_LITTLE = re.compile(r"partname\w*|\w*exe\d+|recommended|listbox|list|desc|setting|v?\d+|\w{1,3}")
"""The end of an id that means something only after the part before it."""


@lru_cache(maxsize=_MOST_KEPT)
def name_from_id(setting_id: str) -> str:
    """What an id says: where it belongs and what it is about, its words apart; the id itself when it says nothing.

    `device_vendor_msft_policy_config_camera_allowcamera` gives `Camera: Allow camera`.
    """
    bare = _PREFIX.sub("", setting_id, count=1)
    head, _, tail = bare.rpartition("~")
    parts = [part for part in re.split(r"[_/.]", _stripped(tail)) if part not in _ROOMS]
    if not parts:
        return setting_id
    is_whole = len(parts) == 1 or not _TELLS_LITTLE.fullmatch(parts[-1].lower())
    before, about = (parts[:-1], parts[-1]) if is_whole else (parts[:-2], " ".join(parts[-2:]))
    room = _stripped(head.partition("~")[0]) if head else "".join(before[:1])
    said, where = _said(about), _said(_RELEASE.sub("", room.lower()) or room)
    return said if not where or where == said else f"{where}: {said}"


def _stripped(text: str) -> str:
    while (shorter := _ROOM.sub("", text, count=1)) != text:
        text = shorter
    return text


def _said(text: str) -> str:
    words = [word for chunk in _CAMEL.sub(" ", text).replace("_", " ").split() for word in _split(chunk.lower())]
    said = " ".join(word.upper() if word in _SHORT else word for word in words)
    return said[:1].upper() + said[1:]


def _split(chunk: str) -> list[str]:
    """A chunk as its words, the fewest that cover all of it; as one where there is a piece that is no word."""
    found: list[str] = []
    for piece in _LETTERS.findall(chunk) if chunk.isascii() and chunk.isalnum() else ():
        words = [piece] if piece.isdigit() else _covered(piece)
        if not words:
            return [chunk]
        found += words
    return found or [chunk]


def _covered(text: str) -> list[str]:
    best: list[list[str] | None] = [[], *[None] * len(text)]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before is None or text[start:end] not in _WORDS:
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, text[start:end]]
    return best[-1] or []
