"""What findings, and what they stand on, are called: one word for pages and reviews, in the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from trueline.connections import registry as providers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SEVERITIES: dict[str, StrOrPromise] = {
    "critical": pgettext_lazy("severity", "Critical"),
    "high": pgettext_lazy("severity", "High"),
    "medium": pgettext_lazy("severity", "Medium"),
    "low": pgettext_lazy("severity", "Low"),
    "info": pgettext_lazy("severity", "Info"),
}
COVERAGE: dict[str, StrOrPromise] = {
    "complete": pgettext_lazy("coverage", "Complete"),
    "partial": pgettext_lazy("coverage", "Read in part"),
    "denied": pgettext_lazy("coverage", "Not read: permission missing"),
    "not_licensed": pgettext_lazy("coverage", "Not read: not licensed"),
    "unread": pgettext_lazy("coverage", "Not read"),
}
RUN_OUTCOMES: dict[str, StrOrPromise] = {
    "succeeded": pgettext_lazy("run", "Succeeded"),
    "partially_succeeded": pgettext_lazy("run", "Succeeded in part"),
    "blocked": pgettext_lazy("run", "Blocked before it began"),
    "failed": pgettext_lazy("run", "Failed"),
    "cancelled": pgettext_lazy("run", "Cancelled"),
}
ROLES: dict[str, StrOrPromise] = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "approver": _("Approver"),
    "operator": _("Operator"),
    "viewer": _("Viewer"),
    "customer": _("Customer"),
}
FACETS: dict[str, StrOrPromise] = {
    "settings": _("Settings"),
    "assignments": _("Assignments"),
    "scope_tags": _("Scope tags"),
    "identity": _("Identity"),
    "metadata": _("Other properties"),
}
GAPS: dict[str, StrOrPromise] = {
    "corrupt": _("Damaged or not JSON"),
    "too_large": _("Too large"),
    "too_deep": _("Nested too deeply"),
    "bad_number": _("A number that cannot be kept exactly"),
    "bad_text": _("A text that cannot be kept"),
    "symlink": _("A link, not followed"),
    "nested_archive": _("An archive inside the archive, not opened"),
    "unexpected_shape": _("Not the shape of an export"),
    "truncated": _("Settings are missing from it"),
    "empty": _("Empty"),
    "denied": _("Permission missing"),
    "not_licensed": _("Not licensed"),
    "unread": _("Not read"),
    "duplicate_id": _("Several objects with one id"),
    "duplicate_name": _("Several objects with one name"),
    "unknown_type": _("A type that Trueline does not know; kept as it is"),
    "unknown_area": _("An area that Trueline does not know"),
    "ignored_file": _("Not an exported object; left aside"),
}


def area(key: str) -> str:
    """What an area is called; the key in words for one that no provider knows."""
    for provider in providers.providers():
        if key in provider.area_labels:
            return gettext(provider.area_labels[key])
    return key.replace("_", " ")


def facet(key: str) -> str:
    """What a part of an object is called."""
    return str(FACETS.get(key, key.replace("_", " ")))


def gap(kind: str) -> str:
    """Why something could not be read, or what is odd."""
    return str(GAPS.get(kind, kind.replace("_", " ")))


def role(key: str) -> str:
    """What a role is called."""
    return str(ROLES.get(key, key))
