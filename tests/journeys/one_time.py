"""The codes of an authenticator app: RFC 6238 with its usual SHA-1, 30 seconds and six digits."""

from __future__ import annotations

import base64
import hmac
import struct
import time

_PERIOD_SECONDS = 30
_DIGITS = 6
_TYPING_SECONDS = 4.0


def code_at(secret: str, seconds: float) -> str:
    """What an app shows at that moment."""
    key = base64.b32decode(secret, casefold=True)
    digest = hmac.digest(key, struct.pack(">Q", int(seconds) // _PERIOD_SECONDS), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def fresh_code(secret: str) -> str:
    """What the app shows now, with time enough to type it in."""
    left = _PERIOD_SECONDS - time.time() % _PERIOD_SECONDS
    if left < _TYPING_SECONDS:
        time.sleep(left)  # a person waits for the next code too
    return code_at(secret, time.time())
