"""Everything that can be done, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.audit.evaluation_deeds import EVALUATIONS
from tests.audit.message_deeds import MESSAGE_PARTS, MESSAGES
from tests.audit.review_deeds import REVIEW_PARTS, REVIEWS
from tests.audit.standard_deeds import STANDARDS
from tests.audit.trace_deeds import TRACE_PARTS, TRACES
from tests.inventory.assertions.samples import asks, baseline
from tests.worlds import World
from trueline.casework import actions as waiting
from trueline.casework.actions_views import forget_view, open_with_view, rename_view, save_view
from trueline.casework.rules import SnoozeFor, ViewPlace
from trueline.connections.actions import connect_export, connect_traces, receive_upload
from trueline.connections.contract import AreaReport, Coverage
from trueline.findings.actions.accepting import (
    Terms,
    approve_exception,
    reject_exception,
    request_exception,
    revoke_exception,
)
from trueline.findings.actions.detections import Sighting, record_detections
from trueline.findings.actions.handing_back import hand_back
from trueline.findings.actions.labelling import Relabel, label_findings
from trueline.findings.actions.terms import set_terms
from trueline.findings.actions.workflow import (
    Step,
    assign_finding,
    assign_findings,
    comment_finding,
    move_findings,
    undo_moves,
)
from trueline.findings.models import Finding, FindingException
from trueline.findings.rules import Detected, Detection, Severity
from trueline.findings.workflow import Verb
from trueline.inventory.actions import (
    Capture,
    add_baseline_version,
    assign_baseline,
    keep_snapshot,
    make_baseline,
    unassign_baseline,
)
from trueline.inventory.actions_checks import keep_check
from trueline.inventory.manifest import Manifest
from trueline.inventory.models import Snapshot
from trueline.inventory.queries import versions
from trueline.inventory.queries_standards import evaluated
from trueline.kit import clock, ids
from trueline.kit.scope import Scope
from trueline.operations.actions.runs import Target, cancel_run, start_run
from trueline.operations.models import OperationRun
from trueline.workspaces import actions as people
from trueline.workspaces.actions_denials import Denial, record_denial
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.actions_services import change_service_account, create_service_account, end_service_account
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect, Lifecycle


def _view(_world: World, scope: Scope) -> Any:
    return save_view(scope, ViewPlace.FINDINGS, "Mine", "state=all", actor=scope.actor)


def _key(_world: World, scope: Scope) -> Any:
    return create_api_key(scope, "Nightly", ["findings.view"], clock.now() + timedelta(days=9), actor=scope.actor)


def _service(_world: World, scope: Scope) -> Any:
    return create_service_account(scope, "Tickets", "viewer", clock.now() + timedelta(days=9), actor=scope.actor)


def member_of(world: World) -> Any:
    return Membership.objects.get(user=world.viewer).pk


def _upload(world: World, scope: Scope) -> Any:
    return receive_upload(scope, world.environment.pk, "export.zip", [b"abc"], actor=scope.actor)


def _held(world: World, scope: Scope) -> Any:
    made = make_baseline(scope, "Standard", snapshot_of(world, scope).pk, actor=scope.actor)
    assign_baseline(scope, made.pk, world.environment, actor=scope.actor)
    return made


def snapshot_of(world: World, scope: Scope) -> Any:
    run = OperationRun.objects.create(
        workspace_id=scope.workspace_id,
        environment_id=world.environment.pk,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="human",
        initiator_id=str(world.owner.pk),
        initiator_label="Olga",
        identity_digest=ids.new().hex,
    )
    capture = Capture(world.environment, run.pk, "microsoft365", "export", clock.now())
    manifest = Manifest(areas=(AreaReport("configuration", Coverage.COMPLETE, 0),))
    return keep_snapshot(scope, capture, manifest, actor=scope.actor, hold=lambda: None)


def _finding(world: World, scope: Scope) -> Finding:
    sighting = Sighting(world.environment, snapshot_of(world, scope).pk, clock.now())
    one = Detection("drift", "", "compliance", "t", "t:1", "One", "", "", "extra", Severity.LOW, None, {"name": "One"})
    detected = Detected("drift", "", frozenset(), (one,))
    record_detections(scope, sighting, [detected], actor=scope.actor, hold=lambda: None)
    return Finding.objects.get()


def _handed_out(world: World, scope: Scope) -> int:
    return Finding.objects.filter(id=_finding(world, scope).pk).update(assignee=world.stranger)


def _ended(world: World, scope: Scope) -> Finding:
    return move_findings(scope, [_finding(world, scope).pk], Step(Verb.REMEDIATE), actor=scope.actor)[0]


def _asked(world: World, scope: Scope, finding: Finding) -> FindingException:
    terms = Terms("It may stay.", world.owner, clock.now() + timedelta(days=9))
    return request_exception(scope, finding.pk, terms, actor=scope.actor, requester=world.owner)


def _run(world: World, scope: Scope) -> OperationRun:
    target = Target(world.environment.pk, world.environment.name)
    return start_run(scope, "findings.detect", target, {"snapshot_id": str(ids.new())}, actor=scope.actor).run


def _invited(world: World, scope: Scope) -> tuple[Any, str]:
    invitation, token = people.invite(scope, world.stranger.email, "viewer", actor=scope.actor)
    return invitation.pk, token


Prepared = Callable[[World, Scope], Callable[[], object]]


def _plain(action: Callable[[World, Scope], object]) -> Prepared:
    return lambda world, scope: lambda: action(world, scope)


def _prepared(prepare: Callable[[World, Scope], Any], action: Callable[[World, Scope, Any], object]) -> Prepared:
    def ready(world: World, scope: Scope) -> Callable[[], object]:
        made = prepare(world, scope)
        return lambda: action(world, scope, made)

    return ready


# What is done, and the one event that it must leave: in the workspace's trail, or in the installation's own.
def _put_off(world: World, scope: Scope) -> Callable[[], Any]:
    waiting.snooze_item(scope, f"environment:{world.environment.pk}", SnoozeFor.DAY, actor=scope.actor)
    return lambda: waiting.wake_items(scope, actor=scope.actor)


DONE: dict[str, tuple[Prepared, str]] = {
    "casework.snooze_item": (
        _plain(
            lambda w, scope: waiting.snooze_item(
                scope, f"environment:{w.environment.pk}", SnoozeFor.DAY, actor=scope.actor
            )
        ),
        "casework:item:snooze",
    ),
    "casework.see_items": (
        _plain(lambda w, scope: waiting.see_items(scope, [f"environment:{w.environment.pk}"], actor=scope.actor)),
        "casework:item:see",
    ),
    "casework.save_view": (_plain(_view), "casework:view:save"),
    "casework.open_with_view": (
        _prepared(
            _view,
            lambda _, scope, made: open_with_view(scope, made.pk, actor=scope.actor, is_default=True),
        ),
        "casework:view:save",
    ),
    "casework.rename_view": (
        _prepared(_view, lambda _, scope, made: rename_view(scope, made.pk, "Ours", actor=scope.actor)),
        "casework:view:save",
    ),
    "casework.forget_view": (
        _prepared(_view, lambda _, scope, made: forget_view(scope, made.pk, actor=scope.actor)),
        "casework:view:forget",
    ),
    "casework.wake_items": (_put_off, "casework:item:wake"),
    "workspaces.create_environment": (
        _plain(lambda _, scope: people.create_environment(scope, "West", actor=scope.actor)),
        "workspaces:environment:create",
    ),
    "workspaces.move_environment": (
        _plain(lambda w, scope: people.move_environment(scope, w.environment, Lifecycle.ACTIVE, actor=scope.actor)),
        "workspaces:environment:move",
    ),
    "workspaces.invite": (
        _plain(lambda _, scope: people.invite(scope, "a@example.org", "viewer", actor=scope.actor)),
        "workspaces:invitation:create",
    ),
    "workspaces.revoke_invitation": (
        _prepared(_invited, lambda _, scope, made: people.revoke_invitation(scope, made[0], actor=scope.actor)),
        "workspaces:invitation:revoke",
    ),
    "workspaces.accept_invitation": (
        _prepared(
            _invited,
            lambda w, scope, made: people.accept_invitation(
                scope.workspace_id, made[1], user=w.stranger, actor=scope.actor
            ),
        ),
        "workspaces:invitation:accept",
    ),
    "workspaces.change_role": (
        _plain(lambda w, scope: people.change_role(scope, member_of(w), "operator", actor=scope.actor)),
        "workspaces:membership:change",
    ),
    "workspaces.remove_member": (
        _plain(lambda w, scope: people.remove_member(scope, member_of(w), actor=scope.actor)),
        "workspaces:membership:remove",
    ),
    "workspaces.narrow": (
        _plain(lambda w, s: people.narrow(s, member_of(w), w.environment.pk, GrantEffect.EXCLUDE, actor=s.actor)),
        "workspaces:membership:narrow",
    ),
    "workspaces.widen": (
        _prepared(
            lambda w, scope: people.narrow(
                scope, member_of(w), w.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor
            ),
            lambda w, scope, _: people.widen(scope, member_of(w), w.environment.pk, actor=scope.actor),
        ),
        "workspaces:membership:widen",
    ),
    "workspaces.pause_runs": (
        _plain(lambda _, scope: people.pause_runs(scope, "inventory.capture", "why", actor=scope.actor)),
        "workspaces:control:pause",
    ),
    "workspaces.resume_runs": (
        _prepared(
            lambda _, scope: people.pause_runs(scope, "inventory.capture", "why", actor=scope.actor),
            lambda _, scope, _made: people.resume_runs(scope, "inventory.capture", actor=scope.actor),
        ),
        "workspaces:control:resume",
    ),
    "workspaces.create_api_key": (_plain(_key), "workspaces:key:create"),
    "workspaces.revoke_api_key": (
        _prepared(_key, lambda _, scope, made: revoke_api_key(scope, made[0].pk, actor=scope.actor)),
        "workspaces:key:revoke",
    ),
    "workspaces.create_service_account": (_plain(_service), "workspaces:service:create"),
    "workspaces.change_service_account": (
        _prepared(
            _service,
            lambda _, scope, made: change_service_account(
                scope, made.pk, "operator", made.expires_at, actor=scope.actor
            ),
        ),
        "workspaces:service:change",
    ),
    "workspaces.end_service_account": (
        _prepared(_service, lambda _, scope, made: end_service_account(scope, made.pk, actor=scope.actor)),
        "workspaces:service:end",
    ),
    "workspaces.record_denial": (
        _plain(lambda _, scope: record_denial(Denial(scope, "members.manage", "invite"), actor=scope.actor)),
        "workspaces:right:deny",
    ),
    "workspaces.end_sessions": (
        _plain(lambda world, scope: people.end_sessions(world.viewer, actor=scope.actor)),
        "workspaces:session:end",
    ),
    "workspaces.end_session": (
        _plain(lambda world, scope: people.end_session(world.viewer, "none", actor=scope.actor)),
        "workspaces:session:end",
    ),
    "workspaces.create_person": (
        _plain(lambda _, scope: people.create_person("p@example.org", "P", actor=scope.actor)),
        "workspaces:person:create",
    ),
    "workspaces.make_sign_in_link": (
        _plain(lambda w, scope: people.make_sign_in_link(w.viewer, actor=scope.actor)),
        "workspaces:link:create",
    ),
    "workspaces.use_sign_in_link": (
        _prepared(
            lambda w, scope: people.make_sign_in_link(w.viewer, actor=scope.actor),
            lambda _, _scope, token: people.use_sign_in_link(token),
        ),
        "workspaces:link:use",
    ),
    "connections.connect_export": (
        _prepared(
            lambda w, scope: people.move_environment(scope, w.environment, Lifecycle.ACTIVE, actor=scope.actor),
            lambda _, scope, moved: connect_export(scope, moved, "microsoft365", actor=scope.actor),
        ),
        "connections:connection:create",
    ),
    "connections.connect_traces": (
        _prepared(
            lambda w, scope: people.move_environment(scope, w.environment, Lifecycle.ACTIVE, actor=scope.actor),
            lambda _, scope, moved: connect_traces(scope, moved, "agents", actor=scope.actor),
        ),
        "connections:connection:create",
    ),
    **TRACES,
    "connections.receive_upload": (_plain(_upload), "connections:upload:receive"),
    "inventory.keep_snapshot": (_plain(snapshot_of), "inventory:snapshot:capture"),
    "inventory.make_baseline": (
        _prepared(snapshot_of, lambda _, scope, made: make_baseline(scope, "Standard", made.pk, actor=scope.actor)),
        "inventory:baseline:create",
    ),
    "inventory.assign_baseline": (
        _prepared(
            lambda w, scope: make_baseline(scope, "Standard", snapshot_of(w, scope).pk, actor=scope.actor),
            lambda w, scope, made: assign_baseline(scope, made.pk, w.environment, actor=scope.actor),
        ),
        "inventory:baseline:assign",
    ),
    "inventory.unassign_baseline": (
        _prepared(
            _held,
            lambda w, scope, made: unassign_baseline(scope, made.pk, w.environment, actor=scope.actor),
        ),
        "inventory:baseline:unassign",
    ),
    "inventory.keep_check": (
        _prepared(
            lambda w, scope: (
                snapshot_of(w, scope),
                make_baseline(scope, "Asks", None, actor=scope.actor, asks=baseline(asks())),
            ),
            lambda _, scope, made: keep_check(
                scope,
                versions(scope, made[1].pk)[0],
                made[0],
                evaluated(scope, versions(scope, made[1].pk)[0], made[0].pk),
                actor=scope.actor,
                hold=lambda: None,
            ),
        ),
        "inventory:baseline:check",
    ),
    "inventory.add_baseline_version": (
        _prepared(
            lambda w, scope: make_baseline(scope, "Standard", snapshot_of(w, scope).pk, actor=scope.actor),
            lambda _, scope, made: add_baseline_version(
                scope, made.pk, Snapshot.objects.latest("captured_at").pk, actor=scope.actor
            ),
        ),
        "inventory:baseline:advance",
    ),
    "findings.record_detections": (
        _prepared(
            snapshot_of,
            lambda w, scope, made: record_detections(
                scope, Sighting(w.environment, made.pk, clock.now()), [], actor=scope.actor, hold=lambda: None
            ),
        ),
        "findings:finding:detect",
    ),
    "findings.move_findings": (
        _prepared(
            _finding,
            lambda _, scope, made: move_findings(scope, [made.pk], Step(Verb.TAKE), actor=scope.actor),
        ),
        "findings:finding:move",
    ),
    "findings.undo_moves": (
        _prepared(_ended, lambda _, scope, made: undo_moves(scope, [made.pk], actor=scope.actor)),
        "findings:finding:undo",
    ),
    "findings.assign_findings": (
        _prepared(
            _finding,
            lambda w, scope, made: assign_findings(scope, [made.pk], w.operator, actor=scope.actor),
        ),
        "findings:finding:assign",
    ),
    "findings.assign_finding": (
        _prepared(
            _finding,
            lambda w, scope, made: assign_finding(scope, made.pk, w.operator, actor=scope.actor),
        ),
        "findings:finding:assign",
    ),
    "findings.hand_back": (
        _prepared(_handed_out, lambda w, scope, _: hand_back(scope, w.stranger, actor=scope.actor)),
        "findings:finding:assign",
    ),
    "findings.set_terms": (
        _plain(lambda _, scope: set_terms(scope, {Severity.HIGH: 7}, actor=scope.actor)),
        "findings:term:change",
    ),
    "findings.label_findings": (
        _prepared(
            _finding,
            lambda _, scope, made: label_findings(scope, [made.pk], Relabel(["pilot"]), actor=scope.actor),
        ),
        "findings:finding:label",
    ),
    "findings.comment_finding": (
        _prepared(
            _finding,
            lambda _, scope, made: comment_finding(scope, made.pk, "Asked.", actor=scope.actor),
        ),
        "findings:finding:comment",
    ),
    "findings.request_exception": (
        _prepared(_finding, _asked),
        "findings:exception:request",
    ),
    "findings.approve_exception": (
        _prepared(
            lambda w, scope: _asked(w, scope, _finding(w, scope)),
            lambda w, scope, made: approve_exception(scope, made.pk, actor=scope.actor, approver=w.approver),
        ),
        "findings:exception:approve",
    ),
    "findings.reject_exception": (
        _prepared(
            lambda w, scope: _asked(w, scope, _finding(w, scope)),
            lambda w, scope, made: reject_exception(scope, made.pk, "no", actor=scope.actor, approver=w.approver),
        ),
        "findings:exception:reject",
    ),
    "findings.revoke_exception": (
        _prepared(
            lambda w, scope: _asked(w, scope, _finding(w, scope)),
            lambda w, scope, made: revoke_exception(scope, made.pk, "no", actor=scope.actor, approver=w.approver),
        ),
        "findings:exception:revoke",
    ),
    **MESSAGES,
    **STANDARDS,
    **EVALUATIONS,
    **REVIEWS,
    "operations.start_run": (_plain(_run), "operations:run:start"),
    "operations.cancel_run": (
        _prepared(_run, lambda _, scope, made: cancel_run(scope, made.pk, actor=scope.actor)),
        "operations:run:cancel",
    ),
}
# Writes that are a part of another action's write, whose event tells of them; and those covered where they are tested.
PARTS = {
    **TRACE_PARTS,
    **MESSAGE_PARTS,
    **REVIEW_PARTS,
    "systems.note_parts": "a step of evaluations.keep_scan",
    "systems.note_templates": "a step of evaluations.keep_scan",
    "findings.locked": "locks a row and writes nothing",
    "findings.all_workable": "locks rows and writes nothing",
    "findings.subject_of": "names a row and writes nothing",
    "inventory.answer_match": "needs a proposed pair; see tests/inventory/test_answers.py",
    "inventory.withdraw_answer": "the same",
    "findings.sweep_exceptions": "looks in all workspaces; see tests/findings/test_terms.py",
    "findings.write_down_ends": "the same",
    "findings.write_down_lapses": "the same",
    "findings.warn_of_ends": "the same",
    "findings.end_acceptance": "a part of moving a finding, whose event it is",
    "findings.settle": "writes down what everybody sees already; see the tests of accepted risk",
    "findings.settle_lapsed": "the same, for an environment",
    "workspaces.forget_person": "in every trail; see tests/audit/test_forgetting.py",
    "vault.seal": "what it seals belongs to another action, which writes the event",
    "vault.unseal": "reads; the same",
    "vault.rewrap": "by `rewrap_all`, whose event is in the installation's trail",
    "vault.signer": "what it signs belongs to another action, which writes the event",
    "vault.replace_signing_key": "by `use_signing_key`, whose event is in the installation's trail",
    "evaluations.note_judgements": "a step of evaluations.keep_scan",
    "workspaces.note_use": "a time, once an hour; no decision of anybody",
    "workspaces.count_request": "counts against a limit; no decision of anybody",
    "workspaces.claim_answer": "part of a request, whose action writes the event",
    "workspaces.keep_answer": "the same",
    "workspaces.create_workspace": "makes a workspace of its own, see below",
    "connections.let_go": "part of the capture",
    "evidence.keep": "part of the capture",
    "operations.claim": "an attempt is no decision; the finish of the run is in the trail",
    "operations.finish": "by `execute`, see the tests of runs",
    "operations.follow": "starts a run, as `start_run` does",
    "operations.recover": "by the sweep, see its tests",
    "operations.execute": "ends a run, see the tests of runs",
    "operations.sweep": "see its tests",
    "operations.tidy": "forgets jobs of the queue; the run is the record",
    "operations.listening": "writes nothing",
}
