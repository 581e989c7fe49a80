"""How an uploaded file arrives: straight to a file on disk, and no further than the limit."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from trueline.connections.rules import LARGEST_UPLOAD_BYTES

_MARK = "trueline.upload_is_too_large"


class LimitedUpload(TemporaryFileUploadHandler):
    """Django's handler with an end: a file larger than an export can be is not read to its end and kept nowhere."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's signature
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Note how much is announced; fields of the form come before the file and are still read."""
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse at once what announces itself as too large."""
        if self._announced > LARGEST_UPLOAD_BYTES + self.chunk_size:
            self._refuse(at_once=True)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, up to the limit."""
        if start + len(raw_data) > LARGEST_UPLOAD_BYTES:
            self._refuse(at_once=False)
        super().receive_data_chunk(raw_data, start)

    def _refuse(self, *, at_once: bool) -> None:
        """Stop. At once means that the rest stays unread on the wire: draining it would take seconds for each GB."""
        if self.request is not None:
            self.request.META[_MARK] = True
        raise StopUpload(connection_reset=at_once)


def is_too_large(request: HttpRequest) -> bool:
    """Whether the request carried a file beyond the limit. Asks for the form first, since only that reads the body."""
    return bool(request.POST is not None and request.META.get(_MARK))
