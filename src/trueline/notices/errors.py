"""Errors of messages that leave.

Refused
 |- TargetRefused        an address that we do not send to
 |- NotSendable          a delivery that cannot be sent again, or a destination that is off
 `- SettingRefused       a rule or wish that cannot be
Unavailable
 `- NotDelivered         the receiver did not take it; trying again may help
"""

from trueline.kit.errors import Refused, Unavailable


class TargetRefused(Refused):
    """An address that we do not send to."""

    code = "target_refused"


class NotSendable(Refused):
    """A delivery that cannot be sent again, or a destination that is off."""

    code = "not_sendable"


class SettingRefused(Refused):
    """A rule or wish that cannot be."""

    code = "setting_refused"


class NotDelivered(Unavailable):
    """The receiver did not take it; trying again may help."""

    code = "not_delivered"

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code
