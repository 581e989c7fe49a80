"""TL013: HTML stands in templates."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(
    r"</?(html|head|body|div|span|p|a|b|i|em|strong|ul|ol|li|table|thead|tbody|tr|td|th|form|input|button|select|option"
    r"|label|h[1-6]|img|svg|script|style|section|article|nav|br|hr|pre|code|small)(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MAKERS = frozenset({"mark_safe", "format_html", "format_html_join", "SafeString"})


def check(source: Source) -> Iterator[Breach]:
    """Tags in strings, and calls that declare a string to be safe HTML."""
    if not source.is_product:
        return
    prose = source.docstrings()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            tag = _TAG.search(node.value)
            if tag is not None:
                yield Breach(node.lineno, f"HTML in Python: {tag[0]}")
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in _MAKERS:
            yield Breach(node.lineno, f"{dotted(node.func)}() makes HTML in Python")


RULE = Rule(
    code="TL013",
    name="HTML in Python",
    sentence="HTML stands in templates, which escape what they are given.",
    story=(
        "The name of a policy is written by whoever owns the tenant. Put together in Python it reaches the page as "
        "code; a template escapes it without being asked."
    ),
    check=check,
)
