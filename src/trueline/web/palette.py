"""What a person can go to by a few letters: places, actions and records, never what they may not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trueline.findings import queries as findings
from trueline.inventory import queries as inventory
from trueline.operations import queries as operations
from trueline.web import words
from trueline.web.context import PLACES
from trueline.web.marks import STATES
from trueline.web.pages import url
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from trueline.operations.models import OperationRun
    from trueline.web.asked import Asked

MOST_OF_A_KIND = 6
LONGEST = 100
SHORTEST = 2
"""One letter finds too much to be of use among records; places and actions answer to it."""

_ACTIONS: tuple[tuple[str, StrOrPromise, str], ...] = (
    ("environment_new", gettext_lazy("Add an environment"), Capability.ENVIRONMENTS_MANAGE),
    ("members", gettext_lazy("Invite somebody"), Capability.MEMBERS_MANAGE),
    ("keys", gettext_lazy("Make an API key"), Capability.MEMBERS_MANAGE),
    ("compare", gettext_lazy("Compare two captures"), Capability.WORKSPACE_VIEW),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing to go to: what it is called, what tells it from others of that name, and its address."""

    label: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind."""

    title: str
    hits: tuple[Hit, ...]


def groups(asked: Asked, sought: str) -> list[Group]:
    """What those letters find, kind by kind; never what the person may not see. Places and actions for no letters."""
    text = sought.strip()[:LONGEST].replace("\x00", "")
    found = [Group(_("Places"), _places(asked, text)), Group(_("Actions"), _actions(asked, text))]
    if len(text) >= SHORTEST:
        found += [
            Group(_("Environments"), _environments(asked, text)),
            Group(_("Standards"), _standards(asked, text)),
            Group(_("Findings"), _findings(asked, text)),
            Group(_("Runs"), _runs(asked, text)),
        ]
    return [group for group in found if group.hits]


def _places(asked: Asked, text: str) -> tuple[Hit, ...]:
    named = ((name, str(label)) for name, label, capability, _key in PLACES if asked.scope.may(capability))
    return tuple(Hit(label, "", url(asked, name)) for name, label in named if text.lower() in label.lower())


def _actions(asked: Asked, text: str) -> tuple[Hit, ...]:
    offered = ((name, str(label)) for name, label, capability in _ACTIONS if asked.scope.may(capability))
    return tuple(Hit(label, "", url(asked, name)) for name, label in offered if text.lower() in label.lower())


def _environments(asked: Asked, text: str) -> tuple[Hit, ...]:
    found = workspaces.environments(asked.scope).filter(Q(name__icontains=text) | Q(slug__icontains=text))
    return tuple(
        Hit(one.name, str(STATES[one.lifecycle].word), url(asked, "environment", one.slug))
        for one in found[:MOST_OF_A_KIND]
    )


def _standards(asked: Asked, text: str) -> tuple[Hit, ...]:
    found = inventory.baselines(asked.scope).filter(name__icontains=text)[:MOST_OF_A_KIND]
    return tuple(Hit(one.name, "", url(asked, "standard", one.pk)) for one in found)


def _findings(asked: Asked, text: str) -> tuple[Hit, ...]:
    if not asked.scope.may(Capability.FINDINGS_VIEW):
        return ()
    meant = Q(id=named) if (named := _id(text)) else Q(subject_name__icontains=text) | Q(path__icontains=text)
    # Unordered on purpose: the first few that match end the search, where an order would walk all findings.
    found = list(findings.findings(asked.scope).filter(meant).order_by()[:MOST_OF_A_KIND])
    shown = [one for one in found if asked.scope.may(Capability.FINDINGS_VIEW, one.environment_id)]
    names = _names(asked, {one.environment_id for one in shown})
    return tuple(
        Hit(words.finding_sentence(one), names.get(one.environment_id, ""), url(asked, "finding", one.pk))
        for one in sorted(shown, key=lambda one: one.severity_rank)
    )


def _runs(asked: Asked, text: str) -> tuple[Hit, ...]:
    if not asked.scope.may(Capability.OPERATIONS_VIEW):
        return ()
    meant = Q(id=named) if (named := _id(text)) else Q(environment_label__icontains=text)
    found = operations.runs(asked.scope).filter(meant)[:MOST_OF_A_KIND]
    return tuple(Hit(words.run_type(one.run_type), _when(one), url(asked, "run", one.pk)) for one in found)


def _when(run: OperationRun) -> str:
    return " · ".join(part for part in (run.environment_label, words.moment(run.queued_at)) if part)


def _names(asked: Asked, ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(workspaces.environments(asked.scope).filter(id__in=list(ids)).values_list("id", "name"))


def _id(text: str) -> UUID | None:
    """The id that somebody pasted; None for words."""
    try:
        return UUID(text)
    except ValueError:
        return None
