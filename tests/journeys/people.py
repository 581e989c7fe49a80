"""People of the journeys, made the way an operator makes them."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.site import Site
from trueline.kit.scope import Actor, ActorKind
from trueline.workspaces import access
from trueline.workspaces.actions import create_person, create_workspace, make_sign_in_link
from trueline.workspaces.models import User, Workspace

OPERATOR = Actor(ActorKind.SYSTEM, "tests", "tests")
PASSWORD = "a plumb line hangs true"


def person(email: str, name: str, *, password: str | None = None, locale: str = "en") -> User:
    """A person with an account."""
    user = create_person(email, name, actor=OPERATOR, password=password)
    user.locale = locale
    user.save(update_fields=["locale"])
    return user


def workspace_of(user: User, name: str) -> Workspace:
    """A workspace that the person owns."""
    return create_workspace(name, owner=user, actor=access.person(user), locale=user.locale)


def link_for(site: Site, user: User) -> str:
    """An address that signs the person in once."""
    return f"{site.url}/sign-in/{make_sign_in_link(user, actor=OPERATOR)}"


def sign_in(page: Page, site: Site, user: User) -> None:
    """Sign in by a one-time link, as whoever runs the machine does first."""
    page.goto(link_for(site, user))
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
