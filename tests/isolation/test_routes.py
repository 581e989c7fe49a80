"""Every route declares its policy and answers by it (D-11, D-12); the routes are found by walking the resolver."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT

from tests.isolation.factories import Seeds
from tests.isolation.routes import (
    Route,
    is_of_an_environment,
    never,
    routes,
    value_of,
    values_of,
    workspace_routes,
)
from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.web.middleware import WRITES_ON_GET, RequestTransaction
from trueline.workspaces.actions import make_sign_in_link
from trueline.workspaces.models import EnvironmentGrant, Membership, User
from trueline.workspaces.rules import CAPABILITIES_OF, Capability, Role

ROUTES = routes()
INSIDE = workspace_routes()
PEOPLE = ("owner", "approver", "operator", "viewer", "customer", "stranger")
each_inside = pytest.mark.parametrize("route", INSIDE, ids=[route.name or route.path for route in INSIDE])


@pytest.fixture(scope="module")
def browsers(planted: tuple[World, Seeds, Seeds]) -> dict[str, Client]:
    """A signed-in browser of each person, one that is narrowed away from the first environment, and a visitor's."""
    world, ours, _ = planted
    found = {name: _signed_in(getattr(world, name)) for name in PEOPLE} | {"visitor": Client()}
    narrowed = User.objects.create_user("narrowed@example.org", None, name="Nora Narrowed")
    with within(world.workspace.pk):
        membership = Membership.objects.create(workspace=world.workspace, user=narrowed, role="manager")
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=membership, environment=ours.environment, effect="exclude"
        )
    return found | {"narrowed": _signed_in(narrowed)}


def _signed_in(user: User) -> Client:
    """By a link, as whoever runs the machine lets somebody in."""
    client = Client(raise_request_exception=False)
    token = make_sign_in_link(user, actor=Actor(ActorKind.SYSTEM, "tests", "tests"))
    assert client.post(f"/sign-in/{token}").status_code == 302
    return client


@pytest.fixture(autouse=True)
def undone(planted: Any) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def methods(route: Route, url: str) -> list[str]:
    """What the route accepts, as its own refusal of a strange method says; it refuses before it looks at the rest."""
    return list(_methods(route.path, url))


@cache
def _methods(path: str, url: str) -> tuple[str, ...]:
    answer = Client().generic("PURGE", url)
    assert answer.status_code == 405, f"{path} accepts any method"
    return tuple(method for method in answer.headers["Allow"].split(", ") if method in {"GET", "POST"})


def ask(client: Client, method: str, url: str) -> Any:
    return client.generic(method, url, content_type=MULTIPART_CONTENT)


def seen(answer: Any) -> tuple[Any, ...]:
    """All of an answer that a reader gets."""
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return answer.status_code, answer.content, headers, sorted(answer.cookies.output().splitlines())


def _count(workspace_id: Any) -> int:
    with within(workspace_id):
        return AuditEvent.objects.count()


def test_every_route_declares_its_policy(covered: Any) -> None:
    missing = [route.path for route in ROUTES if route.policy is None and not route.library]
    assert missing == []
    covered("routes", len(ROUTES))
    covered("routes inside a workspace", len(INSIDE))
    covered("routes of the sign-in library", sum(1 for route in ROUTES if route.library))


def test_a_route_without_a_policy_is_found() -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    stray = Route("stray", "stray", bare, is_plain=True)
    assert stray.policy is None
    assert stray.library == ""


@pytest.mark.parametrize("route", [route for route in ROUTES if route.policy], ids=lambda route: route.path)
def test_a_policy_says_something_that_exists(route: Route) -> None:
    policy = route.policy
    assert policy is not None
    assert (policy.kind == "workspace") is route.path.startswith("w/<slug:workspace>/")
    assert policy.kind in {"public", "signed_in", "workspace", "api", "ingest"}
    # What the interface answers is walked, operation by operation, in tests/api/test_every_operation.py.
    assert (policy.kind == "api") is (route.path.startswith("api/") and not policy.reason)
    assert (policy.kind == "ingest") is route.path.startswith("v1/")  # refused and accepted in tests/traces
    assert bool(policy.reason) is (policy.kind == "public")
    assert policy.capability in {"", *Capability}
    assert route.is_plain


@each_inside
def test_a_visitor_is_led_to_sign_in_and_a_stranger_finds_nothing(route: Route, planted: Any, browsers: Any) -> None:
    url = route.url(values_of(planted[1], route))
    nowhere = route.url(values_of(planted[1], route) | {"workspace": "never-existed"})
    for method in methods(route, url):
        led = ask(browsers["visitor"], method, url)
        assert led.status_code == 302, method
        assert led.headers["Location"].startswith("/account/login/"), method
        absent = ask(browsers["stranger"], method, nowhere)
        assert absent.status_code == 404, method
        assert seen(ask(browsers["stranger"], method, url)) == seen(absent), method


@each_inside
@pytest.mark.parametrize("role", ["customer", "viewer", "operator", "approver"])
def test_who_lacks_the_capability_is_told_so(role: str, route: Route, planted: Any, browsers: Any) -> None:
    assert route.policy is not None
    url = route.url(values_of(planted[1], route))
    lacks = route.policy.capability not in {"", *CAPABILITIES_OF[Role(role)]}
    for method in methods(route, url):
        status = ask(browsers[role], method, url).status_code
        # A POST may ask for more than it declares to look; it never claims that the record is not there.
        allowed = {403} if lacks else {200, 302} if method == "GET" else {200, 302, 400, 403, 422}
        assert status in allowed, f"{method} {url} as {role}"


