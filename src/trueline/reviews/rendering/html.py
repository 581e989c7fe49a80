"""A review as one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def html(shown: Mapping[str, Any]) -> bytes:
    """The page of a view, as `view.view` gives it; everything in it is escaped."""
    return render_to_string("reviews/review.html", {"r": shown, "t": shown["labels"]}).encode()
