"""Let reviews of an environment come round by themselves: set a cycle up, prepare what is due. People publish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.formats import date_format

from trueline.audit.actions import Subject, record
from trueline.kit import clock, ids
from trueline.kit.errors import Conflict, Refused
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, Scope
from trueline.operations.actions.runs import Target, start_run
from trueline.operations.models import OperationRun
from trueline.reviews import queries, queries_cycles
from trueline.reviews.actions import begin_review, refresh_evidence, retry_review
from trueline.reviews.actions_sharing import LONGEST_DAYS
from trueline.reviews.cycles import LEAST_DAYS, MOST_DAYS, MOST_MONTHS, Dates, Interval
from trueline.reviews.errors import CycleRefused
from trueline.reviews.models import UNPUBLISHED, CycleTurn, Review, ReviewCycle
from trueline.reviews.packs import LANGUAGES
from trueline.reviews.rules import PREPARE, ReviewState
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.models import Environment

MOST_RECIPIENTS = 20
_MANAGE = "reviews.publish"
"""Who a review goes to outside is decided by whoever may publish it, and by nobody else."""
_MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cycle is.

    Attributes:
        title: Of its reviews; each adds its month or day.
        member_ids: People of the workspace who get a link to the page.
        addresses: Mail addresses that get a link of their own, which opens without an account.
        link_days: So long such a link holds.
    """

    title: str
    dates: Dates
    language: str
    member_ids: Sequence[UUID] = ()
    addresses: Sequence[str] = ()
    link_days: int = 30


@transaction.atomic
def create_cycle(scope: Scope, environment: Environment, terms: Terms, *, actor: Actor) -> ReviewCycle:
    """A cycle of an environment, from now on. Raises `CycleRefused`, `Conflict`, `NotAllowed`."""
    scope.require(_MANAGE, environment.pk)
    made = ReviewCycle(
        id=ids.new(),
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        created_by_label=actor.label,
    )
    _apply(scope, made, terms)
    _alone(made)
    record(scope.workspace_id, "reviews:cycle:create", _subject(made, environment), actor=actor, after=_said(made))
    return made


@transaction.atomic
def change_cycle(scope: Scope, cycle_id: UUID, terms: Terms, *, actor: Actor) -> ReviewCycle:
    """Other terms, from the next date on. Raises `CycleRefused`, `NotAllowed`, `NotVisible`."""
    found, environment = _locked(scope, cycle_id)
    before = _said(found)
    _apply(scope, found, terms)
    found.save()
    subject = _subject(found, environment)
    record(scope.workspace_id, "reviews:cycle:change", subject, actor=actor, before=before, after=_said(found))
    return found


@transaction.atomic
def pause_cycle(scope: Scope, cycle_id: UUID, *, actor: Actor) -> ReviewCycle:
    """Let no date come until it is resumed. Raises `NotAllowed`, `NotVisible`."""
    found, environment = _locked(scope, cycle_id)
    if found.paused_at is None:
        found.paused_at = clock.now()
        found.save(update_fields=["paused_at"])
        record(scope.workspace_id, "reviews:cycle:pause", _subject(found, environment), actor=actor)
    return found


@transaction.atomic
def resume_cycle(scope: Scope, cycle_id: UUID, *, actor: Actor) -> ReviewCycle:
    """Go on with the next date from today on; what passed was not wanted.

    Raises `Conflict` when another one runs by now, `NotAllowed`, `NotVisible`.
    """
    found, environment = _locked(scope, cycle_id)
    if found.paused_at is not None:
        found.paused_at = None
        _plan(found)
        _alone(found)
        after = {"next": found.next_due_on.isoformat()}
        record(scope.workspace_id, "reviews:cycle:resume", _subject(found, environment), actor=actor, after=after)
    return found


@transaction.atomic
def take_due_turns(scope: Scope, *, actor: Actor) -> int:
    """Ask for the review of each cycle whose date has come; returns of how many.

    The date, the run that prepares it and the next date are written together. A cycle whose row another scheduler has
    is left to it. One that may not run now (paused, no contract, an archived environment) stays due.
    """
    due = ReviewCycle.objects.filter(workspace_id=scope.workspace_id, paused_at=None, next_at__lte=clock.now())
    taken = 0
    for cycle in due.select_for_update(skip_locked=True).order_by("next_at", "id")[:_MOST_AT_ONCE]:
        try:
            _take_turn(scope, cycle, actor)
        except Refused:
            continue
        taken += 1
    return taken


