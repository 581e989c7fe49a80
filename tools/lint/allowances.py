"""Exceptions from a rule, written where they are: `# lint: allow TL001 reason`, on the line or alone above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.lint.rule import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.lint.source import Comment, Source

CODE = "TL000"
_WRITTEN = re.compile(r"#\s*lint:\s*allow\b\s*(?P<code>TL\d{3})?\s*(?P<reason>.*)")
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Allowance:
    """One exception; `covers` are the lines it holds for."""

    line: int
    code: str
    reason: str
    covers: frozenset[int]

    def allows(self, code: str, line: int) -> bool:
        """Whether it lets this breach pass; without a reason it lets nothing pass."""
        return self.has_reason and self.code == code and line in self.covers

    @property
    def has_reason(self) -> bool:
        """A reason is a few words, not a dash."""
        return len(re.findall(r"\w+", self.reason)) >= _FEWEST_WORDS


def allowances(source: Source) -> tuple[Allowance, ...]:
    """The exceptions of a file, in order."""
    lines = source.text.splitlines()
    return tuple(_read(source.comments, lines))


def complaints(found: Sequence[Allowance], known: frozenset[str], used: frozenset[Allowance]) -> Iterator[Breach]:
    """What is wrong with the exceptions themselves: no reason, no such rule, or nothing there to allow."""
    for allowance in found:
        if allowance.code not in known:
            yield Breach(allowance.line, f"allows {allowance.code or 'nothing by name'}, which is no rule")
        elif not allowance.has_reason:
            yield Breach(allowance.line, f"allows {allowance.code} without saying why")
        elif allowance not in used:
            yield Breach(allowance.line, f"allows {allowance.code}, but nothing here breaks it; remove the comment")


def _read(comments: Sequence[Comment], lines: Sequence[str]) -> Iterator[Allowance]:
    for comment in comments:
        written = _WRITTEN.search(comment.text)
        if written is not None:
            covers = _covered(comment, lines)
            yield Allowance(comment.line, written["code"] or "", written["reason"].strip(" -:"), covers)


def _covered(comment: Comment, lines: Sequence[str]) -> frozenset[int]:
    """Its own line; for a comment that stands alone the first line below that is no comment, as well."""
    if not comment.stands_alone:
        return frozenset({comment.line})
    below = comment.line
    while below < len(lines) and lines[below].lstrip().startswith("#"):
        below += 1
    # A breach of a whole file is told on line 1; a comment that starts the file is its exception.
    opens_the_file = all(line.startswith("#") for line in lines[: comment.line])
    return frozenset({below + 1} | ({1} if opens_the_file else set()))
