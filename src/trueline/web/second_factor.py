"""Secrets of second factors, encrypted where they are kept: a stolen database alone signs nobody in."""

from __future__ import annotations

import base64
import os

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from trueline.kit.digest import keyed

_NONCE_BYTES = 12


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library carries no types
    """The library's behaviour, with AES-256-GCM under a key derived from the installation's secret."""

    def encrypt(self, text: str) -> str:
        """The text as it is stored: nonce and ciphertext in URL-safe base64."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises `cryptography.exceptions.InvalidTag` for any other key or any changed byte."""
        packed = base64.urlsafe_b64decode(encrypted_text)
        return _cipher().decrypt(packed[:_NONCE_BYTES], packed[_NONCE_BYTES:], None).decode()


def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(keyed(settings.SECRET_KEY.encode(), b"trueline/second-factor")))
