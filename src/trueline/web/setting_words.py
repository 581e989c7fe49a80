"""What a setting, its value, a pair and its reason are called on a page, in the reader's language. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, gettext_noop, pgettext_lazy

from trueline.connections.contract import Facet
from trueline.inventory.readings import setting_id
from trueline.web import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from trueline.inventory.definitions import Definitions
    from trueline.inventory.differences import Change
    from trueline.inventory.matching.evidence import Evidence

METHODS: dict[str, StrOrPromise] = {
    "id": pgettext_lazy("method", "same id"),
    "link": pgettext_lazy("method", "confirmed by a person"),
    "fixed_id": pgettext_lazy("method", "fixed identity"),
    "name": pgettext_lazy("method", "same name"),
    "base_name": pgettext_lazy("method", "same name without version and prefix"),
    "settings": pgettext_lazy("method", "alike in settings"),
    "content": pgettext_lazy("method", "alike in content"),
    "cross_type": pgettext_lazy("method", "another type, same settings"),
}
SENTENCES = (
    gettext_noop("Both have the same id."),
    gettext_noop("Both have the same id, which several objects share."),
    gettext_noop("A person said that they are the same object."),
    gettext_noop("Both have the same fixed identity, which holds in every tenant."),
    gettext_noop("Both have the same name, type and platform, and the same settings."),
    gettext_noop("Both are the same in name and content, as others beside them are: any of them stands for any."),
    gettext_noop("Both have the same name, type and platform."),
    gettext_noop(
        "Another type of policy that speaks of the same settings; vendors move policies from one type to another."
    ),
    gettext_noop("their names tell sister policies apart"),
    gettext_noop("only one name has a word that tells sister policies apart"),
    gettext_noop("another object fits almost as well"),
    gettext_noop("they have too little in common"),
    gettext_noop("other objects have the same content"),
    gettext_noop("the two sides have little in common as a whole"),
    gettext_noop("several objects share the name"),
    gettext_noop("the content fits another object better"),
    gettext_noop("the content is not the same"),
)
"""Reasons that the matching gives in English, marked here so that a page can say them in the reader's language."""

_AGREES = (
    (
        re.compile(r"The names are equal; (?P<content>\d+)% of the (?P<noun>settings|content) agree"),
        gettext_noop("The names are equal; %(content)s%% of the settings agree"),
        gettext_noop("The names are equal; %(content)s%% of the content agree"),
    ),
    (
        re.compile(
            r"The names are equal without version and prefix; (?P<content>\d+)% of the (?P<noun>settings|content) agree"
        ),
        gettext_noop("The names are equal without version and prefix; %(content)s%% of the settings agree"),
        gettext_noop("The names are equal without version and prefix; %(content)s%% of the content agree"),
    ),
    (
        re.compile(r"(?P<content>\d+)% of the (?P<noun>settings|content) and (?P<name>\d+)% of the name agree"),
        gettext_noop("%(content)s%% of the settings and %(name)s%% of the name agree"),
        gettext_noop("%(content)s%% of the content and %(name)s%% of the name agree"),
    ),
)


def method(evidence: Evidence) -> str:
    """By what two objects were taken for one."""
    return str(METHODS.get(evidence.method, evidence.method))


def reason(text: str) -> str:
    """Why two objects are taken for one, or are not yet."""
    agrees, but, doubt = text.removesuffix(".").partition("; but ")
    said = next((_agreement(found, template) for found, template in _fitting(agrees)), None)
    if said is None:
        return words.sentence(text)
    if not but:
        return f"{said}."
    return gettext("%(agrees)s; but %(doubt)s.") % {"agrees": said, "doubt": gettext(doubt)}


def _fitting(agrees: str) -> list[tuple[re.Match[str], str]]:
    matches = ((pattern.fullmatch(agrees), of_settings, of_content) for pattern, of_settings, of_content in _AGREES)
    return [
        (found, settings if found["noun"] == "settings" else content) for found, settings, content in matches if found
    ]


def _agreement(found: re.Match[str], template: str) -> str:
    return gettext(template) % {key: value for key, value in found.groupdict().items() if key != "noun"}


def change_name(change: Change, definitions: Definitions) -> str:
    """What differs: a setting by its name, anything else by the end of its path."""
    key = setting_id(change)
    return definitions.name(key) if change.facet is Facet.SETTINGS and key else words.short_path(change.path)


def value_words(key: str, value: Any, definitions: Definitions) -> str:
    """A value by its name; one that only repeats the id of its setting without that id."""
    if value is None:
        return ""
    named = definitions.label(key, value) if key else value
    if isinstance(named, (list, tuple)):
        return "\n".join(_bare(key, one) for one in named)
    return _bare(key, named)


def _bare(key: str, value: Any) -> str:
    if isinstance(value, str) and key and value.lower().startswith(f"{key.lower()}_"):
        return value[len(key) + 1 :]
    return words.value_text(value)
