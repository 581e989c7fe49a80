"""The archive: members in, one zip out, the same bytes for the same members."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: an archive does not tell when it was packed
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3
_LEVEL = 6


def digests(members: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each member as hex, by name."""
    return {name: hashlib.sha256(body).hexdigest() for name, body in sorted(members.items())}


def manifest(members: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The list of members with size and SHA-256, and what the pack says of itself."""
    listed = [{"path": name, "sha256": digest, "size": len(members[name])} for name, digest in digests(members).items()]
    return readable({**about, "members": listed})


def readable(value: Any) -> bytes:
    """JSON that a person can read: sorted keys, two spaces, a line break at its end."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members, sorted by name, without time, owner or comment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in sorted(members.items()):
            archive.writestr(_entry(name), body, zipfile.ZIP_DEFLATED, _LEVEL)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
    return entry
