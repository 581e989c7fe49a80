"""Template filters that say things in the reader's language, by `web/words.py` and `findings/wording.py`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from trueline.findings import wording
from trueline.web import assertion_words, model_words, words
from trueline.web.markdown import rendered

register = template.Library()
register.filter("markdown", rendered)
for _filter in (
    wording.area,
    wording.gap,
    wording.facet,
    wording.role,
    words.outcome,
    words.run_type,
    words.event,
    words.sentence,
    words.shipped,
    words.platform,
    words.actor,
    model_words.tier,
    assertion_words.reach,
    assertion_words.provider,
    assertion_words.effect,
    assertion_words.state,
):
    register.filter(f"{_filter.__name__}_word", _filter)
register.filter("value_text", words.value_text)
register.filter("dollars", words.dollars)
register.filter("short_path", words.short_path)


@register.simple_tag
def day(value: date) -> str:
    """A day as the reader writes it."""
    return date_format(value, pgettext("date format", "j M Y"))


@register.inclusion_tag("web/moment.html")
def moment(value: datetime | None) -> dict[str, Any]:
    """A time: short to the eye, exact for a program and on hover."""
    if value is None:
        return {"value": None}
    return {"value": value, "short": words.moment(value), "zone": timezone.localtime(value).tzname()}
