"""Addresses of the interface, each behind the door or with its reason why not."""

from __future__ import annotations

from django.urls import URLPattern, path

from trueline.api import views
from trueline.api.declared import OPERATIONS, api
from trueline.api.doors import guard
from trueline.api.pages import documentation, schema

assert views


def _patterns() -> list[URLPattern]:
    """The addresses that ninja made, with the door in front of each."""
    found, seen = [], set()
    for pattern in api.urls[0]:
        if not isinstance(pattern, URLPattern) or pattern.name == "api-root":
            continue
        route = str(pattern.pattern)
        name = "/" + route.replace("<uuidstr:", "{uuid:").replace("<slug:", "{slug:").replace(">", "}")
        if route in seen:  # ninja makes one address for each method
            continue
        seen.add(route)
        operations = tuple(item for item in OPERATIONS if item.path == name)
        # Django's own converter, not ninja's: a malformed id is then no address at all.
        found.append(path(route.replace("<uuidstr:", "<uuid:"), guard(pattern.callback, operations), name=pattern.name))
    return found


urlpatterns = [
    path("docs", documentation, name="api_docs"),
    path("openapi.json", schema, name="api_schema"),
    *_patterns(),
]
