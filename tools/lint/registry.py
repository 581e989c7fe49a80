"""Every rule, by code. A new one is a module in `rules/`, a line here and samples in `samples/`."""

from __future__ import annotations

from tools.lint.rules import (
    banned_names,
    empty_answers,
    file_length,
    function_length,
    html_in_python,
    imports_in_functions,
    leftovers,
    named_actors,
    network_in_transactions,
    read_door,
    reasoned_suppressions,
    reverse_accessors,
    scope_makers,
    signals,
    spoken_contracts,
    swallowed_exceptions,
    tenancy_door,
    write_door,
)

RULES = (
    write_door.RULE,
    read_door.RULE,
    tenancy_door.RULE,
    reverse_accessors.RULE,
    swallowed_exceptions.RULE,
    empty_answers.RULE,
    imports_in_functions.RULE,
    signals.RULE,
    scope_makers.RULE,
    function_length.RULE,
    file_length.RULE,
    banned_names.RULE,
    html_in_python.RULE,
    leftovers.RULE,
    named_actors.RULE,
    spoken_contracts.RULE,
    network_in_transactions.RULE,
    reasoned_suppressions.RULE,
)
