"""Reviews as those see them who prepare and publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trueline.kit import clock
from trueline.kit.digest import content_digest
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.notices import queries as notices
from trueline.notices.actions.releasing import send_release_again
from trueline.notices.rules import DeliveryStatus
from trueline.reviews import actions, queries, queries_cycles
from trueline.reviews.actions_sharing import MOST_FAILURES
from trueline.reviews.editions import document_of, edition
from trueline.reviews.models import OPEN_STATES, UNPUBLISHED
from trueline.reviews.packs import LANGUAGES
from trueline.reviews.rendering.view import view
from trueline.reviews.rules import RELEASED, Audience, blockers, whole_evidence
from trueline.web import once, review_words, words
from trueline.web.doors import act, workspace_page
from trueline.web.forms import ReviewForm
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.views.audit import events_url
from trueline.web.views.cycles import cycle_rows
from trueline.workspaces import access
from trueline.workspaces.queries import environments
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from trueline.reviews.models import Pack, Review, ShareLink
    from trueline.web.asked import Asked

SHARED_ONCE = "trueline_share"
_READ, _MANAGE = Capability.FINDINGS_VIEW, Capability.REVIEWS_MANAGE


@workspace_page(_READ)
def listing(asked: Asked) -> HttpResponse:
    """Reviews of every environment in reach, and the way to begin one."""
    shown = listed(asked.request, queries.reviews(asked.scope), ("-created_at", "-id"))
    names = {one.pk: one for one in environments(asked.scope)}
    open_ones = queries.reviews(asked.scope).filter(state__in=UNPUBLISHED).values_list("environment_id", flat=True)
    busy = set(open_ones)
    context = {
        "listed": shown,
        "rows": [(one, names.get(one.environment_id), _evidence_state(one)) for one in shown.rows],
        "free": [one for key, one in names.items() if key not in busy],
        "has_environments": bool(names),
        "cycles": cycle_rows(asked, names),
        "cycle_reason": words.why_not(asked.scope, Capability.REVIEWS_PUBLISH),
        "begin_reason": words.why_not(asked.scope, _MANAGE),
    }
    return page(asked, "reviews.html", _("Reviews"), context)


@workspace_page(_MANAGE, "POST")
def begin(asked: Asked) -> HttpResponse:
    """Begin a review of an environment, on fresh evidence."""
    slug = asked.request.POST.get("environment", "")
    if not slug:
        messages.error(asked.request, _("Choose an environment."))
        return redirect(url(asked, "reviews"))
    found = access.environment(asked.scope, slug)
    asked.scope.require(_MANAGE, found.pk)
    title = asked.request.POST.get("title", "").strip() or _("Security review")
    try:
        made = actions.begin_review(asked.scope, found, title, actor=asked.actor)
    except (NotAllowed, NotVisible):
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return redirect(url(asked, "reviews"))
    return redirect(url(asked, "review", made.pk))


@workspace_page(_READ, record=True)
def review(asked: Asked, review_id: UUID) -> HttpResponse:
    """One review: what stands in its way, its text, its evidence, and its packs."""
    found = queries.review(asked.scope, review_id)
    asked.scope.require(_READ, found.environment_id)
    answer = _page(asked, found, None)
    once.end(asked.request, answer, SHARED_ONCE, url(asked, "review", found.pk))
    return answer


@workspace_page(_MANAGE, "POST", record=True)
def write(asked: Asked, review_id: UUID) -> HttpResponse:
    """Change what people write in a review."""
    found = _found(asked, review_id, _MANAGE)
    form = ReviewForm(asked.request.POST)
    if not form.is_valid():
        return _page(asked, found, form, status=422)
    given = form.cleaned_data
    return _done(
        asked,
        found,
        lambda: actions.write_review(asked.scope, found.pk, given["title"], given["summary"], actor=asked.actor),
        _("The text is kept."),
    )


@workspace_page(_MANAGE, "POST", record=True)
def refresh(asked: Asked, review_id: UUID) -> HttpResponse:
    """Put a review on evidence as it is now."""
    found = _found(asked, review_id, _MANAGE)
    said = _("The review stands on evidence as it is now.")
    return _done(asked, found, lambda: actions.refresh_evidence(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(_MANAGE, "POST", record=True)
def retry(asked: Asked, review_id: UUID) -> HttpResponse:
    """Measure once more for a review that has failed."""
    found = _found(asked, review_id, _MANAGE)
    said = _("It was tried again; the page says what came of it.")
    return _done(asked, found, lambda: actions.retry_review(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(_MANAGE, "POST", record=True)
def ready(asked: Asked, review_id: UUID) -> HttpResponse:
    """Say that a review may be published."""
    found = _found(asked, review_id, _MANAGE)
    said = _("The review is ready. Somebody who may publish decides now.")
    return _done(asked, found, lambda: actions.ready_review(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(Capability.REVIEWS_PUBLISH, "POST", record=True)
def publish(asked: Asked, review_id: UUID) -> HttpResponse:
    """Freeze a review and release it."""
    found = _found(asked, review_id, Capability.REVIEWS_PUBLISH)
    said = _("The review is published and does not change any more.")
    return _done(asked, found, lambda: actions.publish_review(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(Capability.REVIEWS_PUBLISH, "POST", record=True)
def deliver(asked: Asked, review_id: UUID) -> HttpResponse:
    """Send letters that did not arrive once more."""
    found = _found(asked, review_id, Capability.REVIEWS_PUBLISH)
    said = _("The letters are on their way again.")
    return _done(asked, found, lambda: send_release_again(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(_MANAGE, "POST", record=True)
def archive(asked: Asked, review_id: UUID) -> HttpResponse:
    """Put a review away."""
    found = _found(asked, review_id, _MANAGE)
    said = _("The review is put away and released to nobody.")
    return _done(asked, found, lambda: actions.archive_review(asked.scope, found.pk, actor=asked.actor), said)


@workspace_page(Capability.PACKS_DOWNLOAD, "POST", record=True)
def pack(asked: Asked, review_id: UUID) -> HttpResponse:
    """Hand out a signed pack; it is made when it is asked for first."""
    found = _found(asked, review_id, Capability.PACKS_DOWNLOAD)
    wanted = asked.request.POST.get("audience")
    audience = Audience(wanted) if wanted in set(Audience) else Audience.CUSTOMER
    return handed_out(asked, found, audience, url(asked, "review", found.pk))


def handed_out(asked: Asked, found: Review, audience: Audience, back: str) -> HttpResponse:
    """A pack as a file; back to the page with a sentence when it is refused."""
    wanted = asked.request.POST.get("language", "")
    language = wanted if wanted in LANGUAGES else (get_language() or "en")[:2]
    try:
        made = actions.make_pack(asked.scope, found.pk, audience, language, actor=asked.actor)
    except (NotAllowed, NotVisible):
        raise
    except TruelineError as error:
        messages.error(asked.request, words.told(error))
        return redirect(back)
    return as_file(queries.pack(asked.scope, made.pk), found)


def as_file(made: Pack, found: Review) -> HttpResponse:
    """A pack as a file."""
    day = f"{found.published_at:%Y-%m-%d}" if found.published_at else "review"
    name = f"{slugify(found.title) or 'review'}-{day}-{made.audience}-{made.language}.zip"
    return HttpResponse(
        bytes(made.body),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Digest": content_digest(made.digest),
        },
    )


def _found(asked: Asked, review_id: UUID, capability: Capability) -> Review:
    found = queries.review(asked.scope, review_id)
    asked.scope.require(capability, found.environment_id)
    return found


def _done(asked: Asked, found: Review, action: Callable[[], object], said: str) -> HttpResponse:
    return act(asked, action, said, url(asked, "review", found.pk))


def _evidence_state(found: Review) -> str:
    return str(whole_evidence(queries.dimensions(found.evidence), found.published_at or clock.now()))


def _page(asked: Asked, found: Review, form: ReviewForm | None, *, status: int = 200) -> HttpResponse:
    place = access.environment_by_id(asked.scope, found.environment_id)
    is_open = found.state in OPEN_STATES
    standing = blockers(queries.dimensions(found.evidence), found.summary, clock.now()) if is_open else ()
    document = document_of(asked.scope, found, place) if is_open else _released(asked, found)
    context: dict[str, Any] = {
        "review": found,
        "events_url": events_url(asked, "review", found.pk),
        "evidence_state": _evidence_state(found),
        "is_open": is_open,
        "turn": queries_cycles.turn_of_review(asked.scope, found.pk),
        "letters": _letters(asked, found),
        "failure": review_words.failure(found.failure) if found.failure else "",
        "is_released": found.state in RELEASED,
        "blockers": [review_words.blocker(one) for one in standing],
        "form": form or ReviewForm(initial={"title": found.title, "summary": found.summary}),
        "shown": view(document) if document else None,
        "packs": list(queries.packs(asked.scope, found.pk)) if not is_open else [],
        "shared_address": once.carried(asked.request, SHARED_ONCE),
        "links": _links(asked, found) if not is_open else [],
        "read_by": list(queries.acknowledgements(asked.scope, found.pk)) if not is_open else [],
        **_reasons(asked, found),
    }
    crumbs = [(_("Reviews"), url(asked, "reviews"))]
    return page(asked, "review.html", found.title, context, crumbs=crumbs, environment=place, status=status)


def _links(asked: Asked, found: Review) -> list[tuple[ShareLink, str]]:
    """Links to a review, each with its state; only for those who may make them."""
    if not asked.scope.may(Capability.REVIEWS_PUBLISH, found.environment_id):
        return []
    return [(one, _link_state(one)) for one in queries.share_links(asked.scope, found.pk)]


def _letters(asked: Asked, found: Review) -> list[dict[str, Any]]:
    """Letters to the recipients of a released review, each with what became of it."""
    if found.state not in RELEASED:
        return []
    return [
        {
            "to": one.address or (one.user.email if one.user else ""),
            "state": f"delivery_{one.status}",
            "at": one.sent_at or one.created_at,
            "why": review_words.undelivered(one.last_error_code),
            "is_failed": one.status == DeliveryStatus.FAILED,
        }
        for one in notices.releases(asked.scope, found.pk)
    ]


def _link_state(link: ShareLink) -> str:
    if link.revoked_at:
        return "revoked"
    return "expired" if link.expires_at <= clock.now() or link.failures >= MOST_FAILURES else "active"


def _released(asked: Asked, found: Review) -> dict[str, Any] | None:
    return edition(asked.scope, found, Audience.INTERNAL) if found.document_digest else None


def _reasons(asked: Asked, found: Review) -> dict[str, str]:
    """Why a control is disabled, by control."""
    return {
        "manage_reason": words.why_not(asked.scope, _MANAGE, found.environment_id),
        "publish_reason": words.why_not(asked.scope, Capability.REVIEWS_PUBLISH, found.environment_id),
        "pack_reason": words.why_not(asked.scope, Capability.PACKS_DOWNLOAD, found.environment_id),
    }
