"""Names of policies, freed from what does not name them."""

from __future__ import annotations

import unicodedata


def normal_name(name: str) -> str:
    """A name without differences of case, width, kind of dash and blank."""
    text = unicodedata.normalize("NFKC", name).casefold()
    dashes = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
    return " ".join(text.translate(dashes).split())
