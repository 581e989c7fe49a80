"""Something that is shown once and kept nowhere: a signed cookie carries it over one redirect and ends on that page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SECONDS = 120


def carry(answer: HttpResponse, name: str, text: str, path: str) -> None:
    """Let the page at a path show the text, within two minutes."""
    answer.set_signed_cookie(
        name,
        text,
        max_age=_SECONDS,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def carried(request: HttpRequest, name: str) -> str:
    """What is to be shown; empty when there is nothing."""
    found = request.get_signed_cookie(name, default="", max_age=_SECONDS)
    return found or ""


def end(request: HttpRequest, answer: HttpResponse, name: str, path: str) -> None:
    """Take the cookie back, once its text was shown."""
    if name in request.COOKIES:
        answer.delete_cookie(name, path=path)
