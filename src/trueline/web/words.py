"""What things are called on a page: areas, runs, events, facets, reasons; always in the reader's language. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_noop, pgettext
from django.utils.translation import gettext_lazy as _

from trueline.audit.registry import EVENTS
from trueline.connections import registry as providers
from trueline.connections.contract import Phrase
from trueline.evaluations.judging import pinned_rate
from trueline.findings.rules import NOT_ASKED, Severity
from trueline.findings.wording import facet, role
from trueline.findings.workflow import CloseReason, Verb
from trueline.inventory.readings import NOTHING_KNOWN, id_at
from trueline.operations import registry as runs
from trueline.web.reasons import in_readers_language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from trueline.audit.models import AuditEvent
    from trueline.findings.models import Finding
    from trueline.inventory.definitions import Definitions
    from trueline.kit.errors import TruelineError
    from trueline.kit.scope import Scope

_COMMAND_LINE = re.compile(r"command line \((.+)\)")
_PLATFORMS = {
    "android": "Android",
    "androidenterprise": "Android Enterprise",
    "androidforwork": "Android Enterprise",
    "aosp": "Android (AOSP)",
    "ios": "iOS",
    "linux": "Linux",
    "macos": "macOS",
    "tvos": "tvOS",
    "visionos": "visionOS",
    "windows10": "Windows",
    "windows10andlater": "Windows",
    "windows10x": "Windows 10X",
    "windows8": "Windows 8.1",
    "windows81": "Windows 8.1",
    "windowsphone81": "Windows Phone 8.1",
}

COUNTS: dict[str, StrOrPromise] = {
    "objects": _("Objects read"),
    "traces": _("Traces read"),
    "spans": _("Spans read"),
    "unread": _("Could not be read"),
    "warnings": _("Warnings"),
    "areas": _("Areas"),
    "changed": _("Changed"),
    "detected": _("Differences"),
    "opened": _("New findings"),
    "reopened": _("Reopened findings"),
    "seen_again": _("Findings seen again"),
    "cleared": _("Findings verified cleared"),
    "released": _("Findings not asked for any more"),
    "sent": _("Messages sent"),
    "unsent": _("Messages not taken"),
    "canceled": _("Messages without a receiver"),
}
OUTCOMES: dict[str, StrOrPromise] = {
    "success": _("Done"),
    "failure": _("Failed"),
    "partial": _("Done in part"),
    "info": _("Noted"),
    "blocked": _("Not allowed to begin"),
}
CHAIN_FAULTS = (
    gettext_noop("an event before it is missing, or it is out of place"),
    gettext_noop("it does not follow the event before it"),
    gettext_noop("its content was changed"),
    gettext_noop("its seal does not fit its content and place"),
    gettext_noop("the chain ends before its recorded head, or after it"),
    gettext_noop("the checkpoint at this event was not signed by a key of this installation"),
    gettext_noop("it is missing, and a checkpoint shows that it was there"),
    gettext_noop("the chain from here on is not the one that was sealed by the next checkpoint"),
    gettext_noop("it is not the event that the checkpoint was made over"),
)
VERBS: dict[Verb, StrOrPromise] = {
    Verb.TAKE: _("Take it"),
    Verb.START: _("Start the work"),
    Verb.REMEDIATE: _("Mark as remediated"),
    Verb.CLOSE: _("Close without remediation"),
    Verb.REOPEN: _("Open it again"),
}
VERBS_DONE: dict[Verb, StrOrPromise] = {
    Verb.TAKE: _("It is yours now."),
    Verb.START: _("The work has begun."),
    Verb.REMEDIATE: _("Marked as remediated. The next complete capture verifies it."),
    Verb.CLOSE: _("The finding is closed."),
    Verb.REOPEN: _("The finding is open again."),
}
CLOSE_REASONS: dict[CloseReason, StrOrPromise] = {
    CloseReason.DUPLICATE: _("a duplicate"),
    CloseReason.FALSE_POSITIVE: _("a false positive"),
    CloseReason.NOT_APPLICABLE: _("not applicable"),
    CloseReason.OUT_OF_SCOPE: _("out of scope"),
    CloseReason.SUPERSEDED: _("superseded"),
}
NOT_ASKED_WORD = _("not asked for any more")
RESOLVED: dict[str, StrOrPromise] = {
    "remediated": _("remediated, not verified yet"),
    "verified_cleared": _("verified cleared"),
}
REFUSALS = (
    gettext_noop("This does not wait any more."),
    gettext_noop("The audit trail does not hold, so it is not signed."),
    gettext_noop("Verify the chain on the page of the audit log, and ask who changed the database."),
    gettext_noop("The log is kept for at least 90 days."),
    gettext_noop("Choose more days."),
    gettext_noop("Somebody else may have been first."),
    gettext_noop("The finding is not in a state that allows this."),
    gettext_noop("Somebody else may have been first: look at it again."),
    gettext_noop("Say why."),
    gettext_noop("A label is a word or a few, without a comma, of at most 40 signs."),
    gettext_noop("A finding bears 20 labels at most."),
    gettext_noop("Take one off first."),
    gettext_noop("What matters more has at most as much time as what matters less, from one day to three years."),
    gettext_noop("Change the days."),
    gettext_noop("So many labels are in use already that there is room for no more."),
    gettext_noop("Use one of them."),
    gettext_noop("A destination of this name exists already."),
    gettext_noop("This destination is off."),
    gettext_noop("Turn it on first."),
    gettext_noop("Three tests in a minute are enough."),
    gettext_noop("Wait a minute."),
    gettext_noop("Only a webhook has a secret that signs."),
    gettext_noop("There is no such kind of destination."),
    gettext_noop("This is not an e-mail address."),
    gettext_noop("This is not a web address that messages can be sent to."),
    gettext_noop("Begin with https://."),
    gettext_noop("Choose at least one of the known events."),
    gettext_noop("There is no such severity."),
    gettext_noop("The pause between equal messages is at most a week."),
    gettext_noop("There is no such time zone."),
    gettext_noop("Write it like Europe/Berlin."),
    gettext_noop("Quiet hours that begin and end at the same time are none."),
    gettext_noop("Choose at least one environment, or all of them."),
    gettext_noop("This is still on its way, or its destination is off."),
    gettext_noop("Look again in a while."),
    gettext_noop("Choose among what is offered."),
    gettext_noop("There is a decision on this finding already, or a request that waits for one."),
    gettext_noop("You have asked for this yourself; somebody else decides."),
    gettext_noop("The date is in the past, or later than a risk of this severity may be accepted."),
    gettext_noop("Choose an earlier date; an acceptance can be renewed."),
    gettext_noop("The value or its severity has changed since this was asked."),
    gettext_noop("Ask again for what is there now."),
    gettext_noop("This person has no access to the environment of the finding."),
    gettext_noop("This is the last owner of the workspace."),
    gettext_noop("Make somebody else an owner first, then try again."),
    gettext_noop("This invitation is not valid (any more)."),
    gettext_noop("Ask for a new one."),
    gettext_noop("You cannot give a role with more rights than your own."),
    gettext_noop("A service account is no owner: only people manage members."),
    gettext_noop("Choose another role."),
    gettext_noop("Another service account has this name."),
    gettext_noop("This service account was ended."),
    gettext_noop("Make a new one."),
    gettext_noop("Another of your views of this list has this name."),
    gettext_noop("Give the view a name."),
    gettext_noop("You keep as many views of this list as there is room for."),
    gettext_noop("Forget one first."),
    gettext_noop("This address is taken."),
    gettext_noop("Choose another one."),
    gettext_noop("An environment of this name exists already."),
    gettext_noop("A standard of this name exists already."),
    gettext_noop("Choose another name."),
    gettext_noop("Somebody else has moved this environment."),
    gettext_noop("Reload the page and look again."),
    gettext_noop("The contract of this workspace does not allow new environments at present."),
    gettext_noop("This run has already ended."),
    gettext_noop("The same run has just ended."),
    gettext_noop("Start it again."),
    gettext_noop("No single provider of this installation reads exported files."),
    gettext_noop("Something went wrong inside Trueline. The details are in the log of the worker."),
    gettext_noop("The worker stopped in the middle of this run, and it is not safe to repeat it unseen."),
    gettext_noop("This run has stopped its worker several times, so it is not tried again."),
    gettext_noop("A newer capture has been judged already; nothing was changed."),
    gettext_noop("The export holds nothing of this area."),
    gettext_noop("Two captures of one environment are matched by their ids."),
    gettext_noop("One of the two objects is already confirmed to be the same as another one."),
    gettext_noop("Undo that answer first."),
    gettext_noop("The rule is not in a status that allows this."),
    gettext_noop("This world model is retired."),
    gettext_noop("Give the changed rule an id of its own; the former one can then be retired."),
    gettext_noop("You have submitted this rule yourself."),
    gettext_noop("Another person has to sign it off."),
    gettext_noop("This version has 0 enshrined rules: nobody has signed off what it judges by."),
    gettext_noop("Have rules signed off, or say that it shall be published all the same."),
    gettext_noop("The newest version says the same already."),
)
"""Sentences that rooms say in English, marked here so that a page can say them in the reader's language."""

