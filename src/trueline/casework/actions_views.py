"""Keep a view of a list under a name, open the list with it, forget it."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.casework import queries
from trueline.casework.errors import TooManyViews, ViewWithoutName
from trueline.casework.models import SavedView
from trueline.casework.rules import MOST_VIEWS, ViewPlace
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope

_LONGEST_NAME, _LONGEST_FILTERS = 60, 1_000


@transaction.atomic
def save_view(  # noqa: PLR0913 - a view is these facts
    scope: Scope, place: ViewPlace, name: str, filters: str, *, actor: Actor, is_shared: bool = False
) -> SavedView:
    """Keep filters under a name; the same name again takes the new filters.

    Raises `ViewWithoutName`, `TooManyViews`, `NotVisible` for a program.
    """
    person = _person(actor)
    called = name.strip()[:_LONGEST_NAME]
    if not called or len(filters) > _LONGEST_FILTERS:
        raise ViewWithoutName
    mine = SavedView.objects.filter(workspace_id=scope.workspace_id, user_id=person, place=place)
    if mine.exclude(name=called).count() >= MOST_VIEWS:
        raise TooManyViews
    saved, _made = SavedView.objects.update_or_create(
        workspace_id=scope.workspace_id,
        user_id=person,
        place=place,
        name=called,
        defaults={"filters": filters, "is_shared": is_shared},
    )
    after = {"filters": filters, "shared": is_shared}
    record(scope.workspace_id, "casework:view:save", _subject(saved), actor=actor, after=after)
    return saved


@transaction.atomic
def open_with_view(scope: Scope, saved_view_id: UUID, *, actor: Actor, is_default: bool) -> SavedView:
    """Let the list open with this view, or with everything again. Raises `NotVisible` for somebody else's view."""
    saved = queries.own_view(scope, saved_view_id)
    if saved.is_default == is_default:
        return saved
    own = SavedView.objects.filter(workspace_id=scope.workspace_id, user_id=saved.user_id, place=saved.place)
    own.filter(is_default=True).update(is_default=False)
    saved.is_default = is_default
    saved.save(update_fields=["is_default"])
    record(scope.workspace_id, "casework:view:save", _subject(saved), actor=actor, after={"default": is_default})
    return saved


@transaction.atomic
def rename_view(scope: Scope, saved_view_id: UUID, name: str, *, actor: Actor) -> SavedView:
    """Give one of one's own views another name. Raises `ViewWithoutName`, `Conflict` for a taken name, `NotVisible`."""
    saved = queries.own_view(scope, saved_view_id)
    before, called = saved.name, name.strip()[:_LONGEST_NAME]
    if not called:
        raise ViewWithoutName
    if called == before:
        return saved
    saved.name = called
    try:
        with transaction.atomic():
            saved.save(update_fields=["name"])
    except IntegrityError as error:
        raise Conflict("Another of your views of this list has this name.", next_step="Choose another name.") from error
    subject, names = _subject(saved), ({"name": before}, {"name": called})
    record(scope.workspace_id, "casework:view:save", subject, actor=actor, before=names[0], after=names[1])
    return saved


@transaction.atomic
def forget_view(scope: Scope, saved_view_id: UUID, *, actor: Actor) -> SavedView:
    """Forget one of one's own views; returns what it was. Raises `NotVisible`."""
    saved = queries.own_view(scope, saved_view_id)
    record(scope.workspace_id, "casework:view:forget", _subject(saved), actor=actor)
    SavedView.objects.filter(workspace_id=scope.workspace_id, id=saved.pk).delete()
    return saved


def _subject(saved: SavedView) -> Subject:
    return Subject("view", str(saved.pk), saved.name)


def _person(actor: Actor) -> UUID:
    """A view is a person's. Raises `NotVisible` for a program."""
    if actor.kind is not ActorKind.HUMAN:
        raise NotVisible
    return UUID(actor.id)
