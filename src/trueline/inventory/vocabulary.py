"""What settings are called, as far as anybody told this installation: captures first, then the operator's file."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from trueline.evidence import queries as evidence
from trueline.inventory import queries
from trueline.inventory.definitions import Definitions, definitions_file, read_definitions
from trueline.inventory.readings import NOTHING_KNOWN
from trueline.kit.errors import Refused

if TYPE_CHECKING:
    from trueline.kit.scope import Scope

_LOG = logging.getLogger(__name__)
_MOST_KEPT = 4
_kept: dict[tuple[str, str], Definitions] = {}
"""Definitions by workspace and digest: several megabytes of text that stay the same from page to page."""


def definitions(scope: Scope) -> Definitions:
    """Names of settings and values: those of the newest capture in reach that brought any, over the installed file."""
    installed = installed_definitions()
    snapshot = queries.snapshot_with_definitions(scope)
    if snapshot is None or snapshot.definitions_digest is None:
        return installed
    key = str(scope.workspace_id), snapshot.definitions_digest
    if key not in _kept:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = read_definitions(evidence.document(scope, snapshot.definitions_digest))
    return _kept[key].over(installed)


def installed_definitions() -> Definitions:
    """Those of the file that `TRUELINE_DEFINITIONS` names; a broken file is told in the log, and ids stay ids."""
    path = settings.DEFINITIONS_PATH
    if path is None:
        return NOTHING_KNOWN
    changed_at = path.stat().st_mtime_ns if path.is_file() else None
    return _installed(path, changed_at)


@lru_cache(maxsize=1)
def _installed(path: Path, _changed_at: int | None) -> Definitions:
    try:
        return definitions_file(path)
    except Refused as error:
        _LOG.error("%s Settings are shown by their ids.", error)
        return NOTHING_KNOWN