_LONG = 44
_SHORT = 24


CAPABILITIES: dict[str, StrOrPromise] = {
    "workspace.view": _("see environments, captures and standards"),
    "traces.write": _("send traces"),
    "traces.view": _("read traces"),
    "findings.view": _("see findings and decisions"),
    "operations.view": _("see runs"),
    "audit.view": _("read the audit log"),
    "operations.start": _("start captures"),
    "findings.work": _("work on findings"),
    "baselines.manage": _("manage standards"),
    "evidence.manage": _("take evidence"),
    "reviews.manage": _("prepare reviews"),
    "reviews.publish": _("publish reviews"),
    "packs.download": _("take signed packs along"),
    "reviews.read_released": _("read released reviews"),
    "packs.download_released": _("take packs of released reviews along"),
    "environments.manage": _("manage environments"),
    "connections.manage": _("manage connections"),
    "members.manage": _("manage members and keys"),
}
"""What a key can be given on the page, least first."""


def capability(key: str) -> str:
    """What a capability lets somebody do; one that a program has no use for by its code."""
    return str(CAPABILITIES.get(key, key))


def area_order(keys: set[str]) -> list[str]:
    """Areas in the order in which providers show them, unknown ones last."""
    known = [key for provider in providers.providers() for key in provider.areas if key in keys]
    return [*known, *sorted(keys - set(known))]


