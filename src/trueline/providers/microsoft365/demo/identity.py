"""Identifiers and times of a generated tenant, the same for the same seed."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SCOPE_TAGS = ("Default", "Counters and meeting rooms", "Management board")
"""Every scope tag of the content files; the first one is built in."""
DEFAULT_TAG = SCOPE_TAGS[0]
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, "https://trueline.example/demo")
_OLDEST = datetime(2025, 2, 3, 6, 0, tzinfo=UTC)
_SPAN_SECONDS = 540 * 86400


def shared_id(name: str) -> str:
    """An id that is the same in every tenant, for what the vendor ships (templates, definitions)."""
    return str(uuid.uuid5(_ROOT, name))


def stamp(moment: datetime, fraction: int) -> str:
    """A time as Graph writes it: seven digits after the second, which is more than Python's datetime can hold."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:07d}Z"


@dataclass(frozen=True, slots=True)
class Names:
    """Gives every object of one tenant its id, so that references can be written before the object exists.

    Attributes:
        seed: What the whole demo is made from.
        tenant: The tenant's slug.
    """

    seed: int
    tenant: str

    def id_of(self, kind: str, name: str) -> str:
        """The UUID (version 5) of an object of this tenant."""
        return str(uuid.uuid5(_ROOT, f"{self.seed}/{self.tenant}/{kind}/{name}"))

    def group(self, name: str) -> str:
        """The id of a group."""
        return self.id_of("group", name)

    def filter(self, name: str) -> str:
        """The id of an assignment filter."""
        return self.id_of("deviceAndAppManagementAssignmentFilter", name)

    def tag(self, name: str) -> str:
        """The id of a scope tag: `0` for the built-in one, else a small running number that begins anywhere."""
        first = self._number("tags") % 40
        return "0" if name == DEFAULT_TAG else str(first + SCOPE_TAGS.index(name))

    def created(self, key: str) -> str:
        """When an object was made, at some time before the demo's days."""
        number = self._number(f"created/{key}")
        return stamp(_OLDEST + timedelta(seconds=number % _SPAN_SECONDS), number % 10_000_000)

    def modified_on(self, key: str, day: datetime) -> str:
        """A time in the working hours of a day."""
        number = self._number(f"modified/{key}/{day:%Y%m%d}")
        return stamp(day + timedelta(hours=7, seconds=number % 36_000), number % 10_000_000)

    def _number(self, key: str) -> int:
        digest = hashlib.sha256(f"{self.seed}/{self.tenant}/{key}".encode()).digest()
        return int.from_bytes(digest[:8], "big")
