"""JSON as the interface sends it, and the entity tag of a record."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja.renderers import BaseRenderer
from pydantic import BaseModel

from trueline.kit.digest import sha256


def rendered(value: Any) -> bytes:
    """A value as JSON; times are RFC 3339 in UTC."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


def etag(body: bytes) -> str:
    """The strong entity tag of a body."""
    return f'"{sha256(body)[:32]}"'


def etag_of(shown: BaseModel) -> str:
    """The entity tag that a GET of this record has now."""
    return etag(rendered(shown.model_dump()))


class Renderer(BaseRenderer):
    """Satisfies ninja's renderer."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body of an answer."""
        del request, response_status
        return rendered(data)
