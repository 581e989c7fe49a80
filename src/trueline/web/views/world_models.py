"""World models: what agents are judged by, taken in from files, and published in versions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from trueline.engine.rules.lint import lint
from trueline.engine.rules.model import IN_FORCE, RuleStatus
from trueline.engine.rules.reading import MAX_BYTES
from trueline.engine.rules.shipped import SHIPPED, shipped_text
from trueline.engine.rules.writing import model_text
from trueline.evaluations import queries as evaluations
from trueline.evaluations.actions.importing import import_world_model
from trueline.evaluations.actions.publishing import publish_version, retire_model
from trueline.evaluations.rules import ModelState
from trueline.kit.errors import Refused, TruelineError
from trueline.kit.scope import NotAllowed
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.forms_models import WorldModelForm
from trueline.web.pages import page, url
from trueline.web.reasons import of_rules
from trueline.web.views.audit import events_url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from trueline.engine.rules.model import WorldModel as Drafted
    from trueline.evaluations.models import WorldModel, WorldModelVersion, WorldRule
    from trueline.web.asked import Asked

_VIEW, _MANAGE, _APPROVE = (
    Capability.FINDINGS_VIEW,
    Capability.WORLD_MODELS_MANAGE,
    Capability.WORLD_MODELS_APPROVE,
)

_NEVER = "never"


@workspace_page(_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Every world model: how many rules judge, how many are signed off, and the newest version."""
    found = list(evaluations.world_models(asked.scope))
    counts: dict[UUID, Counter[str]] = {one.pk: Counter() for one in found}
    for rule in evaluations.world_rules(asked.scope, counts):
        counts[rule.world_model_id][rule.status] += 1
    newest: dict[UUID, WorldModelVersion] = {}
    for version in evaluations.versions(asked.scope, counts):
        newest.setdefault(version.world_model_id, version)
    rows = [(one, *_numbers(counts[one.pk]), newest.get(one.pk)) for one in found]
    context = {"rows": rows, "take_reason": words.why_not(asked.scope, _MANAGE)}
    return page(asked, "world_models.html", _("World models"), context)


def _numbers(counts: Counter[str]) -> tuple[int, int]:
    """How many rules judge, and how many of them somebody has signed off."""
    return sum(counts[status] for status in IN_FORCE), counts[RuleStatus.ENSHRINED]


@workspace_page(_MANAGE, "GET", "POST")
def take(asked: Asked) -> HttpResponse:
    """Take a world model in from a file, or one that Trueline ships."""
    is_sent = asked.request.method == "POST"
    form = WorldModelForm(asked.request.POST, asked.request.FILES) if is_sent else WorldModelForm()
    if is_sent and form.is_valid():
        try:
            made = import_world_model(asked.scope, _text(form.cleaned_data), actor=asked.actor)
        except NotAllowed:
            raise
        except TruelineError as error:
            form.add_error("file", words.told(error))
        else:
            values = {"added": made.added, "changed": made.changed, "unchanged": made.unchanged}
            said = _("Taken in: %(added)s rules new, %(changed)s changed, %(unchanged)s as they were.") % values
            if made.lowered:
                said += " " + ngettext(
                    "%(number)s rule that the file calls approved is not: a person here has to sign it off.",
                    "%(number)s rules that the file calls approved are not: a person here has to sign them off.",
                    made.lowered,
                ) % {"number": made.lowered}
            messages.success(asked.request, said)
            return redirect(url(asked, "world_model", made.world_model_id))
    crumbs = [(_("World models"), url(asked, "world_models"))]
    context = {"form": form, "offered": _offered()}
    status = 422 if is_sent else 200
    return page(asked, "world_model_take.html", _("Take in a world model"), context, crumbs=crumbs, status=status)


def _offered() -> list[tuple[str, Any]]:
    """What Trueline ships: its name in the form, and what people call it."""
    return [(name, _SHIPPED_NAMES.get(name, name)) for name in SHIPPED]


_SHIPPED_NAMES = {
    "airline": gettext_lazy("An airline's reservations"),
    "retail": gettext_lazy("Orders of an online shop"),
}


def _text(given: dict[str, Any]) -> str:
    if given["shipped"]:
        return shipped_text(given["shipped"])
    file = given["file"]
    if file.size > MAX_BYTES:
        raise Refused(gettext_noop("This file is larger than a world model can be."))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(gettext_noop("This file is no text in UTF-8.")) from error


