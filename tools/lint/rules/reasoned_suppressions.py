"""TL018: whoever silences a tool says why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source

_SILENCED = re.compile(
    r"#\s*(?P<kind>noqa|type:\s*ignore|pragma:\s*no cover|ruff:\s*noqa)"
    r"(?P<codes>\s*(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*|\[[^\]]*\]))?(?P<reason>[^#]*(?:#.*)?)"
)
_FEWEST_WORDS = 2


def check(source: Source) -> Iterator[Breach]:
    """Suppressions without codes or without a reason."""
    for comment in source.comments:
        silenced = _SILENCED.match(comment.text)
        if silenced is None:
            continue
        kind = silenced["kind"]
        if len(re.findall(r"\w+", silenced["reason"])) < _FEWEST_WORDS:
            yield Breach(comment.line, f"`{kind}` without a reason")
        elif kind.startswith(("noqa", "type", "ruff")) and not silenced["codes"]:
            yield Breach(comment.line, f"`{kind}` names no code and would silence everything")


RULE = Rule(
    code="TL018",
    name="reasoned suppressions",
    sentence="`noqa`, `type: ignore` and their like name a code and a reason.",
    story="A silent suppression outlives its cause. With the reason beside it the next reader can see when it is gone.",
    check=check,
)
