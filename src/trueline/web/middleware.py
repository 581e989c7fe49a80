"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant

from trueline.kit.database.context import reading, within
from trueline.web.asked import current_user
from trueline.workspaces.actions_denials import Denial, record_denial

Respond = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES_ON_GET = ("/account/2fa/recovery-codes/", "/account/oidc/")
"""Pages of the sign-in library: the first look at recovery codes is written down, and a provider sends people back by
a GET that makes their account."""


STANDS_APART = ("/v1/traces", "/v1/logs")
"""The receiver of traces: it must answer after its transaction has committed, so it has one of its own."""


def _provider_origin() -> str:
    """Where single sign-on sends people: browsers hold the way a form's answer leads on against `form-action` too."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    parts = [urlsplit(app["settings"]["server_url"]) for app in apps]
    return "".join(f" {part.scheme}://{part.netloc}" for part in parts)


POLICY = "; ".join(  # one directive a line, so that a change reads as one
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        f"form-action 'self'{_provider_origin()}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""`data:` images are the QR code of a second factor and the marks of a native control."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def response_headers(respond: Respond) -> Respond:
    """Put the security headers on every response, static files and errors too, and keep pages out of shared caches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["trueline.request_id"] = uuid4().hex
        response = respond(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.IS_HTTPS:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ("Cookie",))
        return response

    return middleware


class RequestTransaction:
    """The whole request, rendering included, in one transaction; a safe method in one that cannot write.

    A view's transaction alone would not do: a template that is rendered lazily after it would read without a
    workspace and show nothing.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a transaction that is rolled back when the request failed."""
        if request.method == "POST" and request.path in STANDS_APART:
            return self._respond(request)
        with within(None), reading() if _only_reads(request) else nullcontext(), transaction.atomic():
            response = self._respond(request)
            if response.status_code >= 500 or request.META.get("trueline.failed"):
                transaction.set_rollback(True)
        denial: Denial | None = request.META.pop("trueline.denial", None)
        if denial is not None:  # what was tried is undone by now, and a page that only shows could not write it down
            record_denial(denial, actor=denial.scope.actor)
        return response

    def process_exception(self, request: HttpRequest, _exception: Exception) -> None:
        """Remember that a view failed: its answer comes from a handler, but its writes must not stay."""
        request.META["trueline.failed"] = True


def _only_reads(request: HttpRequest) -> bool:
    return request.method in SAFE_METHODS and not request.path.startswith(WRITES_ON_GET)


def reader_language(respond: Respond) -> Respond:
    """Speak the reader's language: the cookie, then the person's own, then what the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = _language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = respond(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


def _language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or getattr(current_user(request), "locale", "")
    try:
        return get_supported_language_variant(chosen)
    except LookupError:
        return translation.get_language_from_request(request)
