"""`trueline baseline`: lint, make, check and upgrade baselines against exported tenants, without a database."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from trueline.cli.baseline_text import check_text, lint_text_lines, plan_text
from trueline.cli.export_reading import given_definitions, names_in, read_export
from trueline.cli.main import DONE, NO
from trueline.connections import registry
from trueline.inventory.assertions.document import check_document, is_met
from trueline.inventory.assertions.evaluation import Environment, environment, evaluate
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.lint import Complaint, lint_document, lint_reading, lint_text
from trueline.inventory.assertions.making import Head, make_baseline
from trueline.inventory.assertions.reading import parse_baseline, read_baseline
from trueline.inventory.assertions.upgrade import Verdict, plan_document, plan_upgrade
from trueline.inventory.assertions.writing import baseline_text
from trueline.kit.errors import Refused

if TYPE_CHECKING:
    from trueline.connections.contract import Json, Provider, Reading
    from trueline.inventory.assertions.model import Baseline
    from trueline.inventory.definitions import Definitions

HELP = "Lint, make, check and upgrade baselines, without a database."
EXAMPLE = "trueline baseline check exports/contoso --baseline windows-essentials --format json"

_DECIDE = frozenset({Verdict.CHANGE, Verdict.COLLIDES, Verdict.UNKNOWN})
_NOT_IN_ID = re.compile(r"[^a-z0-9._-]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which of the four, and with what."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _lint_arguments(actions.add_parser("lint", help="say what is wrong with a baseline file or a folder of exports"))
    _check_arguments(actions.add_parser("check", help="hold an exported tenant against a baseline"))
    _make_arguments(actions.add_parser("make", help="write a baseline that asks for what an exported tenant does"))
    _upgrade_arguments(actions.add_parser("upgrade", help="plan the way from one release of a baseline to the next"))


def _lint_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="a baseline (.yaml), or a folder, file or zip of exports"
    )
    _common(parser)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="folder, file or zip of exported policies")
    parser.add_argument(
        "--baseline",
        action="append",
        required=True,
        metavar="FILE",
        help="a baseline file, or the name of one that Trueline ships; again for each layer on top, highest first",
    )
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="lines shown of each state as text, 0 for all (default: 20)"
    )
    _common(parser)


def _make_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="folder, file or zip of exported policies")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where to write it; replaces a file there"
    )
    parser.add_argument("--id", metavar="ID", help="id of the baseline (default: from the name of PATH)")
    parser.add_argument("--title", metavar="TEXT", help="its title (default: the name of PATH)")
    parser.add_argument("--release", default="1", metavar="TEXT", help="its version (default: 1)")
    parser.add_argument(
        "--templates", action="store_true", help="also ask for objects without settings of their own, as whole policies"
    )
    _definitions_argument(parser)


def _upgrade_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="old", required=True, metavar="OLD", help="the release in use")
    parser.add_argument("--to", dest="new", required=True, metavar="NEW", help="the release to go to")
    parser.add_argument(
        "--below",
        action="append",
        default=[],
        metavar="BASELINE",
        help="for a layer: a baseline that it stands on; again for each, highest first",
    )
    parser.add_argument(
        "--below-before",
        action="append",
        default=[],
        metavar="BASELINE",
        help="the release of such a baseline that OLD stands on, where it is another; again for each, highest first",
    )
    parser.add_argument(
        "--environment", type=Path, required=True, metavar="PATH", help="folder, file or zip of exported policies"
    )
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="lines shown of each part as text, 0 for all (default: 20)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _definitions_argument(parser)


def _definitions_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--definitions",
        type=Path,
        metavar="FILE",
        help="setting definitions (JSON, may be gzipped) for names and values",
    )


def run(args: argparse.Namespace) -> int:
    """Do it and print. 0 done and yes, 1 something is wrong, not met or to be decided; raises `Refused`."""
    actions = {"lint": _lint, "check": _check, "make": _make, "upgrade": _upgrade}
    return actions[args.action](args)


def _lint(args: argparse.Namespace) -> int:
    provider = registry.export_provider()
    given = given_definitions(args.definitions)
    found = _complaints(args.path, provider, given)
    if args.format == "json":
        _print(lint_document(str(args.path), found))
    else:
        print("\n".join(lint_text_lines(str(args.path), found)))
    return NO if found else DONE


def _complaints(path: Path, provider: Provider, definitions: Definitions) -> tuple[Complaint, ...]:
    if path.suffix.lower() not in (".yaml", ".yml") or path.is_dir():
        return lint_reading(read_export(provider, path), definitions)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return (Complaint("broken_file", path.name, "It is not UTF-8 text; save it as UTF-8."),)
    except OSError as error:
        raise Refused(f"The baseline {path} cannot be read: {error.strerror or 'unknown cause'}.") from error
    return lint_text(text, path.name, provider.questions, definitions)


def _check(args: argparse.Namespace) -> int:
    provider = registry.export_provider()
    given = given_definitions(args.definitions)
    baseline = effective([_baseline(name, provider) for name in args.baseline])
    reading = read_export(provider, args.path)
    results = evaluate(baseline, _environment(reading, provider))
    if args.format == "json":
        _print(check_document(baseline, reading, results, names_in(reading, given)))
    else:
        print("\n".join(check_text(baseline, reading, results, limit=args.limit)))
    return DONE if is_met(results) else NO


def _make(args: argparse.Namespace) -> int:
    provider = registry.export_provider()
    given = given_definitions(args.definitions)
    reading = read_export(provider, args.path)
    name = args.path.resolve().stem if args.path.is_file() else args.path.resolve().name
    plain = _NOT_IN_ID.sub("-", name.lower()).strip("-._") or "baseline"
    head = Head(args.id or plain, args.release, args.title or name or plain, provider.key)
    made = make_baseline(
        reading.records, head, weigh=provider.weigh, definitions=names_in(reading, given), with_templates=args.templates
    )
    text = baseline_text(made.baseline)
    parse_baseline(text, name="The baseline to be written")
    if not (made.baseline.assertions or made.baseline.templates):
        raise Refused(f"{args.path} configures no setting; add --templates to ask for whole policies.")
    _write(args.out, text)
    counted = f"{len(made.baseline.assertions):,} assertions and {len(made.baseline.templates):,} templates"
    rest = (
        f" {made.left_out:,} objects have no settings of their own; --templates takes them in." if made.left_out else ""
    )
    gaps = f" {len(reading.unread):,} files could not be read and are not in it." if reading.unread else ""
    print(f"Wrote {args.out} with {counted}.{rest}{gaps}")
    return NO if reading.unread else DONE


def _write(path: Path, text: str) -> None:
    """Write all of it or nothing."""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(part, 0o644)  # noqa: PTH101 - a baseline is no secret; mkstemp makes files for one user only
        Path(part).replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror or 'unknown cause'}.") from error


def _upgrade(args: argparse.Namespace) -> int:
    provider = registry.export_provider()
    old, new = _baseline(args.old, provider), _baseline(args.new, provider)
    below = [_baseline(one, provider) for one in args.below]
    before = [_baseline(one, provider) for one in args.below_before] or below
    reading = read_export(provider, args.environment)
    plan = plan_upgrade(old, new, _environment(reading, provider), below=(before, below))
    if args.format == "json":
        _print(plan_document(plan))
    else:
        print("\n".join(plan_text(plan, limit=args.limit)))
    return NO if any(item.verdict in _DECIDE for item in plan.items) else DONE


def _baseline(name: str, provider: Provider) -> Baseline:
    """The baseline of a file, or the shipped one of that name."""
    shipped = provider.baselines()
    path = Path(name)
    if name in shipped and not path.exists():
        return parse_baseline(shipped[name], name=name)
    if not path.exists():
        raise Refused(f"There is no baseline at {name}; shipped are {', '.join(sorted(shipped))}.")
    return read_baseline(path)


def _environment(reading: Reading, provider: Provider) -> Environment:
    return environment(reading.records, reading.areas, questions=provider.questions, reach=provider.reach)


def _print(document: Json) -> None:
    print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