def run_type(code: str) -> str:
    """What a type of run is called."""
    label = next((known.label for known in runs.run_types() if known.code == code), code)
    return gettext(label)


def subject(event: AuditEvent) -> str:
    """What an event was about, as it was called then; a run by the name of its type."""
    return run_type(event.subject_label) if event.subject_type == "run" else event.subject_label


def closed_reason(key: str) -> str:
    """Why a finding was closed, by a person or by itself; empty while it is not."""
    return str(NOT_ASKED_WORD if key == NOT_ASKED else CLOSE_REASONS[CloseReason(key)]) if key else ""


def event(action: str) -> str:
    """What an audit event says was done, as the end of a sentence that begins with who did it."""
    return gettext(EVENTS[action]) if action in EVENTS else action


def outcome(key: str) -> str:
    """How something that was done ended."""
    return str(OUTCOMES.get(key, key))


def told(error: TruelineError) -> str:
    """A refusal in the reader's language: what happened, then the next step."""
    said = getattr(error, "said", None)
    if isinstance(said, Phrase):
        return said.in_words(gettext)
    return " ".join(gettext(part) for part in (error.message, error.next_step) if part)


def sentence(text: str) -> str:
    """A sentence that a room or a provider wrote, in the reader's language where it is known; empty stays empty."""
    translated = gettext(text) if text else ""
    return translated if translated != text else in_readers_language(text)


def shipped(text: str) -> str:
    """A text of a standard that Trueline ships, in the reader's language; anybody else's text stays as it is."""
    return pgettext("standard", text) if text else ""


