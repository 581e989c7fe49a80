"""What went wrong, as `application/problem+json` (RFC 9457) with a code and a next step."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from trueline.api.rendering import rendered
from trueline.connections.errors import UploadTooLarge
from trueline.kit.errors import Conflict, TruelineError, Unavailable
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.operations.errors import RunBlocked
from trueline.workspaces.actions_denials import Denial
from trueline.workspaces.errors import InvitationInvalid, LastOwner, NotOperable, RoleTooHigh

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)
_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and what to do when nothing better is known."""

    status: int
    title: str
    next_step: str = ""


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The request cannot be read", "Send one JSON document in UTF-8."),
    "invalid_parameters": Kind(400, "A parameter is not known or not valid", "See the description of the operation."),
    "invalid_cursor": Kind(400, "The cursor does not fit", "Start again without a cursor."),
    "unauthenticated": Kind(401, "No valid API key", "Send an API key as `Authorization: Bearer tl_...`."),
    "not_allowed": Kind(403, "The capability is missing", "Use a key that holds the capability."),
    "role_too_high": Kind(403, "Nobody grants more than they hold", "Choose a smaller role."),
    "not_found": Kind(404, "There is nothing here", "Check the address; what is out of reach answers like this, too."),
    "method_not_allowed": Kind(405, "The method does not exist here", "Use one of the methods in `Allow`."),
    "conflict": Kind(409, "The state does not allow this", "Read the record again, then decide."),
    "idempotency_in_progress": Kind(
        409, "The same request is still under way", "Wait, then send the same request with the same key again."
    ),
    "precondition_failed": Kind(412, "The record has changed", "Read it again, then decide."),
    "too_large": Kind(413, "The request is too large", "Send less."),
    "unsupported_media_type": Kind(415, "The content type is not accepted", "See the description of the operation."),
    "invalid_request": Kind(422, "The content is not valid", "Correct what `errors` names, then send it again."),
    "refused": Kind(422, "The request is not acceptable", "Change the request; repeating it changes nothing."),
    "idempotency_key_reused": Kind(
        422, "The idempotency key was used for another request", "Use a new key for a new request."
    ),
    "rate_limited": Kind(429, "Too many requests", "Wait as long as `Retry-After` says."),
    "internal_error": Kind(500, "This should not have happened", "Try again; if it stays, report the request id."),
    "unavailable": Kind(503, "Not available at present", "Try again later."),
}

_KIND_OF: tuple[tuple[type[Exception], str], ...] = (
    (NotVisible, "not_found"),
    (NotAllowed, "not_allowed"),
    (RoleTooHigh, "role_too_high"),
    (UploadTooLarge, "too_large"),
    (RunBlocked, "conflict"),
    (LastOwner, "conflict"),
    (NotOperable, "conflict"),
    (InvitationInvalid, "conflict"),
    (Conflict, "conflict"),
    (Unavailable, "unavailable"),
    (TruelineError, "refused"),
    (RequestDataTooBig, "too_large"),
    (MultiPartParserError, "malformed"),
    (SuspiciousOperation, "malformed"),
    (DataError, "refused"),
    (IntegrityError, "conflict"),
    (OperationalError, "unavailable"),
    (HttpError, "malformed"),
)


class Problem(TruelineError):
    """A problem of the interface itself, by the code of its kind."""

    def __init__(self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.headers = dict(headers or {})


def answered(
    code: str,
    detail: str = "",
    *,
    next_step: str = "",
    own_code: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The answer for one kind of problem.

    Args:
        code: Which kind.
        detail: What happened, one sentence.
        next_step: What to do, when more is known than the kind says.
        own_code: A finer code of a room, such as `last_owner`.
        headers: More of them.
        more: Further members of the document.
    """
    kind = KINDS[code]
    body = {
        "type": f"/api/v1/docs#{code}",
        "title": kind.title,
        "status": kind.status,
        "code": own_code or code,
        "detail": detail or f"{kind.title}.",
        "next_step": next_step or kind.next_step,
        **more,
    }
    challenge = {"WWW-Authenticate": 'Bearer realm="trueline"'} if kind.status == 401 else {}
    later = {"Retry-After": "5"} if kind.status == 503 else {}
    given = {**challenge, **later, **(headers or {})}
    return HttpResponse(rendered(body), status=kind.status, content_type=MEDIA_TYPE, headers=given)


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer for an error. One that nobody foresaw says nothing of itself outside; it is in the log."""
    if isinstance(error, Problem):
        return answered(error.code, error.message, headers=error.headers)
    if isinstance(error, ValidationError):
        return _invalid(error)
    code = next((code for kind, code in _KIND_OF if isinstance(error, kind)), "")
    if isinstance(error, TruelineError):
        if error.is_denial and "trueline.scope" in request.META:  # written down when this request is undone
            address = f"{request.method} {request.path}"
            request.META["trueline.denial"] = Denial.of(request.META["trueline.scope"], error, address)
        return _told(code, error)
    if not code:
        request_id = request.META.get("trueline.request_id", "")
        _LOG.error("request %s failed", request_id, exc_info=error)
        return answered("internal_error")
    return answered(code)


def _told(code: str, error: TruelineError) -> HttpResponse:
    own = getattr(error, "reason_code", "") or error.code
    more: dict[str, Any] = {"capability": error.capability} if isinstance(error, NotAllowed) else {}
    if getattr(error, "reasons", ()):
        more["reasons"] = [str(one) for one in error.reasons]  # type: ignore[attr-defined]  # looked at above
    is_plain = own in {"error", "refused"}
    return answered(code, error.message, next_step=error.next_step, own_code="" if is_plain else own, **more)


def _invalid(error: ValidationError) -> HttpResponse:
    """400 for the address, 422 for the content."""
    found = [
        {"at": ".".join(str(part) for part in one.get("loc", ())), "message": str(one.get("msg", ""))}
        for one in error.errors[:_MOST_ERRORS]
    ]
    is_content = any(one.get("loc", ("",))[0] in {"body", "form", "file"} for one in error.errors)
    return answered("invalid_request" if is_content else "invalid_parameters", errors=found)
