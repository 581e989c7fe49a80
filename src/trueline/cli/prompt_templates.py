"""`trueline templates`: which prompt templates do these traces show?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trueline.engine.scores import EngineError
from trueline.engine.templates.document import templates_document, templates_lines
from trueline.engine.templates.inference import Settings, infer_templates
from trueline.engine.templates.prompt_files import read_prompts
from trueline.engine.templates.prompts import Material, material_of
from trueline.engine.traces.reader import read

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from trueline.engine.templates.prompts import Prompt
    from trueline.engine.traces.model import Unread

HELP = "Infer the prompt templates behind agent traces."
EXAMPLE = "trueline templates traces/ --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("path", type=Path, metavar="PATH", help="folder or file of traces, or a list of prompts")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    parser.add_argument("--samples", type=int, default=Settings().samples, help="prompts to fit a template on")


def run(args: argparse.Namespace) -> int:
    """Print the templates. Returns 0, or 1 when nothing repeats, or 2 when nothing could be read."""
    try:
        return _infer(args)
    except EngineError as error:
        print(str(error), file=sys.stderr)
        return 2


def _infer(args: argparse.Namespace) -> int:
    if args.samples < 2:
        raise EngineError("A template needs at least 2 samples.")
    if not args.path.exists():
        raise EngineError(f"There is no file or folder {args.path}.")
    reading = read(args.path)
    listed, unread = _prompt_lists(args.path, reading.unread)
    from_traces = material_of(reading.traces)
    material = Material(from_traces.prompts + listed, from_traces.said)
    if not material.prompts:
        first = f" {unread[0]['path']}: {unread[0]['reason']}" if unread else ""
        raise EngineError(f"There are no prompts in {args.path}.{first}")
    inference = infer_templates(material.prompts, Settings(samples=args.samples))
    document = templates_document(inference, material, traces=len(reading.traces), unread=unread)
    print(json.dumps(document, indent=2) if args.format == "json" else "\n".join(templates_lines(document)))
    return 0 if inference.templates else 1


def _prompt_lists(root: Path, unread: Sequence[Unread]) -> tuple[tuple[Prompt, ...], list[dict[str, Any]]]:
    """What the reader of traces left: lists of prompts are taken, the rest stays unread with the reader's reason."""
    prompts: list[Prompt] = []
    rest: list[dict[str, Any]] = []
    taken: set[str] = set()
    for each in unread:
        if each.path in taken:
            continue
        try:
            prompts += read_prompts(root / each.path if root.is_dir() else root)
            taken.add(each.path)
        except EngineError:
            # The reader's reason stands: the file is neither traces nor prompts.
            rest.append({"path": each.path, "reason": each.reason})
    return tuple(prompts), rest
