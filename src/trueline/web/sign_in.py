"""How people come in: by invitation, or by a link that whoever runs the machine has made. Nobody signs up unasked."""

from __future__ import annotations

from importlib import import_module

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from trueline.workspaces.models import User

INVITED = "invited"
"""The session's key of the invitation that a visitor follows: its address of the page, and its e-mail address."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library carries no types
    """The library's behaviour, with sign-up open only to somebody who follows an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor came by an invitation."""
        return bool(request.session.get(INVITED))

    def clean_email(self, email: str) -> str:
        """The address as it is stored: lower case; an invitation is good only for its own address."""
        cleaned = str(super().clean_email(email)).strip().lower()
        invited = self._invited()
        if invited and cleaned != invited["email"]:
            raise ValidationError(
                _("You were invited as %(email)s; make the account with that address.") % {"email": invited["email"]}
            )
        return cleaned

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Back to the invitation, where the new person accepts it."""
        invited = request.session.get(INVITED)
        return str(invited["path"] if invited else super().get_signup_redirect_url(request))

    def _invited(self) -> dict[str, str] | None:
        request = self.request
        if request is None or request.user.is_authenticated:
            return None
        found: dict[str, str] | None = request.session.get(INVITED)
        return found


def note_address(request: HttpRequest, user: User) -> None:
    """Tell the library of an address that somebody else has typed in.

    Otherwise its page of addresses writes it down at the first look, and a look must not write.
    """
    if EmailAddress.objects.get_primary(user) is None:  # lint: allow TL002 a row of the sign-in library
        setup_user_email(request, user, [])


def note_session(request: HttpRequest) -> None:
    """Put the browser at hand on the person's list of sessions; the library does it where it signs in itself."""
    UserSession.objects.create_from_request(request)  # lint: allow TL002 a row of the sign-in library


def sessions_of(user: User) -> list[UserSession]:
    """Where a person is signed in, the newest first. Sessions that have ended are left out."""
    noted = UserSession.objects.filter(user=user).order_by("-created_at")  # lint: allow TL002 the sign-in library's
    return [session for session in noted if _lives(session.session_key)]


def _lives(session_key: str) -> bool:
    # Asks the store and the person's present secrets: a session that was ended for all others still has its row.
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_session_user(store) is not None
