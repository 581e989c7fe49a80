"""What reason codes mean: a sentence, its cause, and the next step; a code nobody explained says so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Actionability(StrEnum):
    """Whether, and how, somebody can do something about it."""

    RETRYABLE_TRANSIENT = "retryable_transient"
    PERMANENT_CONFIGURATION = "permanent_configuration"
    PREREQUISITE_MISSING = "prerequisite_missing"
    NON_ACTIONABLE = "non_actionable"


class Way(StrEnum):
    """Where the next step leads."""

    AGAIN = "again"
    ENVIRONMENT = "environment"
    MEMBERS = "members"
    STANDARDS = "standards"
    TRAIL = "trail"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Reason:
    """One code, explained.

    Attributes:
        code: As it is stored; never shown first.
        label: A few words.
        sentence: What happened.
        cause: Why.
        next_step: What to do, one sentence.
        way: Where that is done.
    """

    code: str
    label: StrOrPromise
    sentence: StrOrPromise
    cause: StrOrPromise
    next_step: StrOrPromise
    actionability: Actionability
    way: Way


_TRY, _SET, _NEED, _NO = (
    Actionability.RETRYABLE_TRANSIENT,
    Actionability.PERMANENT_CONFIGURATION,
    Actionability.PREREQUISITE_MISSING,
    Actionability.NON_ACTIONABLE,
)
_EXPORT_AGAIN = _("Export it again, then upload the new file.")
_ASK_OWNER = _("Ask an owner of the workspace, then start it again.")
_START_AGAIN = _("Start it again.")
_KNOWN = (
    Reason(
        "initiator_not_entitled",
        _("Access has ended"),
        _("Whoever started it has no access any more."),
        _("The membership ended, or the key was withdrawn, between asking for it and its turn."),
        _("Somebody with access starts it again."),
        _NEED,
        Way.MEMBERS,
    ),
    Reason(
        "environment_not_entitled",
        _("Environment out of reach"),
        _("Whoever started it does not reach the environment any more."),
        _("Their membership was narrowed between asking for it and its turn."),
        _("Somebody who reaches the environment starts it again."),
        _NEED,
        Way.MEMBERS,
    ),
    Reason(
        "capability_missing",
        _("Right missing"),
        _("The role of whoever started it does not allow this any more."),
        _("The role changed between asking for it and its turn."),
        _ASK_OWNER,
        _NEED,
        Way.MEMBERS,
    ),
    Reason(
        "environment_not_operable",
        _("Environment not active"),
        _("The environment is archived, so nothing new is read of it."),
        _("It was archived, or never activated."),
        _("Take the environment up again, then start it again."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "suspended",
        _("Workspace is read-only"),
        _("The workspace is read-only at present."),
        _("Its contract has ended. Everything in it can still be read."),
        _("An owner renews the contract."),
        _NEED,
        Way.NOWHERE,
    ),
    Reason(
        "paused",
        _("Runs are paused"),
        _("Runs of this type are paused in this workspace."),
        _("Somebody stopped them on purpose; the trail says who."),
        _("See in the trail who paused them, then start it again when they go on."),
        _NEED,
        Way.TRAIL,
    ),
    Reason(
        "connection_missing",
        _("Connection missing"),
        _("The connection that it was to read is not there any more."),
        _("The connection was removed, or belongs to another environment."),
        _("Upload a new export; that connects the environment again."),
        _NEED,
        Way.AGAIN,
    ),
    Reason(
        "connection_disabled",
        _("Connection switched off"),
        _("The connection that it was to read is switched off."),
        _("Somebody switched it off."),
        _("Look at the environment, and switch its connection on."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "stalled",
        _("Its worker stopped"),
        _("The worker stopped in the middle of it, more than once or where repeating is not safe."),
        _("The process was killed, ran out of memory, or lost its machine."),
        _("See that a worker runs and has enough memory, then start it again."),
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "internal_error",
        _("Fault inside Trueline"),
        _("Something went wrong inside Trueline; nothing of this run was kept."),
        _("A fault of ours. The log of the worker names it."),
        _("Start it again once. When it fails again, send the log of the worker to whoever runs Trueline."),
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "source_refused",
        _("Export cannot be read"),
        _("The export as a whole cannot be read safely; nothing of it was kept."),
        _("It is damaged, packed in an unusual way, or holds nothing that Trueline knows."),
        _EXPORT_AGAIN,
        _SET,
        Way.AGAIN,
    ),
    Reason(
        "upload_too_large",
        _("Export too large"),
        _("The file is larger than an export can sensibly be; nothing of it was kept."),
        _("It holds more than an export, or is not packed."),
        _("Pack the export as a zip file, then upload it again."),
        _SET,
        Way.AGAIN,
    ),
    Reason(
        "unknown_provider",
        _("Provider not installed"),
        _("This installation has no provider for the connection any more."),
        _("The provider was removed from the installation, or the connection comes from another one."),
        _("Whoever runs Trueline installs the provider again."),
        _SET,
        Way.NOWHERE,
    ),
    Reason(
        "no_export_provider",
        _("No provider for exports"),
        _("It is not clear which provider shall read exported files."),
        _("This installation has none for them, or more than one."),
        _("Whoever runs Trueline decides which provider reads exports."),
        _SET,
        Way.NOWHERE,
    ),
    Reason(
        "invalid_baseline",
        _("Standard not valid"),
        _("The standard cannot be read as it is written."),
        _("A part of it is missing or contradicts another."),
        _("Repair the standard, then compare again."),
        _SET,
        Way.STANDARDS,
    ),
    Reason(
        "layers_refused",
        _("Layers do not fit"),
        _("The layers of the standard contradict each other."),
        _("Two of them set the same value differently, and neither goes first."),
        _("Repair the standard, then compare again."),
        _SET,
        Way.STANDARDS,
    ),
    Reason(
        "unknown_definitions",
        _("Definitions missing"),
        _("The names of settings that were asked for are not there."),
        _("The place that was given for them holds none that Trueline knows."),
        _("Whoever runs Trueline corrects the place of the definitions."),
        _SET,
        Way.NOWHERE,
    ),
    Reason(
        "run_blocked",
        _("Follow-up not allowed"),
        _("What should have followed was not allowed to begin."),
        _("Rights, the environment or the contract changed while it ran."),
        _START_AGAIN,
        _NEED,
        Way.AGAIN,
    ),
    Reason(
        "not_found",
        _("Something is gone"),
        _("Something that it needed is not there any more, or out of reach."),
        _("It was removed or set aside between asking for it and its turn."),
        _("Look at the environment, then start it again."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "not_allowed",
        _("Right missing"),
        _("A step of it was not allowed."),
        _("The role of whoever started it does not cover that step."),
        _ASK_OWNER,
        _NEED,
        Way.MEMBERS,
    ),
    Reason(
        "not_operable",
        _("Environment not active"),
        _("The environment may not be worked on at present."),
        _("It is archived, or still being prepared."),
        _("Take the environment up again, then start it again."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "refused",
        _("Not acceptable"),
        _("What it was given is not acceptable; nothing was changed."),
        _("The message of the run says which part."),
        _("Correct that part, then start it again."),
        _SET,
        Way.AGAIN,
    ),
    Reason(
        "unavailable",
        _("Something is away"),
        _("Something that it needs was not there at that moment."),
        _("A service or a file could not be reached."),
        _("Start it again in a few minutes."),
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "conflict",
        _("Somebody was first"),
        _("Somebody else changed the same thing at the same moment; nothing was overwritten."),
        _("Two people, or a person and a run, worked on one thing."),
        _("Look at what is there now, then start it again if it is still needed."),
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "area_denied",
        _("Permission missing"),
        _("The system refused to show this."),
        _("Whoever made the export, or the application that did, lacks the permission to read it."),
        _("Grant the permission that the capture names, then export and upload again."),
        _NEED,
        Way.AGAIN,
    ),
    Reason(
        "area_not_licensed",
        _("Service not licensed"),
        _("The tenant does not have the service that this belongs to."),
        _("A licence ended, or was never bought."),
        _("Nothing has to be done here. With a licence, the next capture reads it."),
        _NO,
        Way.NOWHERE,
    ),
    Reason(
        "area_partial",
        _("Read in part"),
        _("A part of this could not be read."),
        _("Single objects are damaged, cut off or too large."),
        _EXPORT_AGAIN,
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "area_unread",
        _("Not in the export"),
        _("The newest export holds nothing of this."),
        _("It was left out when the export was made."),
        _("Export it as well, then upload the new file."),
        _TRY,
        Way.AGAIN,
    ),
    Reason(
        "seal_broken",
        _("A stored secret cannot be opened"),
        _("A secret that was stored here cannot be opened."),
        _("It was changed, or it stands in another place than it was sealed for."),
        _("Enter the secret anew."),
        _SET,
        Way.NOWHERE,
    ),
    Reason(
        "not_measured",
        _("Evidence could not be taken"),
        _("The environment could not be measured, so its review stands on nothing."),
        _("Something went wrong inside Trueline while its evidence was taken."),
        _("Try it again on the page of the review."),
        _TRY,
        Way.ENVIRONMENT,
    ),
    Reason(
        "review_blocked",
        _("Nothing published to pack"),
        _("The pack was not made, because its review is not published."),
        _("A pack holds what was frozen when its review was published."),
        _("Publish the review; its pack is then made when somebody asks for it."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "output_refused",
        _("Not safe to show to a customer"),
        _("The pack was not made, because it does not meet a condition for a customer's eyes."),
        _("The review was put away, or something about its gaps or its redaction is not told."),
        _("Look at the review; a newer one takes its place."),
        _NEED,
        Way.ENVIRONMENT,
    ),
    Reason(
        "trace_file_missing",
        _("Stored traces are gone"),
        _("Traces that were sent are on record, and their file is not there."),
        _("The folder of traces was moved, changed or brought back from an older backup."),
        _("Whoever runs Trueline brings the folder back from a backup; then start it again."),
        _NEED,
        Way.NOWHERE,
    ),
    *(
        Reason(
            code,
            _("The keys of stored secrets are not at hand"),
            _("Secrets that were stored here cannot be opened."),
            _("The keys that seal them are missing or cannot be read."),
            _("Whoever runs Trueline brings them back from a backup; the command trueline vault status says more."),
            _NEED,
            Way.NOWHERE,
        )
        for code in ("key_withdrawn", "sealing_keys_unusable")
    ),
)
REASONS = {reason.code: reason for reason in _KNOWN}


def explain(code: str) -> Reason:
    """The reason of a code. Of one nobody has explained it says that, and nothing more."""
    if code in REASONS:
        return REASONS[code]
    return Reason(
        code,
        _("Not explained yet"),
        _("Trueline has no explanation for this yet."),
        _("The cause is not known here. The technical details hold the code that was kept."),
        _("Start it again once. When it happens again, tell whoever runs Trueline the code."),
        Actionability.NON_ACTIONABLE,
        Way.AGAIN,
    )
