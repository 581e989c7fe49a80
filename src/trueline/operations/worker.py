"""The worker process: the queue's loop, and the sweep that takes up what dead workers have left."""

from __future__ import annotations

import logging
import threading
from typing import cast

from django.db import close_old_connections, connections
from procrastinate.contrib.django import app as queue_app
from procrastinate.contrib.django.django_connector import DjangoConnector

from trueline.operations.actions.execution import sweep
from trueline.operations.rules import SWEEP_SECONDS

log = logging.getLogger(__name__)
_GRACE_SECONDS = 20


def work(*, concurrency: int) -> None:
    """Perform runs until a signal says stop; then finish what is under way within the grace period."""
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(stop,), daemon=True, name="sweep")
    sweeper.start()
    try:
        connector = cast("DjangoConnector", queue_app.connector)
        with queue_app.replace_connector(connector.get_worker_connector()) as app:
            app.run_worker(
                concurrency=concurrency,
                delete_jobs="always",
                shutdown_graceful_timeout=_GRACE_SECONDS,
                fetch_job_polling_interval=2.0,
            )
    finally:
        stop.set()
        sweeper.join()


def _sweep_until(stop: threading.Event) -> None:
    """Sweep every few seconds. A database that is away for a moment ends one sweep, not the sweeper."""
    while not stop.wait(SWEEP_SECONDS):
        close_old_connections()
        try:
            sweep()
        except Exception:  # lint: allow TL005 one failed sweep is in the log; the next one comes
            log.exception("the sweep for stalled runs failed; it is tried again in %s seconds", SWEEP_SECONDS)
        finally:
            connections.close_all()