@workspace_page(_VIEW, record=True)
def world_model(asked: Asked, world_model_id: UUID) -> HttpResponse:
    """One world model: its rules with status and source, what is wrong with it, and its versions."""
    found = evaluations.world_model(asked.scope, world_model_id)
    asked.scope.require(_VIEW)
    rules = list(evaluations.world_rules(asked.scope, [found.pk]))
    drafted = evaluations.as_drafted(asked.scope, found)
    in_force, enshrined = _numbers(Counter(rule.status for rule in rules))
    wish = asked.request.GET.get("status", "")
    counts = evaluations.rule_counts(asked.scope, found.pk)
    never = {rule.key for rule in rules if rule.status in IN_FORCE and not _has_fired(counts.get(rule.key))}
    shown = [rule for rule in rules if not wish or rule.status == wish or (wish == _NEVER and rule.key in never)]
    context = {
        "model": found,
        "events_url": events_url(asked, "world_model", found.pk),
        "rules": [(rule, counts.get(rule.key), rule.key in never) for rule in shown],
        "never": len(never) if counts else None,
        "never_code": _NEVER,
        "wish": wish,
        "statuses": _statuses(rules),
        "in_force": in_force,
        "enshrined": enshrined,
        "complaints": _complaints(drafted, rules),
        "versions": list(evaluations.versions(asked.scope, [found.pk])),
        "is_retired": found.state == ModelState.RETIRED,
        "publish_reason": words.why_not(asked.scope, _APPROVE),
        "take_reason": words.why_not(asked.scope, _MANAGE),
    }
    crumbs = [(_("World models"), url(asked, "world_models"))]
    return page(asked, "world_model.html", found.name, context, crumbs=crumbs)


def _has_fired(counts: dict[str, int] | None) -> bool:
    """Whether it ever passed or failed. A rule that never did may be of use, or may never be able to judge."""
    return counts is not None and counts["passed"] + counts["failed"] > 0


def _statuses(rules: list[WorldRule]) -> list[tuple[str, int]]:
    """Each status that there is, in the order of a rule's life, with how many rules are in it."""
    counts = Counter(rule.status for rule in rules)
    return [(str(status), counts[status]) for status in RuleStatus if counts[status]]


def _complaints(drafted: Drafted, rules: list[WorldRule]) -> list[dict[str, Any]]:
    by_key = {rule.key: rule for rule in rules}
    return [
        {
            "tone": "high" if each.weight == "error" else "low",
            "rule": by_key.get(each.rule_id),
            "said": of_rules(each.message),
        }
        for each in lint(drafted)
    ]


@workspace_page(_VIEW, record=True)
def export(asked: Asked, world_model_id: UUID) -> HttpResponse:
    """The rules as they are now, as a file that can be taken in again."""
    found = evaluations.world_model(asked.scope, world_model_id)
    asked.scope.require(_VIEW)
    return _file(f"{found.key}-draft", evaluations.as_drafted(asked.scope, found))


@workspace_page(_VIEW, record=True)
def export_version(asked: Asked, world_model_version_id: UUID) -> HttpResponse:
    """A published version as its file."""
    found = evaluations.version(asked.scope, world_model_version_id)
    asked.scope.require(_VIEW)
    return _file(f"{found.world_model.key}-{found.label}", evaluations.as_published(asked.scope, found.pk))


def _file(name: str, model: Drafted) -> HttpResponse:
    answer = HttpResponse(model_text(model), content_type="application/yaml; charset=utf-8")
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.+") else "-" for sign in name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}.yaml"'
    return answer


@workspace_page(_APPROVE, "POST", record=True)
def publish(asked: Asked, world_model_id: UUID) -> HttpResponse:
    """Publish the rules as they are now."""
    found = evaluations.world_model(asked.scope, world_model_id)
    asked.scope.require(_APPROVE)
    given = asked.request.POST
    return act(
        asked,
        lambda: publish_version(
            asked.scope,
            found.pk,
            given.get("notes", "")[:2_000],
            actor=asked.actor,
            is_unsigned_known=given.get("unsigned") == "known",
        ),
        _("A new version of %(name)s is published.") % {"name": found.name},
        url(asked, "world_model", found.pk),
    )


@workspace_page(_APPROVE, "POST", record=True)
def retire(asked: Asked, world_model_id: UUID) -> HttpResponse:
    """End a world model."""
    found = evaluations.world_model(asked.scope, world_model_id)
    asked.scope.require(_APPROVE)
    return act(
        asked,
        lambda: retire_model(asked.scope, found.pk, asked.request.POST.get("reason", "")[:500], actor=asked.actor),
        _("%(name)s is retired.") % {"name": found.name},
        url(asked, "world_model", found.pk),
    )


def crumbs_of(asked: Asked, found: WorldModel) -> list[tuple[str, str]]:
    """The way to what is below a world model."""
    return [(_("World models"), url(asked, "world_models")), (found.name, url(asked, "world_model", found.pk))]
