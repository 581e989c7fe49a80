"""Addresses of the pages. The workspace, and inside it the environment, are always part of the address."""

from django.urls import include, path
from django.views.i18n import set_language

from trueline.web.asked import Policy
from trueline.web.views import entry

set_language.policy = Policy("public", reason="a visitor may choose the language")

_workspace: list = []

urlpatterns = [
    path("", entry.home, name="home"),
    path("healthz", entry.health, name="health"),
    path("language", set_language, name="set_language"),
    path("sign-in/<str:token>", entry.sign_in_link, name="sign_in_link"),
    path("join/<uuid:workspace_id>/<str:token>", entry.join, name="join"),
    path("w/<slug:workspace>/", include(_workspace)),
]
