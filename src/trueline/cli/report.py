"""What a capture showed, as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GapLine:
    """Something not read, or odd."""

    kind: str
    subject: str
    detail: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """One capture: how much was read, what was not, and what is open against the standards.

    Attributes:
        areas: For each area its coverage, number of objects and reason.
        open_findings: Numbers by severity.
        worst: The ten most severe, a line each.
    """

    environment: str
    objects: int
    coverage: str
    areas: Mapping[str, tuple[str, int, str]]
    gaps: tuple[GapLine, ...]
    open_findings: Mapping[str, int]
    worst: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """One JSON document."""
        areas = {
            area: {"coverage": coverage, "objects": objects, "reason": reason}
            for area, (coverage, objects, reason) in self.areas.items()
        }
        return {**asdict(self), "areas": areas, "gaps": [asdict(gap) for gap in self.gaps]}

    def text(self) -> str:
        """Lines for a person: the result first, what was not read before what differs."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.environment}: {self.objects:,} objects read, coverage {self.coverage}."
        unread = [gap for gap in self.gaps if not gap.is_warning]
        for gap in unread:
            yield f"  could not read {gap.subject}: {gap.detail}"
        for area, (coverage, _, reason) in self.areas.items():
            if coverage in {"denied", "not_licensed"}:
                yield f"  {area}: {coverage.replace('_', ' ')}. {reason}".rstrip()
        for gap in self.gaps:
            if gap.is_warning:
                yield f"  {gap.kind.replace('_', ' ')}: {gap.subject.replace(chr(10), ', ')}"
        if not self.open_findings:
            yield "Nothing is open against a standard."
            return
        numbers = ", ".join(f"{number:,} {severity}" for severity, number in self.open_findings.items())
        yield f"Open findings: {numbers}."
        yield from (f"  {line}" for line in self.worst)
