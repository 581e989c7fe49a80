"""A review as a PDF: tagged (PDF/UA-1) and made to last (PDF/A-2a), set by typst from a fixed template.

The template is ours and never holds data; data comes as one JSON value, so no text of a tenant is ever read as markup.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from trueline.kit.errors import Unavailable

_COMMAND = (sys.executable, "-m", "trueline.reviews.rendering.typesetting")
_LONGEST_SECONDS = 300
"""Twenty times what the longest review took that was measured."""


def pdf(shown: Mapping[str, Any]) -> bytes:
    """The PDF of a view, as `view.view` gives it. The same view gives the same bytes.

    Raises `Unavailable` when it could not be set; it can be tried again.
    """
    moment = int(datetime.fromisoformat(shown["published_at"]).timestamp())
    try:
        done = subprocess.run(  # noqa: S603 - this Python, our own module and a number
            [*_COMMAND, str(moment)],
            input=orjson.dumps(dict(shown)),
            capture_output=True,
            check=True,
            timeout=_LONGEST_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("The PDF could not be set.", next_step="Try it again.") from error
    return done.stdout
