"""TL015: an action knows who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import FunctionNode, Source


def check(source: Source) -> Iterator[Breach]:
    """Public actions without a required, keyword-only `actor`."""
    if not source.stands_in("actions"):
        return
    for function in source.public_functions():
        if not _names_the_actor(function):
            yield Breach(function.lineno, f"{function.name}() has no required keyword-only parameter `actor`")


def _names_the_actor(function: FunctionNode) -> bool:
    arguments = function.args
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return any(argument.arg == "actor" and default is None for argument, default in pairs)


RULE = Rule(
    code="TL015",
    name="named actors",
    sentence="Each public action has the keyword-only, required parameter `actor`.",
    story=(
        "An actor with a default is one day the wrong one, and an actor by position is one day the approver. The audit "
        "event is worth what this parameter is worth."
    ),
    check=check,
)
