"""Decides whether a run may be queued, and again whether it may go on. Every answer is computed from the tables now."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_noop as _

from trueline.kit.scope import ActorKind, NotVisible, Scope
from trueline.operations.models import OperationRun
from trueline.operations.rules import Denial
from trueline.workspaces import access, queries
from trueline.workspaces.rules import STOPS_RUNS, Lifecycle

Gate = Callable[[Scope, OperationRun], Denial | None]


class MembershipAuthority:
    """Rights come from memberships; further gates (a connection, a licence) are added by the composition root."""

    def __init__(self, *gates: Gate) -> None:
        self._gates = (_capability, _environment, _contract, _control, *gates)

    def at_dispatch(self, scope: Scope, run: OperationRun) -> Denial | None:
        """The first gate that refuses, None when all let it pass."""
        return next((denial for gate in self._gates if (denial := gate(scope, run))), None)

    def at_execution(self, run: OperationRun) -> Scope | Denial:
        """The initiator's scope as it is at this moment, after passing every gate again."""
        try:
            scope = _initiator_scope(run)
        except NotVisible:
            message = _("Whoever started this run has no access any more.")
            return Denial("initiator_not_entitled", message, retryable=False)
        return self.at_dispatch(scope, run) or scope


def _initiator_scope(run: OperationRun) -> Scope:
    if run.initiator_kind == ActorKind.SYSTEM:
        return access.system(run.workspace_id, run.initiator_label)
    if run.initiator_kind == ActorKind.KEY:
        key = access.key_by_id(run.workspace_id, UUID(run.initiator_id))
        if key is None:
            raise NotVisible
        return access.enter_by_key(key)
    if run.initiator_kind == ActorKind.SERVICE:
        account = access.service_by_id(run.workspace_id, UUID(run.initiator_id))
        if account is None:
            raise NotVisible
        return access.enter_service(account)
    user = queries.person_by_id(UUID(run.initiator_id))
    if user is None:
        raise NotVisible
    return access.enter(user, run.workspace_id)


def _capability(scope: Scope, run: OperationRun) -> Denial | None:
    if run.environment_id and not scope.reaches(run.environment_id):
        return Denial("environment_not_entitled", _("The environment is not in reach any more."), retryable=False)
    if not scope.may(run.capability, run.environment_id):
        return Denial("capability_missing", _("The role does not allow this any more."), retryable=False)
    return None


def _environment(scope: Scope, run: OperationRun) -> Denial | None:
    if run.environment_id is None:
        return None
    found = queries.environments(scope).filter(id=run.environment_id).first()
    if found is None or found.lifecycle == Lifecycle.ARCHIVED:
        return Denial("environment_not_operable", _("The environment is not active."), retryable=True)
    return None


def _contract(scope: Scope, _run: OperationRun) -> Denial | None:
    if queries.workspace(scope).commercial_state in STOPS_RUNS:
        message = _("The workspace is read-only at present. Everything in it can be read.")
        return Denial("suspended", message, retryable=True)
    return None


def _control(scope: Scope, run: OperationRun) -> Denial | None:
    if queries.active_control(scope, run.run_type):
        return Denial("paused", _("Runs of this type are paused in this workspace."), retryable=True)
    return None
