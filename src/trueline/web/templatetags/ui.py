"""Template tags of the parts in `templates/ui/`. Each only looks something up and renders one small template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.templatetags.static import static

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


@register.inclusion_tag("ui/severity.html")
def severity(code: str, *, chip: bool = False) -> dict[str, object]:
    """Show a severity by shape, word and colour."""
    return _mark_context(mark_of(str(code), SEVERITIES), chip=chip)


@register.inclusion_tag("ui/state.html")
def state(code: str, label: StrOrPromise = "", *, chip: bool = False) -> dict[str, object]:
    """Show a state by shape, word and colour; `label` says it in other words."""
    return _mark_context(mark_of(str(code), STATES), chip=chip, label=label)


@register.inclusion_tag("ui/shares.html")
def shares(parts: Iterable[tuple[str, StrOrPromise, int]], title: StrOrPromise) -> dict[str, object]:
    """Show how a whole is divided, as a bar with its legend; parts are (tone, label, count)."""
    return {"shares": shares_of(parts), "title": title}


def _mark_context(mark: Mark, *, chip: bool, label: StrOrPromise = "") -> dict[str, object]:
    return {"mark": mark, "word": label or mark.word, "chip": chip}
