"""`trueline up`: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import sys
import time

from trueline.cli.children import Children
from trueline.cli.main import DONE
from trueline.cli.progress import Line
from trueline.kit.errors import Unavailable

HELP = "Start everything on this machine and stay: web, worker, database."
EXAMPLE = "trueline up --port 8000"
_PATIENCE_SECONDS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and whether to bring the demonstration."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument("--without-demo", action="store_true", help="start empty, without the generated tenants")


def run(args: argparse.Namespace) -> int:
    """Start, print the address and a link that signs in once, stay. Ctrl-C or SIGTERM stops all of it."""
    began = time.monotonic()
    _refuse_taken(args.host, args.port)
    # Browsers give passkeys to a name and never to an address.
    name = "localhost" if args.host == "127.0.0.1" else args.host
    os.environ.setdefault("TRUELINE_PUBLIC_URL", f"http://{name}:{args.port}")
    with args.installation.database() as ensure, Children() as children:
        children.start("web", [sys.executable, "-m", "trueline.cli.serve", args.host, str(args.port)])
        children.start("worker", [sys.argv[0], "worker", "--with-parent"])
        children.wait_for_port(args.host, args.port, _PATIENCE_SECONDS)
        print(f"Trueline answers at {os.environ['TRUELINE_PUBLIC_URL']} after {time.monotonic() - began:.1f} s.")
        _welcome(args)
        children.stay(ensure)
    print("Stopped.")
    return DONE


def _refuse_taken(host: str, port: int) -> None:
    """Ask before anything starts: whoever listens there already would be taken for our own web process."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "there is no such port"
            raise Unavailable(
                f"Nothing can listen on {host}:{port}: {reason}.", next_step="Choose another --port."
            ) from error


def _welcome(args: argparse.Namespace) -> None:
    story = importlib.import_module("trueline.cli.demo_story")
    where = story.stage()
    print(f"Sign in once, within the hour: {os.environ['TRUELINE_PUBLIC_URL']}/sign-in/{story.door_token(where)}")
    sys.stdout.flush()
    if not args.without_demo:
        with Line() as line:
            story.play(where, args.installation.home / "demo" / "exports", line.show)
    print("Everything is ready. Ctrl-C stops it.", flush=True)
