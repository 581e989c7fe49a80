"""What a standard asks for: taken from a file or from what Trueline ships, and given back as a file."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trueline.connections import registry
from trueline.findings.starting import judge_again
from trueline.inventory import queries as inventory
from trueline.inventory import queries_standards as asks
from trueline.inventory.actions import add_baseline_version, make_baseline, unassign_baseline
from trueline.inventory.actions_upgrades import begin_upgrade
from trueline.inventory.assertions.model import Baseline
from trueline.inventory.assertions.reading import parse_baseline, parse_bytes
from trueline.inventory.assertions.writing import baseline_text
from trueline.inventory.assertions.yaml_text import MAX_BYTES
from trueline.kit.scope import NotVisible
from trueline.web import words
from trueline.web.doors import act, refused_in, workspace_page
from trueline.web.forms import AssertionsForm
from trueline.web.judging import holds_now
from trueline.web.pages import page, url
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from trueline.inventory.models import BaselineProfile
    from trueline.web.asked import Asked

_MANAGE = Capability.BASELINES_MANAGE


@lru_cache(maxsize=4)
def shipped(provider_key: str) -> dict[str, Baseline]:
    """What a provider ships, by name. Files of a release, read once."""
    texts = registry.provider(provider_key).baselines()
    return {name: parse_baseline(text, name=name) for name, text in sorted(texts.items())}


@workspace_page(_MANAGE, "GET", "POST")
def new(asked: Asked) -> HttpResponse:
    """Make a standard of a file, or of what Trueline ships."""
    return _taken(asked, None)


@workspace_page(_MANAGE, "GET", "POST", record=True)
def version(asked: Asked, profile_id: UUID) -> HttpResponse:
    """Make a file the next version of a standard."""
    profile = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    return _taken(asked, profile)


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def file(asked: Asked, baseline_version_id: UUID) -> HttpResponse:
    """The assertions of a version as the file that they came from, member by member."""
    found = asks.version_by_id(asked.scope, baseline_version_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    layers = asks.layers(asked.scope, found)
    if not layers:
        raise NotVisible
    answer = HttpResponse(baseline_text(layers[-1]), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{layers[-1].id}-{found.number}.yaml"'
    return answer


@workspace_page(_MANAGE, "POST", record=True)
def unassign(asked: Asked, profile_id: UUID) -> HttpResponse:
    """Hold an environment to it no more, and judge its newest capture again, so that nothing of it stays open."""
    profile = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    place = access.environment(asked.scope, asked.request.POST.get("environment", ""))

    def done() -> None:
        if unassign_baseline(asked.scope, profile.pk, place, actor=asked.actor):
            judge_again(asked.scope, place, actor=asked.actor)

    values = {"environment": place.name, "standard": words.shipped(profile.name)}
    said = _("%(environment)s is not held to %(standard)s any more.") % values
    there = url(asked, "environment", place.slug)
    return act(asked, done, said, url(asked, "standard", profile.pk), tags=there)


def _taken(asked: Asked, profile: BaselineProfile | None) -> HttpResponse:
    offered = shipped(registry.export_provider().key)
    form = AssertionsForm(offered, needs_name=profile is None)
    if asked.request.method != "POST":
        return _form(asked, profile, form, offered)
    form = AssertionsForm(offered, asked.request.POST, asked.request.FILES, needs_name=profile is None)
    if form.is_valid():
        given = form.cleaned_data
        with refused_in(form, "file"):
            found = offered[given["shipped"]] if given["shipped"] else _read(given)
            if profile is not None and profile.key:
                begin_upgrade(asked.scope, profile.pk, found, actor=asked.actor)
                return redirect(url(asked, "standard_upgrade", profile.pk))
            return redirect(url(asked, "standard", _kept(asked, profile, found, given.get("name", ""))))
    return _form(asked, profile, form, offered, status=422)


def _kept(asked: Asked, profile: BaselineProfile | None, found: Baseline, name: str) -> UUID:
    if profile is not None:
        made = add_baseline_version(asked.scope, profile.pk, None, actor=asked.actor, asks=found, keeps_capture=True)
        holds_now(asked, made)
        return made.profile_id
    messages.success(asked.request, _("This is what the standard asks for."))
    return make_baseline(
        asked.scope, name.strip() or words.shipped(found.title)[:120], None, actor=asked.actor, asks=found
    ).pk


def _read(given: dict[str, Any]) -> Baseline:
    return parse_bytes(given["file"].read(MAX_BYTES + 1), name=given["file"].name)


def _form(
    asked: Asked,
    profile: BaselineProfile | None,
    form: AssertionsForm,
    offered: dict[str, Baseline],
    *,
    status: int = 200,
) -> HttpResponse:
    crumbs = [(_("Standards"), url(asked, "standards"))]
    if profile is not None:
        crumbs.append((words.shipped(profile.name), url(asked, "standard", profile.pk)))
        offered = {name: one for name, one in offered.items() if one.id == profile.key}
    context = {"form": form, "profile": profile, "offered": offered}
    title = _("New standard") if profile is None else _("Next version")
    return page(asked, "standard_new.html", title, context, crumbs=crumbs, status=status)
