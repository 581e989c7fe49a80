"""The documents lead where they say, and name what there is."""

from __future__ import annotations

import re

from tools import docs
from tools.lint.registry import RULES


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_every_relative_link_leads_somewhere():
    assert list(docs.broken_links(docs.ROOT)) == []


def test_every_command_has_a_section_in_the_operators_manual():
    assert {"up", "compare-runs"} <= docs.commands(docs.ROOT)
    assert list(docs.commands_without_a_section(docs.ROOT)) == []


def test_every_model_has_a_word_in_the_glossary():
    assert list(docs.models_without_a_word(docs.ROOT)) == []


def test_the_commands_and_models_of_the_product_are_found():
    assert "workspaces" in docs.models(docs.ROOT)["Workspace"]
    assert "TenantModel" not in docs.models(docs.ROOT)


def test_a_link_to_a_missing_file_or_heading_is_told_with_its_line(tmp_path):
    write(
        tmp_path, "README.md", "# Top\n\n[a](docs/there.md) [b](docs/gone.md)\n[c](docs/there.md#no-such)\n[d](#top)\n"
    )
    write(tmp_path, "docs/there.md", "# There\n\n## A part, and more\n\n[e](#a-part-and-more) [f](../README.md#top)\n")
    assert list(docs.broken_links(tmp_path)) == [
        "README.md:3: docs/gone.md leads to no file",
        "README.md:4: docs/there.md#no-such leads to no heading of that file",
    ]


def test_links_in_code_and_addresses_elsewhere_are_left_alone(tmp_path):
    write(
        tmp_path,
        "README.md",
        "```\n[a](gone.md)\n```\n`[b](gone.md)` [c](https://example.org/x) [d](mailto:a@b.example)\n",
    )
    assert list(docs.broken_links(tmp_path)) == []


def test_headings_of_the_same_text_have_anchors_of_their_own():
    assert docs.anchors("# One\n## One\n```\n# not one\n```\n### `Two` & three\n") == {"one", "one-1", "two--three"}


def test_a_command_without_a_section_is_told(tmp_path):
    write(tmp_path, "src/trueline/cli/main.py", 'COMMANDS = (Command("doctor", "", ""), Command("up", "", ""))\n')
    assert list(docs.commands_without_a_section(tmp_path)) == []
    write(tmp_path, "docs/operator/commands.md", "# Commands\n\n## `trueline up`\n")
    assert list(docs.commands_without_a_section(tmp_path)) == [
        "docs/operator/commands.md: no heading names the command doctor"
    ]


def test_a_model_without_a_word_is_told(tmp_path):
    write(
        tmp_path,
        "src/trueline/findings/models.py",
        "class Finding(models.Model): ...\nclass FindingException(TenantModel): ...\nclass Note(TenantModel): ...\n"
        "class Base(models.Model):\n    class Meta:\n        abstract = True\n",
    )
    write(tmp_path, "GLOSSARY.md", "# Glossary\n\n**finding**: something wrong\n\n| finding exception | a risk |\n")
    assert list(docs.models_without_a_word(tmp_path)) == [
        "src/trueline/findings/models.py: the model Note has no word 'note' in GLOSSARY.md"
    ]


def test_every_lint_has_its_row_in_the_house_rules():
    text = (docs.ROOT / "docs" / "developer" / "house-rules.md").read_text()
    assert re.findall(r"^\| (TL\d{3}) \|", text, re.MULTILINE) == [rule.code for rule in RULES]


def test_every_command_of_make_that_contributing_names_exists():
    named = set(re.findall(r"`make ([a-z]+)", (docs.ROOT / "CONTRIBUTING.md").read_text()))
    makefile = (docs.ROOT / "Makefile").read_text()
    assert {"test", "check"} <= named
    assert [goal for goal in named if not re.search(rf"^{goal}:", makefile, re.MULTILINE)] == []
