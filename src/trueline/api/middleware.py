"""What every request to the interface passes before its transaction: the limits, the request id, one form of error."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from trueline.api.problems import KINDS, MEDIA_TYPE, answered
from trueline.kit.database.context import within
from trueline.workspaces import access
from trueline.workspaces.actions_requests import Counted, count_request
from trueline.workspaces.rules import key_token

Respond = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"
_CODE_OF = {kind.status: code for code, kind in reversed(KINDS.items())}


def limited_requests(respond: Respond) -> Respond:
    """Count the requests of keys, refuse what is too many, and answer every failure as a problem."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return respond(request)
        counted = None
        try:
            counted = _counted(request)
        except OperationalError:  # the database is away
            response = answered("unavailable")
        else:
            response = _too_many(counted) or _as_problem(respond(request))
        if counted is not None:
            response.headers["RateLimit-Limit"] = str(counted.limit)
            response.headers["RateLimit-Remaining"] = str(counted.remaining)
            response.headers["RateLimit-Reset"] = str(counted.resets_in_seconds)
        response.headers["X-Request-ID"] = str(request.META.get("trueline.request_id", ""))
        patch_vary_headers(response, ("Authorization",))
        return response

    return middleware


def _too_many(counted: Counted | None) -> HttpResponse | None:
    if counted is None or not counted.is_over:
        return None
    return answered("rate_limited", headers={"Retry-After": str(counted.resets_in_seconds)})


def _counted(request: HttpRequest) -> Counted | None:
    """The count with this request in it, None when it brings no key that is good."""
    token = key_token(request.headers.get("Authorization", "")[len("Bearer ") :].strip())
    if token is None:
        return None
    with within(token.workspace_id), transaction.atomic():
        key = access.key_of_token(token)
        return count_request(key) if key is not None else None


def _as_problem(response: HttpResponse) -> HttpResponse:
    """What Django itself refused (an unknown address, a broken header) says so in the same form as everything else."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    code = _CODE_OF.get(response.status_code, "internal_error" if response.status_code >= 500 else "malformed")
    return answered(code)
