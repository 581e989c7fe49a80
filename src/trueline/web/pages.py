"""Renders a page of a workspace, so that every view ends in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

Crumb = tuple["StrOrPromise", str]


def page(  # noqa: PLR0913 - what a page is made of
    asked: Asked,
    template: str,
    title: StrOrPromise,
    context: dict[str, Any] | None = None,
    *,
    crumbs: Sequence[Crumb] = (),
    environment: Environment | None = None,
    status: int = 200,
) -> HttpResponse:
    """One page in the frame.

    Args:
        asked: Who asks, and in which scope.
        template: Its name below `web/`.
        title: Its heading and the title of the window.
        context: What it shows.
        crumbs: The way to it, without itself.
        environment: The one it is about; none for the whole workspace.
        status: Of the answer.
    """
    shown = {
        "page_title": title,
        "crumbs": [*crumbs, (title, "")],
        "environment": environment,
        **(context or {}),
    }
    return render(asked.request, f"web/{template}", shown, status=status)


def url(asked: Asked, name: str, *parts: Any) -> str:
    """An address inside the asker's workspace."""
    return reverse(name, args=[asked.scope.workspace_slug, *parts])
