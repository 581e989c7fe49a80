"""What can go wrong on the way to a running PostgreSQL; each message is one sentence for a person."""

from __future__ import annotations

from trueline.kit.errors import Refused, Unavailable


class NoPostgresError(Unavailable):
    """No provider on this machine can give PostgreSQL."""

    code = "postgres_missing"


class OtherMajorVersionError(Refused):
    """The data directory was written by a major version for which there are no binaries here."""

    code = "postgres_other_major"


class PlaceError(Refused):
    """The place for the data cannot be used: owner, permission, path length."""

    code = "postgres_place"


class StartError(Unavailable):
    """PostgreSQL was there but did not start, or did not answer in time."""

    code = "postgres_start"


class OutsideError(Unavailable):
    """The server named by DATABASE_URL does not answer as needed."""

    code = "postgres_outside"


class RolesError(Refused):
    """The roles of Trueline are missing and this login may not create them.

    Attributes:
        script: SQL that a database administrator can run as it stands.
    """

    code = "postgres_roles"

    def __init__(self, message: str, *, next_step: str = "", script: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.script = script
