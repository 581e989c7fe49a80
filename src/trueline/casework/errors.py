"""Errors of the inbox and of kept views.

Refused
 |- NotAnItem        nothing of that name waits for this person
 |- ViewWithoutName  a view is kept under a name
 `- TooManyViews     more views of one list than anybody finds again
"""

from trueline.kit.errors import Refused


class NotAnItem(Refused):
    """Nothing of that name waits for this person, or it has been done meanwhile."""

    code = "not_an_item"

    def __init__(self) -> None:
        super().__init__("This does not wait any more.", next_step="Somebody else may have been first.")


class ViewWithoutName(Refused):
    """A view is kept under a name, and its filters fit into an address."""

    code = "view_without_name"

    def __init__(self) -> None:
        super().__init__("Give the view a name.")


class TooManyViews(Refused):
    """More views of one list than anybody finds again."""

    code = "too_many_views"

    def __init__(self) -> None:
        super().__init__("You keep as many views of this list as there is room for.", next_step="Forget one first.")
