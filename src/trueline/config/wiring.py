"""Joins the rooms: which providers, types of run and authority are in use."""

from __future__ import annotations

from procrastinate import App

from trueline.audit.actions_retention import CUT_SECONDS, cut_trails
from trueline.audit.actions_sealing import SEAL_SECONDS, seal_trails
from trueline.casework.digest import compose
from trueline.config.providers import wire_providers
from trueline.connections.gates import connection_gate
from trueline.evaluations import jobs as evaluations_jobs
from trueline.findings import jobs as findings_jobs
from trueline.findings.actions.handing_back import hand_back
from trueline.findings.actions.sweeping import sweep_exceptions
from trueline.inventory import jobs as inventory_jobs
from trueline.notices import jobs as notices_jobs
from trueline.notices import registry as letters
from trueline.notices import review_letters
from trueline.notices.actions.digests import queue_digests
from trueline.notices.actions.releasing import remind_publishers
from trueline.notices.looking import look
from trueline.notices.rules import DIGEST, REVIEW_RELEASED, REVIEW_WAITING
from trueline.operations import jobs as operations_jobs
from trueline.operations import registry
from trueline.operations.queue import blueprint
from trueline.reviews import jobs as reviews_jobs
from trueline.reviews.looking import LOOK_SECONDS, turn_cycles
from trueline.traces import jobs as traces_jobs
from trueline.traces.looking import FOLD_SECONDS, TIDY_SECONDS, fold_all, tidy_all
from trueline.workspaces import leaving
from trueline.workspaces.authority import MembershipAuthority


def wire_rooms() -> None:
    """Called once, when every app is ready."""
    wire_providers()
    registry.set_authority(MembershipAuthority(connection_gate))
    every = (inventory_jobs, findings_jobs, traces_jobs, evaluations_jobs, reviews_jobs, notices_jobs)
    for run_type, perform in (pair for jobs in every for pair in jobs.RUN_TYPES):
        registry.register(run_type, perform)
    leaving.register(hand_back)
    registry.register_sweep(sweep_exceptions)
    registry.register_sweep(look)
    registry.register_loop(fold_all, FOLD_SECONDS)
    registry.register_loop(tidy_all, TIDY_SECONDS)
    registry.register_loop(seal_trails, SEAL_SECONDS)
    registry.register_loop(turn_cycles, LOOK_SECONDS)
    registry.register_loop(cut_trails, CUT_SECONDS)
    letters.register(DIGEST, compose, queue_digests)
    letters.register(REVIEW_WAITING, review_letters.waiting, remind_publishers)
    letters.register(REVIEW_RELEASED, review_letters.released, remind_publishers)


def queue_is_ready(app: App) -> None:
    """Give the queue its one task, which the import of `operations.jobs` has put into the blueprint."""
    assert operations_jobs.perform
    app.add_tasks_from(blueprint, namespace="")
