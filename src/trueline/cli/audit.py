"""`trueline audit`: check every audit chain, write checkpoints to be kept elsewhere, remove what is old enough."""

from __future__ import annotations

import argparse
import importlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from trueline.cli.main import DONE, NO
from trueline.engine.packs import verify_pack
from trueline.kit.errors import Refused

HELP = "Check the audit chains of this installation, or sign them."
EXAMPLE = "trueline audit verify --workspace nordlicht --checkpoint checkpoint.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, for whom, in which form."""
    parser.add_argument("action", choices=("verify", "checkpoint", "cut"))
    parser.add_argument("--workspace", metavar="SLUG", help="only this workspace (default: all)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="checkpoint: where to write it (default: print it)")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="verify: hold the trail against this checkpoint"
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="verify: keys you trust (default: those in the file)")
    parser.add_argument(
        "--before", type=_day, metavar="DATE", help="cut: remove what is older than this day, 2025-12-31"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print a line for each chain. 0 when all hold, 1 when one does not."""
    return {"verify": _verify, "checkpoint": _sign, "cut": _cut}[args.action](args)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2025-12-31") from error


def _cut(args: argparse.Namespace) -> int:
    if args.workspace is None or args.before is None:
        raise Refused("Say which trail with --workspace, and how much of it with --before.")
    with args.installation.database():
        number = _trails().cut(args.workspace, args.before)
    print(f"The first {number} events of {args.workspace} are removed; a signed checkpoint stands for them.")
    return DONE


def _sign(args: argparse.Namespace) -> int:
    with args.installation.database():
        made = json.dumps(_trails().checkpoints(args.workspace), indent=2) + "\n"
    if args.out is None:
        print(made, end="")
        return DONE
    try:
        args.out.write_text(made, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{args.out} cannot be written: {error.strerror}.") from error
    print(f"Written to {args.out}. Keep it on another machine.")
    return DONE


def _verify(args: argparse.Namespace) -> int:
    content, trusted = _file(args)
    with args.installation.database():
        trails = _trails()
        if content is None:
            chains = trails.chain_verdicts(args.workspace)
        else:
            chains = trails.verdicts_against(trails.kept(content, trusted), args.workspace)
    print(json.dumps(chains) if args.format == "json" else "\n".join(map(_sentence, chains)))
    return DONE if all(chain["whole"] for chain in chains) else NO


def _file(args: argparse.Namespace) -> tuple[Any, dict[str, dict[str, str]]]:
    """What stands in the file of checkpoints, None without one, and the keys to trust."""
    if args.checkpoint is None:
        return None, {}
    text = _text(args.checkpoint)
    try:
        return json.loads(text), verify_pack.read_keys(_text(args.key) if args.key else text)
    except (ValueError, verify_pack.CannotCheck) as error:
        raise Refused(f"{args.key or args.checkpoint} is no file of checkpoints or keys.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from error


def _trails() -> Any:
    """Loaded late: its models need Django."""
    return importlib.import_module("trueline.cli.trails")


def _sentence(chain: dict[str, Any]) -> str:
    if not chain["whole"]:
        state = f"BROKEN at event {chain['bad_sequence']}: {chain['reason']}"
    else:
        signed = f", the first {chain['sealed']} signed" if chain["sealed"] else ""
        state = "whole" + signed + (f", the first {chain['cut']} removed" if chain["cut"] else "")
        state += f", names replaced in {chain['replaced']}" if chain["replaced"] else ""
    return f"{chain['workspace']}: {chain['checked']} events, {state}"
