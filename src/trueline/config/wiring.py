"""Joins the rooms: which providers, types of run and authority are in use."""

from __future__ import annotations

from procrastinate import App

from trueline.config.providers import wire_providers
from trueline.connections.gates import connection_gate
from trueline.findings import jobs as findings_jobs
from trueline.findings.actions.sweeping import sweep_exceptions
from trueline.inventory import jobs as inventory_jobs
from trueline.notices import jobs as notices_jobs
from trueline.notices.looking import look
from trueline.operations import jobs as operations_jobs
from trueline.operations import registry
from trueline.operations.queue import blueprint
from trueline.workspaces.authority import MembershipAuthority


def wire_rooms() -> None:
    """Called once, when every app is ready."""
    wire_providers()
    registry.set_authority(MembershipAuthority(connection_gate))
    for run_type, perform in (*inventory_jobs.RUN_TYPES, *findings_jobs.RUN_TYPES, *notices_jobs.RUN_TYPES):
        registry.register(run_type, perform)
    registry.register_sweep(sweep_exceptions)
    registry.register_sweep(look)


def queue_is_ready(app: App) -> None:
    """Give the queue its one task, which the import of `operations.jobs` has put into the blueprint."""
    assert operations_jobs.perform
    app.add_tasks_from(blueprint, namespace="")
