"""Why something could not be read, in the reader's language.

A provider says it in an English sentence that is kept with the capture, and knows nothing of readers. Here stand the
same sentences as messages, with holes for what differs from file to file; a test holds them to what providers write.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

from trueline.web import reasons_rules, reasons_traces

_HOLE = re.compile(r"%\((\w+)\)s")
_WORDS_THEMSELVES = frozenset({"detail", "place", "field"})
"""Holes that hold a sentence of this list, or a part of one."""
_ONE_WORD, _ONE_OF = frozenset({"tool"}), frozenset({"tools"})
"""Holes that hold a name, and names of which one is meant."""

SENTENCES = (
    _("The file is protected by a password."),
    _("The file is packed by a method that exports do not use."),
    _("The file is not as long as the archive claims."),
    _("The file is damaged inside the archive."),
    _("An archive inside the export is not opened."),
    _("The file is larger than %(size)s MB."),
    _("This is not a regular file."),
    _("The file changed while it was read."),
    _("The file could not be opened."),
    _("The file could not be read."),
    _("A link inside the export is not followed."),
    _("The coverage file does not have the member `areas`."),
    _("The coverage file says of %(area)s what nobody understands."),
    _("The area could not be read."),
    _("The file is not valid JSON, at %(place)s."),
    _("The file nests deeper than any export does."),
    _("The file is empty."),
    _("The file holds more values than an export has."),
    _("The file holds a number that is too large, at %(place)s."),
    _("The file is not valid UTF-8 text."),
    _("The file holds half a character (a lone surrogate), at %(place)s."),
    _("line %(line)s, column %(column)s"),
    _("The YAML file is larger than an exported object."),
    _("The file is not valid UTF-16 text."),
    _("The file is not valid YAML."),
    _("The YAML file uses aliases, which no export does."),
    _("The file holds a text that cannot be stored."),
    _("The file holds a number that JSON cannot say exactly."),
    _("The file lists more objects than a tenant has."),
    _("The service answered %(status)s to this part of the batch."),
    _("These are settings of a policy that is not in the export."),
    _("Its settings in %(path)s are no list of settings."),
    _("An object in the file has a shape that is not understood."),
    _("The export claims %(claimed)s objects and holds %(held)s."),
    # What is left aside, and why.
    _("holds a single text"),
    _("holds no object"),
    _("lists nothing that is a policy"),
    _("lists %(number)s entries that are no policy"),
    _("is no policy: no type, no name, no id"),
    _("members that hold no policy: %(names)s"),
    _("is no answer"),
    _("a migration table: ids of groups, no policy"),
    _("a report about policies, not the policies"),
    _("a catalogue of controls"),
    _("a schema"),
    # One of the above within another.
    _("Nothing in it could be read. %(path)s: %(detail)s"),
    _("%(number)s files could not be read, the first is %(path)s: %(detail)s"),
)
_FILES = (*SENTENCES, *reasons_traces.SENTENCES)


def in_readers_language(text: str) -> str:
    """The sentence in the reader's language; as it stands when it is none that is known here."""
    told = _told(text, _FILES)
    if told is not None:
        return told
    path, colon, detail = text.partition(": ")
    known = in_readers_language(detail) if colon and "/" not in detail else detail
    return f"{path}: {known}" if known != detail else text


def of_rules(text: str) -> str:
    """What a rule, the check of a world model or a comparison said, in the reader's language where it is known."""
    told = _told(text, reasons_rules.SENTENCES)
    return text if told is None else told


def _told(text: str, sentences: tuple[str, ...]) -> str | None:
    for template, pattern in _patterns(sentences):
        found = pattern.fullmatch(text)
        if found:
            holes = found.groupdict()
            inner = {name: _told(holes[name], sentences) or holes[name] for name in holes.keys() & _WORDS_THEMSELVES}
            inner |= {name: _one_of(holes[name]) for name in holes.keys() & _ONE_OF}
            return gettext(template) % (holes | inner) if holes else gettext(template)
    return None


def _one_of(names: str) -> str:
    return pgettext("one of several", " or ").join(names.split(" or "))


@cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one, re.compile(_pattern(one), re.DOTALL)) for one in sentences)


def _pattern(template: str) -> str:
    parts = _HOLE.split(template)  # text, name of a hole, text, ...
    return "".join(_hole(part) if number % 2 else re.escape(part) for number, part in enumerate(parts))


def _hole(name: str) -> str:
    return rf"(?P<{name}>\S+)" if name in _ONE_WORD else f"(?P<{name}>.+?)"
