"""Template tags of the parts in `templates/ui/`. Each only looks something up and renders one small template."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import conditional_escape

from trueline.web.marks import SEVERITIES, STATES, Mark, mark_of, shares_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.template.context import Context
    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

register = template.Library()


@register.simple_block_tag(takes_context=True, end_name="endpart")
def part(context: Context, content: str, name: str, **fields: Any) -> SafeString:
    """Render `ui/<name>.html` around a body: `{% part "card" title=title %}...{% endpart %}`.

    The part sees its own fields, the body as `body` and the request; nothing of the page, so it looks the same
    everywhere.
    """
    engine = context.template.engine  # type: ignore[union-attr]  # set while a template renders
    inner = context.new({**fields, "body": content, "request": context.get("request")})
    return engine.get_template(f"ui/{name}.html").render(inner)


@register.simple_tag
def public_static(path: str) -> str:
    """The whole address of a static file, for readers outside of a browser."""
    return settings.PUBLIC_URL + static(path)


@register.simple_tag
def severity(code: str, *, chip: bool = False) -> str:
    """Show a severity by shape, word and colour."""
    mark = mark_of(str(code), SEVERITIES)
    return _drawn("ui/severity.html", mark.tone, mark.shape, conditional_escape(mark.word), chip=chip)


@register.simple_tag
def state(code: str, label: StrOrPromise = "", *, chip: bool = False) -> str:
    """Show a state by shape, word and colour; `label` says it in other words."""
    mark = mark_of(str(code), STATES)
    return _drawn("ui/state.html", mark.tone, mark.shape, conditional_escape(label or mark.word), chip=chip)


@lru_cache(maxsize=1024)
def _drawn(template_name: str, tone: str, shape: str, word: SafeString, *, chip: bool) -> str:
    """A mark as HTML, drawn once: a list shows the same few on every row, and nothing else decides how they look.

    The word comes escaped: text is equal to the same text marked safe, so unescaped they would share one drawing.
    """
    mark = Mark(tone, shape, word)
    return get_template(template_name).render({"mark": mark, "word": word, "chip": chip})


@register.inclusion_tag("ui/shares.html")
def shares(parts: Iterable[tuple[str, StrOrPromise, int]], title: StrOrPromise) -> dict[str, object]:
    """Show how a whole is divided, as a bar with its legend; parts are (tone, label, count)."""
    return {"shares": shares_of(parts), "title": title}
