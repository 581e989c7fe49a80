"""The target of a failure: the tool, host, service, model, function or field that it names. Never merged."""

from __future__ import annotations

import re

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://(?P<host>[^\s/:'\"<>?#\])},]+)[^\s'\"<>\])},]*", re.IGNORECASE)
_TOP_LEVEL = "com|org|net|io|ai|dev|local|internal|cloud|co|gov|edu|de|uk|eu"
_HOST = re.compile(
    rf"(?<![\w@/.-])(?:[a-z0-9-]+\.)+(?:{_TOP_LEVEL})\b(?::\d+)?"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.])|\blocalhost(?::\d+)?",
    re.IGNORECASE,
)
_FUNCTION = re.compile(r"(?P<name>(?:<?[A-Za-z_]\w*>?\.)*<?[A-Za-z_]\w*>?)\(\)")
_SERVICE_NOUN = (
    r"API|APIs|service|server|endpoint|database|DB|queue|tool|gateway|cluster|bucket|topic|lookup|connector|plugin"
    r"|webhook|cache|index|shard|node|region|provider|backend|vendor|store|warehouse|agent|host|table|model|field|column"
)
_NAMED_BEFORE = re.compile(rf"\b(?P<name>[A-Za-z][\w-]*)[ ](?P<noun>{_SERVICE_NOUN})\b")
_NAMED_AFTER = re.compile(
    rf"\b(?:{_SERVICE_NOUN}|call|function|module|parameter|column|for|to|from|of|on|at)[ :=]+"
    r"(?P<quote>[`'\"]?)(?P<name>[A-Za-z][\w.:/-]*\w)(?P=quote)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"(?<![\w<./-])(?:[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)+|[A-Za-z]+\d\w*"
    r"|[a-z]+(?:[A-Z][a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,})(?![\w>])"
)
_QUOTED_WORD = re.compile(r"(?<!\w)[`'\"](?P<name>[A-Za-z_][\w.:/-]{0,60})[`'\"](?!\w)")
_ERROR_CODE = re.compile(
    r"(?:error|exception|exceeded|failed|failure|invalid|timeout|limit|denied|required|unavailable|exhausted|found"
    r"|warning|fault|throttled|reached|refused|overloaded)$",
    re.IGNORECASE,
)
_PLAIN_HYPHEN = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")
_SERVICE_TAIL = re.compile(rf"[-_](?:{_SERVICE_NOUN}|svc)$", re.IGNORECASE)
_SPLIT = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLAIN_NOUNS = frozenset({"api", "apis", "service", "svc", "server", "endpoint", "backend"})
_FIELD_NAMES = frozenset(
    {"type", "message", "code", "param", "status", "error", "detail", "name", "value", "none", "null"}
)
_ABBREVIATION = re.compile(r"(?:e\.g|i\.e|etc|vs|a\.m|p\.m|U\.S)\.?$", re.IGNORECASE)
_NO_NAME = frozenset(
    """
    a an the this that these those our your their its my his her any some each every no not and or of for from to
    by with on at in is was were be been remote external internal upstream downstream same another other new old
    main local target tool api http https calling call failed unknown invalid requested given called returned
    reached service waiting repeated identical via using against when while after before missing maximum model
    field response request
    """.split()  # noqa: SIM905 - a list of words is read and kept as running text
)


def targets_in(text: str) -> frozenset[str]:
    """Every target that a message names, in lower case.

    Args:
        text: The message, with quantities and secrets masked, in its own letter case.

    Returns:
        Hosts, called functions, `payments` for "payments API", and words that are written as identifiers. Names of
        error types and codes are none.
    """
    hosts = {match["host"].lower() for match in _URL.finditer(text)}
    bare = _URL.sub(" ", text)
    hosts |= {match[0].lower() for match in _HOST.finditer(bare)}
    bare = _HOST.sub(" ", bare)
    functions = function_in(bare)
    bare = _FUNCTION.sub(" ", bare)
    named = {canonical(name) for name in _services(bare) | _identifiers(bare)}
    return frozenset(hosts | functions | named - {""})


def canonical(name: str) -> str:
    """One spelling for `payments API`, `payments-api`, `payments_service` and `PaymentsApi`: `payments`."""
    words = [word.lower() for word in _SPLIT.split(name) if word]
    while len(words) > 1 and words[-1] in _PLAIN_NOUNS:
        words.pop()
    return " ".join(words)


def function_in(text: str) -> frozenset[str]:
    """The functions that a message calls; only these."""
    return frozenset(match["name"].lower() for match in _FUNCTION.finditer(text))


def _services(text: str) -> set[str]:
    return {
        f"{match['name']} {match['noun']}"
        for match in _NAMED_BEFORE.finditer(text)
        if match["name"].lower() not in _NO_NAME
        and not _is_identifier(match["name"])
        and not re.fullmatch(_SERVICE_NOUN, match["name"], re.IGNORECASE)
    }


def _identifiers(text: str) -> set[str]:
    names = {match[0] for match in _IDENTIFIER.finditer(text)}
    names |= {match["name"] for match in _QUOTED_WORD.finditer(text)}
    names |= {match["name"] for match in _NAMED_AFTER.finditer(text) if match["quote"]}
    return {name for name in names if not _is_word(name)}


def _is_identifier(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None and not _is_word(name)


def _is_word(name: str) -> bool:
    if _PLAIN_HYPHEN.fullmatch(name):
        return _SERVICE_TAIL.search(name) is None
    return bool(_ERROR_CODE.search(name) or _ABBREVIATION.search(name)) or name.lower() in _FIELD_NAMES
