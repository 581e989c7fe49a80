"""`trueline diagnose`: failures of agents brought to their cause, from files alone.

Exit code 0: the analysis was done, whether it found failures or not. 2: it could not be done, because nothing could be
read; the document still lists what was tried and why it failed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.diagnosis import cluster_messages, diagnose
from trueline.engine.diagnosis.document import message_document, trace_document
from trueline.engine.diagnosis.messages import read_messages
from trueline.engine.traces.reader import read

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from trueline.engine.traces.model import Json

HELP = "Bring the failures in agent traces down to their causes."
EXAMPLE = "trueline diagnose ./traces --format json"
DONE, COULD_NOT = 0, 2
_SHOWN_VARIANTS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("path", nargs="?", type=Path, help="a file or folder of traces, in any accepted form")
    parser.add_argument("--messages", type=Path, metavar="FILE", help='a JSON list of {"id", "text"} instead of traces')
    parser.add_argument("--format", choices=("text", "json"), default=None, help="text (default) or one JSON document")


def run(args: argparse.Namespace) -> int:
    """Run the command.

    Returns:
        0 when the analysis was done, 2 when it could not be done.
    """
    if (args.path is None) == (args.messages is None):
        return _could_not("Name either a file or folder of traces, or --messages FILE.")
    asked: Path = args.path or args.messages
    if not asked.exists():
        return _could_not(f"There is no file or folder {asked}.")
    # Bare messages are data for a program; traces are read by a person unless asked otherwise.
    form = args.format or ("text" if args.messages is None else "json")
    return _diagnose_messages(asked, form) if args.messages is not None else _diagnose_traces(asked, form)


def _could_not(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return COULD_NOT


def _diagnose_traces(path: Path, form: str) -> int:
    reading = read(path)
    document = trace_document(reading, diagnose(reading.traces))
    _print(document, form)
    if not reading.traces:
        return _could_not(f"No trace could be read from {path}.")
    return DONE


def _diagnose_messages(path: Path, form: str) -> int:
    messages, unread = read_messages(path)
    _print(message_document(cluster_messages(messages), unread), form)
    if unread and not messages:
        return _could_not(f"No message could be read from {path}: {unread[0].reason}.")
    return DONE


def _print(document: Mapping[str, Json], form: str) -> None:
    if form == "json":
        # ASCII: a lone surrogate in a message could not be written to a terminal in UTF-8.
        # Indented for a person only: it makes writing 100,000 members several times slower.
        print(json.dumps(document, indent=2 if sys.stdout.isatty() else None, allow_nan=False))
        return
    print("\n".join(_lines(document)))


def _lines(document: Mapping[str, Json]) -> Iterator[str]:
    if "traces" in document:
        yield f"{document['traces']} traces, {document['spans']} spans"
    yield from (f"not read: {entry['path']}: {entry['reason']}" for entry in document["unread"])
    for cluster in document["clusters"]:
        yield from _cluster_lines(cluster)
    for pattern in document.get("systemic", ()):
        span = f"{pattern['window']['from']} to {pattern['window']['to']}"
        strength = f"p = {pattern['p_value']:g}, cluster {pattern['cluster']}"
        yield f"{pattern['kind']}: {len(pattern['traces'])} traces, {span}, {strength}"
    if document.get("attribution"):
        yield f"{len(document['attribution'])} failed runs; --format json lists where each may have gone wrong"


def _cluster_lines(cluster: Mapping[str, Json]) -> Iterator[str]:
    yield f"{len(cluster['members']):6} {cluster['id']}  {_safe(cluster['root_cause'])}"
    if cluster["agents"]:
        yield f"       agents: {_safe(', '.join(cluster['agents']))}"
    scale = [
        f"{variant['quantity']:g} {variant['unit']} ({len(variant['members'])}x)"
        for variant in cluster["variants"]
        if variant["quantity"] is not None
    ]
    if len(scale) > 1:
        more = "" if len(scale) <= _SHOWN_VARIANTS else f" ... {len(scale) - _SHOWN_VARIANTS} more"
        yield f"       severity: {', '.join(scale[:_SHOWN_VARIANTS])}{more}"


def _safe(text: str) -> str:
    """Text of a trace without control characters: it must not steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text).encode("utf-8", "replace").decode()
