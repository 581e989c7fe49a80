"""The one port to a language model, and its adapter for any address that speaks the way of OpenAI. Off by default."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trueline.kit.errors import TruelineError, Unavailable
from trueline.kit.http import Limits, Outgoing

LIMITS = Limits(seconds=60.0, body_bytes=1_000_000)
_FINE = 200
Prompt = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. Tokens are None when it does not tell."""

    text: str
    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens."""

    input: float
    output: float

    def cost(self, reply: Reply) -> float | None:
        """What a reply cost, None when its tokens are not known."""
        if reply.input_tokens is None or reply.output_tokens is None:
            return None
        return (reply.input_tokens * self.input + reply.output_tokens * self.output) / 1_000_000


class ModelSilent(Unavailable):
    """The language model gave no answer that could be read; the message says why, and never what was asked."""

    code = "model_silent"


class ChatModel(Protocol):
    """A language model that this installation may ask.

    Attributes:
        name: Of the model, as calls are recorded.
        prices: None when nobody has said what it costs.
    """

    @property
    def name(self) -> str: ...

    @property
    def prices(self) -> Prices | None: ...

    def complete(self, prompt: Prompt) -> Reply:
        """Answer a conversation of messages with `role` and `content`. Raises `ModelSilent`."""
        ...


@dataclass(frozen=True, slots=True)
class CompatibleModel:
    """Any address that answers `POST /chat/completions` as OpenAI does.

    Attributes:
        url: The address without its last part, such as `https://models.example/v1`.
        key: Sent as a bearer token; empty for none.
    """

    outgoing: Outgoing
    url: str
    key: str
    name: str
    prices: Prices | None = None

    def complete(self, prompt: Prompt) -> Reply:
        """Ask with temperature 0, so that the same question gets the same answer as far as the model can."""
        asked = {"model": self.name, "messages": list(prompt), "temperature": 0, "seed": 1}
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        body = json.dumps(asked).encode()
        try:
            answer = self.outgoing.send(
                "POST", f"{self.url}/chat/completions", body=body, headers=headers, limits=LIMITS
            )
        except TruelineError as error:
            raise ModelSilent("The language model cannot be reached.") from error
        if answer.status != _FINE:
            raise ModelSilent(f"The language model answered {answer.status}.")
        return _read(answer.body)


def _read(body: bytes) -> Reply:
    try:
        told: Any = json.loads(body)
        text = told["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelSilent("The answer of the language model cannot be read.") from error
    if not isinstance(text, str):
        raise ModelSilent("The answer of the language model is empty.")
    usage = told.get("usage") if isinstance(told.get("usage"), dict) else {}
    return Reply(text, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def model_of(outgoing: Outgoing, environ: Mapping[str, str]) -> CompatibleModel | None:
    """The model that an installation names by its environment; None when it names none."""
    url, name = environ.get("TRUELINE_MODEL_URL", "").rstrip("/"), environ.get("TRUELINE_MODEL_NAME", "")
    if not url or not name:
        return None
    told = environ.get("TRUELINE_MODEL_PRICES", "")
    prices = Prices(*(float(part) for part in told.split(",", 1))) if "," in told else None
    return CompatibleModel(outgoing, url, environ.get("TRUELINE_MODEL_KEY", ""), name, prices)
