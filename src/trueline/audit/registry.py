"""Every kind of event, `room:subject:verb`, with the sentence that a page shows. A test holds writers to this list."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

EVENTS: dict[str, str] = {
    "workspaces:person:create": _("made an account"),
    "workspaces:link:create": _("made a link that signs in once"),
    "workspaces:link:use": _("signed in by a link"),
    "workspaces:workspace:create": _("created the workspace"),
    "workspaces:environment:create": _("created the environment"),
    "workspaces:environment:move": _("moved the environment in its life"),
    "workspaces:membership:change": _("changed a member's role"),
    "workspaces:membership:narrow": _("narrowed a member to environments"),
    "workspaces:membership:widen": _("lifted a member's limit on an environment"),
    "workspaces:membership:remove": _("removed a member"),
    "workspaces:invitation:create": _("invited a person"),
    "workspaces:invitation:accept": _("accepted an invitation"),
    "workspaces:invitation:revoke": _("withdrew an invitation"),
    "workspaces:key:create": _("made an API key"),
    "workspaces:key:revoke": _("withdrew an API key"),
    "workspaces:control:pause": _("paused a type of run"),
    "workspaces:control:resume": _("let a type of run go on"),
    "workspaces:sweep:read": _("listed all workspaces of this installation"),
    "operations:sweep:read": _("found stalled runs in all workspaces"),
    "operations:run:start": _("started a run"),
    "operations:run:finish": _("finished a run"),
    "operations:run:block": _("stopped a run before it began"),
    "operations:run:cancel": _("asked a run to stop"),
    "operations:run:recover": _("took up a stalled run"),
    "connections:connection:create": _("connected a source"),
    "connections:upload:receive": _("received an exported file"),
    "inventory:snapshot:capture": _("captured a snapshot"),
    "inventory:baseline:create": _("made a baseline"),
    "inventory:baseline:advance": _("made a new version of a baseline"),
    "inventory:baseline:assign": _("assigned a baseline to an environment"),
    "inventory:pair:answer": _("answered whether two objects are the same"),
    "inventory:pair:withdraw": _("took back an answer about two objects"),
    "findings:finding:detect": _("recorded what was detected"),
    "findings:finding:move": _("moved the finding"),
    "findings:finding:assign": _("said who works on the finding"),
    "findings:finding:comment": _("commented on the finding"),
}
