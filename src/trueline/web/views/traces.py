"""A system of agents: its traces, one trace, and the receiver that takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from trueline.engine.traces.model import Status
from trueline.engine.traces.normal_form import normal_form
from trueline.engine.traces.redaction import ContentClass
from trueline.kit import clock
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed
from trueline.traces import queries as traces
from trueline.traces.actions.connecting import change_policy
from trueline.traces.errors import TraceFileMissing
from trueline.web import once, trace_rows, words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import TracePolicyForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.verdict_rows import Judged, judged_of
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions_keys import create_api_key
from trueline.workspaces.rules import Capability, Kind, Lifecycle

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from trueline.engine.traces.model import Trace as Told
    from trueline.traces.models import Trace
    from trueline.web.asked import Asked
    from trueline.workspaces.models import ApiKey, Environment

_ORDER = ("-started_at", "-id")
_VIEW, _KEYS = Capability.TRACES_VIEW, Capability.MEMBERS_MANAGE
_ONCE = "trueline_ingest_key"
_KEY_LIFE = timedelta(days=180)
_VIEWS = (
    ("", gettext_lazy("Spans")),
    ("messages", gettext_lazy("Messages")),
    ("tools", gettext_lazy("Tool calls")),
    ("rules", gettext_lazy("Rules")),
)
_LONGEST = 200


@workspace_page(_VIEW, record=True)
def listing(asked: Asked, environment: str) -> HttpResponse:
    """The traces of a system of agents, newest first, filtered by the address."""
    found = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(_VIEW, found.pk)
    if found.kind != Kind.AGENTS:
        return redirect(url(asked, "environment", found.slug))
    wish = {key: asked.request.GET.get(key, "").strip()[:_LONGEST] for key in ("q", "status", "agent")}
    every = traces.traces(asked.scope, found.pk).exclude(started_at=None)
    context = {
        **frame(asked, found, "traces"),
        "listed": listed(asked.request, _filtered(every, wish), _ORDER),
        "wish": wish,
        "statuses": [("failed", _("Failed")), ("fine", pgettext("traces", "Not failed"))],
        "is_filtered": any(wish.values()),
        "waiting": traces.waiting(asked.scope, found.pk),
        "receiver_url": url(asked, "environment_receiver", found.slug),
        "import_reason": words.why_not(asked.scope, Capability.OPERATIONS_START, found.pk),
    }
    context["rows"] = [(one, trace_rows.duration(one.duration_ns)) for one in context["listed"].rows]
    crumbs = [*_crumbs(asked), (found.name, url(asked, "environment", found.slug))]
    return page(asked, "traces.html", _("Traces"), context, crumbs=crumbs, environment=found)


def _filtered(every: QuerySet[Trace], wish: dict[str, str]) -> QuerySet[Trace]:
    failed = Q(status=Status.ERROR) | Q(failed_spans__gt=0)
    if wish["status"] in {"failed", "fine"}:
        every = every.filter(failed) if wish["status"] == "failed" else every.exclude(failed)
    if wish["agent"]:
        every = every.filter(agents__contains=[wish["agent"]])
    if wish["q"]:
        every = every.filter(Q(name__icontains=wish["q"]) | Q(trace_id=wish["q"].lower()))
    return every


@workspace_page(_VIEW, record=True)
def trace(asked: Asked, environment: str, trace_id: UUID) -> HttpResponse:
    """One trace: its tree with a bar for each span, what was said, or the calls of tools; one span beside it."""
    found, line = _line(asked, environment, trace_id)
    view = asked.request.GET.get("view", "")
    told, missing = _told(asked, line, is_whole=view in {"messages", "tools"})
    judged = judged_of(asked, line, told)
    context: dict[str, Any] = {
        "line": line,
        "missing": missing,
        "duration": trace_rows.duration(line.duration_ns),
        "view": view if view in {"messages", "tools", "rules"} else "",
        "judged": judged,
        "tabs": [
            {"label": label, "url": f"?view={key}" if key else "?", "current": key == view} for key, label in _VIEWS
        ],
    }
    if told is not None:
        context |= _shown(told, context["view"], asked.request.GET.get("span", ""), judged)
    crumbs = [*_crumbs(asked), (found.name, url(asked, "environment", found.slug))]
    crumbs.append((_("Traces"), url(asked, "traces", found.slug)))
    return page(asked, "trace.html", line.name or line.trace_id, context, crumbs=crumbs, environment=found)


def _shown(told: Told, view: str, span_id: str, judged: Judged | None) -> dict[str, Any]:
    if view == "rules":
        return {}
    if view == "messages":
        said = trace_rows.conversation(told)
        shown = [
            (one, [(part, trace_rows.shown(part.text or part.arguments or "")) for part in one.message.parts])
            for one in said[: trace_rows.MOST_ENTRIES]
        ]
        return {"said": shown, "more": len(said) - len(shown)}
    rows = trace_rows.rows(told, judged.at if judged else {})
    if view == "tools":
        calls = [row for row in rows if row.span.tool is not None]
        shown_calls = [(row, *_call(row)) for row in calls[: trace_rows.MOST_ENTRIES]]
        return {"calls": shown_calls, "more": len(calls) - len(shown_calls)}
    chosen = next((row for row in rows if row.span_id == span_id), rows[0])
    size = trace_rows.ROWS_OF_A_CHUNK
    chunks = [rows[begin : begin + size] for begin in range(0, len(rows), size)]
    return {"chunks": chunks, "chosen": chosen.span_id, **_detail(chosen, judged)}


def _call(row: trace_rows.SpanRow) -> tuple[str, str]:
    tool = row.span.tool
    assert tool is not None
    return trace_rows.shown(tool.arguments), trace_rows.shown(tool.result)


@workspace_page(_VIEW, record=True)
def trace_span(asked: Asked, environment: str, trace_id: UUID) -> HttpResponse:
    """What one span says, beside the tree."""
    _found, line = _line(asked, environment, trace_id)
    told, _missing = _told(asked, line, is_whole=False)
    span_id = asked.request.GET.get("id", "")
    row = next((one for one in trace_rows.rows(told) if one.span_id == span_id), None) if told else None
    shown = _detail(row, judged_of(asked, line)) if row else {}
    return render(asked.request, "web/trace_span.html", shown)


def _detail(row: trace_rows.SpanRow, judged: Judged | None) -> dict[str, Any]:
    span = normal_form(row.span.wire)
    row = replace(row, span=span)
    messages_of = [
        (message, [(part, trace_rows.shown(part.text or part.arguments or "")) for part in message.parts])
        for message in (*span.input_messages, *span.output_messages)
    ]
    texts = [] if messages_of or span.tool else [(_("Input"), span.input_text), (_("Output"), span.output_text)]
    return {
        "row": row,
        "rules_said": judged.said_at(row.span_id) if judged else [],
        "span_messages": messages_of,
        "tool_call": _call(row) if span.tool else None,
        "texts": [(label, trace_rows.shown(text)) for label, text in texts if text],
        "events": [
            (event.name, trace_rows.clock_time(event.at_ns), trace_rows.shown(dict(event.attributes)))
            for event in span.wire.events[: trace_rows.MOST_ENTRIES]
        ],
        "attributes": trace_rows.shown(dict(span.attributes)),
        "facts": _facts(row),
    }


def _facts(row: trace_rows.SpanRow) -> list[tuple[str, Any]]:
    span, usage = row.span, row.span.usage
    told = [
        (_("Agent"), row.agent),
        (_("Model"), span.model),
        (_("Began"), trace_rows.clock_time(span.wire.started_ns)),
        (_("Took"), row.duration),
        (_("Tokens in"), usage.input_tokens if usage else None),
        (_("Tokens out"), usage.output_tokens if usage else None),
        (_("Cost"), None if span.cost is None else words.dollars(span.cost, 6)),
        (_("Error"), span.wire.status_message or span.error_type if row.is_failed else None),
    ]
    return [(label, value) for label, value in told if value not in (None, "")]


def _line(asked: Asked, environment: str, trace_id: UUID) -> tuple[Environment, Trace]:
    found = access.environment_in_any_state(asked.scope, environment)
    line = traces.trace(asked.scope, trace_id)
    if line.environment_id != found.pk:
        raise Http404
    asked.scope.require(_VIEW, found.pk)
    return found, line


def _told(asked: Asked, line: Trace, *, is_whole: bool) -> tuple[Told | None, str]:
    """The spans, or why there are none; without what was said where only their outline is shown."""
    try:
        return (traces.spans_of if is_whole else traces.outline_of)(asked.scope, line), ""
    except TraceFileMissing as error:
        return None, words.told(error)


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def receiver(asked: Asked, environment: str) -> HttpResponse:
    """Where agents send to, with which keys, and what of it is kept."""
    found = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(Capability.WORKSPACE_VIEW, found.pk)
    if found.kind != Kind.AGENTS:
        return _no_receiver(asked, found)
    answer = _receiver(asked, found, TracePolicyForm(initial=_policy(asked, found)))
    once.end(asked.request, answer, _ONCE, url(asked, "environment_receiver", found.slug))
    return answer


def _receiver(asked: Asked, found: Environment, form: TracePolicyForm, *, status: int = 200) -> HttpResponse:
    context = {
        **frame(asked, found, "environment_receiver"),
        "address": settings.PUBLIC_URL,
        "keys": _keys(asked, found),
        "token": once.carried(asked.request, _ONCE),
        "key_reason": words.why_not(asked.scope, _KEYS),
        "policy_reason": words.why_not(asked.scope, Capability.CONNECTIONS_MANAGE, found.pk),
        "form": form,
        "archive_reason": words.why_not(asked.scope, Capability.ENVIRONMENTS_MANAGE, found.pk),
        "waiting": traces.waiting(asked.scope, found.pk),
    }
    return page(asked, "receiver.html", found.name, context, crumbs=_crumbs(asked), environment=found, status=status)


def _keys(asked: Asked, found: Environment) -> list[ApiKey]:
    """Keys that may send here and work still; only who manages keys sees them."""
    if not asked.scope.may(_KEYS):
        return []
    good = workspaces.api_keys(asked.scope).filter(environment_id=found.pk, revoked_at=None, expires_at__gt=clock.now())
    return [key for key in good.order_by(F("created_at").desc()) if Capability.TRACES_WRITE in key.capabilities]


@workspace_page(_KEYS, "POST", record=True)
def make_key(asked: Asked, environment: str) -> HttpResponse:
    """Make an ingest key for this system; its token is shown once."""
    found = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(_KEYS)
    if found.kind != Kind.AGENTS:
        return _no_receiver(asked, found)
    there = url(asked, "environment_receiver", found.slug)
    answer = redirect(there)
    try:
        _made, token = create_api_key(
            asked.scope,
            _("Traces of %(name)s") % {"name": found.name},
            [Capability.TRACES_WRITE],
            clock.now() + _KEY_LIFE,
            actor=asked.actor,
            environment_id=found.pk,
        )
    except NotAllowed:
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return answer
    messages.success(asked.request, _("An ingest key was made."))
    once.carry(answer, _ONCE, token, there)
    return answer


@workspace_page(Capability.CONNECTIONS_MANAGE, "POST", record=True)
def set_policy(asked: Asked, environment: str) -> HttpResponse:
    """Choose what of the traces is kept, and for how long."""
    found = access.environment_in_any_state(asked.scope, environment)
    asked.scope.require(Capability.CONNECTIONS_MANAGE, found.pk)
    if found.kind != Kind.AGENTS:
        return _no_receiver(asked, found)
    form = TracePolicyForm(asked.request.POST)
    if not form.is_valid():
        return _receiver(asked, found, form, status=422)
    wished = form.cleaned_data
    return act(
        asked,
        lambda: change_policy(
            asked.scope, found.pk, ContentClass(wished["content"]), wished["keep_days"], actor=asked.actor
        ),
        _("What is kept of traces was changed; it holds for what is filed from now on."),
        url(asked, "environment_receiver", found.slug),
    )


def _policy(asked: Asked, found: Environment) -> dict[str, Any]:
    kept = traces.policy(asked.scope, found.pk)
    return {"content": kept.content, "keep_days": kept.keep_days}


def _no_receiver(asked: Asked, found: Environment) -> HttpResponse:
    messages.info(asked.request, _("Only a system of AI agents sends traces."))
    return redirect(url(asked, "environment", found.slug))


def frame(asked: Asked, environment: Environment, here: str) -> dict[str, Any]:
    """What every tab of a system of agents shows."""
    tabs = (
        ("environment", _("Overview")),
        ("traces", _("Traces")),
        ("system_graph", _("Agents")),
        ("prompt_templates", _("Prompts")),
        ("scans", _("Scans")),
        ("environment_receiver", _("Receiver")),
    )
    return {
        "tabs": [
            {"label": label, "url": url(asked, name, environment.slug), "current": name == here} for name, label in tabs
        ],
        "is_archived": environment.lifecycle == Lifecycle.ARCHIVED,
    }


def _crumbs(asked: Asked) -> list[tuple[Any, str]]:
    return [(_("Environments"), url(asked, "environments"))]
