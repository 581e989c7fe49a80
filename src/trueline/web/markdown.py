"""What people write, as HTML: Markdown without HTML of its own, without pictures, with links to the web only."""

from __future__ import annotations

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_SCHEMES = ("http://", "https://", "mailto:")
# Whatever a writer takes for HTML is shown as text: the parser knows none, and nothing else here makes any.
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])
_PARSER.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]  # its documented seam


def rendered(text: str) -> SafeString:
    """The text as safe HTML. Hostile markup comes out as the text that it is."""
    # lint: allow TL013 the parser escapes all text and knows no HTML; a test feeds it attacks
    return SafeString(_PARSER.render(text))
