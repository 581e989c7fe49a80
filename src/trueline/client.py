"""A small client of `/api/v1`; needs nothing but Python.

    client = Client("https://trueline.example", "tl_...", "acme")
    for finding in client.pages(client.list_findings, state="open"):
        print(finding["severity"], finding["subject_name"])

Each method is one operation of the description, by its name; a test holds the two together. A write sends an
idempotency key of its own and is repeated once when the connection breaks, so it happens once.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

Record = dict[str, Any]
_SCHEMES = ("http://", "https://")


class ApiProblem(Exception):
    """The interface refused, and says why.

    Attributes:
        status: Status of the answer.
        code: A stable code for programs, such as `not_found`.
        next_step: What to do now.
        retry_after_seconds: When to try again, None when trying again does not help.
        document: The whole problem document.
    """

    def __init__(self, status: int, document: Record, retry_after: str | None) -> None:
        super().__init__(str(document.get("detail", "")) or f"The answer was {status}.")
        self.status = status
        self.code = str(document.get("code", ""))
        self.next_step = str(document.get("next_step", ""))
        self.retry_after_seconds = int(retry_after) if retry_after and retry_after.isdecimal() else None
        self.document = document


@dataclass(frozen=True, slots=True)
class Client:
    """One workspace, seen by one key.

    Attributes:
        url: Address of the installation.
        token: The key.
        workspace: Slug of the workspace.
        timeout_seconds: How long one request may take.
    """

    url: str
    token: str
    workspace: str
    timeout_seconds: float = 30

    def __post_init__(self) -> None:
        """Raise `ValueError` for an address that is none of the web: a file must never be read in its place."""
        if not self.url.startswith(_SCHEMES):
            raise ValueError("the address begins with https:// or http://")

    def pages(self, listing: Callable[..., Record], *arguments: Any, **filters: Any) -> Iterator[Record]:
        """Every record of a list, page after page."""
        cursor = None
        while True:
            page = listing(*arguments, **filters, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def list_workspaces(self) -> Record:
        return self._send("GET", "/api/v1/workspaces")

    def get_workspace(self) -> Record:
        return self._get("")

    def list_environments(self, **filters: Any) -> Record:
        return self._get("/environments", filters)

    def create_environment(self, name: str, kind: str = "microsoft365_tenant") -> Record:
        return self._write("POST", "/environments", {"name": name, "kind": kind})

    def get_environment(self, environment: str) -> Record:
        return self._get(f"/environments/{environment}")

    def archive_environment(self, environment: str) -> Record:
        return self._write("POST", f"/environments/{environment}/archive")

    def restore_environment(self, environment: str) -> Record:
        return self._write("POST", f"/environments/{environment}/restore")

    def start_capture(self, environment: str, export: Path, observed_at: datetime | None = None) -> Record:
        """Hand over an export, a zip or a JSON file; the answer is the run that reads it."""
        boundary = uuid.uuid4().hex
        body = _form(boundary, export, observed_at)
        place = self._place(f"/environments/{environment}/captures")
        return self._repeated("POST", place, body, f"multipart/form-data; boundary={boundary}")

    def list_captures(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/captures", paging)

    def get_capture(self, environment: str, snapshot_id: str) -> Record:
        return self._get(f"/environments/{environment}/captures/{snapshot_id}")

    def list_gaps(self, environment: str, snapshot_id: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/captures/{snapshot_id}/gaps", paging)

    def list_objects(self, environment: str, snapshot_id: str, **filters: Any) -> Record:
        return self._get(f"/environments/{environment}/captures/{snapshot_id}/objects", filters)

    def get_object(self, environment: str, snapshot_id: str, item_id: str) -> Record:
        return self._get(f"/environments/{environment}/captures/{snapshot_id}/objects/{item_id}")

    def compare_captures(self, left: str, right: str, **filters: Any) -> Record:
        return self._get("/comparison", {"left": left, "right": right, **filters})

    def list_standards(self, **paging: Any) -> Record:
        return self._get("/standards", paging)

    def create_standard(self, name: str, capture_id: str) -> Record:
        return self._write("POST", "/standards", {"name": name, "capture_id": capture_id})

    def get_standard(self, profile_id: str) -> Record:
        return self._get(f"/standards/{profile_id}")

    def add_version(self, profile_id: str, capture_id: str) -> Record:
        return self._write("POST", f"/standards/{profile_id}/versions", {"capture_id": capture_id})

    def assign_standard(self, profile_id: str, environment: str) -> Record:
        return self._write("POST", f"/standards/{profile_id}/assignments", {"environment": environment})

    def list_findings(self, **filters: Any) -> Record:
        return self._get("/findings", filters)

    def get_finding(self, finding_id: str) -> Record:
        return self._get(f"/findings/{finding_id}")

    def move_findings(self, finding_ids: list[str], verb: str, reason: str | None = None) -> Record:
        return self._write("POST", "/findings/moves", {"finding_ids": finding_ids, "verb": verb, "reason": reason})

    def undo_moves(self, finding_ids: list[str]) -> Record:
        return self._write("POST", "/findings/undo", {"finding_ids": finding_ids})

    def assign_findings(self, finding_ids: list[str], user_id: str | None = None) -> Record:
        return self._write("POST", "/findings/assignments", {"finding_ids": finding_ids, "user_id": user_id})

    def list_comments(self, finding_id: str, **paging: Any) -> Record:
        return self._get(f"/findings/{finding_id}/comments", paging)

    def comment_finding(self, finding_id: str, text: str) -> Record:
        return self._write("POST", f"/findings/{finding_id}/comments", {"text": text})

    def list_exceptions(self, **filters: Any) -> Record:
        return self._get("/exceptions", filters)

    def get_exception(self, exception_id: str) -> Record:
        return self._get(f"/exceptions/{exception_id}")

    def list_runs(self, **filters: Any) -> Record:
        return self._get("/runs", filters)

    def get_run(self, run_id: str) -> Record:
        return self._get(f"/runs/{run_id}")

    def cancel_run(self, run_id: str) -> Record:
        return self._write("POST", f"/runs/{run_id}/cancel")

    def list_events(self, **filters: Any) -> Record:
        return self._get("/audit/events", filters)

    def get_verdict(self) -> Record:
        return self._get("/audit/verdict")

    def list_members(self, **paging: Any) -> Record:
        return self._get("/members", paging)

    def get_member(self, membership_id: str) -> Record:
        return self._get(f"/members/{membership_id}")

    def set_role(self, membership_id: str, role: str) -> Record:
        return self._write("PATCH", f"/members/{membership_id}", {"role": role})

    def remove(self, membership_id: str) -> Record:
        return self._write("DELETE", f"/members/{membership_id}")

    def list_invitations(self, **paging: Any) -> Record:
        return self._get("/invitations", paging)

    def invite(self, email: str, role: str) -> Record:
        return self._write("POST", "/invitations", {"email": email, "role": role})

    def get_invitation(self, invitation_id: str) -> Record:
        return self._get(f"/invitations/{invitation_id}")

    def withdraw_invitation(self, invitation_id: str) -> Record:
        return self._write("DELETE", f"/invitations/{invitation_id}")

    def list_keys(self, **paging: Any) -> Record:
        return self._get("/api-keys", paging)

    def create_key(
        self, name: str, capabilities: list[str], expires_at: datetime, environment: str | None = None
    ) -> Record:
        given = {"name": name, "capabilities": capabilities, "expires_at": expires_at.isoformat()}
        return self._write("POST", "/api-keys", given | {"environment": environment})

    def get_key(self, api_key_id: str) -> Record:
        return self._get(f"/api-keys/{api_key_id}")

    def revoke_key(self, api_key_id: str) -> Record:
        return self._write("DELETE", f"/api-keys/{api_key_id}")

    def _place(self, path: str) -> str:
        return f"/api/v1/workspaces/{quote(self.workspace, safe='')}{quote(path)}"

    def _get(self, path: str, filters: Record | None = None) -> Record:
        plain = {name: _plain(value) for name, value in (filters or {}).items() if value is not None}
        return self._send("GET", self._place(path) + (f"?{urlencode(plain)}" if plain else ""))

    def _write(self, method: str, path: str, content: Record | None = None) -> Record:
        body = None if content is None else json.dumps(content).encode()
        return self._repeated(method, self._place(path), body, "application/json")

    def _repeated(self, method: str, place: str, body: bytes | None, media_type: str) -> Record:
        """Send, and once more when no answer came: with the same idempotency key it happens once."""
        headers = {"Content-Type": media_type} if body is not None else {}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        try:
            return self._send(method, place, body, headers)
        except URLError:
            if method != "POST":
                raise
            return self._send(method, place, body, headers)

    def _send(self, method: str, place: str, body: bytes | None = None, headers: Record | None = None) -> Record:
        given = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
        request = Request(self.url.rstrip("/") + place, data=body, headers=given, method=method)  # noqa: S310 - only http(s), see __post_init__
        try:
            with urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310 - the request above, whose scheme was looked at
                return _document(answer.read())
        except HTTPError as error:
            with error:
                raise ApiProblem(error.code, _document(error.read()), error.headers.get("Retry-After")) from error


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _document(body: bytes) -> Record:
    """The JSON of an answer; one without a body, or from something in between that speaks no JSON, has no members."""
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return {"detail": body[:200].decode(errors="replace")}
    return found if isinstance(found, dict) else {"items": found}


def _form(boundary: str, export: Path, observed_at: datetime | None) -> bytes:
    """A form with the file, and when it was taken."""
    name = export.name.replace('"', "_")
    mark = f"--{boundary}\r\n"
    parts = []
    if observed_at is not None:
        parts += [f'{mark}Content-Disposition: form-data; name="observed_at"\r\n\r\n{observed_at.isoformat()}\r\n']
    parts += [f'{mark}Content-Disposition: form-data; name="export"; filename="{name}"\r\n\r\n']
    return "".join(parts).encode() + export.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
