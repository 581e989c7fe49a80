"""What `trueline vault` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trueline.cli.rooms import operator
from trueline.workspaces.installation import (
    Sealing,
    rewrap_all,
    rotate_sealing_key,
    sealing_state,
    withdraw_sealing_keys,
)

DEEDS: dict[str, Callable[[], dict[str, Any]]] = {
    "status": lambda: _shown(sealing_state()),
    "rotate": lambda: _shown(rotate_sealing_key(actor=operator())),
    "rewrap": lambda: _shown(rewrap_all(actor=operator())),
    "withdraw": lambda: _shown(withdraw_sealing_keys(actor=operator())),
}


def _shown(found: Sealing) -> dict[str, Any]:
    return {
        "keys": [
            {"name": name, "state": _state(found, name), "data_keys": number} for name, number in found.wrapped.items()
        ],
        "kept_in": "file" if found.is_in_file else "variable",
    }


def _state(found: Sealing, name: str) -> str:
    if name in found.missing:
        return "missing"
    return "current" if name == found.current else "old"