@each_inside
def test_a_record_of_another_workspace_answers_like_one_that_never_was(
    route: Route, planted: Any, browsers: Any
) -> None:
    world, ours, theirs = planted
    mine = values_of(ours, route)
    before = [_count(place.pk) for place in (world.workspace, world.other_workspace)]
    for parameter in route.records:
        foreign = route.url(mine | {parameter: value_of(theirs, parameter, route.parameters[parameter])})
        absent = route.url(mine | {parameter: never(route, parameter)})
        for method in methods(route, foreign):
            for person in ("owner", "viewer", "customer"):
                there, nowhere = (ask(browsers[person], method, url) for url in (foreign, absent))
                assert nowhere.status_code == 404, f"{method} {absent} as {person}"
                assert seen(there) == seen(nowhere), f"{method} {foreign} as {person}"
    assert [_count(place.pk) for place in (world.workspace, world.other_workspace)] == before


@each_inside
def test_a_record_of_another_environment_is_not_found_under_this_one(route: Route, planted: Any, browsers: Any) -> None:
    world, ours, _ = planted
    bound = [name for name in route.records if name != "environment" and is_of_an_environment(name)]
    if "environment" in route.records and bound:
        wrong = route.url(values_of(ours, route) | {"environment": world.other_environment.slug})
        for method in methods(route, wrong):
            assert ask(browsers["owner"], method, wrong).status_code == 404, f"{method} {wrong}"


@each_inside
def test_an_environment_that_somebody_is_narrowed_away_from_is_not_there(
    route: Route, planted: Any, browsers: Any
) -> None:
    mine = values_of(planted[1], route)
    for parameter in (name for name in route.records if is_of_an_environment(name)):
        away, absent = route.url(mine), route.url(mine | {parameter: never(route, parameter)})
        for method in methods(route, away):
            there, nowhere = (ask(browsers["narrowed"], method, url) for url in (away, absent))
            if route.policy and route.policy.capability in CAPABILITIES_OF[Role.MANAGER]:
                assert nowhere.status_code == 404, f"{method} {absent}"
            assert seen(there) == seen(nowhere), f"{method} {away}"


@each_inside
def test_a_page_shows_nothing_of_an_environment_out_of_reach(route: Route, planted: Any, browsers: Any) -> None:
    ours = planted[1]
    url = route.url(values_of(ours, route))
    if "GET" in methods(route, url) and not any(is_of_an_environment(name) for name in route.records):
        shown = browsers["narrowed"].get(url).content.decode()
        assert f"/{ours.environment.slug}/" not in shown
        assert ours.environment.name not in shown


class _Roles:
    """Notes the role that each statement runs as."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.seen.add(context["connection"].connection.execute("select current_user").fetchone()[0])
        return execute(sql, params, many, context)


OUTSIDE = [
    route
    for route in ROUTES
    if route not in INSIDE and route.is_plain and set(route.parameters) <= {"workspace", *route.records}
]


@each_inside
def test_the_owner_gets_in_as_the_reader_and_sees_nothing_of_the_other_workspace(
    route: Route, planted: Any, browsers: Any
) -> None:
    world, ours, theirs = planted
    url = route.url(values_of(ours, route))
    answer = _looked(browsers["owner"], url)
    assert answer.status_code in ({200, 302} if "GET" in methods(route, url) else {405})
    assert theirs.canary.encode() not in answer.content
    assert str(world.other_workspace.pk).encode() not in answer.content


@pytest.mark.parametrize("route", OUTSIDE, ids=[route.name or route.path for route in OUTSIDE])
def test_a_safe_request_outside_a_workspace_runs_as_the_reader(route: Route, browsers: Any) -> None:
    answer = _looked(browsers["owner"], route.url({name: never(route, name) for name in route.parameters}))
    assert answer.status_code < 500


def _looked(browser: Client, url: str) -> Any:
    """The answer to a safe request, which has run as the reader and is kept by nobody."""
    roles = _Roles()
    with connection.execute_wrapper(roles):
        answer = browser.get(url)
    if not url.startswith(WRITES_ON_GET):  # pages of the sign-in library that write at the first look
        assert roles.seen <= {"trueline_reader"}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    return answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_write_in_a_safe_request_raises(method: str, planted: Any) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with within(planted[1].workspace.pk):
            AuditEvent.objects.all().delete() if request.GET else planted[1].one(Membership).save()
        return HttpResponse()

    respond = RequestTransaction(view)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        respond(RequestFactory().generic(method, "/"))
    assert respond(RequestFactory().post("/")).status_code == 200  # the control: the same write by POST


def test_one_address_shows_each_person_their_own(planted: Any, browsers: Any) -> None:
    ours, theirs = (browsers[name].get("/", follow=False) for name in ("owner", "stranger"))
    assert ours.headers["Location"] == "/w/acme/"
    assert theirs.headers["Location"] == "/w/elsewhere/"


def test_an_invitation_tells_nobody_whether_a_workspace_exists(planted: Any, browsers: Any) -> None:
    join = next(route for route in ROUTES if route.name == "join")
    for person in ("visitor", "stranger"):
        for method in ("GET", "POST"):
            real, none = (
                _said(browsers[person], method, join, str(place))
                for place in (planted[0].workspace.pk, never(join, "workspace_id"))
            )
            assert real == none


def _said(browser: Client, method: str, join: Route, workspace_id: str) -> tuple[int, str]:
    """The answer without what it repeats of the address, and without the tokens against forged requests."""
    answer = ask(browser, method, join.url({"workspace_id": workspace_id, "token": "never-existed"}))
    lines = [line for line in answer.content.decode().splitlines() if "csrfmiddlewaretoken" not in line]
    return answer.status_code, "\n".join(lines).replace(workspace_id, "")
