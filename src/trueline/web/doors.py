"""The doors of the pages: every view stands behind exactly one of them, which also declares its policy.

Order of the checks, as everywhere: membership, environment, record (all three fail as 404), capability (403).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.http import require_http_methods

from trueline.kit.database.context import within
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotAllowed, NotVisible, Scope
from trueline.web.asked import Asked, Policy, current_user
from trueline.web.words import told
from trueline.workspaces import access
from trueline.workspaces.access import Door
from trueline.workspaces.actions_denials import Denial
from trueline.workspaces.models import User

View = Callable[..., HttpResponse]


def public(reason: str, *methods: str) -> Callable[[View], View]:
    """A page for everybody; says why."""

    def decorate(view: View) -> View:
        return _declared(view, Policy("public", reason=reason), methods)

    return decorate


def signed_in(*methods: str) -> Callable[[View], View]:
    """A page for every person who has signed in, outside any workspace."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = current_user(request)
            return view(request, user, *args, **kwargs) if user else _to_sign_in(request)

        return _declared(inner, Policy("signed_in"), methods)

    return decorate


def workspace_page(capability: str = "", *methods: str, record: bool = False) -> Callable[[View], View]:
    """A page inside a workspace. The view gets an `Asked` in place of the request.

    Args:
        capability: What the reader must hold.
        methods: Accepted methods, GET when none is named.
        record: The view looks up a record by itself, and then asks `scope.require(capability, environment)`: a record
            that is out of reach must be 404 before any capability is looked at.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, workspace: str, **kwargs: Any) -> HttpResponse:
            user = current_user(request)
            if user is None:
                return _to_sign_in(request)
            try:
                return _inside(view, request, user, workspace, "" if record else capability, kwargs)
            except NotVisible as error:
                raise Http404 from error
            except NotAllowed as error:
                raise PermissionDenied(str(error)) from error

        return _declared(inner, Policy("workspace", capability), methods)

    return decorate


def _inside(  # noqa: PLR0913, PLR0917 - one private step of the door above
    view: View, request: HttpRequest, user: User, slug: str, capability: str, kwargs: dict[str, Any]
) -> HttpResponse:
    # PostgreSQL keeps no NUL in a text, so a filter with one is a broken request and not a failure of ours.
    if any("\x00" in value for value in request.GET.values()):
        raise SuspiciousOperation("a NUL in the query")
    doors = access.doors(user)
    entered = _chosen(doors, slug)
    with within(entered.workspace_id):
        scope = access.enter(user, entered.workspace_id, request_id=request.META.get("trueline.request_id", ""))
        try:
            if capability:
                scope.require(capability)
            asked = Asked(request, user, scope, doors)
            request.asked = asked  # type: ignore[attr-defined]  # read by the context processor of the frame
            response = view(asked, **kwargs)
        except NotAllowed as error:
            _remember(request, scope, error)
            raise
        if hasattr(response, "render") and callable(response.render):
            response = response.render()
        return response


def _remember(request: HttpRequest, scope: Scope, error: TruelineError) -> None:
    """Keep what was denied until the request has ended; it is then written down."""
    match = request.resolver_match
    request.META["trueline.denial"] = Denial.of(scope, error, match.view_name if match else "")


def _chosen(doors: tuple[Door, ...], slug: str) -> Door:
    found = next((item for item in doors if item.slug == slug), None)
    if found is None:
        raise NotVisible
    return found


def _declared(view: View, policy: Policy, methods: tuple[str, ...]) -> View:
    accepted = methods or ("GET",)
    # HEAD is a GET without a body; a route that only writes must not run as the reader of a safe method.
    guarded = require_http_methods([*accepted, "HEAD"] if "GET" in accepted else list(accepted))(view)
    guarded.policy = replace(policy, methods=tuple(accepted))  # type: ignore[attr-defined]  # read by the test that walks the routes
    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("account_login")})
    if request.method not in ("GET", "HEAD"):  # what was sent is gone, and its address may not be one to look at
        return redirect("account_login")
    return redirect(f"{resolve_url('account_login')}?{urlencode({'next': request.get_full_path()})}")


@contextmanager
def refused_in(form: BaseForm, field: str | None = None) -> Iterator[None]:
    """Do something with a form; why it is refused stands in the form, at the field where one is named."""
    try:
        yield
    except (NotVisible, NotAllowed):
        raise
    except TruelineError as error:
        form.add_error(field, told(error))


def act(asked: Asked, done: Callable[[], Any], said: str, to: str, *, tags: str = "") -> HttpResponse:
    """Do one action, say in a sentence what came of it, and go on to an address; a refusal changes nothing.

    Args:
        asked: Who asks.
        done: The action.
        said: What came of it.
        to: Where to go on.
        tags: An address that the sentence leads to; with `undo ` in front, one that takes it back.
    """
    try:
        done()
    except (NotVisible, NotAllowed):
        raise
    except TruelineError as error:
        if error.is_denial:
            _remember(asked.request, asked.scope, error)
        messages.error(asked.request, told(error))
    else:
        messages.success(asked.request, said, extra_tags=tags)
    return redirect(to)
