"""What the frame of every page shows: where one is, and where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trueline.casework.queries import waiting_count
from trueline.casework.rules import MOST_WAITING
from trueline.findings.wording import role
from trueline.notices.queries import MOST_UNREAD, unread_count
from trueline.web.asked import Asked
from trueline.web.page_help import TOPICS
from trueline.web.under_way import under_way
from trueline.workspaces.rules import Capability

PLACES = (
    ("workspace_home", pgettext_lazy("rail", "Today"), Capability.WORKSPACE_VIEW, "t"),
    ("inbox", _("Inbox"), Capability.WORKSPACE_VIEW, "i"),
    ("notices", _("Notices"), Capability.WORKSPACE_VIEW, "n"),
    ("environments", _("Environments"), Capability.WORKSPACE_VIEW, "e"),
    ("findings", _("Findings"), Capability.FINDINGS_VIEW, "f"),
    ("compare", _("Compare"), Capability.WORKSPACE_VIEW, "c"),
    ("decisions", _("Decisions"), Capability.FINDINGS_VIEW, "d"),
    ("reviews", _("Reviews"), Capability.FINDINGS_VIEW, "v"),
    ("standards", _("Standards"), Capability.WORKSPACE_VIEW, "s"),
    ("world_models", _("World models"), Capability.FINDINGS_VIEW, "w"),
    ("runs", _("Runs"), Capability.OPERATIONS_VIEW, "r"),
    ("audit", _("Audit"), Capability.AUDIT_VIEW, "a"),
    ("members", _("Members"), Capability.WORKSPACE_VIEW, "m"),
)
KIND_LABELS = {
    "microsoft365_tenant": _("A Microsoft 365 tenant"),
    "agent_system": _("A system of AI agents"),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One word of the rail; `key` is the letter that leads there after g."""

    label: Any
    url: str
    current: bool
    key: str
    count: str = ""


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame's variables; outside a workspace only the help."""
    found = {"page_help": TOPICS.get(request.resolver_match.view_name) if request.resolver_match else None}
    asked: Asked | None = getattr(request, "asked", None)
    if asked is None:
        return found
    return found | {
        "workspace": {"name": asked.scope.workspace_name, "slug": asked.scope.workspace_slug},
        "workspaces": [
            {"label": door.name, "url": reverse("workspace_home", args=[door.slug]), "slug": door.slug}
            for door in asked.doors
        ],
        "role_label": role(asked.scope.role),
        "scope": asked.scope,
        "frame": "web/base.html" if asked.scope.may(Capability.WORKSPACE_VIEW) else "web/customer.html",
        # Asked only by those who show them: a part of a page has no frame.
        "nav": SimpleLazyObject(lambda: _nav(asked)),
        "under_way": SimpleLazyObject(lambda: under_way(asked)),
    }


def _nav(asked: Asked) -> list[NavItem]:
    slug, here = asked.scope.workspace_slug, asked.request.path
    home = reverse("workspace_home", args=[slug])
    found = []
    for name, label, capability, key in PLACES:
        if asked.scope.may(capability):
            url = reverse(name, args=[slug])
            count = _COUNTS[name](asked) if name in _COUNTS else ""
            found.append(NavItem(label, url, here == url if url == home else here.startswith(url), key, count))
    return found


def _waiting(asked: Asked) -> str:
    """How many items wait in the inbox; empty for none."""
    number = waiting_count(asked.scope)
    return f"{MOST_WAITING - 1}+" if number >= MOST_WAITING else str(number or "")


def _unread(asked: Asked) -> str:
    """How many notices the reader has not read; empty for none."""
    number = unread_count(asked.scope)
    return f"{MOST_UNREAD - 1}+" if number >= MOST_UNREAD else str(number or "")


_COUNTS = {"inbox": _waiting, "notices": _unread}
