"""Template filters that say things in the reader's language; the words are in `web/words.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from trueline.web import words
from trueline.web.markdown import rendered

register = template.Library()
register.filter("markdown", rendered)
for _filter in (
    words.area,
    words.gap,
    words.facet,
    words.role,
    words.outcome,
    words.run_type,
    words.event,
    words.sentence,
):
    register.filter(f"{_filter.__name__}_word", _filter)
register.filter("value_text", words.value_text)
register.filter("short_path", words.short_path)


@register.inclusion_tag("web/moment.html")
def moment(value: datetime | None) -> dict[str, Any]:
    """A time: short to the eye, exact for a program and on hover."""
    if value is None:
        return {"value": None}
    return {"value": value, "short": words.moment(value), "zone": timezone.localtime(value).tzname()}
