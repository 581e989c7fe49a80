"""The command line: finds the command, runs it, turns an error into one sentence.

Exit codes: 0 done, 1 the answer is no, 2 could not do it, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn, Protocol

from trueline import __version__
from trueline.kit.errors import TruelineError

DONE, NO, COULD_NOT, INTERRUPTED = 0, 1, 2, 130


class Installation(Protocol):
    """What a command may ask of the place it runs in; the composition root brings it."""

    @property
    def home(self) -> Path:
        """Folder of its state."""

    def database(self, *, migrated: bool = True) -> AbstractContextManager[Callable[[], None]]:
        """The database started and Django ready, with every migration applied unless told otherwise.

        Gives a function that brings the database back when it was killed.
        """

    def problems(self) -> list[tuple[str, bool | None, str, str]]:
        """What a doctor finds: name, whether it is well, what was found, what to do."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, known without importing it, so that help and small commands start in no time."""

    name: str
    module: str
    help: str


COMMANDS = (
    Command("up", "up", "Start everything on this machine and stay: web, worker, database."),
    Command("demo", "demo", "Show the main job on generated tenants, print the findings, end."),
    Command("capture", "capture", "Read an export on this machine into an environment."),
    Command("compare", "compare", "Compare two exported tenants, folders or zips, without a database."),
    Command("baseline", "baseline", "Lint, make, check and upgrade baselines, without a database."),
    Command("diagnose", "diagnose", "Bring the failures in agent traces down to their causes."),
    Command("templates", "prompt_templates", "Infer the prompt templates behind agent traces."),
    Command("evaluate", "evaluate", "Judge agent traces by the rules of a world model."),
    Command("compare-runs", "compare_runs", "Compare two configurations of an agent system on the same cases."),
    Command("pack", "pack", "Write the signed pack of a published review to a file."),
    Command("verify", "verify", "Check a signed pack, offline."),
    Command("api-key", "api_key", "Make, list and withdraw keys of the programming interface."),
    Command("vault", "vault", "Look after the keys that seal stored secrets."),
    Command("signing-key", "signing_key", "List and replace the keys that sign packs and checkpoints."),
    Command("audit", "audit", "Check the audit chains of this installation, or sign them."),
    Command("worker", "worker", "Perform queued runs until told to stop."),
    Command("migrate", "migrate", "Bring the database to this release."),
    Command("forget", "forget", "Forget a person: end what they may do, and name them nowhere any more."),
    Command("sign-in-link", "sign_in_link", "Make a link that signs a person in once."),
    Command("doctor", "doctor", "Say what is wrong with this installation and what to do."),
)


class _Parser(argparse.ArgumentParser):
    """argparse, with an error of one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with the sentence and where to look."""
        self.exit(COULD_NOT, f"{self.prog}: {message}. See `{self.prog} --help`.\n")


def run(arguments: Sequence[str], installation: Installation) -> int:
    """Run one command and give its exit code."""
    command = next((item for item in COMMANDS if arguments and item.name == arguments[0]), None)
    if command is None:
        return _without_command(arguments)
    module = importlib.import_module(f"trueline.cli.{command.module}")
    args = _parser(command, module).parse_args(arguments[1:], argparse.Namespace(installation=installation))
    return _guarded(module, args)


def _guarded(module: ModuleType, args: argparse.Namespace) -> int:
    try:
        return int(module.run(args))
    except TruelineError as error:
        print(f"trueline: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has gone; saying so would fail the same way
    except Exception as error:
        if os.environ.get("TRUELINE_TRACEBACK"):
            raise
        said = str(error).strip().partition("\n")[0] or "no more is known"
        hint = "Set TRUELINE_TRACEBACK=1 to see where, and report it."
        print(f"trueline: this should not happen: {type(error).__name__}: {said}. {hint}", file=sys.stderr)
    return COULD_NOT


def _parser(command: Command, module: ModuleType) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"trueline {command.name}",
        description=command.help,
        epilog=f"example: {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return parser


def _without_command(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="trueline",
        description="Govern systems that drift: connect, observe, compare, decide, change, prove.",
        epilog="\n".join(["commands:", *(f"  {item.name:<13} {item.help}" for item in COMMANDS)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="trueline COMMAND [options]",
    )
    parser.add_argument("--version", action="version", version=f"trueline {__version__}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    known = parser.parse_args(arguments)
    if known.command:
        parser.error(f"there is no command called {known.command!r}")
    parser.print_help()
    return COULD_NOT
