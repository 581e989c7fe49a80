"""A new version of a standard: judge what is held to it at once, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.findings.starting import judge_by

if TYPE_CHECKING:
    from trueline.findings.starting import Judging
    from trueline.inventory.models import BaselineVersion
    from trueline.web.asked import Asked


def holds_now(asked: Asked, version: BaselineVersion) -> None:
    """Hold every environment of the standard against its new version, and tell the person."""
    judging = judge_by(asked.scope, version, actor=asked.actor)
    messages.success(asked.request, " ".join(_sentences(version, judging)))


def _sentences(version: BaselineVersion, judging: Judging) -> list[str]:
    said = [_("Version %(number)s holds now.") % {"number": version.number}]
    if number := len(judging.runs):
        judged = ngettext(
            "%(number)s environment is being judged by it.", "%(number)s environments are being judged by it.", number
        )
        said.append(judged % {"number": number})
    if judging.waiting:
        waits = ngettext(
            "%(number)s environment is judged with its next capture.",
            "%(number)s environments are judged with their next capture.",
            judging.waiting,
        )
        said.append(waits % {"number": judging.waiting})
    return said
