"""Messages of the product: collect them from templates and Python, compile German, and check that it is complete.

    python -m tools.messages            collect into django.po (translations stay) and compile django.mo
    python -m tools.messages --check    write nothing; exit 1 and say what is wrong

Needs neither xgettext nor msgfmt: Django turns a template into text that Babel reads, and Babel writes both files. The
same messages give the same bytes, so a stale file shows as a difference and nothing else does.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import allauth
import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "trueline"
LANGUAGES = ("de",)

_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
    "phrase": None,
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdr%]|\{\w*\}|</?[a-z]\w*")
_INFORMAL = {
    "de": re.compile(
        r"\b(?:du|dich|dir|dein\w*|euch|euer\w*|eure\w*|gib|klicke?|bestätige|kontaktiere|melde|logge|folge|lies|habe)\b",
        re.IGNORECASE,
    )
}
# Parts of the sign-in library that this product does not mount.
_NOT_MOUNTED = ("idp/", "headless/", "templates/idp/", "templates/openid/", "socialaccount/providers/")


@dataclass(frozen=True, slots=True)
class Text:
    """One message as a test sees it: its context, its source and its translations, plural forms in order."""

    context: str
    source: tuple[str, ...]
    translation: tuple[str, ...]
    is_fuzzy: bool = False


def message_files(source: Path) -> list[Path]:
    """List the templates, modules and shipped standards that may hold messages, in a stable order."""
    templates = (path for path in source.rglob("templates/**/*") if path.suffix in {".html", ".txt"})
    modules = (path for path in source.rglob("*.py") if "migrations" not in path.parts)
    return sorted({*templates, *modules, *source.glob("providers/*/baselines/*.yaml")})


def messages_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    """Yield id (a pair for plurals), comments for translators and context of each message of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        yield from ((said, [], "standard") for said in _of_standard(yaml.safe_load(text)))
        return
    if path.suffix != ".py":
        text = _as_python(text, path)
    source = io.BytesIO(text.encode())
    for _line, ids, comments, context in extract("python", source, keywords=_KEYWORDS, comment_tags=("Translators",)):
        yield ids, comments, context


def _of_standard(document: dict[str, Any]) -> Iterator[str]:
    """What a shipped standard says to people; its context keeps it from standing for anything else."""
    demands = (*document.get("assertions", ()), *document.get("templates", ()))
    for part in (document["baseline"], *demands):
        yield from (part[name] for name in ("title", "description", "rationale") if part.get(name))


def collect(source: Path) -> Catalog:
    """Make the catalogue of all messages, without translations; places are files without line numbers."""
    catalog = Catalog(charset="utf-8")
    for path in message_files(source):
        place = path.relative_to(source.parent).as_posix()
        for ids, comments, context in messages_in(path):
            catalog.add(ids, None, [(place, 0)], auto_comments=comments, context=context)
    return catalog


def add_informal(catalog: Catalog, language: str) -> Catalog:
    """Add the messages of the sign-in library that it translates informally, so that we translate them ourselves."""
    theirs = _read(Path(allauth.__path__[0]) / "locale" / language / "LC_MESSAGES" / "django.po", language)
    for message in _bodies(theirs):
        is_shown = not all(place.startswith(_NOT_MOUNTED) for place, _line in message.locations)
        if is_shown and any(_INFORMAL[language].search(form) for form in _forms(message.string)):
            catalog.add(message.id, None, [("allauth", 0)], message.flags, context=message.context)
    return catalog


def merge(template: Catalog, existing: Catalog, language: str) -> Catalog:
    """Give each collected message the translation it already has. What nobody says any more is kept as obsolete."""
    merged = Catalog(locale=language, charset="utf-8")
    for message in _bodies(template):
        known = existing.get(message.id, message.context)
        string = known.string if known and bool(known.pluralizable) == bool(message.pluralizable) else None
        flags = known.flags if known else ()
        merged.add(message.id, string, message.locations, flags, message.auto_comments, context=message.context)
    for message in [*existing.obsolete.values(), *_bodies(existing)]:
        if any(_forms(message.string)) and merged.get(message.id, message.context) is None:
            merged.obsolete[_key(message)] = message
    return merged


