"""The control catalogue: what an environment's areas and settings mean for controls that auditors ask about.

The titles and questions are ours; the frameworks are named by their own numbers, none of their text is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_noop as _

from trueline.reviews.rules import Completeness


class ControlState(StrEnum):
    """What the evidence shows of a control. Without a look at all its areas it is not measured."""

    NO_DIFFERENCE = "no_difference"
    DIFFERS = "differs"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Control:
    """One control: the areas that must be read to speak of it, and which differences in them count.

    Attributes:
        words: Pattern on object type, subject and path; empty for every difference in the areas.
        frameworks: Numbers by framework.
    """

    key: str
    title: str
    areas: frozenset[str]
    words: str
    frameworks: Mapping[str, tuple[str, ...]]


def _control(key: str, title: str, areas: str, words: str = "", **frameworks: str) -> Control:
    names = {"cis": "CIS Controls v8.1", "iso": "ISO/IEC 27001:2022", "nist": "NIST CSF 2.0"}
    numbers = {names[name]: tuple(text.split()) for name, text in frameworks.items()}
    return Control(key, title, frozenset(areas.split()), words, numbers)


CONTROLS: tuple[Control, ...] = (
    _control(
        "mfa",
        _("Sign-in asks for a second factor"),
        "conditional_access authentication_strengths",
        "mfa|strength|grant",
        cis="6.3 6.4 6.5",
        iso="A.8.5",
        nist="PR.AA-03",
    ),
    _control(
        "conditional_access",
        _("Access depends on person, device and place"),
        "conditional_access named_locations",
        cis="6.8 12.7",
        iso="A.5.15 A.8.3",
        nist="PR.AA-05",
    ),
    _control(
        "authentication_methods",
        _("Only strong ways to sign in are allowed"),
        "authentication_methods security_defaults",
        cis="5.2",
        iso="A.5.17 A.8.5",
        nist="PR.AA-01",
    ),
    _control(
        "consent",
        _("Applications and guests get in on purpose"),
        "authorization cross_tenant_access",
        cis="6.1",
        iso="A.5.18 A.5.19",
        nist="PR.AA-05 GV.SC-07",
    ),
    _control(
        "administrators",
        _("Administrative roles are few and known"),
        "directory_roles intune_roles",
        cis="5.4 6.8",
        iso="A.8.2",
        nist="PR.AA-05",
    ),
    _control(
        "device_configuration",
        _("Devices are configured as decided"),
        "settings_catalog device_configurations administrative_templates security_intents",
        cis="4.1 4.8",
        iso="A.8.9",
        nist="PR.PS-01",
    ),
    _control(
        "encryption",
        _("Disks are encrypted"),
        "settings_catalog device_configurations security_intents",
        "bitlocker|filevault|encrypt",
        cis="3.6",
        iso="A.8.24",
        nist="PR.DS-01",
    ),
    _control(
        "malware",
        _("Protection against malware is on"),
        "settings_catalog security_intents",
        "defender|antivirus|asr|attacksurface|malware",
        cis="10.1 10.2",
        iso="A.8.7",
        nist="DE.CM-09",
    ),
    _control(
        "firewall",
        _("The firewall of devices is on"),
        "settings_catalog security_intents",
        "firewall",
        cis="4.5",
        iso="A.8.20",
        nist="PR.IR-01",
    ),
    _control("updates", _("Updates arrive in time"), "update_profiles", cis="7.3 7.4", iso="A.8.8", nist="PR.PS-02"),
    _control(
        "compliance", _("Devices must be in order to get in"), "compliance", cis="4.1", iso="A.8.1", nist="PR.PS-01"
    ),
    _control(
        "applications",
        _("Applications protect the data they hold"),
        "app_protection app_configuration",
        cis="3.3 4.11",
        iso="A.8.1 A.8.12",
        nist="PR.DS-10",
    ),
    _control(
        "enrolment",
        _("Only known devices come in"),
        "enrollment autopilot",
        cis="1.1 1.2",
        iso="A.5.9",
        nist="ID.AM-01",
    ),
    _control("scripts", _("Scripts on devices are known"), "scripts", cis="2.7", iso="A.8.19", nist="PR.PS-05"),
)


def interpreted(coverage: Mapping[str, Any], open_findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the evidence shows of each control, in the catalogue's order.

    Args:
        coverage: Body of the dimension coverage.
        open_findings: Open findings of the dimension findings.
    """
    read = {row["area"]: row["state"] for row in coverage["areas"]}
    rows = list(open_findings)
    return [_interpreted(control, read, rows) for control in CONTROLS]


def _interpreted(control: Control, read: Mapping[str, str], rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    unread = sorted(area for area in control.areas if read.get(area) != Completeness.COMPLETE)
    found = [row["id"] for row in rows if row["area"] in control.areas and _is_of(control, row)]
    state = ControlState.DIFFERS if found else ControlState.NO_DIFFERENCE
    if unread and not found:
        state = ControlState.NOT_MEASURED
    return {
        "control": control.key,
        "state": str(state),
        "findings": found,
        "areas_not_read": unread,
        "frameworks": {name: list(numbers) for name, numbers in control.frameworks.items()},
    }


def _is_of(control: Control, row: Mapping[str, Any]) -> bool:
    text = f"{row['object_type']} {row['subject']} {row['path']} {row['setting']}"
    return not control.words or re.search(control.words, text, re.IGNORECASE) is not None


def title_of(key: str) -> str:
    """The title of a control in English; the key itself for one of another release."""
    return next((control.title for control in CONTROLS if control.key == key), key)
