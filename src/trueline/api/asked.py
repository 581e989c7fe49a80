"""What a view is handed: who asks, in which scope; and what an operation declares."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from pydantic import BaseModel

from trueline.api.problems import Problem
from trueline.api.rendering import etag_of
from trueline.kit.scope import Actor, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """One request inside a workspace.

    Attributes:
        headers: Further headers of the answer, filled by the view.
    """

    request: HttpRequest
    scope: Scope
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.scope.actor

    def made(self, *parts: object) -> None:
        """Say in `Location` where the new record is, below the address of the workspace."""
        place = "/".join(str(part) for part in parts)
        self.headers["Location"] = f"/api/v1/workspaces/{self.scope.workspace_slug}/{place}"

    def hold_to(self, shown: BaseModel) -> None:
        """Raise `Problem` when the caller named a state of the record by `If-Match` that it no longer has."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None or wanted.strip() == "*":
            return
        if etag_of(shown) not in {tag.strip() for tag in wanted.split(",")}:
            raise Problem("precondition_failed")


@dataclass(frozen=True, slots=True)
class Operation:
    """What one operation declares; doors, description, documentation and tests read it.

    Attributes:
        capability: What the caller must hold.
        is_of_record: The view looks the record up first and then asks for the capability: a record out of reach must be
            404 before any capability is looked at.
        body: Media type of the request, empty when it has none.
        file: Media type of an answer that is a file, empty for JSON.
    """

    method: str
    path: str
    name: str
    tag: str
    capability: str
    is_of_record: bool
    success: int
    body: str
    query: frozenset[str]
    file: str = ""


@dataclass(frozen=True, slots=True)
class ApiPolicy:
    """What a route of the interface declares, for the test that walks the routes.

    Attributes:
        kind: `api` behind a key, `public` for its description.
        reason: Why a public route is public; empty otherwise.
        operations: By method.
    """

    kind: str
    capability: str = ""
    reason: str = ""
    operations: tuple[Operation, ...] = ()
