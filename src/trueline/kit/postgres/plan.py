"""What the watchdog is told on its command line. Standard library only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """Paths and the account of one server; nothing secret, since a command line can be read by everybody.

    Attributes:
        uid: User to run as, None to stay the user that starts it.
        gid: Its group.
        durable: False only for tests: no fsync.
    """

    bin_dir: str
    major: int
    data: str
    run: str
    log: str
    lease: str
    watch: str
    password: str
    superuser: str
    uid: int | None
    gid: int | None
    durable: bool

    @property
    def user(self) -> tuple[int, int] | None:
        """User and group to change to, None to stay."""
        return None if self.uid is None or self.gid is None else (self.uid, self.gid)

    @property
    def data_path(self) -> Path:
        return Path(self.data)


def encode(plan: Plan) -> str:
    """One line of JSON."""
    return json.dumps(asdict(plan), separators=(",", ":"))


def decode(text: str) -> Plan:
    """The plan of a line of JSON."""
    return Plan(**json.loads(text))
