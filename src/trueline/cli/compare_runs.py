"""`trueline compare-runs`: is configuration B better than A on the same cases?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.engine.comparison.document import comparison_document, comparison_lines
from trueline.engine.comparison.estimates import Settings
from trueline.engine.comparison.objectives import Objective, Role, parse_objective
from trueline.engine.comparison.reading import read_results
from trueline.engine.comparison.verdict import Verdict, compare_results
from trueline.engine.scores import EngineError

if TYPE_CHECKING:
    import argparse

HELP = "Compare two configurations of an agent system on the same cases."
EXAMPLE = "trueline compare-runs results/current results/proposed --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    defaults = Settings()
    parser.add_argument("baseline", type=Path, metavar="A", help="file or folder of case results now in use")
    parser.add_argument("candidate", type=Path, metavar="B", help="file or folder of case results of the proposal")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    parser.add_argument(
        "--objective",
        action="append",
        default=[],
        metavar="NAME[:higher|lower][:MARGIN]",
        help="a score to win on; MARGIN is the difference that counts as none",
    )
    parser.add_argument(
        "--constraint",
        action="append",
        default=[],
        metavar="NAME[:higher|lower][:MARGIN]",
        help="a score not to lose on; MARGIN is the loss that is still accepted",
    )
    parser.add_argument("--min-cases", type=int, default=defaults.min_cases, help="cases needed for a verdict")
    parser.add_argument("--min-seeds", type=int, default=defaults.min_seeds, help="seeds needed for a verdict")
    parser.add_argument("--resamples", type=int, default=defaults.resamples, help="resamples of test and interval")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="seed of the resampling")


def run(args: argparse.Namespace) -> int:
    """Print the verdict. Returns 0, or 1 when the candidate is worse, or 2 when the comparison could not be made."""
    try:
        return _compare(args)
    except EngineError as error:
        print(str(error), file=sys.stderr)
        return 2


def _compare(args: argparse.Namespace) -> int:
    baseline, candidate = read_results(args.baseline), read_results(args.candidate)
    comparison = compare_results(
        baseline.results,
        candidate.results,
        objectives=_objectives(args),
        settings=_settings(args),
    )
    if args.format == "json":
        print(json.dumps(comparison_document(comparison, baseline.unread + candidate.unread), indent=2))
    else:
        print("\n".join(comparison_lines(comparison)))
    return 1 if comparison.verdict is Verdict.REGRESS else 0


def _objectives(args: argparse.Namespace) -> list[Objective]:
    wins = [parse_objective(text, Role.OBJECTIVE) for text in args.objective]
    return wins + [parse_objective(text, Role.CONSTRAINT) for text in args.constraint]


def _settings(args: argparse.Namespace) -> Settings:
    if args.resamples < 100 or args.min_cases < 1 or args.min_seeds < 1 or args.seed < 0:
        raise EngineError("At least 100 resamples, 1 case, 1 seed and a seed of 0 or more are needed.")
    return Settings(
        resamples=args.resamples,
        seed=args.seed,
        min_cases=args.min_cases,
        min_seeds=args.min_seeds,
    )
