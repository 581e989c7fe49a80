"""Where this installation keeps its state, and its secret key. Read from the environment, else from its folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trueline.kit.errors import Refused

_KEY_BYTES = 48
_SHORTEST_KEY = 32


class KeyTooShort(Refused):
    """A secret key that could be guessed is refused instead of used."""

    code = "key_too_short"


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
        """The installation that these environment variables describe. Raises `KeyTooShort`."""
        home = Path(environ.get("TRUELINE_HOME") or "var").absolute()
        secret = environ.get("TRUELINE_SECRET_KEY") or _kept_secret(home / "secret.key")
        if len(secret) < _SHORTEST_KEY:
            raise KeyTooShort(f"TRUELINE_SECRET_KEY has {len(secret)} characters; at least {_SHORTEST_KEY} are needed.")
        return cls(home, secret)


def _kept_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(_KEY_BYTES)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(made, encoding="ascii")
    try:
        os.link(draft, path)  # of two first starts at once, one wins and both read its key
    except FileExistsError:
        made = path.read_text(encoding="ascii").strip()
    draft.unlink()
    return made
