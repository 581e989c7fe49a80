"""`trueline evaluate`: do these runs keep to the rules of a world model?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.engine.rules.composite import composite_score
from trueline.engine.rules.course import course_of
from trueline.engine.rules.document import Evaluation, evaluation_document, evaluation_lines
from trueline.engine.rules.evaluation import evaluate_runs
from trueline.engine.rules.lint import Weight, lint
from trueline.engine.rules.reading import published_schema, read_world_model
from trueline.engine.rules.shipped import SHIPPED, shipped_path
from trueline.engine.scores import EngineError
from trueline.engine.traces.reader import read

if TYPE_CHECKING:
    import argparse

    from trueline.engine.rules.lint import Complaint
    from trueline.engine.rules.model import WorldModel

HELP = "Judge agent traces by the rules of a world model."
EXAMPLE = "trueline evaluate traces/ --world-model airline.yaml --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("path", type=Path, nargs="?", metavar="PATH", help="folder or file of traces")
    parser.add_argument("--world-model", metavar="FILE", help=f"a world model file, or one of {', '.join(SHIPPED)}")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    parser.add_argument("--lint", action="store_true", help="only check the world model and run its examples")
    parser.add_argument("--schema", action="store_true", help="only print the JSON Schema of world model files")


def run(args: argparse.Namespace) -> int:
    """Print the verdicts. Returns 0, or 1 when a hard rule is broken, or 2 when the evaluation could not be made."""
    try:
        if args.schema:
            print(json.dumps(published_schema(), indent=2))
            return 0
        return _run_model(args)
    except EngineError as error:
        print(str(error), file=sys.stderr)
        return 2


def _run_model(args: argparse.Namespace) -> int:
    if args.world_model is None:
        raise EngineError("Name a world model with --world-model FILE.")
    model = read_world_model(_model_path(args.world_model))
    complaints = lint(model)
    if args.lint:
        return _print_lint(model, complaints, args.format)
    errors = [complaint for complaint in complaints if complaint.weight is Weight.ERROR]
    if errors:
        more = f" ({len(errors) - 1} more; see --lint)" if len(errors) > 1 else ""
        raise EngineError(f"The world model cannot be used: {errors[0].rule_id}: {errors[0].message}{more}")
    return _evaluate(args, model, complaints)


def _model_path(name: str) -> Path:
    if name in SHIPPED and not Path(name).exists():
        return shipped_path(name)
    return Path(name)


def _print_lint(model: WorldModel, complaints: tuple[Complaint, ...], form: str) -> int:
    if form == "json":
        print(json.dumps({"world_model": model.id, "complaints": [asdict(each) for each in complaints]}, indent=2))
    else:
        examples = sum(len(rule.examples) for rule in model.rules)
        lines = [f"{each.weight.value}: {each.rule_id or model.id}: {each.message}" for each in complaints]
        print("\n".join([f"{model.name}: {len(model.rules)} rules, {examples} examples.", *lines]))
    return 1 if any(each.weight is Weight.ERROR for each in complaints) else 0


def _evaluate(args: argparse.Namespace, model: WorldModel, complaints: tuple[Complaint, ...]) -> int:
    if args.path is None or not args.path.exists():
        raise EngineError(
            f"There is no file or folder {args.path}." if args.path else "Name a folder or file of traces."
        )
    reading = read(args.path)
    unread = [{"path": each.path, "reason": each.reason} for each in reading.unread]
    if not reading.traces:
        first = f" {unread[0]['path']}: {unread[0]['reason']}" if unread else ""
        raise EngineError(f"There are no traces in {args.path}.{first}")
    courses = [course_of(trace) for trace in reading.traces]
    results = evaluate_runs(model, courses)
    score = composite_score(model, results)
    evaluation = Evaluation(model, courses, results, score)
    document = evaluation_document(evaluation, unread=unread, complaints=complaints)
    print(json.dumps(document, indent=2) if args.format == "json" else "\n".join(evaluation_lines(document)))
    return 1 if any(run.broken_hard_rules for run in score.runs) else 0
