"""Reads of documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trueline.evidence.models import Document
from trueline.evidence.rules import unpack
from trueline.kit.scope import NotVisible, Scope


def documents(scope: Scope, digests: Iterable[str]) -> dict[str, Any]:
    """JSON values by digest; what is not stored is absent from the answer."""
    found = Document.objects.filter(workspace_id=scope.workspace_id, digest__in=set(digests))
    return {digest: unpack(bytes(body)) for digest, body in found.values_list("digest", "body")}


def document(scope: Scope, digest: str) -> Any:
    """One JSON value. Raises `NotVisible`."""
    found = documents(scope, [digest])
    if digest not in found:
        raise NotVisible
    return found[digest]
