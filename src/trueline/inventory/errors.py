"""Errors of snapshots, baselines and their comparison."""

from __future__ import annotations

from trueline.kit.errors import Conflict, Refused


class UnknownDefinitions(Refused):
    """The file of setting definitions has a shape that nobody knows."""

    code = "unknown_definitions"

    def __init__(self) -> None:
        super().__init__(
            "The definitions file is neither a list of setting definitions nor a mapping of setting id to definition."
        )


class KeyTaken(Conflict):
    """Two standards cannot have assertions of one id: a layer would not know which it stands on."""

    code = "baseline_key_taken"

    def __init__(self) -> None:
        super().__init__(
            "Another standard has assertions of this id.",
            next_step="Make it a version of that standard, or give the file another id.",
        )


class OtherKey(Refused):
    """The file is of another baseline than the standard that it should become a version of."""

    code = "baseline_of_another_id"

    def __init__(self, given: str, known: str) -> None:
        super().__init__(
            f"The file has the id {given}; this standard's is {known}.",
            next_step="Make a new standard of it, or correct the id in the file.",
        )


class BaseMissing(Refused):
    """A layer whose baseline is not here."""

    code = "baseline_base_missing"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The file is a layer of {key}, which no standard of this workspace has.",
            next_step="Upload that one first.",
        )


class NothingToUpgrade(Refused):
    """A standard without assertions has no release to go on from."""

    code = "baseline_nothing_to_upgrade"

    def __init__(self) -> None:
        super().__init__("This standard asks for no settings yet.", next_step="Make the file its next version.")


class PiecesOpen(Refused):
    """A plan some of whose pieces nobody has answered."""

    code = "baseline_pieces_open"

    def __init__(self, number: int) -> None:
        super().__init__("Some pieces have no answer yet.", next_step="Answer each of them first.")
        self.number = number


class UpgradeOvertaken(Conflict):
    """The standard got another version while the plan was being answered."""

    code = "baseline_upgrade_overtaken"

    def __init__(self) -> None:
        super().__init__(
            "The standard got another version in the meantime.", next_step="Begin the plan again from that one."
        )
