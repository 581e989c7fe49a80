"""Where this installation keeps its state, and its secret key. Read from the environment, else from its folder."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trueline.kit.errors import Refused
from trueline.kit.secret_files import read_or_made

_KEY_BYTES = 48
_KEY_FILE = "secret.key"
_SHORTEST_KEY = 32


class KeyTooShort(Refused):
    """A secret key that could be guessed is refused instead of used."""

    code = "key_too_short"


class HomeUnusable(Refused):
    """The folder of the installation's state cannot be made, read or written."""

    code = "home_unusable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The state folder {path} cannot be used: {reason}.", next_step="Choose another one.")


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation of Trueline.

    Attributes:
        home: Folder of its state; `TRUELINE_HOME`, else `var` in the present folder.
        secret: Secret key; `TRUELINE_SECRET_KEY`, else made once and kept in `home`, readable by its owner only.
    """

    home: Path
    secret: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Installation:
        """The installation that these environment variables describe. Raises `KeyTooShort`, `HomeUnusable`."""
        home = home_of(environ)
        secret = environ.get("TRUELINE_SECRET_KEY") or _kept_secret(home / _KEY_FILE)
        if len(secret) < _SHORTEST_KEY:
            raise KeyTooShort(f"TRUELINE_SECRET_KEY has {len(secret)} characters; at least {_SHORTEST_KEY} are needed.")
        return cls(home, secret)


def home_of(environ: Mapping[str, str]) -> Path:
    """Folder of the installation's state, which need not exist."""
    return Path(environ.get("TRUELINE_HOME") or "var").absolute()


def has_secret(environ: Mapping[str, str]) -> bool:
    """Whether there is a secret key already, so that asking for it makes none."""
    return bool(environ.get("TRUELINE_SECRET_KEY")) or (home_of(environ) / _KEY_FILE).is_file()


def _kept_secret(path: Path) -> str:
    try:
        return read_or_made(path, lambda: secrets.token_urlsafe(_KEY_BYTES))
    except OSError as error:
        raise HomeUnusable(path.parent, error.strerror or type(error).__name__) from error
