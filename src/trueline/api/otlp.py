"""The receiver: OTLP over HTTP, outside of the transaction of a request, since its answer must come after the commit.

Order of the checks: method, form, key (401), right (403), then the body.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpResponse
from django.urls import URLPattern, path

from trueline.api.asked import ApiPolicy
from trueline.engine.traces import receiving
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.receiving import LARGEST_BODY_BYTES, Form, Signal, StatusCode, TooLargeError
from trueline.kit.database.context import within
from trueline.kit.errors import Unavailable
from trueline.kit.scope import NotAllowed, NotVisible, Scope
from trueline.traces.actions.receiving import Sent, receive, receiving_environment
from trueline.traces.errors import NotReceiving, ReceiverBusy
from trueline.traces.rules import BUSY_RETRY_SECONDS
from trueline.workspaces import access
from trueline.workspaces.actions_requests import note_use
from trueline.workspaces.rules import Capability, KeyToken, key_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from trueline.engine.traces.model import Decoded

AT_ONCE = 3
"""Requests that one process takes in at once: one thread at least is left for people who look at pages."""
_slots = threading.BoundedSemaphore(AT_ONCE)
_SCHEME = "bearer "


class Refusal(Exception):
    """The request ends with a google.rpc.Status."""

    def __init__(self, status: int, code: StatusCode, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def _receiver(signal: Signal) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        form = receiving.form_of(request.headers.get("Content-Type", ""))
        try:
            found = _taken(request, signal, form)
        except Refusal as refusal:
            body = receiving.refusal(refusal.code, refusal.message, form or Form.JSON)
            return _answered(form or Form.JSON, body, refusal.status, refusal.headers)
        return _answered(form or Form.JSON, receiving.answer(found, form or Form.JSON, signal), 200, {})

    view.csrf_exempt = True  # type: ignore[attr-defined]  # a write needs a key, which no browser sends by itself
    view.policy = ApiPolicy("ingest", Capability.TRACES_WRITE)  # type: ignore[attr-defined]  # read by the walk of routes
    return view


def _answered(form: Form, body: bytes, status: int, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(body, status=status, content_type=form.value, headers=headers)


def _taken(request: HttpRequest, signal: Signal, form: Form | None) -> Decoded:
    if request.method != "POST":
        raise Refusal(405, StatusCode.INVALID_ARGUMENT, "Send with POST.", {"Allow": "POST"})
    if form is None:
        taken = " or ".join(one.value for one in Form)
        raise Refusal(415, StatusCode.INVALID_ARGUMENT, f"The content type must be {taken}.")
    token = _token(request)
    if not _slots.acquire(blocking=False):
        _come_back("The receiver is busy.", BUSY_RETRY_SECONDS)
    try:
        return _received(request, token, signal, form)
    except (DatabaseError, InterfaceError, Unavailable) as error:
        seconds = error.retry_after_seconds if isinstance(error, ReceiverBusy) else BUSY_RETRY_SECONDS
        _come_back("Nothing can be kept at this moment.", seconds)
    except TooLargeError as error:
        raise Refusal(413, StatusCode.RESOURCE_EXHAUSTED, _sentence(error)) from error
    except UnreadableError as error:
        raise Refusal(400, StatusCode.INVALID_ARGUMENT, _sentence(error)) from error
    finally:
        _slots.release()


def _come_back(message: str, seconds: int) -> NoReturn:
    raise Refusal(503, StatusCode.UNAVAILABLE, message, {"Retry-After": str(seconds)})


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _token(request: HttpRequest) -> KeyToken:
    header = request.headers.get("Authorization", "")
    token = key_token(header[len(_SCHEME) :].strip()) if header.lower().startswith(_SCHEME) else None
    if token is None:
        _unknown()
    return token


def _unknown() -> NoReturn:
    raise Refusal(401, StatusCode.UNAUTHENTICATED, "Send a valid ingest key as `Authorization: Bearer tl_...`.")


def _received(request: HttpRequest, token: KeyToken, signal: Signal, form: Form) -> Decoded:
    """One transaction from the key to the row; its commit stands before the answer."""
    with within(token.workspace_id), transaction.atomic():
        scope, environment_id = _entered(token)
        encoding = request.headers.get("Content-Encoding", "")
        return receive(scope, environment_id, Sent(signal, form, encoding, _body(request)))


def _entered(token: KeyToken) -> tuple[Scope, UUID]:
    key = access.key_of_token(token)
    if key is None:
        _unknown()
    try:
        scope = access.enter_by_key(key)
        environment_id = receiving_environment(scope, key.environment_id)
    except NotVisible:  # its maker is not in the workspace any more, or cannot reach the environment
        _unknown()
    except (NotAllowed, NotReceiving) as error:
        raise Refusal(403, StatusCode.PERMISSION_DENIED, str(error)) from error
    note_use(key)
    return scope, environment_id


def _body(request: HttpRequest) -> bytes:
    """The body as sent, never more than a byte over the limit. Raises `TooLargeError`."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > LARGEST_BODY_BYTES:
        raise TooLargeError(f"the body is larger than {LARGEST_BODY_BYTES} bytes")
    # A body in pieces comes without a length, and Django would then read none of it.
    is_in_pieces = not length and "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    source = request.META["wsgi.input"] if is_in_pieces else request
    return bytes(source.read(LARGEST_BODY_BYTES + 1))


urlpatterns: list[URLPattern] = [
    path("v1/traces", _receiver(Signal.TRACES), name="otlp_traces"),
    path("v1/logs", _receiver(Signal.LOGS), name="otlp_logs"),
]