def by_severity(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of findings with the most severe first; a severity without any is left out."""
    return {str(key): counts[key] for key in Severity if counts.get(key)}


def why_not(scope: Scope, capability: str, environment_id: UUID | None = None) -> str:
    """Why a control is disabled; empty when it is not."""
    if scope.may(capability, environment_id):
        return ""
    return gettext("Your role (%(role)s) does not allow this. An owner of the workspace can change it.") % {
        "role": role(scope.role)
    }


def short_path(path: str) -> str:
    """The telling end of a path, for a title: its last part, and of a long joined id the last two words."""
    last = path.rstrip("/").rsplit("/", 1)[-1].rsplit("~", 1)[-1]
    if "]" in last and "[" not in last:  # the path went through a key that holds slashes itself
        last = last.partition("]")[0]
    if len(last) <= _LONG:
        return last
    words = re.split(r"[_.]", last)
    return words[-1] if len(words[-1]) > 3 else "_".join(words[-2:])


def setting_key(facet_key: str, path: str) -> str:
    """The id of the setting that a path ends with; empty outside settings."""
    return id_at(path.rstrip("/")) if facet_key == "settings" else ""


def finding_title(finding: Finding, definitions: Definitions = NOTHING_KNOWN) -> str:
    """One finding in a few words, for a list that names its object elsewhere."""
    key = setting_key(finding.facet, finding.path)
    said = {
        "name": shipped(finding.subject_name) or gettext("(without a name)"),
        "setting": definitions.name(key) if key else short_path(finding.path),
        "facet": facet(finding.facet),
        "expected": _short(definitions.label(key, finding.expected)),
        "observed": _short(definitions.label(key, finding.observed)),
    }
    return _title(finding.kind, finding.facet, has_values=bool(said["expected"] and said["observed"])) % said


def finding_sentence(finding: Finding, definitions: Definitions = NOTHING_KNOWN) -> str:
    """One finding with its object, for a page of its own."""
    title, name = finding_title(finding, definitions), shipped(finding.subject_name)
    if not finding.path or not name or name in title:
        return title
    return gettext("%(name)s: %(title)s") % {"name": name, "title": title}


def _title(kind: str, facet_key: str, *, has_values: bool) -> str:
    whole = {
        "missing": gettext("%(name)s is missing"),
        "extra": gettext("%(name)s is not part of the standard"),
        "not_met": gettext("Not met: %(name)s"),
        "met_partly": gettext("Met in part: %(name)s"),
        "conflicting": gettext("In conflict: %(name)s"),
        "failing": gettext("Agents fail: %(name)s"),
        "broken": gettext("Rule broken: %(name)s"),
    }
    if kind in whole:
        return whole[kind]
    if facet_key not in ("settings", "identity"):
        return gettext("%(facet)s of %(name)s differ")
    if kind == "added":
        return gettext("%(setting)s is set, and the standard does not set it")
    if kind == "removed":
        return gettext("%(setting)s is no longer set")
    if has_values:
        return gettext("%(setting)s is %(observed)s instead of %(expected)s")
    return gettext("%(setting)s has another value")


def _short(value: Any) -> str:
    """A value that fits into a sentence; empty for any other."""
    text = value_text(value) if isinstance(value, str | int | float | bool) else ""
    return text if 0 < len(text) <= _SHORT and "\n" not in text else ""


def moment(at: datetime) -> str:
    """A time, short, in the reader's language and the server's zone."""
    return date_format(localtime(at), pgettext("date format", "j M Y, H:i"))


def pinned_value(value: Any) -> str:
    """What a decision on a risk was made on: a value, or how many runs a cause hit."""
    rate = pinned_rate(value)
    return gettext("%(hit)s of %(of)s runs") % {"hit": rate.hit, "of": rate.of} if rate else value_text(value)


def value_text(value: Any) -> str:
    """A stored value as people can read it: text as it is, a list line by line, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return "\n".join(value_text(part) for part in value)
    if value is True or value is False:
        return pgettext("value", "true") if value else pgettext("value", "false")
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def decimal(value: float, digits: int) -> str:
    """A number with so many digits after the point, as the reader's language writes it."""
    return str(number_format(value, digits, use_l10n=True))


def dollars(amount: float, digits: int) -> str:
    """US dollars, with the sign where the reader's language has it."""
    return pgettext("US dollars", "$%(amount)s") % {"amount": decimal(amount, digits)}


def actor(label: str) -> str:
    """Who did something, as the trail keeps it; only the command line is a word of ours and not a name."""
    found = _COMMAND_LINE.fullmatch(label)
    return gettext("command line (%(account)s)") % {"account": found[1]} if found else label


def platform(code: str) -> str:
    """A platform as its maker writes it; one that nobody knows stays as it is."""
    return _PLATFORMS.get(code.lower(), code)
