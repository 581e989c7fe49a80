"""The OpenAPI document: what ninja writes, with what it cannot know; and the page made of it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ninja import NinjaAPI
from ninja.schema import NinjaGenerateJsonSchema

from trueline.api.asked import Operation
from trueline.api.declared import OPERATIONS
from trueline.api.problems import KINDS, MEDIA_TYPE, Kind
from trueline.api.schemas.shapes import ProblemDocument

_WRITES = ("post", "patch", "delete")
_TEXT = {"type": "string"}


def _header(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": description, "schema": schema or _TEXT}


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": _TEXT | schema}


_IDEMPOTENCY = _parameter(
    "Idempotency-Key",
    "The same request again with the same key, within 24 hours, gets the same answer and has no second effect.",
    minLength=1,
    maxLength=255,
    pattern="^[!-~]+$",
)
_IF_NONE_MATCH = _parameter("If-None-Match", "An `ETag` that you have: answers 304 while it still holds.")
_IF_MATCH = _parameter("If-Match", "The `ETag` that the record must still have: else answers 412 and does nothing.")
_OF_ALL = {"X-Request-ID": _header("Names this request in the trail and in the log.")}
_OF_STATUS = {
    401: {"WWW-Authenticate": _header("How to authenticate.")},
    405: {"Allow": _header("The methods that exist here.")},
    429: {"Retry-After": _header("Seconds to wait.", {"type": "integer"})},
    503: {"Retry-After": _header("Seconds to wait.", {"type": "integer"})},
}


@lru_cache(maxsize=1)
def described(api: NinjaAPI) -> dict[str, Any]:
    """The whole document. It is the same for everybody and for the life of the process."""
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    by_name = {item.name: item for item in OPERATIONS}
    for methods in document["paths"].values():
        for method, details in methods.items():
            _complete(method, details, by_name[details["operationId"]])
    document["components"]["securitySchemes"]["ApiKey"]["description"] = "An API key of one workspace."
    document["components"]["schemas"] |= _shapes_of_problems()
    document["components"]["responses"] = {str(kind.status): _problem(kind.status) for kind in KINDS.values()}
    document["tags"] = [{"name": tag} for tag in dict.fromkeys(item.tag for item in OPERATIONS)]
    return document


def _shapes_of_problems() -> dict[str, Any]:
    """Made once here: declared for each status of each operation, ninja would make a class and a shape for each."""
    shape = ProblemDocument.model_json_schema(
        ref_template="#/components/schemas/{model}", schema_generator=NinjaGenerateJsonSchema, mode="serialization"
    )
    return {**shape.pop("$defs"), ProblemDocument.__name__: shape}


def _complete(method: str, details: dict[str, Any], operation: Operation) -> None:
    parameters = details.setdefault("parameters", [])
    if method == "post":
        parameters.append(_IDEMPOTENCY)
    if method in _WRITES and operation.is_of_record:
        parameters.append(_IF_MATCH)
    if method == "get":
        parameters.append(_IF_NONE_MATCH)
        details["responses"]["304"] = {"description": "You have it already."}
    details["x-capability"] = operation.capability
    answers = details["responses"]
    for status in [key for key in answers if _kinds(int(key))]:
        answers[status] = {"$ref": f"#/components/responses/{status}"}
    _describe(answers[str(operation.success)], operation)


def _describe(answer: dict[str, Any], operation: Operation) -> None:
    answer["headers"] = dict(_OF_ALL)
    if operation.file:
        answer["content"] = {operation.file: {}}
    if operation.method == "GET":
        answer["headers"]["ETag"] = _header("Names this state of the answer.")
    if operation.success in {201, 202}:
        answer["headers"]["Location"] = _header("Where the record is.")


def _kinds(status: int) -> dict[str, Kind]:
    return {code: kind for code, kind in KINDS.items() if kind.status == status}


def _problem(status: int) -> dict[str, Any]:
    kinds = _kinds(status)
    return {
        "description": "; ".join(f"{kind.title} (`{code}`)" for code, kind in kinds.items()) + ".",
        "headers": {**_OF_ALL, **_OF_STATUS.get(status, {})},
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": {code: {"value": _example(code)} for code in kinds},
            }
        },
    }


def _example(code: str) -> dict[str, Any]:
    kind = KINDS[code]
    return {
        "type": f"/api/v1/docs#{code}",
        "title": kind.title,
        "status": kind.status,
        "code": code,
        "detail": f"{kind.title}.",
        "next_step": kind.next_step,
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on the page."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    capability: str
    parameters: tuple[dict[str, Any], ...]
    curl: str


def sections(document: dict[str, Any]) -> list[tuple[str, list[Entry]]]:
    """Operations under their headings, in the order of the document."""
    found: dict[str, list[Entry]] = {}
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            found.setdefault(details["tags"][0], []).append(_entry(document, path, method.upper(), details))
    return list(found.items())


def _entry(document: dict[str, Any], path: str, method: str, details: dict[str, Any]) -> Entry:
    description = details.get("description", "")
    return Entry(
        name=details["operationId"],
        method=method,
        path=path,
        summary=details["summary"],
        description="" if description.rstrip(".") == details["summary"] else description,
        capability=details["x-capability"],
        parameters=tuple(one for one in details["parameters"] if one["in"] == "query"),
        curl=_curl(document, path, method, details),
    )


def _curl(document: dict[str, Any], path: str, method: str, details: dict[str, Any]) -> str:
    """A line to run once `URL`, `KEY`, `WORKSPACE` and what else it names are set."""
    address = path.replace("{workspace}", "$WORKSPACE")
    for one in details["parameters"]:
        if one["in"] == "path":
            address = address.replace("{" + one["name"] + "}", f"${one['name'].upper()}")
    required = [f"{one['name']}=${one['name'].upper()}" for one in details["parameters"] if _is_needed(one)]
    query = "?" + "&".join(required) if required else ""
    words = ["curl", *([] if method == "GET" else [f"-X {method}"]), '-H "Authorization: Bearer $KEY"']
    words += _content(document, details)
    return " ".join([*words, f'"$URL{address}{query}"'])


def _is_needed(parameter: dict[str, Any]) -> bool:
    return bool(parameter["in"] == "query" and parameter["required"])


def _schema(document: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    name = named.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else named


def _content(document: dict[str, Any], details: dict[str, Any]) -> list[str]:
    content = details.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        fields = _schema(document, content["multipart/form-data"]["schema"])["properties"]
        return [f"-F {name}=@{name}.zip" for name, field in fields.items() if field.get("format") == "binary"]
    if "application/json" not in content:
        return []
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    example = document["components"]["schemas"][name]["examples"][0]
    # A date of the description would be past some day; whoever runs the line says until when.
    text = json.dumps({name: "$UNTIL" if name == "expires_at" else value for name, value in example.items()})
    sent = shlex.quote(text).replace('"$UNTIL"', """"'"$UNTIL"'\"""")
    return ['-H "Content-Type: application/json"', f"-d {sent}"]
