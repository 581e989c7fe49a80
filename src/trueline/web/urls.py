"""Addresses of the pages. The workspace, and inside it the environment, are always part of the address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from trueline.web.asked import Policy
from trueline.web.views import (
    audit,
    bulk,
    compare,
    decisions,
    entry,
    environments,
    finding_work,
    findings,
    home,
    inbox,
    keys,
    members,
    pairs,
    runs,
    saved_views,
    search,
    snapshots,
    standards,
    styleguide,
    uploads,
)

set_language.policy = Policy("public", reason="a visitor may choose the language")  # type: ignore[attr-defined]  # read by the test that walks the routes

_environment: list[URLPattern] = [
    path("", environments.overview, name="environment"),
    path("objects", environments.objects, name="environment_objects"),
    path("objects/<uuid:item_id>", snapshots.snapshot_object, name="snapshot_object"),
    path("captures", environments.captures, name="environment_captures"),
    path("captures/<uuid:snapshot_id>", snapshots.snapshot, name="snapshot"),
    path("captures/<uuid:snapshot_id>/standard", standards.make, name="baseline_make"),
    path("differences", snapshots.compared, name="environment_differences"),
    path("upload", uploads.upload, name="upload"),
    path("judge", environments.judge, name="environment_judge"),
    path("archive", environments.archive, name="environment_archive"),
    path("restore", environments.restore, name="environment_restore"),
]
_member: list[URLPattern] = [
    path("", members.member, name="member"),
    path("role", members.set_role, name="member_role"),
    path("remove", members.remove, name="member_remove"),
    path("narrow", members.set_narrowing, name="member_narrow"),
    path("widen/<uuid:environment_id>", members.lift_narrowing, name="member_widen"),
]
_workspace: list[URLPattern | URLResolver] = [
    path("", home.home, name="workspace_home"),
    path("search", search.search, name="search"),
    path("views/save", saved_views.save, name="view_save"),
    path("views/default", saved_views.default, name="view_default"),
    path("views/forget", saved_views.forget, name="view_forget"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/take/<uuid:finding_id>", inbox.take, name="inbox_take"),
    path("inbox/snooze", inbox.snooze, name="inbox_snooze"),
    path("inbox/seen", inbox.see, name="inbox_see"),
    path("inbox/wake", inbox.wake, name="inbox_wake"),
    path("environments/", environments.listing, name="environments"),
    path("new-environment", environments.new, name="environment_new"),
    path("environments/<slug:environment>/", include(_environment)),
    path("standards/", standards.listing, name="standards"),
    path("standards/<uuid:profile_id>", standards.standard, name="standard"),
    path("standards/<uuid:profile_id>/assign", standards.assign, name="standard_assign"),
    path("compare", compare.compare, name="compare"),
    path("compare/export", compare.export, name="compare_export"),
    path("compare/pairs", pairs.listing, name="pairs"),
    path("compare/pairs/answer", pairs.answer, name="pair_answer"),
    path("compare/pairs/<uuid:identity_link_id>/withdraw", pairs.withdraw, name="pair_withdraw"),
    path("findings/", findings.listing, name="findings"),
    path("findings/work", bulk.work, name="findings_work"),
    path("findings/undo", bulk.undo, name="findings_undo"),
    path("findings/<uuid:finding_id>", findings.finding, name="finding"),
    path("findings/<uuid:finding_id>/move", finding_work.move, name="finding_move"),
    path("findings/<uuid:finding_id>/assign", finding_work.assign, name="finding_assign"),
    path("findings/<uuid:finding_id>/comment", finding_work.comment, name="finding_comment"),
    path("findings/<uuid:finding_id>/accept", decisions.ask, name="finding_accept"),
    path("decisions/", decisions.register, name="decisions"),
    path("decisions/<uuid:exception_id>/approve", decisions.approve, name="decision_approve"),
    path("decisions/<uuid:exception_id>/reject", decisions.reject, name="decision_reject"),
    path("decisions/<uuid:exception_id>/revoke", decisions.revoke, name="decision_revoke"),
    path("runs/", runs.listing, name="runs"),
    path("runs/<uuid:run_id>", runs.run, name="run"),
    path("runs/<uuid:run_id>/progress", runs.progress, name="run_progress"),
    path("runs/<uuid:run_id>/cancel", runs.cancel, name="run_cancel"),
    path("audit/", audit.listing, name="audit"),
    path("members/", members.listing, name="members"),
    path("members/invite", members.send_invitation, name="invite"),
    path("members/invitations/<uuid:invitation_id>/withdraw", members.withdraw, name="invitation_withdraw"),
    path("members/<uuid:membership_id>/", include(_member)),
    path("keys/", keys.listing, name="keys"),
    path("keys/make", keys.make, name="key_make"),
    path("keys/<uuid:api_key_id>/withdraw", keys.withdraw, name="key_withdraw"),
]

urlpatterns = [
    path("", entry.home, name="home"),
    path("healthz", entry.health, name="health"),
    path("language", set_language, name="set_language"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("new-workspace", entry.new_workspace, name="workspace_new"),
    path("sign-in/<str:token>", entry.sign_in_link, name="sign_in_link"),
    path("join/<uuid:workspace_id>/<str:token>", entry.join, name="join"),
    path("w/<slug:workspace>/", include(_workspace)),
]
