"""TL011: files stay short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source

SOFT = 400
HARD = 500


def check(source: Source) -> Iterator[Breach]:
    """Files of more than 400 lines (told) and more than 500 (refused)."""
    if source.is_migration:
        return
    lines = len(source.text.splitlines())
    if lines > HARD:
        yield Breach(1, f"the file has {lines} lines; {HARD} are the limit")
    elif lines > SOFT:
        yield Breach(1, f"the file has {lines} lines; past {SOFT} it becomes a folder of that name", is_soft=True)


RULE = Rule(
    code="TL011",
    name="file length",
    sentence=f"A file has at most {SOFT} lines, and never more than {HARD} without a reason.",
    story="A drawer that holds everything is searched, not read. Past the limit it becomes a folder of the same name.",
    check=check,
)
