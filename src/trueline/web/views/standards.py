"""Standards: what environments are held to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.findings.starting import judge_again
from trueline.inventory import queries as inventory
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline
from trueline.inventory.assertions.making import Head, free_id
from trueline.inventory.queries_standards import has_upgrade, made_of
from trueline.inventory.vocabulary import definitions
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.web import words
from trueline.web.doors import refused_in, workspace_page
from trueline.web.forms import AssignForm, StandardForm
from trueline.web.judging import holds_now
from trueline.web.pages import page, url
from trueline.web.views.audit import events_url
from trueline.web.views.snapshots import snapshot_of
from trueline.web.views.standard_assertions import assertions_of
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability, Lifecycle

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.inventory.assertions.model import Baseline
    from trueline.inventory.models import BaselineProfile, Snapshot
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_MANAGE = Capability.BASELINES_MANAGE


@workspace_page(Capability.WORKSPACE_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Every standard, its newest version, and what is held to it."""
    names = _names(asked)
    newest = inventory.newest_versions(asked.scope)
    held: dict[UUID, list[Environment]] = {}
    for assignment in inventory.assignments(asked.scope):
        if assignment.environment_id in names:
            held.setdefault(assignment.profile_id, []).append(names[assignment.environment_id])
    rows = [
        {"profile": one, "version": newest.get(one.pk), "held": held.get(one.pk, [])}
        for one in inventory.baselines(asked.scope)
    ]
    context = {"rows": rows, "make_reason": words.why_not(asked.scope, _MANAGE)}
    return page(asked, "standards.html", _("Standards"), context)


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def standard(asked: Asked, profile_id: UUID) -> HttpResponse:
    """One standard: its versions, what is held to it, and the way to hold more to it."""
    profile = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    return _page(asked, profile, None)


@workspace_page(_MANAGE, "POST", record=True)
def assign(asked: Asked, profile_id: UUID) -> HttpResponse:
    """Hold an environment to a standard, and judge its newest capture at once."""
    profile = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    form = AssignForm(asked.request.POST, environments=[(one.pk, one.name) for one in _free(asked, profile)])
    if not form.is_valid():
        return _page(asked, profile, form, status=422)
    chosen = next(one for one in _free(asked, profile) if str(one.pk) == form.cleaned_data["environment"])
    try:
        assign_baseline(asked.scope, profile.pk, access.environment_by_id(asked.scope, chosen.pk), actor=asked.actor)
        started = judge_again(asked.scope, chosen, actor=asked.actor)
    except (NotAllowed, NotVisible):
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return redirect(url(asked, "standard", profile.pk))
    values = {"environment": chosen.name, "standard": words.shipped(profile.name)}
    said = _("%(environment)s is held to %(standard)s.") % values
    messages.success(asked.request, said, extra_tags=url(asked, "environment", chosen.slug))
    return redirect(url(asked, "run", started.run.pk) if started else url(asked, "standard", profile.pk))


@workspace_page(_MANAGE, "GET", "POST", record=True)
def make(asked: Asked, environment: str, snapshot_id: UUID) -> HttpResponse:
    """Make a capture a new standard, or the next version of one."""
    found = access.environment(asked.scope, environment)
    shown = snapshot_of(asked, found, snapshot_id)
    asked.scope.require(_MANAGE, found.pk)
    standards = [(one.pk, words.shipped(one.name)) for one in inventory.baselines(asked.scope)]
    form = StandardForm(asked.request.POST or None, standards=standards)
    if form.is_valid():
        with refused_in(form):
            return redirect(url(asked, "standard", _made(asked, shown, form.cleaned_data)))
    crumbs = [
        (_("Environments"), url(asked, "environments")),
        (found.name, url(asked, "environment", found.slug)),
        (_("Captures"), url(asked, "environment_captures", found.slug)),
    ]
    context = {"form": form, "snapshot": shown}
    return page(asked, "baseline_make.html", _("Make it a standard"), context, crumbs=crumbs, environment=found)


def _made(asked: Asked, snapshot: Snapshot, given: dict[str, Any]) -> UUID:
    objects = None if given["content"] == "settings" else snapshot.pk
    name = given["name"].strip()
    if name:
        asked_for = _asked_for(asked, snapshot, given["content"], Head(free_id(name, set()), "1", name))
        made = make_baseline(asked.scope, name, objects, actor=asked.actor, asks=asked_for)
        messages.success(asked.request, _("The capture is the standard now."))
        return made.pk
    profile = next(one for one in inventory.baselines(asked.scope) if str(one.pk) == given["existing"])
    newest = inventory.versions(asked.scope, profile.pk).first()
    release = str(newest.number + 1 if newest else 1)
    head = Head(profile.key or free_id(profile.name, set()), release, profile.name)
    asked_for = _asked_for(asked, snapshot, given["content"], head)
    version = add_baseline_version(asked.scope, profile.pk, objects, actor=asked.actor, asks=asked_for)
    holds_now(asked, version)
    return profile.pk


def _asked_for(asked: Asked, snapshot: Snapshot, content: str, head: Head) -> Baseline | None:
    if content == "objects":
        return None
    whole = replace(head, provider=snapshot.provider_key)
    return made_of(asked.scope, snapshot.pk, whole, definitions(asked.scope)).baseline


def _page(asked: Asked, profile: BaselineProfile, form: AssignForm | None, *, status: int = 200) -> HttpResponse:
    names = _names(asked)
    held_ids = set(
        inventory.assignments(asked.scope).filter(profile_id=profile.pk).values_list("environment_id", flat=True)
    )
    free = [one for key, one in names.items() if key not in held_ids and one.lifecycle != Lifecycle.ARCHIVED]
    versions = list(inventory.versions(asked.scope, profile.pk))
    context = {
        "events_url": events_url(asked, "baseline", profile.pk),
        "profile": profile,
        "versions": [(one, names.get(one.snapshot.environment_id) if one.snapshot else None) for one in versions],
        "is_upgrading": has_upgrade(asked.scope, profile.pk),
        "has_objects": bool(versions) and versions[0].snapshot_id is not None,
        "held": [one for key, one in names.items() if key in held_ids],
        "form": form or AssignForm(environments=[(one.pk, one.name) for one in free]),
        "has_free": bool(free),
        "assign_reason": words.why_not(asked.scope, _MANAGE),
    }
    if versions:
        context["asks"] = assertions_of(asked, profile, versions[0])
    crumbs = [(_("Standards"), url(asked, "standards"))]
    return page(asked, "standard.html", words.shipped(profile.name), context, crumbs=crumbs, status=status)


def _free(asked: Asked, profile: BaselineProfile) -> list[Environment]:
    """Environments in reach that are not held to it yet."""
    held = set(
        inventory.assignments(asked.scope).filter(profile_id=profile.pk).values_list("environment_id", flat=True)
    )
    return [one for key, one in _names(asked).items() if key not in held and one.lifecycle != Lifecycle.ARCHIVED]


def _names(asked: Asked) -> dict[UUID, Environment]:
    return {one.pk: one for one in workspaces.environments(asked.scope)}
