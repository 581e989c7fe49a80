"""The prompt templates of a system of agents: the list, one with its segments, and what people say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from trueline.kit.errors import TruelineError
from trueline.systems import queries as systems
from trueline.systems.actions.templates import adjust_template, decide_template, declare_template
from trueline.systems.prompts import text_of
from trueline.systems.rules import TEMPLATE_MOVES, TemplateState
from trueline.traces import queries as traces
from trueline.web import words
from trueline.web.causes import percent
from trueline.web.doors import act, workspace_page
from trueline.web.forms_models import TemplateForm
from trueline.web.model_words import PROMPT_PARTS, prompt_part, prompt_reason
from trueline.web.pages import page, url
from trueline.web.views.agent_graph import elsewhere, looked_at
from trueline.web.views.traces import frame
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.systems.models import PromptTemplate
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_VIEW, _MANAGE = Capability.TRACES_VIEW, Capability.ENVIRONMENTS_MANAGE
_OPENING, _LINKED = 140, 12


@workspace_page(_VIEW, record=True)
def listing(asked: Asked, environment: str) -> HttpResponse:
    """The templates of a system, by agent."""
    found = looked_at(asked, environment, _VIEW)
    return elsewhere(asked, found) or _listing(asked, found, TemplateForm())


def _listing(asked: Asked, found: Environment, form: TemplateForm, *, status: int = 200) -> HttpResponse:
    rows: list[dict[str, Any]] = [
        {
            "template": one,
            "opening": Truncator(" ".join(text_of(one.shown).split())).chars(_OPENING),
            "slots": sum(each["kind"] == "slot" for each in one.shown),
            "cover": "" if one.cover is None else percent(one.cover),
            "url": url(asked, "prompt_template", one.pk),
        }
        for one in systems.prompt_templates(asked.scope, found.pk)
    ]
    context = {
        **frame(asked, found, "prompt_templates"),
        "rows": [row for row in rows if row["template"].state != TemplateState.DISCARDED],
        "discarded": [row for row in rows if row["template"].state == TemplateState.DISCARDED],
        "form": form,
        "manage_reason": words.why_not(asked.scope, _MANAGE, found.pk),
    }
    return page(
        asked,
        "prompt_templates.html",
        _("Prompts"),
        context,
        crumbs=_crumbs(asked, found),
        environment=found,
        status=status,
    )


def _crumbs(asked: Asked, found: Environment) -> list[tuple[str, str]]:
    return [
        (_("Environments"), url(asked, "environments")),
        (found.name, url(asked, "environment", found.slug)),
    ]


@workspace_page(_VIEW, record=True)
def template(asked: Asked, prompt_template_id: UUID) -> HttpResponse:
    """One template: its segments in order, each with its part, how sure it is, and the traces that show it."""
    found = systems.prompt_template(asked.scope, prompt_template_id)
    asked.scope.require(_VIEW, found.environment_id)
    environment = access.environment_by_id(asked.scope, found.environment_id)
    segments = [_segment(number, each) for number, each in enumerate(found.shown)]
    context = {
        "template": found,
        "segments": segments,
        "parts": list(PROMPT_PARTS.items()),
        "cover": "" if found.cover is None else percent(found.cover),
        "confidence": "" if found.confidence is None else percent(found.confidence),
        "traces": _traces(asked, environment, found),
        "may": {str(state): state in TEMPLATE_MOVES[found.state] for state in TemplateState},
        "manage_reason": words.why_not(asked.scope, _MANAGE, environment.pk),
    }
    title = found.agent or _("An unknown agent")
    crumbs = [*_crumbs(asked, environment), (_("Prompts"), url(asked, "prompt_templates", environment.slug))]
    return page(asked, "prompt_template.html", title, context, crumbs=crumbs, environment=environment)


def _segment(number: int, each: dict[str, Any]) -> dict[str, Any]:
    return {
        **each,
        "number": number,
        "word": prompt_part(each["part"]),
        "why": prompt_reason(each),
        "is_slot": each["kind"] == "slot",
    }


def _traces(asked: Asked, environment: Environment, found: PromptTemplate) -> list[tuple[str, str]]:
    """Traces that show it, with the address of those that are kept."""
    shown = found.trace_ids[:_LINKED]
    kept = traces.traces(asked.scope, environment.pk).filter(trace_id__in=shown)
    urls = {one.trace_id: url(asked, "trace", environment.slug, one.pk) for one in kept}
    return [(trace_id, urls.get(trace_id, "")) for trace_id in shown]


@workspace_page(_MANAGE, "POST", record=True)
def decide(asked: Asked, prompt_template_id: UUID) -> HttpResponse:
    """Confirm a template as it was read, or with other parts and names, or say that it is none."""
    found = systems.prompt_template(asked.scope, prompt_template_id)
    asked.scope.require(_MANAGE, found.environment_id)
    sent = asked.request.POST
    there = url(asked, "prompt_template", found.pk)
    who: dict[str, Any] = {"actor": asked.actor, "decider": asked.user}
    state = sent.get("state", "")
    if state == TemplateState.ADJUSTED:
        numbers = range(len(found.segments))
        wishes = [(sent.get(f"part-{number}", ""), sent.get(f"slot-{number}", "")) for number in numbers]
        return act(
            asked, lambda: adjust_template(asked.scope, found.pk, wishes, **who), _("The template was adjusted."), there
        )
    if state not in {TemplateState.CONFIRMED, TemplateState.DISCARDED}:
        messages.error(asked.request, _("Choose what shall become of it."))
        return redirect(there)
    said = _("The template was confirmed.") if state == TemplateState.CONFIRMED else _("The template was discarded.")
    return act(asked, lambda: decide_template(asked.scope, found.pk, TemplateState(state), **who), said, there)


@workspace_page(_MANAGE, "POST", record=True)
def declare(asked: Asked, environment: str) -> HttpResponse:
    """Say which template an agent uses, in place of having it read off traces."""
    found = looked_at(asked, environment, _MANAGE)
    form = TemplateForm(asked.request.POST)
    if form.is_valid():
        wished = form.cleaned_data
        try:
            made = declare_template(
                asked.scope,
                found.pk,
                wished["agent"],
                wished["role"],
                wished["text"],
                actor=asked.actor,
                decider=asked.user,
            )
        except TruelineError as error:
            form.add_error("text", words.told(error))
        else:
            messages.success(asked.request, _("The template was declared."))
            return redirect(url(asked, "prompt_template", made.pk))
    return _listing(asked, found, form, status=422)
