"""Running the rules over files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tools.lint import allowances
from tools.lint.registry import RULES
from tools.lint.rule import Breach
from tools.lint.source import Source, parse, pretended_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).with_name("samples")
DEFAULT_PATHS = ("src", "tests", "tools", "benchmarks")


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the answer."""

    path: str
    code: str
    breach: Breach

    def __str__(self) -> str:
        soft = "warning: " if self.breach.is_soft else ""
        return f"{self.path}:{self.breach.line}: {self.code} {soft}{self.breach.message}"


def reports(source: Source, shown: str) -> list[Report]:
    """What the rules say to one file, by line."""
    excepted = allowances.allowances(source)
    used: set[allowances.Allowance] = set()
    kept = []
    for rule in RULES:
        for breach in rule.check(source):
            matching = {item for item in excepted if item.allows(rule.code, breach.line)}
            used |= matching
            if not matching:
                kept.append(Report(shown, rule.code, breach))
    known = frozenset(rule.code for rule in RULES)
    wrong = allowances.complaints(excepted, known, frozenset(used))
    kept += [Report(shown, allowances.CODE, breach) for breach in wrong]
    return sorted(kept, key=lambda item: (item.breach.line, item.code))


def reports_of_file(path: Path) -> list[Report]:
    """What the rules say to a file on disk. One that is no Python is a breach too."""
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        place = PurePosixPath(shown)
        source = parse(text, pretended_place(text, place) if SAMPLES in path.parents else place)
    except (SyntaxError, UnicodeDecodeError) as error:
        return [Report(shown, allowances.CODE, Breach(1, f"cannot be read as Python: {error}"))]
    return reports(source, shown)


def files(paths: Sequence[str]) -> Iterator[Path]:
    """The Python files below these paths, in order. Samples are read only when named: they break rules on purpose."""
    for path in (Path(item).resolve() for item in paths):
        if path.is_file():
            yield path
        else:
            yield from (file for file in sorted(path.rglob("*.py")) if SAMPLES not in file.parents)


def run(paths: Iterable[str]) -> list[Report]:
    """Every report on the files below these paths, or on the whole repository when none is named."""
    chosen = tuple(paths) or tuple(str(ROOT / name) for name in DEFAULT_PATHS)
    return [report for path in files(chosen) for report in reports_of_file(path)]
