"""Every address of the product, found by walking the resolver, and how to fill in what an address names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.views.generic import RedirectView

from tests.isolation.factories import Seeds, columns, tenant_models
from trueline.inventory.models import BaselineVersion
from trueline.kit import ids
from trueline.web.asked import Policy
from trueline.workspaces.models import Environment

LIBRARY = {
    "allauth.account": "sign-in by password: pages of one person, outside any workspace",
    "allauth.mfa": "second factors of one person, outside any workspace",
    "allauth.socialaccount": "sign-in by a provider: pages of one person, outside any workspace",
    "allauth.usersessions": "never reached: our own page of sessions has its address",
}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NEVER = {
    "uuid": lambda: str(ids.new()),
    "slug": lambda: "never-existed",
    "str": lambda: "never-existed",
    "int": lambda: "2000000000",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its pattern, its view, and the converter of each parameter."""

    path: str
    name: str
    view: Callable[..., Any]
    is_plain: bool

    @property
    def policy(self) -> Policy | None:
        return getattr(self.view, "policy", None)

    @property
    def parameters(self) -> dict[str, str]:
        return {name: converter or "str" for converter, name in _PARAMETER.findall(self.path)}

    @property
    def records(self) -> list[str]:
        """The parameters that name something inside the workspace."""
        return [name for name in self.parameters if name != "workspace"]

    @property
    def library(self) -> str:
        """Why a route of a library declares no policy of ours; empty for every other."""
        view = getattr(self.view, "view_class", self.view)
        if view is RedirectView and self.path.startswith("account/social/"):
            return "former addresses of the sign-in library: they lead to its present ones and read nothing"
        place = view.__module__
        return next((reason for module, reason in LIBRARY.items() if place.startswith(f"{module}.")), "")

    def url(self, values: dict[str, str]) -> str:
        return "/" + _PARAMETER.sub(lambda found: values[found[2]], self.path)


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", is_plain=True))


def _walk(patterns: list[Any], prefix: str, *, is_plain: bool) -> Iterator[Route]:
    for entry in patterns:
        plain = is_plain and isinstance(entry.pattern, RoutePattern)
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path, is_plain=plain)
        else:
            assert isinstance(entry, URLPattern)
            yield Route(path, entry.name or "", entry.callback, plain)


def workspace_routes() -> list[Route]:
    return [route for route in routes() if route.policy is not None and route.policy.kind == "workspace"]


def model_of(parameter: str) -> type[Model]:
    """The model whose row a parameter names: `finding_id` or `environment`. Fails for a name that says nothing."""
    noun = parameter.removesuffix("_id").replace("_", "")
    names = {model._meta.model_name or "": model for model in tenant_models()}
    found = [names[noun]] if noun in names else [model for name, model in names.items() if name.endswith(noun)]
    assert len(found) == 1, f"nobody knows which record the parameter {parameter!r} names"
    return found[0]


def value_of(seeds: Seeds, parameter: str, converter: str) -> str:
    """What an address says to name that workspace's record."""
    if parameter == "workspace":
        return seeds.workspace.slug
    row = seeds.one(model_of(parameter))
    return str(row.slug if converter == "slug" else row.pk)


def values_of(seeds: Seeds, route: Route) -> dict[str, str]:
    return {name: value_of(seeds, name, converter) for name, converter in route.parameters.items()}


def is_of_an_environment(parameter: str) -> bool:
    """Whether what the parameter names belongs to one environment, directly or by its snapshot."""
    model = model_of(parameter)
    if model is BaselineVersion:  # a standard belongs to the workspace, wherever its content was taken
        return False
    return model is Environment or bool({"environment_id", "snapshot_id"} & columns(model))


def never(route: Route, parameter: str) -> str:
    """A value that fits the address and names nothing that ever was."""
    return NEVER[route.parameters[parameter]]()
