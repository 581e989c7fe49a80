"""The one door of the interface: every operation stands behind it.

Order of the checks, as everywhere: key, workspace, environment, record (the last three fail as 404), capability (403),
then the request itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from trueline.api import idempotency
from trueline.api.asked import ApiPolicy, Asked, Operation
from trueline.api.problems import Problem, problem_of
from trueline.api.rendering import etag
from trueline.connections.rules import LARGEST_UPLOAD_BYTES
from trueline.kit.database.context import within
from trueline.kit.scope import NotVisible, Scope
from trueline.workspaces import access
from trueline.workspaces.models import User
from trueline.workspaces.rules import key_token

View = Callable[..., HttpResponseBase]
_FORM_OVERHEAD_BYTES = 64 * 1024
_SCHEME = "Bearer "


@dataclass(frozen=True, slots=True)
class _Entered:
    """A caller inside a workspace. `token` is empty for a person whose browser looks."""

    scope: Scope
    token: str = ""


def guard(view: View, operations: tuple[Operation, ...]) -> View:
    """Put the door in front of the view of one address."""
    by_method = {item.method: item for item in operations}

    @wraps(view)
    def guarded(request: HttpRequest, workspace: str | None = None, **named: Any) -> HttpResponse:
        try:
            return _answer(view, by_method, request, workspace, named)
        except Exception as error:  # noqa: BLE001 - every failure is answered as a problem; the unforeseen is logged there
            return problem_of(request, error)

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # a write needs a key, which no browser sends by itself
    guarded.policy = ApiPolicy("api", operations=operations)  # type: ignore[attr-defined]  # read by the walk of routes
    return guarded


def _answer(
    view: View, by_method: dict[str, Operation], request: HttpRequest, workspace: str | None, named: dict[str, Any]
) -> HttpResponse:
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method not in by_method:
        allowed = [*by_method, *(["HEAD"] if "GET" in by_method else [])]
        raise Problem("method_not_allowed", headers={"Allow": ", ".join(sorted(allowed))})
    called = by_method[method]
    with _entered(request, workspace) as entered:
        request.META["trueline.scope"] = entered.scope
        _check_right(entered.scope, called, named.get("environment"))
        _check_form(request, called)
        request.asked = asked = Asked(request, entered.scope)  # type: ignore[attr-defined]  # read by the adapted view
        arguments = named if workspace is None else {"workspace": workspace, **named}
        return _performed(view, called, asked, entered.token, arguments)


def _performed(view: View, called: Operation, asked: Asked, token: str, arguments: dict[str, Any]) -> HttpResponse:
    request = asked.request

    def run() -> HttpResponse:
        response = view(request, **arguments)
        assert isinstance(response, HttpResponse)
        if response.status_code < 400:
            for name, value in asked.headers.items():
                response.headers[name] = value
        return response

    if called.method != "GET":
        return idempotency.once(asked, token, run)
    request.method, asked_by = "GET", request.method  # the view of a GET answers a HEAD; the server leaves the body out
    try:
        return _conditional(request, run())
    finally:
        request.method = asked_by


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With its entity tag, and without its body when the caller has it already."""
    if response.status_code != 200:
        return response
    tag = etag(response.content)
    response.headers["ETag"] = tag
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if known & {tag, "*"}:
        return HttpResponse(status=304, headers={"ETag": tag})
    return response


@contextmanager
def _entered(request: HttpRequest, workspace: str | None) -> Iterator[_Entered]:
    """Work inside the workspace as the caller, or raise: `unauthenticated` first, then `NotVisible`."""
    header = request.headers.get("Authorization")
    if header is not None:
        with _by_key(request, header) as entered:
            if workspace not in (None, entered.scope.workspace_slug):
                raise NotVisible
            yield entered
        return
    user = getattr(request, "user", None)
    # A browser's cookie is enough to look, as on the pages; a write must be meant, and so needs a key.
    if workspace is None or not isinstance(user, User) or request.method not in {"GET", "HEAD"}:
        raise Problem("unauthenticated")
    place = access.door(user, workspace)
    with within(place.workspace_id):
        yield _Entered(access.enter(user, place.workspace_id, request_id=_request_id(request)))


@contextmanager
def _by_key(request: HttpRequest, header: str) -> Iterator[_Entered]:
    text = header[len(_SCHEME) :].strip() if header[: len(_SCHEME)].lower() == _SCHEME.lower() else ""
    token = key_token(text)
    if token is None:
        raise Problem("unauthenticated")
    with within(token.workspace_id):
        key = access.key_of_token(token)
        if key is None:
            raise Problem("unauthenticated")
        try:
            scope = access.enter_by_key(key, request_id=_request_id(request))
        except NotVisible as error:  # its maker is not in the workspace any more, and the key has ended with that
            raise Problem("unauthenticated") from error
        yield _Entered(scope, text)


def _check_right(scope: Scope, called: Operation, environment: str | None) -> None:
    """An environment of the address comes first; any other record is looked up by the view, which then asks itself."""
    if environment is not None:
        scope.require(called.capability, access.environment_in_any_state(scope, environment).pk)
    elif not called.is_of_record:
        scope.require(called.capability)


def _check_form(request: HttpRequest, called: Operation) -> None:
    unknown = sorted(set(request.GET) - called.query)
    if unknown:
        known = ", ".join(sorted(called.query)) or "none"
        raise Problem("invalid_parameters", f"Unknown: {', '.join(unknown)[:200]}. Known parameters: {known}.")
    if called.body and request.content_type != called.body:
        raise Problem("unsupported_media_type", f"This operation takes {called.body}.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if called.body == "multipart/form-data" and int(length) > LARGEST_UPLOAD_BYTES + _FORM_OVERHEAD_BYTES:
        raise Problem("too_large", f"The file is larger than {LARGEST_UPLOAD_BYTES // 1_048_576} MB.")


def _request_id(request: HttpRequest) -> str:
    return str(request.META.get("trueline.request_id", ""))
