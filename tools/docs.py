"""Holds the documents against the tree and the code.

    python -m tools.docs      # one line for each thing that is wrong; exit code 1 when there is any

Checked: relative links and their headings, a section for each command in `docs/operator/commands.md`, and a word in
the glossary for each model.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"^([a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def main() -> int:
    """Tell what is wrong in the documents. 0 nothing, 1 something."""
    found = [*broken_links(ROOT), *commands_without_a_section(ROOT), *models_without_a_word(ROOT)]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


def documents(root: Path) -> list[Path]:
    """The Markdown files of the repository: those that git knows or would take, all of them outside of git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return sorted(path for name in listed.stdout.split("\0") if name and (path := root / name).is_file())
    return sorted(path for path in root.rglob("*.md") if ".venv" not in path.parts)


def broken_links(root: Path) -> Iterator[str]:
    """Relative links that lead to no file, or to a heading that is not there."""
    for document in documents(root):
        text = _FENCE.sub(_blank, document.read_text(encoding="utf-8"))
        for link in _LINK.finditer(_CODE.sub(_blank, text)):
            if not _ELSEWHERE.match(link["target"]) and (wrong := _wrong_with(document, link["target"])):
                line = text.count("\n", 0, link.start()) + 1
                yield f"{document.relative_to(root)}:{line}: {link['target']} {wrong}"


def _wrong_with(document: Path, target: str) -> str:
    path, _, anchor = target.partition("#")
    goal = (document.parent / path).resolve() if path else document
    if not goal.exists():
        return "leads to no file"
    if anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text(encoding="utf-8")):
        return "leads to no heading of that file"
    return ""


def anchors(text: str) -> frozenset[str]:
    """The anchors that a page's headings have where Markdown is shown."""
    found: set[str] = set()
    for heading in _HEADING.finditer(_FENCE.sub(_blank, text)):
        anchor = re.sub(r"[^\w\- ]", "", heading["text"].lower()).replace(" ", "-")
        count = 1
        unique = anchor
        while unique in found:
            unique, count = f"{anchor}-{count}", count + 1
        found.add(unique)
    return frozenset(found)


def _blank(match: re.Match[str]) -> str:
    """The same number of lines and characters with nothing in them, so that places stay true."""
    return re.sub(r"[^\n]", " ", match[0])


def commands(root: Path) -> frozenset[str]:
    """The names of `trueline`'s commands, read from their table in the code without running it."""
    table = root / "src" / "trueline" / "cli" / "main.py"
    if not table.exists():
        return frozenset()
    calls = (node for node in ast.walk(ast.parse(table.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    made = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Command" and call.args)
    return frozenset(str(call.args[0].value) for call in made if isinstance(call.args[0], ast.Constant))


def commands_without_a_section(root: Path) -> Iterator[str]:
    """Commands of the program that the operator's manual does not name in a heading."""
    manual = root / "docs" / "operator" / "commands.md"
    if not manual.exists():
        return
    headings = [found["text"] for found in _HEADING.finditer(_FENCE.sub(_blank, manual.read_text(encoding="utf-8")))]
    for name in sorted(commands(root)):
        if not any(re.search(rf"`trueline {re.escape(name)}( [^`]*)?`", heading) for heading in headings):
            yield f"docs/operator/commands.md: no heading names the command {name}"


def models(root: Path) -> dict[str, str]:
    """Every concrete model with its file, read from the code without running it."""
    found = {}
    files = [*root.glob("src/trueline/*/models.py"), *root.glob("src/trueline/*/models/*.py")]
    for file in sorted(files):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and _is_model(node):
                found[node.name] = file.relative_to(root).as_posix()
    return found


def _is_model(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
    is_abstract = any(
        isinstance(part, ast.Assign) and ast.unparse(part) == "abstract = True" for part in ast.walk(node)
    )
    return bool(bases & {"Model", "TenantModel", "AbstractBaseUser"}) and not is_abstract


def models_without_a_word(root: Path) -> Iterator[str]:
    """Models whose name, read as words, stands nowhere in the glossary as a term."""
    glossary = root / "GLOSSARY.md"
    if not glossary.exists():
        return
    terms = _terms(glossary.read_text(encoding="utf-8"))
    for name, file in models(root).items():
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
        if words not in terms:
            yield f"{file}: the model {name} has no word '{words}' in GLOSSARY.md"


def _terms(text: str) -> frozenset[str]:
    """Terms of the glossary: headings, bold words that start a line or list item, and first cells of tables."""
    written = re.findall(r"^(?:#{2,6}\s+|[-*]?\s*\*\*|\|\s*(?:\*\*)?)([^*|\n]+)", text, re.MULTILINE)
    return frozenset(term.strip(" `:.").lower() for item in written for term in item.split(","))


if __name__ == "__main__":
    sys.exit(main())
