"""Masks: what differs between two occurrences of one cause and says nothing about it."""

from __future__ import annotations

import re

_MASKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, flags), mask)
    for pattern, flags, mask in (
        (r"\b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{3,}", 0, "<secret>"),
        (r"\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*", 0, "<secret>"),
        (r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", 0, "<email>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE, "<id>"),
        ((r"\b(?:org|req|proj|user|usr|sess|session|call|run|msg|thread|asst|cust|order|ord|trace|job|batch|txn|tx|inv)"
         r"[-_](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{3,}\b"), 0, "<id>"),
        (r"(?<![\w.])#[A-Za-z]*\d{3,}\b", 0, "<id>"),
        (r"\b([A-Za-z]+(?:_[A-Za-z]+)*)_\d{4,}\b", 0, r"\1 <id>"),
        (r"\b(?!HTTP|ORA|SQL|ERR|EC|AADSTS)[A-Z]{2,5}\d{3,}\b", 0, "<id>"),
        (r"\b0x[0-9a-f]+\b", re.IGNORECASE, "<hex>"),
        (r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE, "<hex>"),
        (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b", 0, "<time>"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b", 0, "<time>"),
        (r"\b(tier|level|plan|grade|priority|severity)[ :=]+['\"]?(?!<)[\w-]+['\"]?", re.IGNORECASE, r"\1 <level>"),
        (r"\b(attempt|retry|try|run)[ :=#]*\d+(?:\s*(?:/|of)\s*\d+)?", re.IGNORECASE, r"\1 <ordinal>"),
    )
)  # fmt: skip
_PATH = re.compile(
    r"(?<![\w<:/])(?:[A-Za-z]:\\|~?/|\.{1,2}/)(?:[\w.@+-]+[/\\])*[\w.@+-]+"
    r"|(?<![\w<:/.])(?:[\w@+-]+/)+[\w.@+-]*\.\w{1,6}(?:\?[^\s'\"]*)?"
    r"|(?<![\w<:/.])[\w@+-]+\.(?:py|txt|json|jsonl|jsonld|csv|tsv|pdf|md|docx?|xlsx?|pptx?|html?|xml|ya?ml|png|jpe?g|mp3"
    r"|mp4|wav|zip|log|toml|cfg|ini|sh|pdb|sql|db)(?:\?[^\s'\"]*)?(?![\w.])"
)
_COLLECTION = re.compile(r"\[[^\[\]<]*\]|\{[^{}]*\}|\((?:[^()]*,){2,}[^()]*\)")
_QUOTED = re.compile(r"(?<![\w\\])(?P<quote>['\"`])(?P<text>.*?)(?P=quote)(?!\w)|\u201c(?P<curly>.*?)\u201d", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w.:/-]{0,60}")
_URL_TAIL = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:'\"<>?#\])},]+)[^\s'\"<>\])},]*", re.IGNORECASE)


def mask_incidentals(text: str) -> str:
    """The text with secrets, ids, times, paths, free quoted text and printed collections masked.

    Addresses keep their host, and quoted words that look like identifiers stay: they may be the target.
    """
    masked = _URL_TAIL.sub(r"\1", text)
    for pattern, mask in _MASKS:
        masked = pattern.sub(mask, masked)
    masked = _PATH.sub("<path>", masked)
    masked = _QUOTED.sub(_quoted, masked)
    return _COLLECTION.sub("<collection>", masked)


def _quoted(match: re.Match[str]) -> str:
    content = match["text"] or match["curly"] or ""
    if content.startswith("<") and content.endswith(">") and " " not in content:
        return content
    return match[0] if _WORD.fullmatch(content) else "<text>"
