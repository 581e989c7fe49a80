"""How people come in: by invitation, or by a link that whoever runs the machine has made. Nobody signs up unasked."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

INVITED = "invited_email"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library carries no types
    """The library's behaviour, with sign-up open only to somebody who follows an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor came by an invitation."""
        return bool(request.session.get(INVITED))

    def clean_email(self, email: str) -> str:
        """The address as it is stored: lower case; an invitation is good only for its own address."""
        return str(super().clean_email(email)).strip().lower()
