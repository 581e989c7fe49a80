"""How a view becomes an operation of the interface: one decorator that says all of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from ninja.params import Path
from ninja.security.base import AuthBase
from pydantic import BaseModel

from trueline import __version__
from trueline.api.asked import Asked, Operation
from trueline.api.problems import problem_of
from trueline.api.rendering import Renderer

_WORKSPACE = "/workspaces/{slug:workspace}"
_WRITES = {"POST", "PATCH", "DELETE", "PUT"}
ViewT = TypeVar("ViewT", bound=Callable[..., Any])

DESCRIPTION = """\
Everything that the pages show and do. Send an API key as `Authorization: Bearer tl_...`; a key is of one workspace, and
every address but the first names it. What is out of a key's reach answers 404 like what never existed; what is in reach
without the capability answers 403. Problems are `application/problem+json` with a `code` and a `next_step`.

Lists are paged by an opaque `cursor`. POST takes an `Idempotency-Key`: the same request again within 24 hours gets the
same answer and has no second effect. Single records have an `ETag` for `If-None-Match` and `If-Match`. Times are RFC
3339 in UTC.
"""


class ApiKey(AuthBase):
    """The key was looked at by the door already; this tells the description of it."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_bearerFormat = "tl_<workspace>_<secret>"  # noqa: N815 - the word of OpenAPI

    def __call__(self, request: HttpRequest) -> Any:
        """The caller, whom the door has let in."""
        return getattr(request, "asked", None)


api = NinjaAPI(
    title="Trueline",
    version=__version__,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=Renderer(),
    auth=ApiKey(),
    servers=[{"url": settings.PUBLIC_URL, "description": "This installation"}],
)
for _kind in (Exception, ValidationError, HttpError):  # the last two have answers of ninja's own, which ours replace
    api.add_exception_handler(_kind, problem_of)  # type: ignore[arg-type]  # it hands over the error, never its class
OPERATIONS: list[Operation] = []


def operation(  # noqa: PLR0913 - what an operation declares
    method: str,
    path: str,
    capability: str,
    answer: type[BaseModel] | None,
    *,
    tag: str,
    success: int = 200,
    record: bool = False,
    also: tuple[int, ...] = (),
    outside: bool = False,
    file: str = "",
) -> Callable[[ViewT], ViewT]:
    """Make a view an operation. The view gets an `Asked`, then what the address names and what was sent.

    Args:
        method: Its one method.
        path: Below the workspace's address, such as `/environments/{slug:environment}`.
        capability: What the caller must hold.
        answer: Shape of the answer, None for an empty one.
        tag: The heading that it stands under.
        success: Its status when all went well.
        record: The view looks a record up first; see `Operation.is_of_record`.
        also: Statuses of problems beyond those that every operation of its sort has.
        outside: The address names no workspace.
        file: Media type of an answer that is a file; empty for JSON.
    """

    def decorate(view: ViewT) -> ViewT:
        full = path if outside else f"{_WORKSPACE}{path}"
        inner = _adapted(view, full, success)
        bad = _problems(method, also)
        summary, _, rest = inspect.cleandoc(view.__doc__ or "").partition("\n\n")
        register = api.api_operation(
            [method],
            full,
            response={success: answer, **dict.fromkeys(bad)},  # the description says what a problem looks like
            tags=[tag],
            summary=summary.rstrip("."),
            description=rest or summary,
            operation_id=view.__name__,
            url_name=view.__name__,
        )
        register(inner)
        sent = _body(inner), _query(inner)
        OPERATIONS.append(Operation(method, full, view.__name__, tag, capability, record, success, *sent, file))
        return view

    return decorate


def _problems(method: str, also: tuple[int, ...]) -> tuple[int, ...]:
    writes = {409, 412, 413, 415, 422} if method in _WRITES else set()
    return tuple(sorted({400, 401, 403, 404, 405, 429, 500, 503, *writes, *also}))


def _adapted(view: Callable[..., Any], path: str, success: int) -> Callable[..., Any]:
    """The view as ninja calls it: with the request, and with every name of the address in its signature."""
    hints = get_type_hints(view, include_extras=True)
    own = list(inspect.signature(view).parameters.values())[1:]

    @wraps(view)
    def inner(request: HttpRequest, **given: Any) -> Any:
        given.pop("workspace", None)
        asked: Asked = request.asked  # type: ignore[attr-defined]  # set by the door
        result = view(asked, **given)
        return result if isinstance(result, HttpResponse) else Status(success, result)

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("request", keyword, annotation=HttpRequest)]
    if path.startswith(_WORKSPACE):
        parameters.append(inspect.Parameter("workspace", keyword, annotation=Path[str]))
    parameters += [one.replace(kind=keyword, annotation=hints[one.name]) for one in own]
    inner.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # ninja reads it
    return inner


def _sources(inner: Callable[..., Any]) -> dict[str, Any]:
    made = inner._ninja_operation  # type: ignore[attr-defined]  # noqa: SLF001 - ninja's own mark on a view
    return {model.__ninja_param_source__: model for model in made.models}


def _query(inner: Callable[..., Any]) -> frozenset[str]:
    model = _sources(inner).get("query")
    return frozenset(model.__ninja_flatten_map__) if model else frozenset()


def _body(inner: Callable[..., Any]) -> str:
    found = _sources(inner)
    if "file" in found:
        return "multipart/form-data"
    return "application/json" if "body" in found else ""