@transaction.atomic
def _take_turn(scope: Scope, cycle: ReviewCycle, actor: Actor) -> None:
    due_on, skipped = cycle.dates.latest(cycle.next_due_on, clock.now())
    made = CycleTurn(
        id=ids.new(),
        workspace_id=scope.workspace_id,
        environment_id=cycle.environment_id,
        cycle=cycle,
        due_on=due_on,
        skipped=skipped,
    )
    environment = access.environment_by_id(scope, cycle.environment_id)
    made.run_id = _started(scope, made, environment, actor).pk
    made.save(force_insert=True)
    cycle.next_due_on = cycle.dates.due_after(due_on)
    cycle.next_at = cycle.dates.prepared_at(cycle.next_due_on)
    cycle.save(update_fields=["next_due_on", "next_at"])
    after = {"due": due_on.isoformat(), "skipped": skipped}
    record(scope.workspace_id, "reviews:cycle:turn", _subject(cycle, environment), actor=actor, after=after)


def _started(scope: Scope, turn: CycleTurn, environment: Environment, actor: Actor) -> OperationRun:
    target = Target(environment.pk, environment.name)
    return start_run(scope, PREPARE, target, {"turn": str(turn.pk)}, actor=actor).run


@transaction.atomic
def retry_turn(scope: Scope, turn_id: UUID, *, actor: Actor) -> CycleTurn:
    """Ask once more for a review that could not be prepared. Raises `RunBlocked`, `NotAllowed`, `NotVisible`."""
    queries_cycles.turn(scope, turn_id)
    found = CycleTurn.objects.select_for_update().get(workspace_id=scope.workspace_id, id=turn_id)
    scope.require("reviews.manage", found.environment_id)
    if found.review_id is None:
        environment = access.environment_by_id(scope, found.environment_id)
        found.run_id = _started(scope, found, environment, actor).pk
        found.save(update_fields=["run_id"])
    return found


@transaction.atomic
def prepare_turn(scope: Scope, turn_id: UUID, hold: Callable[[], None], *, actor: Actor) -> Review:
    """The review of a date: measured, begun as a draft, and noted; done again, the same one.

    A review that is not published yet is taken on with fresh evidence, unless somebody has called it ready: then it
    stays as that person saw it.

    Args:
        scope: Of Trueline itself.
        turn_id: The date.
        hold: Proves that this attempt still owns its run.
        actor: Whoever performs that run.
    """
    hold()
    found = CycleTurn.objects.select_for_update().get(workspace_id=scope.workspace_id, id=turn_id)
    if found.review_id is not None:
        return queries.review(scope, found.review_id)
    cycle = queries_cycles.cycle(scope, found.cycle_id)
    environment = access.environment_by_id(scope, found.environment_id)
    found.review = _prepared(scope, environment, _title(cycle, found), actor)
    found.save(update_fields=["review"])
    after = {"due": found.due_on.isoformat(), "review": str(found.review.pk), "state": str(found.review.state)}
    record(scope.workspace_id, "reviews:cycle:prepare", _subject(cycle, environment), actor=actor, after=after)
    reach("prepare:before-commit")
    return found.review


def _prepared(scope: Scope, environment: Environment, title: str, actor: Actor) -> Review:
    mine = Review.objects.filter(workspace_id=scope.workspace_id, environment_id=environment.pk)
    known = mine.filter(state__in=UNPUBLISHED).first()
    if known is None:
        return begin_review(scope, environment, title, actor=actor)
    if known.state == ReviewState.FAILED:
        return retry_review(scope, known.pk, actor=actor)
    return refresh_evidence(scope, known.pk, actor=actor) if known.state == ReviewState.DRAFT else known


def _title(cycle: ReviewCycle, turn: CycleTurn) -> str:
    """The title of the cycle with the month, or the day, in the language of its readers."""
    with translation.override(cycle.language):
        is_by_days = cycle.interval == Interval.EVERY_DAYS
        form = translation.pgettext("date format", "j M Y") if is_by_days else "YEAR_MONTH_FORMAT"
        return f"{cycle.title} · {date_format(turn.due_on, form)}"


