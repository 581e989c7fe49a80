"""TL014: nothing is left for later in a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source

_MARK = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def check(source: Source) -> Iterator[Breach]:
    """Comments that put work off."""
    for comment in source.comments:
        mark = _MARK.search(comment.text)
        if mark is not None:
            yield Breach(comment.line, f"{mark[0]} puts work off; do it, or open an issue and remove the comment")


RULE = Rule(
    code="TL014",
    name="leftovers",
    sentence="No comment says TODO, FIXME, XXX or HACK.",
    story="A note in a comment is read by nobody who plans work. An issue is, and the code stays what it claims to be.",
    check=check,
)
