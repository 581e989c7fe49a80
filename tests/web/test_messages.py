"""Messages are collected from templates and Python, compiled without foreign tools, and German is complete."""

from __future__ import annotations

import gettext
import io

import pytest

from tools import messages
from tools.messages import Text


@pytest.fixture
def source(tmp_path):
    room = tmp_path / "trueline" / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "templates" / "room" / "page.html").write_text(
        "{% load i18n %}<p>\n    {% translate 'Findings' %}\n  </p>\n"
        "{% blocktranslate count n=n %}{{ n }} run{% plural %}{{ n }} runs{% endblocktranslate %}"
        "{% translate 'New' context 'finding' as new %}{{ _('Today') }}",
        encoding="utf-8",
    )
    (room / "words.py").write_text(
        "from django.utils.translation import gettext_lazy as _, pgettext_lazy\n"
        "A = _('Audit')\nB = pgettext_lazy('run', 'Failed')\n# _('not a message')\n",
        encoding="utf-8",
    )
    return tmp_path / "trueline"


def german(source, **known):
    existing = messages.merge(messages.collect(source), messages.Catalog(locale="de"), "de")
    for message in existing:
        if message.id:
            message.string = known.get(message.id, message.string)
    return existing


def test_messages_come_from_templates_and_python_with_plural_and_context(source):
    found = {(text.context, text.source) for text in messages.texts_of(messages.collect(source))}
    assert found == {
        ("", ("Findings",)),
        ("", ("%(n)s run", "%(n)s runs")),
        ("finding", ("New",)),
        ("", ("Today",)),
        ("", ("Audit",)),
        ("run", ("Failed",)),
    }


def test_a_translation_stays_when_messages_are_collected_again(source):
    merged = messages.merge(messages.collect(source), german(source, Audit="Protokoll"), "de")
    assert merged.get("Audit").string == "Protokoll"


def test_a_message_nobody_says_any_more_is_kept_aside(source):
    before = german(source, Audit="Protokoll")
    (source / "room" / "words.py").write_text("", encoding="utf-8")
    merged = messages.merge(messages.collect(source), before, "de")
    assert merged.get("Audit") is None
    assert merged.obsolete["Audit"].string == "Protokoll"


def test_the_same_messages_give_the_same_bytes(source):
    one, other = (german(source, Audit="Protokoll") for _ in range(2))
    assert messages.po_bytes(one) == messages.po_bytes(other)
    assert messages.mo_bytes(one) == messages.mo_bytes(other)
    assert b"Date" not in messages.po_bytes(one) + messages.mo_bytes(one)


def test_the_compiled_file_translates(source):
    compiled = gettext.GNUTranslations(io.BytesIO(messages.mo_bytes(german(source, Audit="Protokoll", Today=""))))
    assert compiled.gettext("Audit") == "Protokoll"
    assert compiled.gettext("Today") == "Today"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (Text("", ("Audit",), ("",)), "has no translation"),
        (Text("", ("{n} runs",), ("Läufe",)), "different placeholders"),
        (Text("", ("%(a)s of %(b)s",), ("%(a)s von %(c)s",)), "different placeholders"),
        (Text("", ("<a>Runs</a>",), ("Läufe",)), "different placeholders"),
        (Text("", ("%(n)s run", "%(n)s runs"), ("%(n)s Lauf", "")), "has no translation"),
        (Text("", ("Runs",), ("Läufe",), is_fuzzy=True), "fuzzy"),
        (Text("", ("Your runs",), ("Deine Läufe",)), "informally"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(text, wrong):
    found = messages.problems([text], "de")
    assert len(found) == 1
    assert wrong in found[0]


@pytest.mark.parametrize(
    "text",
    [
        Text("", ("%(n)s of %(all)s",), ("von %(all)s erst %(n)s",)),
        Text("", ("%(n)s run", "%(n)s runs"), ("ein Lauf", "%(n)s Läufe")),
        Text("", ("Your runs",), ("Ihre Läufe",)),
    ],
)
def test_a_good_translation_passes(text):
    assert messages.problems([text], "de") == []


def test_german_is_complete_and_its_files_are_fresh():
    assert messages.check("de") == []