def _alone(cycle: ReviewCycle) -> None:
    """Store a cycle that runs. Raises `Conflict` when its environment has another one that does."""
    try:
        with transaction.atomic():
            cycle.save()
    except IntegrityError as error:
        raise Conflict("This environment has a review cycle already.", next_step="Change that one.") from error


def _apply(scope: Scope, cycle: ReviewCycle, terms: Terms) -> None:
    """Put checked terms on a cycle, and plan its next date."""
    dates = _checked_dates(terms.dates)
    if terms.language not in LANGUAGES or not 1 <= terms.link_days <= LONGEST_DAYS:
        raise CycleRefused("Choose among what is offered.")
    cycle.title = terms.title.strip()[:120]
    if not cycle.title:
        raise CycleRefused("Its reviews need a title.")
    cycle.interval, cycle.every, cycle.day_of_month = dates.interval, dates.every, dates.day_of_month
    cycle.starts_on, cycle.hour, cycle.lead_days = dates.starts_on, dates.hour, dates.lead_days
    cycle.time_zone, cycle.language, cycle.link_days = dates.time_zone, terms.language, terms.link_days
    cycle.member_ids = _checked_members(scope, terms.member_ids)
    cycle.addresses = _checked_addresses(terms.addresses)
    _plan(cycle)


def _plan(cycle: ReviewCycle) -> None:
    """The next date from today on that has not come yet."""
    today = clock.now().astimezone(ZoneInfo(cycle.time_zone)).date()
    cycle.next_due_on = cycle.dates.due_on_or_after(today)
    came = CycleTurn.objects.filter(workspace_id=cycle.workspace_id, cycle_id=cycle.pk).order_by("-due_on").first()
    if came is not None and came.due_on >= cycle.next_due_on:
        cycle.next_due_on = cycle.dates.due_after(came.due_on)
    cycle.next_at = cycle.dates.prepared_at(cycle.next_due_on)


def _checked_dates(dates: Dates) -> Dates:
    if dates.time_zone not in available_timezones():
        raise CycleRefused("There is no such time zone.", next_step="Write it like Europe/Berlin.")
    if dates.interval == Interval.EVERY_DAYS and not LEAST_DAYS <= dates.every <= MOST_DAYS:
        raise CycleRefused("An interval in days has 7 to 366 of them.")
    if dates.interval == Interval.EVERY_MONTHS and not 1 <= dates.every <= MOST_MONTHS:
        raise CycleRefused("An interval in months has 1 to 24 of them.")
    return dates if dates.interval in (Interval.EVERY_DAYS, Interval.EVERY_MONTHS) else replace(dates, every=1)


def _checked_members(scope: Scope, member_ids: Sequence[UUID]) -> list[str]:
    known = set(workspaces.members(scope).values_list("user_id", flat=True))
    wanted = sorted({str(one) for one in member_ids if one in known})
    if len(wanted) > MOST_RECIPIENTS:
        raise CycleRefused("A cycle has at most 20 people and 20 addresses to tell.")
    return wanted


def _checked_addresses(addresses: Sequence[str]) -> list[str]:
    wanted = sorted({one.strip().lower() for one in addresses if one.strip()})
    if len(wanted) > MOST_RECIPIENTS:
        raise CycleRefused("A cycle has at most 20 people and 20 addresses to tell.")
    for one in wanted:
        try:
            validate_email(one)
        except ValidationError as error:
            raise CycleRefused("One of these is no mail address.", next_step="Write one on each line.") from error
    return wanted


def _said(cycle: ReviewCycle) -> dict[str, object]:
    """What the trail tells of a cycle: how many it goes to outside, and not their addresses."""
    return {
        "interval": str(cycle.interval),
        "next": cycle.next_due_on.isoformat(),
        "people": len(cycle.member_ids),
        "addresses": len(cycle.addresses),
    }


def _locked(scope: Scope, cycle_id: UUID) -> tuple[ReviewCycle, Environment]:
    queries_cycles.cycle(scope, cycle_id)
    found = ReviewCycle.objects.select_for_update().get(workspace_id=scope.workspace_id, id=cycle_id)
    scope.require(_MANAGE, found.environment_id)
    return found, access.environment_by_id(scope, found.environment_id)


def _subject(cycle: ReviewCycle, environment: Environment) -> Subject:
    return Subject("cycle", str(cycle.pk), cycle.title, environment.pk, environment.name)
