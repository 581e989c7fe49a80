"""Why a document is not a trace."""

from __future__ import annotations


class UnreadableError(ValueError):
    """A document or a part of it cannot be read; the message is one sentence for a person."""


class UnknownFormError(UnreadableError):
    """The document can be parsed, and is none of the accepted forms."""
