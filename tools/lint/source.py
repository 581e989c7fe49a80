"""One file as a rule sees it: its place in the tree, its syntax and its comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
PRETENDED_PLACE = re.compile(r"\A# place: (?P<place>\S+)\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with the line it stands on."""

    line: int
    text: str
    stands_alone: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file.

    Attributes:
        place: Its path below the repository. A sample names in its first line the place it pretends to stand at.
    """

    place: PurePosixPath
    text: str
    tree: ast.Module
    comments: tuple[Comment, ...]

    @property
    def is_product(self) -> bool:
        """Whether it belongs to the product, not to its tests or tools."""
        return self.place.parts[:2] == ("src", "trueline")

    @property
    def is_migration(self) -> bool:
        """Whether it is a database migration."""
        return "migrations" in self.place.parts

    @property
    def room(self) -> str | None:
        """The room it stands in, None outside of any."""
        return self.place.parts[2] if self.is_product and len(self.place.parts) > 3 else None

    def stands_in(self, *drawers: str) -> bool:
        """Whether it stands in one of these drawers of a room: `x.py`, `x_more.py` or the folder `x/`."""
        if self.room is None:
            return False
        drawer = self.place.parts[3].removesuffix(".py")
        return any(drawer == name or drawer.startswith(f"{name}_") for name in drawers)

    def functions(self) -> Iterator[FunctionNode]:
        """Every function, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))

    def public_functions(self) -> Iterator[FunctionNode]:
        """Functions that other rooms may call; a module with a leading underscore has none."""
        if self.place.name.startswith("_") and self.place.name != "__init__.py":
            return iter(())
        return (node for node in self.tree.body if isinstance(node, FunctionNode) and not node.name.startswith("_"))

    def docstrings(self) -> frozenset[int]:
        """The `id` of each node that is a docstring, so that a rule on strings can leave prose alone."""
        owners = (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode | ast.ClassDef | ast.Module))
        first = (node.body[0] for node in owners if node.body)
        return frozenset(id(node.value) for node in first if isinstance(node, ast.Expr))


def parse(text: str, place: PurePosixPath) -> Source:
    """Read a file. Raises `SyntaxError` when it is not Python."""
    return Source(place, text, ast.parse(text), tuple(_comments(text)))


def pretended_place(text: str, place: PurePosixPath) -> PurePosixPath:
    """Where a sample pretends to stand, so that it can break the rules of a room."""
    pretended = PRETENDED_PLACE.match(text)
    return PurePosixPath(pretended["place"]) if pretended else place


def dotted(node: ast.expr) -> str:
    """The name as written, such as `transaction.atomic`; empty when it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _comments(text: str) -> Iterator[Comment]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield Comment(token.start[0], token.string, not token.line[: token.start[1]].strip())
