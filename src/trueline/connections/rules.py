"""Limits of an uploaded export, and the state of a connection. Pure."""

from __future__ import annotations

from enum import StrEnum

CHUNK_BYTES = 1024 * 1024
"""An upload is kept in pieces of this size until its capture has ended, so any worker on any machine can read it."""

LARGEST_UPLOAD_BYTES = 200 * CHUNK_BYTES
"""A full export of a large tenant is about 40 MB before compression."""


class ConnectionKind(StrEnum):
    """How an environment is read."""

    EXPORT = "export"
    TRACES = "traces"


class UploadState(StrEnum):
    """What became of an uploaded file. Its bytes are removed when the capture that read it has ended."""

    RECEIVED = "received"
    READ = "read"