def po_bytes(catalog: Catalog) -> bytes:
    """Write a catalogue as text, sorted by message and without dates."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, include_lineno=False, omit_header=True)
    return _header(catalog).encode() + out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Compile a catalogue; fuzzy translations are left out.

    The header is a plain message of the empty id, because Babel's own would hold the time of day.
    """
    compiled = _Undated(locale=catalog.locale, charset="utf-8")
    for message in _bodies(catalog):
        compiled.add(message.id, message.string, flags=message.flags, context=message.context)
    out = io.BytesIO()
    write_mo(out, compiled)
    return out.getvalue()


def problems(texts: Iterable[Text], language: str) -> list[str]:
    """Say what is wrong with the translations, one sentence each; empty when all is well."""
    return [f"{language}: {text.source[0]!r} {wrong}" for text in texts for wrong in _wrongs(text, language)]


def texts_of(catalog: Catalog) -> list[Text]:
    """Read a catalogue into plain values."""
    return [
        Text(message.context or "", _forms(message.id), _forms(message.string), message.fuzzy)
        for message in _bodies(catalog)
    ]


class _Undated(Catalog):
    """A catalogue whose header is the same whenever it is written."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        named = (line.partition(": ") for line in _header_lines(self))
        return [(name, value) for name, _colon, value in named]


def _as_python(text: str, path: Path) -> str:
    # Indentation means nothing here, and a dedent that fits no line above would stop Python's tokenizer.
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())


def _bodies(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _key(message: Message) -> str | tuple[str, str]:
    single = _forms(message.id)[0]
    return (single, message.context) if message.context else single


def _forms(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple | list):
        return tuple(str(form) for form in value)
    return (str(value or ""),)


def _header_lines(catalog: Catalog) -> list[str]:
    return [
        "Project-Id-Version: trueline",
        f"Language: {catalog.locale_identifier}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalog.plural_forms}",
    ]


def _header(catalog: Catalog) -> str:
    lines = "".join(f'"{line}\\n"\n' for line in _header_lines(catalog))
    return f'# Written by tools/messages.py; translate here, and run it again.\nmsgid ""\nmsgstr ""\n{lines}\n'


def _wrongs(text: Text, language: str) -> Iterator[str]:
    if text.is_fuzzy:
        yield "is marked fuzzy: settle its translation"
    if not all(text.translation):
        yield "has no translation"
        return
    if _placeholders(text.source[-1]) != _placeholders(text.translation[-1]):
        yield f"and its translation {text.translation[-1]!r} have different placeholders or tags"
    if any(_INFORMAL[language].search(form) for form in text.translation):
        yield "is translated informally; people are addressed formally"


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _po_path(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def check(language: str) -> list[str]:
    """Compare what is committed with what the sources say; one sentence for each thing that is wrong."""
    path = _po_path(language)
    catalog = merge(add_informal(collect(SOURCE), language), _read(path, language), language)
    found = problems(texts_of(catalog), language)
    for file, content in ((path, po_bytes(catalog)), (path.with_suffix(".mo"), mo_bytes(catalog))):
        if not file.exists() or file.read_bytes() != content:
            found.append(f"{language}: {file.name} is stale: run python -m tools.messages")
    return found


def update(language: str) -> int:
    """Write both files of a language; returns how many messages have no translation yet."""
    path = _po_path(language)
    catalog = merge(add_informal(collect(SOURCE), language), _read(path, language), language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalog))
    path.with_suffix(".mo").write_bytes(mo_bytes(catalog))
    return sum(not all(text.translation) for text in texts_of(catalog))


def main() -> int:
    """Run the command line; 0 done, 1 something is to be done by a translator."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; say what is missing, wrong or stale")
    if parser.parse_args().check:
        found = [line for language in LANGUAGES for line in check(language)]
        print("\n".join(found) or "All messages are translated.")
        return bool(found)
    for language in LANGUAGES:
        missing = update(language)
        print(f"{language}: {missing} messages without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
