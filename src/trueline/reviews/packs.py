"""The files of a pack, from what was frozen when its review was published. The same review gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from trueline.engine.packs import packing
from trueline.engine.packs.archive import readable
from trueline.engine.packs.dsse import Signer
from trueline.engine.packs.packing import PublicKey, Trail
from trueline.reviews.oscal import assessment_results
from trueline.reviews.rendering.html import html
from trueline.reviews.rendering.pdf import pdf
from trueline.reviews.rendering.table import findings_csv
from trueline.reviews.rendering.view import view

PACK_FORMAT = "trueline-review-pack/1"
LANGUAGES = ("en", "de")
_EVIDENCE = (
    *("findings", "accepted_risks", "operations"),
    *("baseline", "coverage", "permissions", "controls"),
    *("scan", "world_model", "score"),
)
"""Parts of a document that are files of their own, as far as it has them."""


def members(document: Mapping[str, Any], language: str) -> dict[str, bytes]:
    """The files of a document in one language; machine parts do not depend on it."""
    with translation.override(language):
        shown = view(document)
        made = {"review.html": html(shown), "review.pdf": pdf(shown)}
    evidence = {f"evidence/{name}.json": readable(document[name]) for name in _EVIDENCE if name in document}
    oscal = {"oscal-assessment-results.json": readable(assessment_results(document))} if "controls" in document else {}
    return {
        **made,
        **evidence,
        **oscal,
        "review.json": readable(document),
        "findings.csv": findings_csv(document),
    }


def pack(  # noqa: PLR0913 - what a pack is made of
    document: Mapping[str, Any],
    language: str,
    trail: Trail,
    keys: Sequence[PublicKey],
    signer: Signer,
    *,
    signed_at: str,
) -> bytes:
    """The signed pack of a document in one language; its signature says when it was made."""
    about = {
        "format": PACK_FORMAT,
        "workspace": document["workspace"]["id"],
        "review": document["review"]["id"],
        "audience": document["audience"],
        "language": language,
        "made_at": document["review"]["published_at"],
    }
    return packing.packed(members(document, language), about, trail, keys, signer, signed_at=signed_at)
