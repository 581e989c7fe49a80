"""The JSON that an answer consists of."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


def json_answer(text: str) -> Any:
    """The JSON value of an answer: the whole text, or its only fenced block.

    Raises:
        ValueError: There is no JSON, or there are several blocks to choose from.
    """
    blocks = _FENCE.findall(text)
    if len(blocks) > 1:
        raise ValueError("there are several code blocks")
    return json.loads(blocks[0] if blocks else text)
