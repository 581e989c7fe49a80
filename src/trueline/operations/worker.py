"""The worker process: the queue's loop, and the sweep that takes up what dead workers have left."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from typing import Any

from django.db import close_old_connections, connections
from procrastinate import App
from procrastinate.contrib.django import app as queue_app

from trueline.kit.database.away import is_away
from trueline.operations import registry
from trueline.operations.actions.execution import sweep
from trueline.operations.rules import SWEEP_SECONDS

log = logging.getLogger(__name__)
_GRACE_SECONDS = 20
_AGAIN_SECONDS = 1.0


def work(*, concurrency: int) -> None:
    """Perform runs until a signal says stop; then finish what is under way within the grace period."""
    stop = threading.Event()
    paces = [((sweep, *registry.sweeps()), SWEEP_SECONDS), *(((look,), pace) for look, pace in registry.loops())]
    sweepers = [threading.Thread(target=_sweep_until, args=(stop, *each), daemon=True, name="sweep") for each in paces]
    for sweeper in sweepers:
        sweeper.start()
    try:
        asyncio.run(_work_until_told(concurrency))
    finally:
        stop.set()
        for sweeper in sweepers:
            sweeper.join()


async def _work_until_told(concurrency: int) -> None:
    """Keep the queue's loop going. It ends by itself when the database goes away, and is begun again then."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        # An app of its own for each life: the one that rooms wake workers by must keep Django's connection, or jobs
        # would no longer be written in the transaction of their run.
        connector: Any = queue_app.connector
        await _worked(queue_app.with_connector(connector.get_worker_connector()), concurrency, told)


async def _worked(app: App, concurrency: int, told: asyncio.Event) -> None:
    """One life of the queue's loop: until told to stop, or until it fails."""
    loop = asyncio.create_task(_queue_loop(app, concurrency))
    signalled = asyncio.create_task(told.wait())
    await asyncio.wait({loop, signalled}, return_when=asyncio.FIRST_COMPLETED)
    if told.is_set():
        loop.cancel()  # the library takes this as: finish what is under way, then end
    ended = (await asyncio.gather(loop, return_exceptions=True))[0]
    if not told.is_set():
        log.warning("the queue's loop has ended (%s); it begins again in %s s", ended, _AGAIN_SECONDS)
        await asyncio.wait({signalled}, timeout=_AGAIN_SECONDS)
    signalled.cancel()


async def _queue_loop(app: App, concurrency: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            delete_jobs="always",
            shutdown_graceful_timeout=_GRACE_SECONDS,
            fetch_job_polling_interval=2.0,
            install_signal_handlers=False,
        )


def _sweep_until(stop: threading.Event, looks: Sequence[registry.Sweep], seconds: float) -> None:
    """Look every few seconds. A database that is away for a moment ends one look, not the sweeper."""
    while not stop.wait(seconds):
        for one in looks:
            _sweep_once(one, seconds)


def _sweep_once(look: registry.Sweep, seconds: float) -> None:
    close_old_connections()
    try:
        look()
    except Exception as error:  # one failed sweep is in the log; the next one comes
        log.warning(
            "the sweep %s failed and is tried again in %s s: %s",
            look.__name__,
            seconds,
            error,
            exc_info=not is_away(error),
        )
    finally:
        connections.close_all()
