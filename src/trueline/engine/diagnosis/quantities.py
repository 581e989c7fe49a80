"""Quantities in a message: found with their unit, so that severities of one cause are told apart and still linked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?"
_SECONDS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0,
}  # fmt: skip
_DURATION_UNIT = (
    r"nanoseconds?|ns|microseconds?|us|µs|milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m"
    r"|hours?|hrs?|hr|h|days?|d"
)
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CURRENCY_WORDS = {"dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP"}
_CODES = "USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|CNY|SEK|NOK|DKK|PLN|BRL"
_BYTES = {"b": 1, "byte": 1, "bytes": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9}
_EDGE_BEFORE = r"(?<![\w.<:-])"
_POSITION = r"(?:line|lines|column|col|char|character|position|pos|offset|index|byte|port|pid|step|row)"

_PATTERN = re.compile(
    rf"""
      (?P<position>\b{_POSITION}[ :=#]*\d+(?:[-\u2013]\d+)?\b)
    | (?P<money>(?:[$€£¥₹]|\b(?:{_CODES})\s?)\s?(?:{_NUMBER})(?:\s?(?:k|m|bn)\b)?
        | {_EDGE_BEFORE}(?:{_NUMBER})\s?(?:(?:{_CODES}|dollars?|euros?|pounds)\b|[€£]))
    | (?P<percent>{_EDGE_BEFORE}(?:{_NUMBER})\s?(?:%|percent\b|per\ cent\b))
    | (?P<duration>{_EDGE_BEFORE}(?:{_NUMBER})[\s-]?(?:{_DURATION_UNIT})(?![A-Za-z_])
            (?:\s?\d+\s?(?:m|min|s|sec|ms)(?![A-Za-z_]))*
        | \b(?<=after\ )(?:{_NUMBER})(?=\s*(?:$|[.,;)])) )
    | (?P<bytes>{_EDGE_BEFORE}(?:{_NUMBER})\s?(?:[KMGT]i?B|bytes?|[kmgt]b)\b)
    | (?P<tokens>{_EDGE_BEFORE}(?:{_NUMBER})\s?k?[\s-]?(?:tokens?\b|TPM\b))
    | (?P<http>(?:\bHTTP(?:/\d(?:\.\d)?)?|\bstatus(?:\ code)?|\b(?:error\ )?code|\breturned|\bgot|\bresponse)
          (?:\ (?:error|status|code|response))?[:=\s(]{{1,3}}[1-5]\d\d\b(?!\.\d)
        | (?<![\w.,-])[45]\d\d(?=\s(?:[A-Z][a-z]+|error|response|from)))
    | (?P<count>{_EDGE_BEFORE}(?:{_NUMBER})(?:/(?:{_NUMBER}))?(?=[\s-](?:more\ |of\ |required\ )?[a-z]{{3,}}))
    | (?P<number>{_EDGE_BEFORE}[-+]?(?:{_NUMBER})(?:/(?:{_NUMBER}))?(?![\w-]|\.\w))
    """,
    re.VERBOSE,
)
_VALUE = re.compile(_NUMBER)
_PIECE = re.compile(rf"({_NUMBER})[\s-]?({_DURATION_UNIT})")
_BOUND_BEFORE = re.compile(
    r"(?:\b(?:limit|maximum|max|minimum|min|budget|cap|quota|threshold|allowed|policy|sla|ceiling|over|than|within|of)"
    r"(?:\s+(?:of|is|was|context|length|size|allowed|the|a))*|[<>]=?)[\s:=(]*$",
    re.IGNORECASE,
)
_HARD_BOUND = re.compile(r"\b(?:limit|maximum|max|budget|cap|quota|threshold|sla|ceiling)\b", re.IGNORECASE)
_OVER = re.compile(r"(?:\b(?:over|above|beyond|than)(?:\s+(?:the|a))?|[<>]=?)[\s:=(]*$", re.IGNORECASE)
_BOUND_AFTER = re.compile(r"^\s*(?:maximum|max|limit|budget|allowed|cap|quota|threshold)\b", re.IGNORECASE)
_UNIT_ORDER = ("s", "money", "tokens", "percent", "bytes", "http_status", "count", "number")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a message.

    Attributes:
        value: In the unit's base: seconds, currency units, tokens, percent, bytes, the HTTP status, or a plain count.
        unit: `s`, a currency code, `tokens`, `percent`, `bytes`, `http_status` or `count`.
        is_bound: Whether it is the limit that was broken rather than how far.
    """

    value: float
    unit: str
    is_bound: bool = False


def mask_quantities(text: str) -> tuple[str, tuple[Quantity, ...]]:
    """The text with each quantity replaced by its kind, and the quantities in order of appearance.

    An HTTP status keeps what decides the cause: the class for 5xx, the code for 4xx. Positions (line, column, port) are
    masked and are no quantities.
    """
    found: list[Quantity] = []

    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup or "number"
        if kind == "position":
            return f"<{match[0].split()[0].rstrip(':=#0123456789').lower()}>"
        quantity = _quantity(kind, match, text)
        found.append(quantity)
        tail = " " if match[0].endswith(" ") else ""
        return _shown(quantity) + tail

    return _PATTERN.sub(replace, text), tuple(found)


def severity(quantities: tuple[Quantity, ...]) -> Quantity | None:
    """The quantity that says how bad it was: the first that is no limit, by rank of its unit; None without any."""
    free = [quantity for quantity in quantities if not quantity.is_bound]
    pool = free or list(quantities)
    return min(pool, key=lambda quantity: _rank(quantity.unit), default=None)


def _rank(unit: str) -> int:
    return _UNIT_ORDER.index(unit) if unit in _UNIT_ORDER else _UNIT_ORDER.index("money")


def _quantity(kind: str, match: re.Match[str], text: str) -> Quantity:
    value, unit = _READERS[kind](match[0])
    is_bound = _is_bound(text[: match.start()][-40:], text[match.end() : match.end() + 20])
    return Quantity(value, unit, is_bound and unit != "http_status")


def _is_bound(before: str, after: str) -> bool:
    if _BOUND_AFTER.match(after):
        return True
    leading = _BOUND_BEFORE.search(before)
    if leading is None:
        return False
    return bool(_HARD_BOUND.search(leading[0]) or _OVER.search(before))


def _shown(quantity: Quantity) -> str:
    if quantity.unit != "http_status":
        return f"<{_kind_word(quantity.unit)}>"
    status = int(quantity.value)
    name = "5xx" if status >= 500 else str(status)
    return f"http <{name}>"


def _kind_word(unit: str) -> str:
    return {"s": "duration", "count": "number"}.get(unit, unit if unit in _UNIT_ORDER else "money")


def _first_number(text: str) -> float:
    found = _VALUE.search(text)
    return float(found[0].replace(",", "")) if found else 0.0


def _duration(text: str) -> tuple[float, str]:
    pieces = _PIECE.findall(text)
    if not pieces:
        return _first_number(text), "s"
    return round(sum(float(number.replace(",", "")) * _unit_seconds(unit) for number, unit in pieces), 9), "s"


def _unit_seconds(unit: str) -> float:
    if unit in _SECONDS:
        return _SECONDS[unit]
    if unit.startswith(("milli", "msec")):
        return 1e-3
    return 1e-6 if unit.startswith("micro") else 1e-9 if unit.startswith("nano") else _SECONDS[unit[0]]


def _money(text: str) -> tuple[float, str]:
    lowered = text.lower()
    symbol = next((code for sign, code in _CURRENCIES.items() if sign in text), None)
    code = re.search(_CODES, text)
    word = next((code for name, code in _CURRENCY_WORDS.items() if name in lowered), "USD")
    scale = re.search(r"\d\s?(k|m|bn)$", lowered.strip())
    return _first_number(text) * _SCALES[scale[1] if scale else ""], symbol or (code[0] if code else word)


def _size(text: str) -> tuple[float, str]:
    unit = re.sub(r"[\d\s.,]", "", text).lower()
    return _first_number(text) * (_BYTES.get(unit) or _BYTES[unit[0]]), "bytes"


def _tokens(text: str) -> tuple[float, str]:
    return _first_number(text) * (1e3 if re.search(r"\d\s?k", text) else 1.0), "tokens"


def _status(text: str) -> tuple[float, str]:
    return float(re.findall(r"[1-5]\d\d", text)[-1]), "http_status"


_READERS: dict[str, Callable[[str], tuple[float, str]]] = {
    "money": _money,
    "percent": lambda text: (_first_number(text), "percent"),
    "duration": _duration,
    "bytes": _size,
    "tokens": _tokens,
    "http": _status,
    "count": lambda text: (_first_number(text), "count"),
    "number": lambda text: (_first_number(text), "count"),
}
