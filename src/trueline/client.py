# lint: allow TL011 one method for each operation of the interface, in one file that can be copied
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
from collections.abc import Callable, Iterator, Sequence
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
        body = _form(boundary, "export", export, observed_at)
        place = self._place(f"/environments/{environment}/captures")
        return self._repeated("POST", place, body, f"multipart/form-data; boundary={boundary}")

    def import_traces(self, environment: str, traces: Path) -> Record:
        """Hand over a file of traces, or several as a zip; the answer is the run that takes them."""
        boundary = uuid.uuid4().hex
        body = _form(boundary, "traces", traces)
        place = self._place(f"/environments/{environment}/trace-imports")
        return self._repeated("POST", place, body, f"multipart/form-data; boundary={boundary}")

    def list_trace_imports(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/trace-imports", paging)

    def get_trace_import(self, trace_import_id: str) -> Record:
        return self._get(f"/trace-imports/{trace_import_id}")

    def list_model_calls(self, **filters: Any) -> Record:
        return self._get("/model-calls", filters)

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

    def create_standard(self, name: str, capture_id: str | None = None, document: Record | None = None) -> Record:
        """Of a capture, of the members of a baseline file, or of both."""
        return self._write("POST", "/standards", {"name": name, "capture_id": capture_id, "document": document})

    def get_standard(self, profile_id: str) -> Record:
        return self._get(f"/standards/{profile_id}")

    def add_version(self, profile_id: str, capture_id: str | None = None, document: Record | None = None) -> Record:
        """What is left out is no part of it."""
        given = {"capture_id": capture_id, "document": document}
        return self._write("POST", f"/standards/{profile_id}/versions", given)

    def get_document(self, profile_id: str) -> Record:
        return self._get(f"/standards/{profile_id}/document")

    def list_assertions(self, profile_id: str, **paging: Any) -> Record:
        return self._get(f"/standards/{profile_id}/assertions", paging)

    def list_results(self, environment: str, **filters: Any) -> Record:
        return self._get(f"/environments/{environment}/assertions", filters)

    def release_environment(self, profile_id: str, environment: str) -> Record:
        return self._write("POST", f"/standards/{profile_id}/releases", {"environment": environment})

    def assign_standard(self, profile_id: str, environment: str) -> Record:
        return self._write("POST", f"/standards/{profile_id}/assignments", {"environment": environment})

    def list_world_models(self, **paging: Any) -> Record:
        return self._get("/world-models", paging)

    def take_world_model(self, text: str) -> Record:
        return self._write("POST", "/world-models", {"text": text})

    def get_world_model(self, world_model_id: str) -> Record:
        return self._get(f"/world-models/{world_model_id}")

    def list_world_rules(self, world_model_id: str, **paging: Any) -> Record:
        return self._get(f"/world-models/{world_model_id}/rules", paging)

    def list_model_versions(self, world_model_id: str, **paging: Any) -> Record:
        return self._get(f"/world-models/{world_model_id}/versions", paging)

    def publish_model_version(self, world_model_id: str, notes: str = "", *, is_unsigned_known: bool = False) -> Record:
        said = {"notes": notes, "is_unsigned_known": is_unsigned_known}
        return self._write("POST", f"/world-models/{world_model_id}/versions", said)

    def get_model_version(self, world_model_version_id: str) -> Record:
        return self._get(f"/world-model-versions/{world_model_version_id}")

    def start_scan(
        self, environment: str, days: int = 7, version_id: str | None = None, *, is_judged: bool = False
    ) -> Record:
        given = {"days": days, "version_id": version_id, "is_judged": is_judged}
        return self._write("POST", f"/environments/{environment}/scans", given)

    def list_scans(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/scans", paging)

    def get_scan(self, scan_id: str) -> Record:
        return self._get(f"/scans/{scan_id}")

    def list_scan_causes(self, scan_id: str, **paging: Any) -> Record:
        return self._get(f"/scans/{scan_id}/causes", paging)

    def list_causes(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/causes", paging)

    def get_cause(self, failure_cluster_id: str) -> Record:
        return self._get(f"/causes/{failure_cluster_id}")

    def list_graph(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/graph", paging)

    def declare_graph_part(self, environment: str, kind: str, agent: str, target: str = "") -> Record:
        part = {"kind": kind, "agent": agent, "target": target}
        return self._write("POST", f"/environments/{environment}/graph", part)

    def list_templates(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/prompt-templates", paging)

    def declare_prompt_template(self, environment: str, agent: str, role: str, text: str) -> Record:
        place = f"/environments/{environment}/prompt-templates"
        return self._write("POST", place, {"agent": agent, "role": role, "text": text})

    def get_template(self, prompt_template_id: str) -> Record:
        return self._get(f"/prompt-templates/{prompt_template_id}")

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

    def label_findings(self, finding_ids: list[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> Record:
        given = {"finding_ids": finding_ids, "add": list(add), "remove": list(remove)}
        return self._write("POST", "/findings/labels", given)

    def list_labels(self, **paging: Any) -> Record:
        return self._get("/labels", paging)

    def get_terms(self) -> Record:
        return self._get("/terms")

    def change_terms(self, **days: int) -> Record:
        return self._write("PATCH", "/terms", days)

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

    def list_evidence(self, environment: str, **paging: Any) -> Record:
        return self._get(f"/environments/{environment}/evidence", paging)

    def take_evidence(self, environment: str) -> Record:
        return self._write("POST", f"/environments/{environment}/evidence")

    def get_evidence(self, environment: str, evidence_id: str) -> Record:
        return self._get(f"/environments/{environment}/evidence/{evidence_id}")

    def get_evidence_contents(self, environment: str, evidence_id: str) -> Record:
        return self._get(f"/environments/{environment}/evidence/{evidence_id}/contents")

    def list_reviews(self, **filters: Any) -> Record:
        return self._get("/reviews", filters)

    def begin_review(self, environment: str, title: str) -> Record:
        return self._write("POST", "/reviews", {"environment": environment, "title": title})

    def get_review(self, review_id: str) -> Record:
        return self._get(f"/reviews/{review_id}")

    def write_review(self, review_id: str, title: str | None = None, summary: str | None = None) -> Record:
        return self._write("PATCH", f"/reviews/{review_id}", {"title": title, "summary": summary})

    def refresh_review(self, review_id: str) -> Record:
        return self._write("POST", f"/reviews/{review_id}/refresh")

    def ready_review(self, review_id: str) -> Record:
        return self._write("POST", f"/reviews/{review_id}/ready")

    def publish_review(self, review_id: str) -> Record:
        return self._write("POST", f"/reviews/{review_id}/publish")

    def retry_review(self, review_id: str) -> Record:
        return self._write("POST", f"/reviews/{review_id}/retry")

    def archive_review(self, review_id: str) -> Record:
        return self._write("POST", f"/reviews/{review_id}/archive")

    def get_review_document(self, review_id: str) -> Record:
        return self._get(f"/reviews/{review_id}/document")

    def list_review_cycles(self, **paging: Any) -> Record:
        return self._get("/review-cycles", paging)

    def create_review_cycle(self, environment: str, title: str, **terms: Any) -> Record:
        return self._write("POST", "/review-cycles", {"environment": environment, "title": title, **terms})

    def get_review_cycle(self, review_cycle_id: str) -> Record:
        return self._get(f"/review-cycles/{review_cycle_id}")

    def change_review_cycle(self, review_cycle_id: str, title: str, **terms: Any) -> Record:
        """Other terms; what is not named takes its default."""
        return self._write("PUT", f"/review-cycles/{review_cycle_id}", {"title": title, **terms})

    def pause_review_cycle(self, review_cycle_id: str) -> Record:
        return self._write("POST", f"/review-cycles/{review_cycle_id}/pause")

    def resume_review_cycle(self, review_cycle_id: str) -> Record:
        return self._write("POST", f"/review-cycles/{review_cycle_id}/resume")

    def list_cycle_turns(self, review_cycle_id: str, **paging: Any) -> Record:
        return self._get(f"/review-cycles/{review_cycle_id}/turns", paging)

    def retry_cycle_turn(self, cycle_turn_id: str) -> Record:
        return self._write("POST", f"/review-turns/{cycle_turn_id}/retry")

    def list_packs(self, review_id: str, **paging: Any) -> Record:
        return self._get(f"/reviews/{review_id}/packs", paging)

    def make_pack(self, review_id: str, audience: str = "customer", language: str = "en") -> Record:
        return self._write("POST", f"/reviews/{review_id}/packs", {"audience": audience, "language": language})

    def get_pack(self, review_id: str, pack_id: str) -> Record:
        return self._get(f"/reviews/{review_id}/packs/{pack_id}")

    def download_pack(self, review_id: str, pack_id: str) -> bytes:
        """The zip; check it with `verify_pack.py` or `trueline verify`."""
        return self._fetch("GET", self._place(f"/reviews/{review_id}/packs/{pack_id}/file"))

    def verify_pack(self, review_id: str, pack_id: str) -> Record:
        """Ask the installation to check a pack that it keeps; whoever trusts nobody checks it elsewhere."""
        return self._get(f"/reviews/{review_id}/packs/{pack_id}/verdict")

    def list_released_reviews(self, **paging: Any) -> Record:
        return self._get("/released-reviews", paging)

    def get_released_document(self, review_id: str) -> Record:
        return self._get(f"/released-reviews/{review_id}/document")

    def make_released_pack(self, review_id: str, language: str = "en") -> Record:
        return self._write("POST", f"/released-reviews/{review_id}/packs", {"language": language})

    def download_released_pack(self, review_id: str, pack_id: str) -> bytes:
        return self._fetch("GET", self._place(f"/released-reviews/{review_id}/packs/{pack_id}/file"))

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

    def list_service_accounts(self, **paging: Any) -> Record:
        return self._get("/service-accounts", paging)

    def create_service_account(
        self, name: str, role: str, expires_at: datetime, environment: str | None = None
    ) -> Record:
        given = {"name": name, "role": role, "expires_at": expires_at.isoformat(), "environment": environment}
        return self._write("POST", "/service-accounts", given)

    def get_service_account(self, service_account_id: str) -> Record:
        return self._get(f"/service-accounts/{service_account_id}")

    def set_service_account(
        self, service_account_id: str, role: str | None = None, expires_at: datetime | None = None
    ) -> Record:
        given = {"role": role, "expires_at": expires_at and expires_at.isoformat()}
        return self._write("PATCH", f"/service-accounts/{service_account_id}", given)

    def end_service_account(self, service_account_id: str) -> Record:
        return self._write("DELETE", f"/service-accounts/{service_account_id}")

    def list_keys(self, **paging: Any) -> Record:
        return self._get("/api-keys", paging)

    def create_key(
        self,
        name: str,
        capabilities: list[str],
        expires_at: datetime,
        environment: str | None = None,
        service_account: str | None = None,
    ) -> Record:
        given = {"name": name, "capabilities": capabilities, "expires_at": expires_at.isoformat()}
        return self._write(
            "POST", "/api-keys", given | {"environment": environment, "service_account": service_account}
        )

    def get_key(self, api_key_id: str) -> Record:
        return self._get(f"/api-keys/{api_key_id}")

    def revoke_key(self, api_key_id: str) -> Record:
        return self._write("DELETE", f"/api-keys/{api_key_id}")

    def list_destinations(self, **paging: Any) -> Record:
        return self._get("/destinations", paging)

    def create_destination(self, name: str, kind: str, address: str, rule: Record) -> Record:
        """Make a destination; `rule` is such as `{"events": ["finding.opened"]}`. The answer holds its secret once."""
        return self._write("POST", "/destinations", {"name": name, "kind": kind, "address": address, "rule": rule})

    def get_destination(self, destination_id: str) -> Record:
        return self._get(f"/destinations/{destination_id}")

    def change_destination(self, destination_id: str, **changes: Any) -> Record:
        """Change `is_enabled` or `rule`."""
        return self._write("PATCH", f"/destinations/{destination_id}", changes)

    def remove_destination(self, destination_id: str) -> Record:
        return self._write("DELETE", f"/destinations/{destination_id}")

    def rotate_secret(self, destination_id: str) -> Record:
        return self._write("POST", f"/destinations/{destination_id}/secret")

    def send_test(self, destination_id: str) -> Record:
        return self._write("POST", f"/destinations/{destination_id}/test")

    def list_deliveries(self, destination_id: str, **filters: Any) -> Record:
        return self._get(f"/destinations/{destination_id}/deliveries", filters)

    def replay(self, destination_id: str, since: datetime, until: datetime) -> Record:
        """Send everything of a time once more; each message keeps its id."""
        given = {"since": since.isoformat(), "until": until.isoformat()}
        return self._write("POST", f"/destinations/{destination_id}/replay", given)

    def send_again(self, delivery_id: str) -> Record:
        return self._write("POST", f"/deliveries/{delivery_id}/again")

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
        return _document(self._fetch(method, place, body, headers))

    def _fetch(self, method: str, place: str, body: bytes | None = None, headers: Record | None = None) -> bytes:
        given = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
        request = Request(self.url.rstrip("/") + place, data=body, headers=given, method=method)  # noqa: S310 - only http(s), see __post_init__
        try:
            with urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310 - the request above, whose scheme was looked at
                found: bytes = answer.read()
                return found
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


def _form(boundary: str, field: str, file: Path, observed_at: datetime | None = None) -> bytes:
    """A form with the file, and when it was taken."""
    name = file.name.replace('"', "_")
    mark = f"--{boundary}\r\n"
    parts = []
    if observed_at is not None:
        parts += [f'{mark}Content-Disposition: form-data; name="observed_at"\r\n\r\n{observed_at.isoformat()}\r\n']
    parts += [f'{mark}Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n']
    return "".join(parts).encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
