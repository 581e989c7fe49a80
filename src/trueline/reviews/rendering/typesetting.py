"""Sets one review as a PDF and ends: `python -m trueline.reviews.rendering.typesetting`, JSON in, PDF out.

A process of its own, since the layout of a long review takes hundreds of megabytes that an allocator never gives back:
a worker that has set one would keep them for the rest of its life. It reads nothing but its standard input and its own
template and fonts, and needs no Django.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import typst

_ROOM = Path(__file__).resolve().parents[1]
_TEMPLATE = _ROOM / "typst" / "review.typ"


def typeset(shown: bytes, moment: int) -> bytes:
    """The PDF of a view as JSON. The same bytes and moment give the same PDF."""
    # An empty root: the template can read no file, whatever stands in it.
    with tempfile.TemporaryDirectory() as root:
        made: bytes = typst.compile(  # type: ignore[misc]  # its stub cannot tell the type of the input
            _TEMPLATE.read_bytes(),
            root=root,
            font_paths=[str(_ROOM / "fonts")],
            ignore_system_fonts=True,
            sys_inputs={"review": shown.decode()},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=moment,
        )
    return made


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(sys.stdin.buffer.read(), int(sys.argv[1])))
